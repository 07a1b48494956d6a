/** Records the end of a run: once, whatever it takes. */

import { ZERO } from '#shared/credits/amount.ts'
import { type Conclusion, concludeRun } from '#shared/journal/conclusion.ts'
import type { HostError, Result } from '#shared/result.ts'
import type { RunEnding } from '#shared/host/views.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Timers } from '#shared/ports/time.ts'
import { sleep } from '../ports/sleep.ts'
import type { LiveRun } from './live-run.ts'
import { outcomeOf, type RunEnd } from './run-end.ts'

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000

/** Writes a conclusion to the ledger, once. */
export function writeConclusion(
  ledger: Pick<Ledger, 'settle' | 'void'>,
  operationId: string,
  conclusion: Conclusion,
): Result<unknown> {
  if (conclusion.kind === 'void') {
    const { outcome, reason } = conclusion
    return ledger.void(operationId, { outcome, reason })
  }
  const { outcome, units, usageSource, charge } = conclusion
  return ledger.settle(operationId, { outcome, units, usageSource, charge })
}

/** What a conclusion means to the person who ran it. */
export function endingOf(
  conclusion: Conclusion,
  elapsedMs: number,
  error: HostError | null,
): RunEnding {
  const { outcome } = conclusion
  if (conclusion.kind === 'void') {
    return { status: 'voided', outcome, charged: ZERO, elapsedMs, error }
  }
  return { status: 'settled', outcome, charged: conclusion.charge.amount, elapsedMs, error }
}

/**
 * Concludes a live run and records it. While the disk refuses (full, locked), it retries until that
 * is written or the host closes; the hold then stays open and the next start settles it from its
 * checkpoint. Returns the ending, or null if it could not be written.
 */
export async function concludeLiveRun(
  ledger: Pick<Ledger, 'settle' | 'void'>,
  timers: Timers,
  closing: AbortSignal,
  run: LiveRun,
  end: RunEnd,
  elapsedMs: number,
): Promise<RunEnding | null> {
  const { outcome, error } = outcomeOf(end, run)
  const reason = error?.code ?? null
  const conclusion = concludeRun(run.rate, run.facts.quote, run.delivery(), outcome, reason)
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    const written = writeConclusion(ledger, run.facts.operationId, conclusion)
    if (written.ok) return endingOf(conclusion, elapsedMs, error)
    if (!(await sleep(timers, waitMs, closing))) return null
  }
}
