/** A provider that does what a test tells it, step by step. */

import type {
  ChatCall,
  ChatPart,
  ImageCall,
  MediaResult,
  Provider,
  ProviderFailure,
  SpeechCall,
} from '../../src-main/providers/provider.ts'

export interface ScriptedProvider extends Provider {
  /** Every try that was made, in order. */
  readonly calls: (ChatCall | ImageCall | SpeechCall)[]
}

type ChatScript = (call: ChatCall, tried: number) => AsyncIterable<ChatPart>
type MediaScript = (call: ImageCall | SpeechCall, tried: number) => Promise<MediaResult>

export function createScriptedProvider(script: {
  readonly chat?: ChatScript
  readonly media?: MediaScript
}): ScriptedProvider {
  const calls: ScriptedProvider['calls'] = []
  const media = (call: ImageCall | SpeechCall) => {
    calls.push(call)
    if (!script.media) throw new Error('No media script')
    return script.media(call, calls.length)
  }
  return {
    calls,
    chat(call) {
      calls.push(call)
      if (!script.chat) throw new Error('No chat script')
      return script.chat(call, calls.length)
    },
    image: media,
    speech: media,
  }
}

export async function* parts(...sequence: readonly ChatPart[]): AsyncGenerator<ChatPart, void> {
  for (const part of sequence) {
    await Promise.resolve()
    yield part
  }
}

/** Says `texts`, then nothing more for ever, however often it is told to stop. */
export async function* thenHang(...texts: readonly string[]): AsyncGenerator<ChatPart, void> {
  for (const text of texts) {
    await Promise.resolve()
    yield { type: 'text', text }
  }
  await new Promise(() => undefined)
}

export const text = (value: string): ChatPart => ({ type: 'text', text: value })

export const end = (usage: (ChatPart & { type: 'end' })['usage'] = null): ChatPart => ({
  type: 'end',
  usage,
  cut: false,
})

export function failing(
  code: ProviderFailure['code'],
  retryAfterMs: number | null = null,
): ChatPart & { type: 'failed' } {
  return { type: 'failed', failure: { code, message: `It failed: ${code}`, retryAfterMs } }
}

export const png = (): MediaResult => ({
  ok: true,
  file: {
    bytes: new Uint8Array([137, 80, 78, 71]),
    mediaType: 'image/png',
    width: 1_024,
    height: 1_024,
    durationMs: null,
    usage: null,
  },
})
