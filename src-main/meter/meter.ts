/**
 * The meter: every AI call goes quote → hold → run → settle or void (design: one AI call). The host
 * owns the run; a window that reloads re-attaches to it.
 */

import type { OperationRate } from '#shared/catalog/rates.ts'
import type { OperationFacts } from '#shared/journal/journal.ts'
import type { RunRequest } from '#shared/host/requests.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { QuoteView, RunView } from '#shared/host/views.ts'
import { concludeLiveRun } from './books.ts'
import { createLiveRun, type LiveRun } from './live-run.ts'
import type { MeterDeps } from './ports.ts'
import { type PreparedRun, prepareRun } from './prepare.ts'
import { factsOf } from './operation-facts.ts'
import { takeFromLibrary } from './reuse.ts'
import type { RunEnd } from './run-end.ts'
import { type RunBody, startBody } from './run-body.ts'

export interface StartInput {
  readonly operationId: string
  readonly request: RunRequest
  readonly acceptedMaximum: number
}

export interface Meter {
  quote(request: RunRequest): Result<QuoteView>
  /** Holds the maximum and starts; the same operation id again is the same run. */
  start(input: StartInput): Result<RunView>
  /** Reuses what the same request made before, at no charge; repeatable like `start`. */
  reuse(input: Omit<StartInput, 'acceptedMaximum'>): Result<RunView>
  /** Ends a run; what was delivered is charged. Ending twice is not an error. */
  stop(operationId: string): Result<RunView>
  /** The run as it stands; also after its end, while it is remembered. */
  attach(operationId: string): Result<RunView>
  running(): readonly RunView[]
  /** Stops every run, settles it as interrupted, and waits until all is written. */
  close(): Promise<void>
}

const MAX_RUNNING = 8
const MAX_REMEMBERED = 50
const LONGEST_RUN_MS = 10 * 60_000

