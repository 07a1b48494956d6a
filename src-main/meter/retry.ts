/** Whether and when a failed attempt is retried, inside the same hold. */

import type { ProviderFailure, ProviderFailureCode } from '../providers/provider.ts'

/** Attempts in all, by what went wrong; anything not listed would only fail again. */
const TRIES: Partial<Record<ProviderFailureCode, number>> = {
  rate_limited: 5,
  provider_error: 2,
  unreachable: 2,
}
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000

/**
 * Milliseconds to wait before attempt number `tried + 1`, or null to give up. A provider that said
 * how long to wait is asked again then, unless that is too long; otherwise the wait doubles.
 * `jitter`, from 0 to 1, spreads the attempts of many machines.
 */
export function waitBeforeRetry(
  failure: ProviderFailure,
  tried: number,
  jitter: number,
): number | null {
  if (tried >= (TRIES[failure.code] ?? 1)) return null
  const asked = failure.retryAfterMs
  if (asked !== null) return asked <= LONGEST_WAIT_MS ? asked : null
  const backOff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tried - 1))
  return Math.round(backOff * (0.5 + jitter / 2))
}
