/**
 * Every way a provider can fail, as a code the meter decides by and a sentence a person can act on.
 * Nothing a provider wrote is ever quoted: an answer may repeat the key or the prompt.
 */

import type { Clock } from '#shared/ports/time.ts'
import type { ProviderFailure, ProviderFailureCode } from '../provider.ts'

const MAX_RETRY_AFTER_MS = 3_600_000

export function providerFailure(
  code: ProviderFailureCode,
  message: string,
  retryAfterMs: number | null = null,
): ProviderFailure {
  return { code, message, retryAfterMs }
}

/** Carries a known failure through code that only propagates errors. */
export interface KnownFailure extends Error {
  readonly failure: ProviderFailure
}

export function knownFailure(failure: ProviderFailure): KnownFailure {
  return Object.assign(new Error(failure.message), { failure })
}

export const TIMED_OUT = providerFailure(
  'timed_out',
  'The provider took too long to answer. Try again, or choose a faster model.',
)
export const STALLED = providerFailure(
  'timed_out',
  'The provider stopped answering part way. Try again.',
)
export const CONNECTION_LOST = providerFailure(
  'unreachable',
  'The connection to the provider was lost before the answer was complete. Try again.',
)
const BAD_PORT = providerFailure(
  'unreachable',
  'The provider’s address has a port that browsers, and fetch like them, refuse to connect to. Let the provider listen on another port, such as 8080, and change the address in Settings.',
)
export const MALFORMED = providerFailure(
  'malformed_reply',
  'The provider answered with something that is not a valid reply. Check that its address in Settings is that of an OpenAI-compatible API.',
)
export const REFUSED = providerFailure(
  'refused',
  'The provider declined this request under its content rules. Change the wording and try again.',
)
export const STOPPED = providerFailure('provider_error', 'Stopped.')

/** Reads any error thrown on the way to or from a provider. Goes through causes, outermost first. */
export function toFailure(error: unknown, clock: Clock): ProviderFailure {
  const chain = causes(error)
  for (const step of chain) {
    if ('failure' in step) return (step as KnownFailure).failure
  }
  for (const step of chain) {
    const status = httpStatus(step)
    if (status !== null && (status < 200 || status >= 300))
      return statusFailure(status, step, clock)
  }
  if (chain.some(isBadPort)) return BAD_PORT
  for (const step of chain) {
    const known = systemFailure(step)
    if (known) return known
  }
  for (const step of chain) {
    const known = streamFailure(step)
    if (known) return known
  }
  return MALFORMED_NAMES.test(chain.map(nameOf).join(' ')) || chain.some(isUnreadable)
    ? MALFORMED
    : providerFailure('provider_error', 'The provider failed to answer. Try again in a moment.')
}

function causes(error: unknown): object[] {
  const chain: object[] = []
  let current = error
  while (typeof current === 'object' && current !== null && chain.length < 10) {
    chain.push(current)
    current = 'cause' in current ? current.cause : undefined
  }
  return chain
}

const MALFORMED_NAMES =
  /HTTPParser|JSONParse|TypeValidation|InvalidResponseData|EmptyResponseBody|NoOutputGenerated|NoImageGenerated|NoSpeechGenerated|Download/

function nameOf(step: object): string {
  return 'name' in step && typeof step.name === 'string' ? step.name : ''
}

/** The ports of other protocols, such as 9 or 6000, as the fetch standard lists them. */
function isBadPort(step: object): boolean {
  return 'message' in step && step.message === 'bad port'
}

/** A successful status whose body could not be used. */
function isUnreadable(step: object): boolean {
  const status = httpStatus(step)
  return status !== null && status >= 200 && status < 300
}

function httpStatus(step: object): number | null {
  if (!('statusCode' in step) || typeof step.statusCode !== 'number') return null
  return step.statusCode
}

export function statusFailure(status: number, step: object, clock: Clock): ProviderFailure {
  const reason = errorReason(step)
  const retryAfterMs = readRetryAfter(responseHeaders(step), clock)
  if (CONTENT_REASONS.test(reason)) return REFUSED
  if (QUOTA_REASONS.test(reason) || status === 402) {
    return providerFailure(
      'refused',
      'Your account at the provider has no credit left. Top it up there, or choose another model.',
    )
  }
  if (LENGTH_REASONS.test(reason) || status === 413) {
    return providerFailure(
      'refused',
      'The conversation is too long for this model. Start a new thread, or choose a model that reads more.',
    )
  }
  switch (status) {
    case 401:
    case 403:
      return providerFailure(
        'unauthorized',
        'The provider did not accept the key. Check it in the provider’s settings.',
      )
    case 404:
      return providerFailure(
        'model_not_found',
        'The provider does not know this model, or its address is wrong. Check both in Settings.',
      )
    case 408:
    case 504:
      return { ...TIMED_OUT, retryAfterMs }
    case 429:
      return providerFailure(
        'rate_limited',
        'The provider is receiving too many requests. Wait a moment, then try again.',
        retryAfterMs,
      )
  }
  if (MISSING_MODEL.test(reason)) return statusFailure(404, {}, clock)
  if (status >= 500) {
    return providerFailure(
      'provider_error',
      `The provider has a problem of its own (status ${status}). Try again in a moment.`,
      retryAfterMs,
    )
  }
  if (status >= 300 && status < 400) return REDIRECTED
  return providerFailure(
    'refused',
    `The provider did not accept the request (status ${status}). Choose another model, or check its mapping in Settings.`,
  )
}

