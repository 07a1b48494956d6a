/**
 * Reuses from the library what a request made before: an operation like any other in the ledger,
 * which holds nothing, costs nothing and names the one it reuses. No provider is called.
 */

import { ZERO } from '#shared/credits/amount.ts'
import type { OperationFacts } from '#shared/journal/journal.ts'
import { type Quote, quotePrices } from '#shared/pricing/rate-card.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { RunEnding } from '#shared/host/views.ts'
import { createLiveRun, type LiveRun } from './live-run.ts'
import { factsOf } from './operation-facts.ts'
import type { MeterDeps, PastResult } from './ports.ts'
import type { PreparedRun } from './prepare.ts'
import { openReply } from './run-body.ts'

type ReuseDeps = Pick<MeterDeps, 'ledger' | 'library' | 'ids' | 'timers' | 'who' | 'log' | 'emit'>

const ENDING: RunEnding = {
  status: 'settled',
  outcome: 'reused',
  charged: ZERO,
  elapsedMs: 0,
  error: null,
}

/**
 * Records the operation and returns its run, ended. Fails with `nothing_to_reuse` if the result is
 * no longer there, and as the ledger and the library do.
 */
export function takeFromLibrary(
  deps: ReuseDeps,
  prepared: PreparedRun,
  operationId: string,
): Result<LiveRun> {
  const { past } = prepared
  if (!past) {
    return failure('nothing_to_reuse', 'This is no longer in the library. Run it to make it again.')
  }
  const facts = reuseFacts(deps, prepared, past, operationId)
  const held = deps.ledger.authorize(facts)
  if (!held.ok) return held
  const placed = placeReply(deps, prepared, past, operationId)
  if (!placed.ok) {
    deps.ledger.void(operationId, { outcome: 'failed', reason: placed.error.code })
    return placed
  }
  const settled = deps.ledger.settle(operationId, {
    outcome: 'reused',
    units: {},
    usageSource: 'local',
    charge: { amount: ZERO, lines: [], decidedBy: 'nothing' },
  })
  if (!settled.ok) return settled
  if (placed.data !== null) endReply(deps, placed.data, past.text)
  return success(endedRun(deps, prepared, facts, past, placed.data))
}

/** The facts of a run that is free: no recipe earns by it and no trial is used up. */
function reuseFacts(
  deps: ReuseDeps,
  prepared: PreparedRun,
  past: PastResult,
  operationId: string,
): OperationFacts {
  const { premium: _premium, ...quote } = prepared.quote
  const free: Quote = { ...quote, ...quotePrices(quote.rate, {}, {}) }
  const { recipe: _recipe, trial: _trial, ...facts } = factsOf(prepared, free, operationId, deps)
  return { ...facts, reuseOf: past.operationId }
}

/**
 * Chat: puts question and reply into the thread and returns the reply's id; null in other studios.
 */
function placeReply(
  deps: ReuseDeps,
  prepared: PreparedRun,
  past: PastResult,
  operationId: string,
): Result<string | null> {
  const { request } = prepared
  if (request.studio !== 'chat') return success(null)
  // Without a key: the original reply continues to answer this request.
  const opened = openReply(deps, prepared, request, operationId, null)
  if (!opened.ok) return opened
  const saved = deps.library.saveReplyText(opened.data, past.text)
  return saved.ok ? opened : saved
}

function endReply(deps: ReuseDeps, messageId: string, text: string): void {
  const ended = deps.library.endReply(messageId, text, ENDING)
  if (!ended.ok) deps.log.warn('The library did not take a change', { code: ended.error.code })
}

function endedRun(
  deps: ReuseDeps,
  prepared: PreparedRun,
  facts: OperationFacts,
  past: PastResult,
  messageId: string | null,
): LiveRun {
  const { request } = prepared
  const run = createLiveRun({
    facts,
    rate: prepared.quote.rate,
    held: ZERO,
    threadId: request.studio === 'chat' ? request.threadId : null,
    messageId,
    making: null,
    startedAt: deps.ledger.now(),
    timers: deps.timers,
    countText: () => ({ units: {}, usageSource: 'local' }),
    save: () => undefined,
    emit: deps.emit,
  })
  run.appendText(past.text)
  for (const creationId of past.creationIds) run.addCreation(creationId)
  run.end(ENDING)
  if (request.studio === 'chat') {
    deps.emit({ type: 'thread', threadId: request.threadId })
    deps.emit({ type: 'threads' })
  }
  return run
}
