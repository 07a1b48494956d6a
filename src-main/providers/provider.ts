/**
 * What the meter needs of a provider. Each call is one attempt; retries and limits are the meter's.
 */

import type { Units } from '#shared/credits/units.ts'

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

export interface ChatCall {
  readonly model: string
  readonly messages: readonly ChatMessage[]
  readonly maximumOutputTokens: number
  readonly webSearch: boolean
  readonly signal: AbortSignal
}

export type ProviderFailureCode =
  | 'unreachable'
  | 'unauthorized'
  | 'rate_limited'
  | 'timed_out'
  | 'model_not_found'
  | 'refused'
  | 'malformed_reply'
  | 'provider_error'

export interface ProviderFailure {
  readonly code: ProviderFailureCode
  /** For the person; never holds a key, a prompt or a raw reply. */
  readonly message: string
  /** What a rate-limited provider asked to wait, null when it did not say. */
  readonly retryAfterMs: number | null
}

/**
 * A streamed reply: texts, then exactly one `end` or `failed`. After an abort the stream just ends.
 *
 * `usage` is what the provider itself reported: for chat `inputTokens`, `cachedInputTokens` and
 * `outputTokens` (reasoning included), all three together. Null means it reported none; zero counts
 * are reports of zero. Requests, searches, images, characters and seconds are the meter's to count:
 * it knows what it asked for.
 */
export type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'end'
      readonly usage: Units | null
      /** The reply was longer than `maximumOutputTokens` and ends there. */
      readonly cut: boolean
      /** The provider did report, but nothing that can be charged by (negative, not whole, absurd). */
      readonly usageRejected?: true
    }
  | { readonly type: 'failed'; readonly failure: ProviderFailure }

export interface ImageCall {
  readonly model: string
  readonly prompt: string
  readonly width: number
  readonly height: number
  /** Which of the run's images this is, from 0, so that practice images differ. */
  readonly index: number
  readonly signal: AbortSignal
}

export interface SpeechCall {
  readonly model: string
  readonly text: string
  readonly voice: string
  /** Percent of normal speed. */
  readonly speed: number
  readonly signal: AbortSignal
}

export interface MediaFile {
  readonly bytes: Uint8Array
  readonly mediaType: string
  readonly width: number | null
  readonly height: number | null
  /** Audio: its length, if the format states it (WAV). */
  readonly durationMs: number | null
  /** Tokens, where the provider reports them for media; null is the usual case. */
  readonly usage: Units | null
}

export type MediaResult =
  | { readonly ok: true; readonly file: MediaFile }
  | { readonly ok: false; readonly failure: ProviderFailure }

export interface Provider {
  chat(call: ChatCall): AsyncIterable<ChatPart>
  /** Makes one image. Never rejects; after an abort the result is of no interest. */
  image(call: ImageCall): Promise<MediaResult>
  speech(call: SpeechCall): Promise<MediaResult>
}
