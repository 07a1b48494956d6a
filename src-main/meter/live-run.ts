/** One run while it lasts: its view for the window, its delivery so far, and its way to stop. */

import { type Credits, ZERO } from '#shared/credits/amount.ts'
import type { OperationRate } from '#shared/catalog/rates.ts'
import type { Delivery } from '#shared/journal/conclusion.ts'
import type { OperationFacts, Outcome } from '#shared/journal/journal.ts'
import { chargeWithin } from '#shared/pricing/rate-card.ts'
import type { HostEvent } from '#shared/host/events.ts'
import type { MakingView, RunEnding, RunView } from '#shared/host/views.ts'
import type { Timers } from '#shared/ports/time.ts'

/** Pieces of a reply are collected this long before they are sent to the window. */
const DELTA_INTERVAL_MS = 30
/** Progress reaches the disk at least this often while a run streams. */
const SAVE_INTERVAL_MS = 250

/** Why a run was told to end; the outcome it will have. */
export type StopReason = Extract<Outcome, 'stopped' | 'timed-out' | 'interrupted'>

export interface LiveRun {
  readonly facts: OperationFacts
  /** The rate it was quoted at, and is charged at. */
  readonly rate: OperationRate
  readonly held: Credits
  readonly signal: AbortSignal
  readonly startedAt: number
  view(): RunView
  text(): string
  delivery(): Delivery | null
  stop(reason: StopReason): void
  stopReason(): StopReason | null
  setPhase(phase: 'waiting' | 'streaming'): void
  waitForRetry(retryAt: number): void
  /** Adds to the reply; counting and saving follow on their own. */
  appendText(text: string): void
  addCreation(creationId: string): void
  /** Replaces what is counted as delivered. */
  deliver(delivery: Delivery): void
  /** Brings window and disk up to date now. */
  flush(): void
  end(ending: RunEnding): void
}

export interface LiveRunOptions {
  readonly facts: OperationFacts
  readonly rate: OperationRate
  readonly held: Credits
  readonly threadId: string | null
  readonly messageId: string | null
  readonly making: MakingView | null
  readonly startedAt: number
  readonly timers: Timers
  /** Counts what the reply so far amounts to. */
  countText(text: string): Delivery
  /** Writes the progress to disk. */
  save(run: LiveRun): void
  emit(event: HostEvent): void
}

export function createLiveRun(options: LiveRunOptions): LiveRun {
  const { facts, rate, held, timers, emit } = options
  const controller = new AbortController()
  let text = ''
  let unsent = ''
  let delivery: Delivery | null = null
  let cancelDelta: (() => void) | null = null
  let cancelSave: (() => void) | null = null
  let view: RunView = {
    operationId: facts.operationId,
    studio: facts.studio,
    threadId: options.threadId,
    messageId: options.messageId,
    phase: 'waiting',
    sequence: 0,
    startedAt: options.startedAt,
    held,
    chargedSoFar: ZERO,
    text: '',
    making: options.making,
    creationIds: [],
    retryAt: null,
    ending: null,
  }

  function change(patch: Partial<RunView>): void {
    sendDelta()
    view = { ...view, ...patch, sequence: view.sequence + 1 }
    emit({ type: 'run', run: view })
  }

  function count(next: Delivery): void {
    delivery = next
    const charge = chargeWithin(rate, facts.quote, next.units)
    view = { ...view, chargedSoFar: charge.amount }
  }

  function sendDelta(): void {
    cancelDelta?.()
    cancelDelta = null
    if (unsent === '') return
    const piece = unsent
    unsent = ''
    count(options.countText(text))
    view = { ...view, text, sequence: view.sequence + 1 }
    const { operationId, sequence, chargedSoFar } = view
    emit({ type: 'run.delta', operationId, sequence, text: piece, chargedSoFar })
  }

  function saveProgress(): void {
    cancelSave?.()
    cancelSave = null
    if (delivery) options.save(run)
  }

  const run: LiveRun = {
    facts,
    rate,
    held,
    signal: controller.signal,
    startedAt: options.startedAt,
    view() {
      sendDelta()
      return view
    },
    text: () => text,
    delivery: () => delivery,
    stop(reason) {
      if (!controller.signal.aborted) controller.abort(reason)
    },
    stopReason: () => (controller.signal.aborted ? (controller.signal.reason as StopReason) : null),
    setPhase(phase) {
      if (view.phase !== phase) change({ phase, retryAt: null })
    },
    waitForRetry(retryAt) {
      change({ phase: 'retrying', retryAt })
    },
    appendText(piece) {
      if (piece === '') return
      const first = text === ''
      text += piece
      unsent += piece
      cancelDelta ??= timers.after(DELTA_INTERVAL_MS, sendDelta)
      if (first) {
        run.setPhase('streaming')
        run.flush()
      }
      cancelSave ??= timers.after(SAVE_INTERVAL_MS, run.flush)
    },
    addCreation(creationId) {
      change({ phase: 'streaming', creationIds: [...view.creationIds, creationId] })
    },
    deliver: count,
    flush() {
      sendDelta()
      saveProgress()
    },
    end(ending) {
      cancelSave?.()
      change({ phase: 'ended', retryAt: null, chargedSoFar: ending.charged, ending })
    },
  }
  return run
}