export function createMeter(deps: MeterDeps): Meter {
  const running = new Map<string, { readonly run: LiveRun; readonly ended: Promise<void> }>()
  const remembered = new Map<string, LiveRun>()
  const closing = new AbortController()

  function find(operationId: string): Result<LiveRun> {
    const run = remembered.get(operationId)
    if (run) return success(run)
    return failure('run_not_found', 'This run has ended.', { operationId })
  }

  function start(input: StartInput): Result<RunView> {
    const known = remembered.get(input.operationId)
    if (known) return success(known.view())
    if (closing.signal.aborted) return failure('closing', 'Tallystick is closing.')
    if (running.size >= MAX_RUNNING) {
      return failure('too_many_runs', `${MAX_RUNNING} runs are under way. Wait for one to end.`)
    }
    const prepared = prepareRun(deps, input.request)
    if (!prepared.ok) return prepared
    const refusal = refuse(prepared.data, input)
    if (refusal) return refusal
    const facts = factsOf(prepared.data, prepared.data.quote, input.operationId, deps)
    const authorized = deps.ledger.authorize(facts, (at) => deps.gate.allows(facts, at))
    if (!authorized.ok) return authorized
    deps.balanceChanged()
    const body = startBody(deps, prepared.data, facts.operationId)
    if (!body.ok) {
      deps.ledger.void(facts.operationId, { outcome: 'failed', reason: body.error.code })
      deps.balanceChanged()
      return body
    }
    const run = launch(facts, prepared.data.quote.rate, body.data)
    return success(run.view())
  }

  function reuse({ operationId, request }: Omit<StartInput, 'acceptedMaximum'>): Result<RunView> {
    const known = remembered.get(operationId)
    if (known) return success(known.view())
    if (closing.signal.aborted) return failure('closing', 'Tallystick is closing.')
    const prepared = prepareRun(deps, request)
    if (!prepared.ok) return prepared
    const taken = takeFromLibrary(deps, prepared.data, operationId)
    if (!taken.ok) return taken
    remember(taken.data)
    deps.emit({ type: 'usage', operationId })
    return success(taken.data.view())
  }

  function launch(facts: OperationFacts, rate: OperationRate, body: RunBody): LiveRun {
    const run = createLiveRun({
      facts,
      rate,
      held: facts.quote.maximum,
      threadId: body.threadId,
      messageId: body.messageId,
      making: body.making,
      startedAt: deps.ledger.now(),
      timers: deps.timers,
      countText: body.countText,
      save: (live) => saveProgress(live, body),
      emit: deps.emit,
    })
    remember(run)
    deps.emit({ type: 'usage', operationId: facts.operationId })
    const ended = execute(run, body).catch((error: unknown) => {
      deps.log.error('A run could not be concluded', { operationId: facts.operationId, error })
    })
    running.set(facts.operationId, { run, ended })
    void ended.then(() => running.delete(facts.operationId))
    return run
  }

  function saveProgress(run: LiveRun, body: RunBody): void {
    const delivery = run.delivery()
    if (!delivery || run.view().ending) return
    body.saveText(run.text())
    const saved = deps.ledger.checkpoint(run.facts.operationId, delivery)
    if (!saved.ok) deps.log.warn('Progress was not saved', { code: saved.error.code })
  }

  async function execute(run: LiveRun, body: RunBody): Promise<void> {
    const startedAt = deps.clock.monotonic()
    const cancelDeadline = deps.timers.after(LONGEST_RUN_MS, () => run.stop('timed-out'))
    const end = await runBody(run, body)
    cancelDeadline()
    run.flush()
    const elapsedMs = Math.round(deps.clock.monotonic() - startedAt)
    const { ledger, timers } = deps
    const ending = await concludeLiveRun(ledger, timers, closing.signal, run, end, elapsedMs)
    if (!ending) return
    body.finish(run.text(), ending)
    run.end(ending)
    deps.balanceChanged()
    deps.emit({ type: 'usage', operationId: run.facts.operationId })
  }

  async function runBody(run: LiveRun, body: RunBody): Promise<RunEnd> {
    try {
      return await body.run(run)
    } catch (error) {
      deps.log.error('A run failed unexpectedly', { operationId: run.facts.operationId, error })
      return { kind: 'failed', failure: UNEXPECTED }
    }
  }

  function remember(run: LiveRun): void {
    remembered.set(run.facts.operationId, run)
    for (const [operationId, { view }] of remembered) {
      if (remembered.size <= MAX_REMEMBERED) break
      if (view().ending) remembered.delete(operationId)
    }
  }

  return {
    quote(request) {
      const prepared = prepareRun(deps, request)
      return prepared.ok ? success(prepared.data.view) : prepared
    },
    start,
    reuse,
    stop(operationId) {
      const found = find(operationId)
      if (!found.ok) return found
      found.data.stop('stopped')
      return success(found.data.view())
    },
    attach(operationId) {
      const found = find(operationId)
      return found.ok ? success(found.data.view()) : found
    },
    running: () => [...running.values()].map(({ run }) => run.view()),
    async close() {
      for (const { run } of running.values()) run.stop('interrupted')
      closing.abort()
      await Promise.all([...running.values()].map(({ ended }) => ended))
    },
  }
}

const UNEXPECTED = {
  code: 'provider_error',
  message: 'Something went wrong in Tallystick. Try again; if it stays, look into the log.',
  retryAfterMs: null,
} as const

/**
 * Why a prepared run may not start, or null. Credits that are with the team are left to the ledger
 * to judge.
 */
function refuse(prepared: PreparedRun, { request, acceptedMaximum }: StartInput) {
  const empty = isEmpty(request)
  if (empty) return failure('nothing_to_run', empty)
  const { affordability, promisedMaximum } = prepared.view
  if (affordability.kind === 'insufficient') {
    const { needed, available, standstill } = affordability
    return failure('insufficient_credits', 'Your credits do not cover this run.', {
      needed,
      available,
      standstill,
    })
  }
  if (promisedMaximum > acceptedMaximum) {
    return failure('quote_changed', 'The price changed since you saw it. Look again, then run.', {
      quote: prepared.view,
    })
  }
  return null
}

function isEmpty(request: RunRequest): string | null {
  if (request.studio === 'image') {
    return request.prompt.trim() === '' ? 'Describe the image first.' : null
  }
  if (request.studio === 'voice') {
    return request.text.trim() === '' ? 'Write the text to speak first.' : null
  }
  if (request.text === null) {
    return request.parentId === null ? 'There is no message to answer.' : null
  }
  return request.text.trim() === '' ? 'Write a message first.' : null
}
