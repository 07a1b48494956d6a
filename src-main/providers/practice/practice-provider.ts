/**
 * The built-in provider: no network, no key, always there, and always labelled practice. What it
 * makes depends only on what it is asked, so a run can be repeated exactly.
 */

import type { Timers } from '#shared/ports/time.ts'
import { sleep } from '../../ports/sleep.ts'
import type {
  ChatCall,
  ChatPart,
  ImageCall,
  MediaFile,
  MediaResult,
  Provider,
  ProviderFailure,
  SpeechCall,
} from '../provider.ts'
import { drawPng } from './drawing.ts'
import { PRACTICE_MODELS, PRACTICE_VOICES, type PracticeModel } from './practice-models.ts'
import { composeReply } from './reply.ts'
import { countTokens, splitTokens } from './tokens.ts'
import { SAMPLE_RATE, sing } from './voice.ts'
import { encodeWav } from './wav.ts'

/** Speaks `text` with a program of this machine; null when there is none or it failed. */
export type SystemSpeaker = (
  text: string,
  options: { readonly pitch: number; readonly speed: number; readonly signal: AbortSignal },
) => Promise<{ readonly wav: Uint8Array; readonly durationMs: number } | null>

export interface PracticeOptions {
  readonly timers: Timers
  /** Pace of chat; `Infinity` answers at once, and makes images and speech without a wait. */
  readonly tokensPerSecond?: number
  readonly speak?: SystemSpeaker
  /** What to answer instead of the practice reply; for tests and benchmarks. */
  readonly compose?: (call: ChatCall) => string
}

const TOKENS_PER_SECOND = 70
const FIRST_TOKEN_MS = 220
const IMAGE_MS = 600
/** At full speed the event loop gets a turn after this many tokens. */
const TOKENS_PER_TURN = 64
const MAX_IMAGE_SIDE = 4_096

export function createPracticeProvider(options: PracticeOptions): Provider {
  const { timers, tokensPerSecond = TOKENS_PER_SECOND } = options
  const paced = Number.isFinite(tokensPerSecond)
  const wait = (ms: number, signal: AbortSignal) => sleep(timers, paced ? ms : 0, signal)
  const breathe = (signal: AbortSignal) => () => sleep(timers, 0, signal)

  async function* chat(call: ChatCall): AsyncGenerator<ChatPart> {
    const model = findModel(call.model, 'chat')
    if (!model) {
      yield { type: 'failed', failure: modelNotFound(call.model) }
      return
    }
    const reply = options.compose?.(call) ?? composeReply(call, model.depth)
    const tokens = splitTokens(reply)
    const limit = Math.min(tokens.length, Math.max(0, Math.floor(call.maximumOutputTokens)))
    if (!(await wait(FIRST_TOKEN_MS, call.signal))) return
    for (let sent = 0; sent < limit;) {
      const step = paced ? Math.min(1 + (sent % 3), limit - sent) : 1
      yield { type: 'text', text: tokens.slice(sent, sent + step).join('') }
      sent += step
      if (paced) {
        if (!(await wait((step * 1_000) / tokensPerSecond, call.signal))) return
      } else if (sent % TOKENS_PER_TURN === 0) await wait(0, call.signal)
      if (call.signal.aborted) return
    }
    yield {
      type: 'end',
      usage: {
        inputTokens: call.messages.reduce((sum, { content }) => sum + countTokens(content), 0),
        cachedInputTokens: 0,
        outputTokens: limit,
      },
      cut: limit < tokens.length,
    }
  }

  async function image(call: ImageCall): Promise<MediaResult> {
    const model = findModel(call.model, 'image')
    if (!model) return failed(modelNotFound(call.model))
    const { width, height } = call
    const drawable = (side: number) =>
      Number.isInteger(side) && side >= 16 && side <= MAX_IMAGE_SIDE
    if (!drawable(width) || !drawable(height)) {
      return failed(refused(`Practice draws images of 16 to ${MAX_IMAGE_SIDE} pixels a side.`))
    }
    if (!(await wait(IMAGE_MS, call.signal))) return failed(stopped())
    const style = model.name === 'painting' ? 'painting' : 'sketch'
    const bytes = await drawPng({ ...call, style }, breathe(call.signal))
    if (!bytes) return failed(stopped())
    return media({ bytes, mediaType: 'image/png', width, height, durationMs: null })
  }

  async function speech(call: SpeechCall): Promise<MediaResult> {
    if (!findModel(call.model, 'voice')) return failed(modelNotFound(call.model))
    const voice = PRACTICE_VOICES.find(({ id }) => id === (call.voice || PRACTICE_VOICES[0].id))
    if (!voice) return failed(refused('Practice has no voice of that name. Choose another voice.'))
    const speed = Math.min(400, Math.max(25, call.speed))
    const audio = { mediaType: 'audio/wav', width: null, height: null }
    const spoken = await options.speak?.(call.text, {
      pitch: voice.pitch,
      speed,
      signal: call.signal,
    })
    if (spoken) return media({ ...audio, bytes: spoken.wav, durationMs: spoken.durationMs })
    const samples = await sing(call.text, voice, speed, breathe(call.signal))
    if (!samples) return failed(stopped())
    const durationMs = Math.round((samples.length / SAMPLE_RATE) * 1_000)
    return media({ ...audio, bytes: encodeWav(samples, SAMPLE_RATE), durationMs })
  }

  return { chat, image, speech }
}

/** Models answer to the name people see and to the short one. */
function findModel(name: string, studio: PracticeModel['studio']): PracticeModel | undefined {
  return PRACTICE_MODELS.find(
    (model) => model.studio === studio && (model.label === name || model.name === name),
  )
}

function media(file: Omit<MediaFile, 'usage'>): MediaResult {
  return { ok: true, file: { ...file, usage: null } }
}

function failed(failure: ProviderFailure): MediaResult {
  return { ok: false, failure }
}

function modelNotFound(name: string): ProviderFailure {
  const message = `Practice has no model “${name.slice(0, 80)}” here. Choose another model.`
  return { code: 'model_not_found', message, retryAfterMs: null }
}

function refused(message: string): ProviderFailure {
  return { code: 'refused', message, retryAfterMs: null }
}

function stopped(): ProviderFailure {
  return {
    code: 'provider_error',
    message: 'Stopped before anything was made.',
    retryAfterMs: null,
  }
}
