/** After a crash: settles every interrupted run by what it had delivered (design: one AI call). */

import { creditsToDecimal } from '#shared/credits/amount.ts'
import { concludeRun } from '#shared/journal/conclusion.ts'
import type { Studio } from '#shared/credits/studios.ts'
import { type Result, success } from '#shared/result.ts'
import type { NoticeView, RunEnding } from '#shared/host/views.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { endingOf, writeConclusion } from './books.ts'

export interface RecoveredRun {
  readonly operationId: string
  readonly studio: Studio
  readonly at: number
  readonly ending: RunEnding
}

/**
 * Ends every open hold: what its checkpoint says was delivered is charged; a run without one is
 * void. Call at start, before anything else may spend. Stops at the first that cannot be written.
 */
export function recoverRuns(
  ledger: Pick<Ledger, 'openHolds' | 'rateOf' | 'settle' | 'void'>,
): Result<readonly RecoveredRun[]> {
  const recovered: RecoveredRun[] = []
  for (const { operation, checkpoint, at } of ledger.openHolds()) {
    const { operationId, quote, studio } = operation
    const conclusion = concludeRun(ledger.rateOf(quote), quote, checkpoint, 'interrupted', null)
    const written = writeConclusion(ledger, operationId, conclusion)
    if (!written.ok) return written
    const elapsedMs = checkpoint ? Math.max(0, checkpoint.at - at) : 0
    const ending = endingOf(conclusion, elapsedMs, null)
    recovered.push({ operationId, studio, at, ending })
  }
  return success(recovered)
}

const STUDIO_WORDS: Readonly<Record<Studio, string>> = {
  chat: 'A chat reply',
  image: 'An image run',
  voice: 'A voice run',
}

/** What the person is told about an interrupted run, once. */
export function interruptedNotice({ operationId, studio, at, ending }: RecoveredRun): NoticeView {
  const cost =
    ending.status === 'voided'
      ? 'Nothing had arrived, so you were not charged.'
      : `You were charged ${creditsToDecimal(ending.charged)} credits for what had arrived.`
  return {
    id: `interrupted:${operationId}`,
    kind: 'interrupted',
    at,
    message: `${STUDIO_WORDS[studio]} was interrupted when Tallystick closed. ${cost}`,
    operationId,
  }
}
