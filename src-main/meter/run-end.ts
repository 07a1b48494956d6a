/** How the body of a run ends, before that is recorded. */

import type { Outcome } from '#shared/journal/journal.ts'
import type { HostError } from '#shared/result.ts'
import type { ProviderFailure } from '../providers/provider.ts'
import type { LiveRun } from './live-run.ts'

export type RunEnd =
  | { readonly kind: 'completed' }
  /** The run's own signal says why. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly failure: ProviderFailure }
  /** What was made could not be kept. */
  | { readonly kind: 'not-kept'; readonly error: HostError }

/** Waits as the failure asks; false when there is no point, or the run was stopped meanwhile. */
export type TryAgain = (run: LiveRun, failure: ProviderFailure, tried: number) => Promise<boolean>

export const STOPPED: RunEnd = { kind: 'stopped' }

export function failed(failure: ProviderFailure): RunEnd & { kind: 'failed' } {
  return { kind: 'failed', failure }
}

/** The outcome the user sees, and the error behind it. A stop outweighs the failure it caused. */
export function outcomeOf(
  end: RunEnd,
  run: Pick<LiveRun, 'stopReason'>,
): { readonly outcome: Outcome; readonly error: HostError | null } {
  if (end.kind === 'completed') return { outcome: 'completed', error: null }
  if (end.kind === 'not-kept') return { outcome: 'failed', error: end.error }
  const stopped = run.stopReason()
  if (stopped || end.kind === 'stopped') return { outcome: stopped ?? 'stopped', error: null }
  const { code, message } = end.failure
  return { outcome: outcomeOfFailure(code), error: { code, message } }
}

function outcomeOfFailure(code: ProviderFailure['code']): Outcome {
  if (code === 'rate_limited') return 'rate-limited'
  if (code === 'timed_out') return 'timed-out'
  return 'failed'
}
