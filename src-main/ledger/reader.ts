/** Long reads of the ledger, answered by a worker so that the host's thread never waits. */

import { Worker } from 'node:worker_threads'
import type { Credits } from '#shared/credits/amount.ts'
import type { GrantSource } from '#shared/credits/grant.ts'
import type { RecipeEarnings } from '#shared/journal/earnings.ts'
import { failure, type Result } from '#shared/result.ts'
import type { UsageFilter, UsageGrouping } from '#shared/usage/filter.ts'
import type {
  BucketBalance,
  ChargeExplanation,
  UsageDay,
  UsageGroup,
  UsagePage,
} from '#shared/usage/views.ts'
import { CSV_HEADER } from '#shared/usage/csv.ts'
import type { PlanSimulations } from '#shared/host/views.ts'
import type { PageQuery } from './queries.ts'
import type {
  QuestionName,
  Questions,
  ReaderWorkerData,
  Reply,
  Request,
  SimulationQuestion,
} from './reader-protocol.ts'
import type { Verification } from './verify.ts'

export interface LedgerReader {
  page(query: PageQuery): Promise<Result<UsagePage>>
  count(filter: UsageFilter): Promise<Result<number>>
  groups(query: { filter: UsageFilter; by: UsageGrouping }): Promise<Result<readonly UsageGroup[]>>
  days(filter: UsageFilter): Promise<Result<readonly UsageDay[]>>
  /** What operations that started in [from, to) were charged. */
  spentBetween(from: number, to: number): Promise<Result<Credits>>
  /** What runs of recipes earned their creators. */
  recipeEarnings(): Promise<Result<readonly RecipeEarnings[]>>
  explain(operationId: string): Promise<Result<ChargeExplanation>>
  /** Every grant there ever was from the given sources, as it stands, oldest first. */
  grantsOf(sources: readonly GrantSource[]): Promise<Result<readonly BucketBalance[]>>
  /** The balance as it was at a moment, epoch milliseconds. */
  balanceAt(time: number): Promise<Result<readonly BucketBalance[]>>
  /** What the usage would have cost under other plans. Fails with `csv_unreadable`. */
  simulate(question: SimulationQuestion): Promise<Result<PlanSimulations>>
  /** Checks every hash, posting and derived row; seconds for a million entries. */
  verify(): Promise<Result<Verification>>
  /** Starts the worker, so that the first question need not wait for it. */
  warmUp(): void
  /** CSV in pieces, header first, newest first; a failure is the last piece. */
  exportCsv(filter: UsageFilter): AsyncIterable<Result<string>>
}

/** The reader with what only the ledger itself may ask the worker. */
export interface ReaderConnection extends LedgerReader {
  ask<Name extends QuestionName>(
    name: Name,
    ask: Questions[Name]['ask'],
  ): Promise<Result<Questions[Name]['answer']>>
  isRunning(): boolean
  close(): Promise<void>
}

const CSV_ROWS_PER_PIECE = 1_000

/**
 * `beforeReading` brings the derived tables up to date. The worker starts with the first question
 * and again after a crash; the questions it was answering then fail with `reader_failed`.
 */
export function createReader(
  workerUrl: URL,
  data: ReaderWorkerData,
  beforeReading: () => Result<null>,
): ReaderConnection {
  const waiting = new Map<number, (result: Result<unknown>) => void>()
  let worker: Worker | null = null
  let lastId = 0

  function start(): Worker {
    const started = new Worker(workerUrl, { workerData: data })
    started.unref()
    started.on('message', ({ id, result }: Reply) => settle(id, result))
    started.on('error', (error: unknown) => lose(started, String(error)))
    started.on('exit', () => lose(started, 'it ended'))
    return started
  }

  function settle(id: number, result: Result<unknown>): void {
    waiting.get(id)?.(result)
    waiting.delete(id)
    if (waiting.size === 0) worker?.unref()
  }

  function lose(lost: Worker, why: string): void {
    if (worker !== lost) return
    worker = null
    for (const id of [...waiting.keys()]) {
      settle(id, failure('reader_failed', `Reading the ledger failed (${why}). Try again.`))
    }
  }

  function ask<Name extends QuestionName>(
    name: Name,
    question: Questions[Name]['ask'],
  ): Promise<Result<Questions[Name]['answer']>> {
    const ready = beforeReading()
    if (!ready.ok) return Promise.resolve(ready)
    const current = (worker ??= start())
    const id = ++lastId
    current.ref()
    return new Promise((resolve) => {
      waiting.set(id, (result) => resolve(result as Result<Questions[Name]['answer']>))
      current.postMessage({ id, name, ask: question } satisfies Request<Name>)
    })
  }

  async function* exportCsv(filter: UsageFilter): AsyncIterable<Result<string>> {
    yield { ok: true, data: CSV_HEADER }
    let before: number | undefined
    do {
      const piece = await ask('csv', { filter, before, limit: CSV_ROWS_PER_PIECE })
      if (!piece.ok) {
        yield piece
        return
      }
      if (piece.data.text !== '') yield { ok: true, data: piece.data.text }
      before = piece.data.nextBefore ?? undefined
    } while (before !== undefined)
  }

  return {
    ask,
    isRunning: () => worker !== null,
    exportCsv,
    warmUp: () => {
      worker ??= start()
    },
    page: (query) => ask('page', query),
    count: (filter) => ask('count', filter),
    groups: (query) => ask('groups', query),
    days: (filter) => ask('days', filter),
    spentBetween: (from, to) => ask('spentBetween', { from, to }),
    recipeEarnings: () => ask('recipeEarnings', null),
    explain: (operationId) => ask('explain', operationId),
    grantsOf: (sources) => ask('grantsOf', sources),
    balanceAt: (time) => ask('balanceAt', time),
    simulate: (question) => ask('simulate', question),
    verify: () => ask('verify', null),
    async close() {
      const last = worker
      if (last) lose(last, 'the ledger was closed')
      await last?.terminate()
    },
  }
}
