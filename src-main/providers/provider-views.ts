/** What the window sees of providers: never a key. */

import type { ModelMapping } from '#shared/host/calls.ts'
import type { ModelView, ProviderView } from '#shared/host/views.ts'
import { isLocalAddress } from './local-address.ts'
import { PRACTICE_ID, PRACTICE_NAME, practiceModelViews } from './practice/practice-models.ts'
import type { ConfiguredProvider } from './provider-file.ts'

export const MAX_MODEL_ID_LENGTH = 200

/** OpenAI's own; most compatible servers take these names too. */
const VOICES = 'alloy ash ballad coral echo fable marin nova onyx sage shimmer verse cedar'.split(
  ' ',
)

export function practiceView(): ProviderView {
  return {
    id: PRACTICE_ID,
    kind: 'practice',
    name: PRACTICE_NAME,
    baseUrl: null,
    hasKey: false,
    local: true,
    models: practiceModelViews(),
  }
}

export function configuredView(provider: ConfiguredProvider): ProviderView {
  const local = isLocalAddress(provider.baseUrl)
  return {
    id: provider.id,
    kind: 'openai-compatible',
    name: provider.name,
    baseUrl: provider.baseUrl,
    hasKey: provider.hasKey,
    local,
    models: provider.models.map((mapping) => modelView(provider, mapping, local)),
  }
}

function modelView(provider: ConfiguredProvider, mapping: ModelMapping, local: boolean): ModelView {
  return {
    id: modelId(provider.id, mapping.name),
    name: mapping.name,
    providerId: provider.id,
    providerName: provider.name,
    studio: mapping.studio,
    operation: mapping.operation,
    practice: false,
    local,
    webSearch: mapping.studio === 'chat' && mapping.webSearch,
    voices: mapping.studio === 'voice' ? VOICES.map(voiceView) : [],
  }
}

function voiceView(id: string): ModelView['voices'][number] {
  return { id, name: id.charAt(0).toUpperCase() + id.slice(1) }
}

/** `provider/name`; what an identifier may not hold is written as `@` hex `@`. */
export function modelId(providerId: string, name: string): string {
  const safe = name.replace(
    /[^A-Za-z0-9._:/-]/gu,
    (sign) => `@${(sign.codePointAt(0) ?? 0).toString(16)}@`,
  )
  return `${providerId}/${safe}`
}
