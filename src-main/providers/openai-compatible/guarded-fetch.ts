/**
 * The one way out to a provider: adds the key, follows no redirect, and ends what is too slow, too
 * large or a web page. The SDK above never holds the key, so none of its errors can.
 */

import type { Timers } from '#shared/ports/time.ts'
import {
  knownFailure,
  MALFORMED,
  providerFailure,
  REDIRECTED,
  STALLED,
  TIMED_OUT,
} from './failures.ts'

export type Fetch = typeof globalThis.fetch

export interface GuardLimits {
  /** From sending until the first byte of the answer's body, milliseconds. */
  readonly firstByteMs: number
  /** Longest silence between two pieces of the body, milliseconds. */
  readonly idleMs: number
  readonly maximumBytes: number
}

export interface GuardOptions {
  readonly fetch: Fetch
  readonly timers: Timers
  readonly key: string | null
  readonly limits: GuardLimits
  /** Adds to the JSON that is sent. */
  readonly extraBody?: Readonly<Record<string, unknown>>
  /**
   * When given, a body that breaks off ends like a whole one and the error comes here: an error in a
   * stream would throw away the pieces that had arrived and not been read yet.
   */
  readonly onBreak?: (error: unknown) => void
}

export function createGuardedFetch(options: GuardOptions): Fetch {
  const { limits, timers } = options
  return async (input, init) => {
    const controller = new AbortController()
    const signals = [controller.signal, ...(init?.signal ? [init.signal] : [])]
    const watch = createWatch(timers, controller, limits)
    try {
      const response = await options.fetch(input, {
        ...init,
        ...withExtraBody(init?.body, options.extraBody),
        headers: withKey(init?.headers, options.key),
        redirect: 'manual',
        signal: AbortSignal.any(signals),
      })
      checkHead(response, limits)
      return guardBody(response, limits, watch, options.onBreak)
    } catch (error) {
      watch.stop()
      controller.abort()
      throw error
    }
  }
}

function withKey(headers: HeadersInit | undefined, key: string | null): Headers {
  const all = new Headers(headers)
  all.delete('authorization')
  if (key !== null) all.set('authorization', `Bearer ${key}`)
  return all
}

function withExtraBody(body: BodyInit | null | undefined, extra: GuardOptions['extraBody']) {
  if (!extra || typeof body !== 'string') return {}
  return { body: JSON.stringify({ ...(JSON.parse(body) as object), ...extra }) }
}

function checkHead(response: Response, limits: GuardLimits): void {
  if (response.status >= 300 && response.status < 400) throw knownFailure(REDIRECTED)
  const type = response.headers.get('content-type') ?? ''
  if (response.ok && /^text\/html|^application\/xhtml/i.test(type)) throw knownFailure(MALFORMED)
  if (Number(response.headers.get('content-length') ?? 0) > limits.maximumBytes) throw tooLarge()
}

interface Watch {
  /** The time allowed begins again. */
  restart(): void
  stop(): void
}

function createWatch(timers: Timers, controller: AbortController, limits: GuardLimits): Watch {
  const expire = (failure: typeof TIMED_OUT) => () => controller.abort(knownFailure(failure))
  let cancel = timers.after(limits.firstByteMs, expire(TIMED_OUT))
  return {
    restart() {
      cancel()
      cancel = timers.after(limits.idleMs, expire(STALLED))
    },
    stop: () => cancel(),
  }
}

function guardBody(
  response: Response,
  limits: GuardLimits,
  watch: Watch,
  onBreak: GuardOptions['onBreak'],
): Response {
  if (!response.body) {
    watch.stop()
    return response
  }
  const reader = response.body.getReader()
  /** Reads ahead of whoever consumes it: a lost connection takes unread pieces with it. */
  async function pump(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    let received = 0
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        received += value.byteLength
        if (received > limits.maximumBytes) throw tooLarge()
        watch.restart()
        controller.enqueue(value)
      }
      controller.close()
    } catch (error) {
      reader.cancel().catch(() => undefined)
      if (onBreak) {
        onBreak(error)
        controller.close()
      } else controller.error(error)
    } finally {
      watch.stop()
    }
  }
  let cancelled = false
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      pump(controller).catch((error: unknown) => {
        // Closing a stream its reader has already let go of.
        if (!cancelled) throw error
      })
    },
    cancel(reason) {
      cancelled = true
      watch.stop()
      return reader.cancel(reason)
    },
  })
  const { status, statusText, headers } = response
  return new Response(body, { status, statusText, headers })
}

function tooLarge() {
  const message =
    'The provider’s answer is larger than can be taken. Ask for less, or choose another model.'
  return knownFailure(providerFailure('malformed_reply', message))
}
