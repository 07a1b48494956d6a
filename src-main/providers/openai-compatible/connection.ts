/** What one configured provider's chat, images and speech share. */

import { failure, success } from '#shared/result.ts'
import type { Result } from '#shared/result.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import type { ProviderFailure } from '../provider.ts'
import { providerFailure, toFailure } from './failures.ts'
import { createGuardedFetch, type Fetch, type GuardOptions } from './guarded-fetch.ts'

export interface ProviderTimeouts {
  /** Until a chat reply begins; local models may first have to be loaded. */
  readonly chatFirstByteMs: number
  /** Until an image or a recording begins to arrive: it is made first. */
  readonly mediaFirstByteMs: number
  readonly idleMs: number
}

const DEFAULT_TIMEOUTS: ProviderTimeouts = {
  chatFirstByteMs: 120_000,
  mediaFirstByteMs: 300_000,
  idleMs: 60_000,
}

export interface OpenAiCompatibleOptions {
  /** Without a slash at its end, as in `https://api.openai.com/v1`. */
  readonly baseUrl: string
  /** Asked before each call; null when the provider needs none. */
  readonly readKey: () => Result<string | null>
  readonly fetch: Fetch
  readonly timers: Timers
  readonly clock: Clock
  readonly timeouts?: Partial<ProviderTimeouts>
}

export interface Connection {
  readonly baseUrl: string
  readKey():
    | { readonly ok: true; readonly key: string | null }
    | { readonly ok: false; readonly failure: ProviderFailure }
  guard(
    key: string | null,
    kind: 'chat' | 'media',
    maximumBytes: number,
    extras?: Pick<GuardOptions, 'extraBody' | 'onBreak'>,
  ): Fetch
  toFailure(error: unknown): ProviderFailure
  /** Models that want their length limit under another name, learned from a refused request. */
  readonly limitNames: Map<string, 'max_tokens' | 'max_completion_tokens'>
}

export function createConnection(options: OpenAiCompatibleOptions): Connection {
  const { baseUrl, clock, fetch, timers } = options
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts }
  return {
    baseUrl,
    readKey() {
      const key = options.readKey()
      if (key.ok) return { ok: true, key: key.data }
      return { ok: false, failure: providerFailure('unauthorized', key.error.message) }
    },
    guard(key, kind, maximumBytes, extras) {
      const firstByteMs = kind === 'chat' ? timeouts.chatFirstByteMs : timeouts.mediaFirstByteMs
      const limits = { firstByteMs, idleMs: timeouts.idleMs, maximumBytes }
      return createGuardedFetch({ fetch, timers, key, limits, ...extras })
    },
    toFailure: (error) => toFailure(error, clock),
    limitNames: new Map(),
  }
}

const MAX_KEY_LENGTH = 500

/** A key as it can travel in a header. The message never repeats it. */
export function checkKey(key: string): Result<string> {
  const trimmed = key.trim()
  if (/^[\x21-\x7e]*$/.test(trimmed) && trimmed.length <= MAX_KEY_LENGTH) return success(trimmed)
  return failure(
    'bad_key',
    'The key contains characters a key cannot have, such as spaces. Copy it again.',
  )
}
