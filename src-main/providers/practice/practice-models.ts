import type { Studio } from '#shared/credits/studios.ts'
import type { ModelView } from '#shared/host/views.ts'
import type { PracticeDepth } from './reply.ts'

export const PRACTICE_ID = 'practice'
export const PRACTICE_NAME = 'Practice'

export interface PracticeVoice {
  readonly id: string
  readonly name: string
  /** Of the speaking voice, hertz. */
  readonly pitch: number
  /** Vocal tract against an average one: below 1 is longer, so darker. */
  readonly brightness: number
  /** Breath in the tone, 0 to 1. */
  readonly breath: number
}

export const PRACTICE_VOICES: readonly [PracticeVoice, ...PracticeVoice[]] = [
  { id: 'alder', name: 'Alder', pitch: 112, brightness: 0.96, breath: 0.05 },
  { id: 'birch', name: 'Birch', pitch: 205, brightness: 1.15, breath: 0.09 },
  { id: 'cedar', name: 'Cedar', pitch: 84, brightness: 0.88, breath: 0.04 },
  { id: 'dove', name: 'Dove', pitch: 262, brightness: 1.22, breath: 0.16 },
]

export interface PracticeModel {
  readonly name: string
  readonly label: string
  readonly studio: Studio
  readonly operation: string
  readonly webSearch: boolean
  readonly depth: PracticeDepth
}

/** The first of each studio is where a new person starts. */
export const PRACTICE_MODELS: readonly PracticeModel[] = [
  chat('brief', 'request.standard', 'brief', false),
  chat('thorough', 'request.advanced', 'thorough', true),
  chat('fast', 'chat.fast', 'brief', false),
  chat('expert', 'chat.expert', 'thorough', true),
  media('sketch', 'image', 'image.standard'),
  media('painting', 'image', 'image.advanced'),
  media('speaker', 'voice', 'speech'),
]

function chat(
  name: string,
  operation: string,
  depth: PracticeDepth,
  webSearch: boolean,
): PracticeModel {
  return { name, label: `Practice · ${name}`, studio: 'chat', operation, webSearch, depth }
}

function media(name: string, studio: 'image' | 'voice', operation: string): PracticeModel {
  return {
    name,
    label: `Practice · ${name}`,
    studio,
    operation,
    webSearch: false,
    depth: 'brief',
  }
}

export function practiceModelViews(): readonly ModelView[] {
  return PRACTICE_MODELS.map((model) => ({
    id: `${PRACTICE_ID}/${model.name}`,
    name: model.label,
    providerId: PRACTICE_ID,
    providerName: PRACTICE_NAME,
    studio: model.studio,
    operation: model.operation,
    practice: true,
    local: true,
    webSearch: model.webSearch,
    voices: model.studio === 'voice' ? PRACTICE_VOICES.map(({ id, name }) => ({ id, name })) : [],
  }))
}