export const REDIRECTED = providerFailure(
  'unreachable',
  'The provider’s address points somewhere else. Enter its final address in Settings; keys are not sent on.',
)

const CONTENT_REASONS = /content_policy|content_filter|moderation|safety/i
const QUOTA_REASONS = /insufficient_quota|billing/i
const LENGTH_REASONS = /context_length|string_above_max_length/i
const MISSING_MODEL = /model_not_found/i

/** Of the SDK's own errors: what a provider sends inside a stream is no header. */
function responseHeaders(step: object): Readonly<Record<string, string>> {
  if (!(step instanceof Error) || !('responseHeaders' in step)) return {}
  return (step.responseHeaders ?? {}) as Readonly<Record<string, string>>
}

/** The machine-readable part of an error body: its `code` and `type`, never its message. */
function errorReason(step: object): string {
  const data: unknown = 'data' in step ? step.data : undefined
  const body = typeof data === 'object' && data !== null && 'error' in data ? data.error : data
  const place = typeof body === 'object' && body !== null ? body : step
  const code = 'code' in place && typeof place.code === 'string' ? place.code : ''
  const type = 'type' in place && typeof place.type === 'string' ? place.type : ''
  return `${code} ${type}`
}

/** An error the provider sent inside a stream that had begun. */
function streamFailure(step: object): ProviderFailure | null {
  const reason = errorReason(step).trim()
  if (reason === '' || step instanceof Error) return null
  if (CONTENT_REASONS.test(reason)) return REFUSED
  if (/rate_limit/i.test(reason)) {
    return providerFailure(
      'rate_limited',
      'The provider is receiving too many requests. Wait a moment, then try again.',
    )
  }
  return providerFailure(
    'provider_error',
    'The provider had a problem while answering. Try again in a moment.',
  )
}

/** Errors of the network, by the codes of the system and of the HTTP client. */
function systemFailure(step: object): ProviderFailure | null {
  const code = 'code' in step && typeof step.code === 'string' ? step.code : ''
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return providerFailure(
      'unreachable',
      'The provider’s address was not found. Check it in the provider’s settings, and that you are online.',
    )
  }
  if (code === 'ECONNREFUSED') {
    return providerFailure(
      'unreachable',
      'Nothing answers at the provider’s address. Check that it is running, and its address in Settings.',
    )
  }
  if (/^(EHOST|ENET|EADDRNOTAVAIL|ENETDOWN)/.test(code)) {
    return providerFailure(
      'unreachable',
      'The provider cannot be reached. Check that you are online.',
    )
  }
  if (/CERT|TLS|SSL|ALTNAME|ERR_OSSL|SELF_SIGNED/.test(code)) {
    return providerFailure(
      'unreachable',
      'The provider’s certificate is not valid, so nothing was sent. Check its address in Settings.',
    )
  }
  if (/^(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/.test(code)) return TIMED_OUT
  if (/^(ECONNRESET|EPIPE|UND_ERR_SOCKET|ERR_STREAM_PREMATURE_CLOSE)$/.test(code))
    return CONNECTION_LOST
  if (code.startsWith('HPE_')) return MALFORMED
  return null
}

/** `retry-after-ms`, or `retry-after` in seconds or as an HTTP date. Null when absent or no use. */
export function readRetryAfter(
  headers: Readonly<Record<string, string>>,
  clock: Clock,
): number | null {
  const exact = headers['retry-after-ms']?.trim()
  if (exact && /^\d+(\.\d+)?$/.test(exact)) return withinLimits(Number(exact))
  const text = headers['retry-after']?.trim()
  if (!text) return null
  if (/^\d+(\.\d+)?$/.test(text)) return withinLimits(Number(text) * 1_000)
  // `Date.parse` makes a date of nearly anything; HTTP dates begin with the day of the week.
  const at = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : withinLimits(at - clock.now())
}

function withinLimits(ms: number): number {
  return Math.min(MAX_RETRY_AFTER_MS, Math.max(0, Math.ceil(ms)))
}
