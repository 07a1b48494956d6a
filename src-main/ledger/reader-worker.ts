/** The worker that answers long reads on its own read-only connection (entry point). */

import { setImmediate } from 'node:timers/promises'
import type { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { failure, type Result, success } from '#shared/result.ts'
import { csvRow } from '#shared/usage/csv.ts'
import { copyLedger } from './backup-copy.ts'
import type { CatalogReader } from './catalogs.ts'
import { openReader, zoneOf } from './database.ts'
import { LedgerDamage } from './load.ts'
import { detailsOf } from './recorded-usage.ts'
import { createPaging, createUsageQueries, type UsageQueries } from './queries.ts'
import type {
  QuestionName,
  Questions,
  ReaderWorkerData,
  Reply,
  Request,
} from './reader-protocol.ts'
import { recipeEarnings } from './recipe-earnings.ts'
import { damageFailure, isDamage, storageFailure } from './storage-errors.ts'

const { file } = workerData as ReaderWorkerData
const port = parentPort
if (!port) throw new Error('The ledger’s reader runs as a worker')

type Answers = {
  readonly [Name in QuestionName]: (
    ask: Questions[Name]['ask'],
  ) => Result<Questions[Name]['answer']> | Promise<Result<Questions[Name]['answer']>>
}

/** The connection, and the reader of pages on it, made with the first question. */
let opened: { readonly db: DatabaseSync; readonly page: UsageQueries['page'] } | null = null

function connection() {
  if (!opened) {
    const db = openReader(file)
    opened = { db, page: createPaging(db) }
  }
  return opened
}

let totals: { readonly timeZone: string; readonly queries: UsageQueries } | null = null

/**
 * By the days of the tables' time zone. Time zones take a moment to load, and the first page should
 * not wait for them.
 */
async function usage(): Promise<UsageQueries> {
  const { createDayClock } = await import('./local-day.ts')
  const { db } = connection()
  const timeZone = zoneOf(db)
  if (totals?.timeZone !== timeZone) {
    totals = { timeZone, queries: createUsageQueries(db, createDayClock(timeZone)) }
  }
  return totals.queries
}

let catalogs: CatalogReader | null = null

/** Keeps parsed the catalogs that charges were quoted by: many charges, few catalogs. */
async function rates(): Promise<CatalogReader> {
  const { createCatalogReader, findIn } = await import('./catalogs.ts')
  return (catalogs ??= createCatalogReader(findIn(connection().db)))
}

const answers: Answers = {
  page: (query) => success(connection().page(query)),
  count: async (filter) => success((await usage()).count(filter)),
  groups: async ({ filter, by }) => success((await usage()).groups(filter, by)),
  days: async (filter) => success((await usage()).days(filter)),
  spentBetween: async ({ from, to }) => success((await usage()).spentBetween(from, to)),
  recipeEarnings: () => success(recipeEarnings(connection().db)),
  explain: async (operationId) => {
    const { explainCharge } = await import('./explain.ts')
    return explainCharge(connection().db, await rates(), operationId)
  },
  grantsOf: async (sources) => {
    const { grantsOf } = await import('./explain.ts')
    return success(grantsOf(connection().db, sources))
  },
  balanceAt: async (time) => {
    const { balanceAt } = await import('./explain.ts')
    return success(balanceAt(connection().db, time))
  },
  csv: (query) => {
    const { rows, nextBefore } = connection().page(query)
    const details = detailsOf(connection().db, rows)
    const text = rows.map((row) => csvRow(row, details.get(row.sequence))).join('')
    return success({ text, nextBefore })
  },
  simulate: async (question) => {
    const { simulateHistory } = await import('./simulate.ts')
    return simulateHistory(connection().db, question)
  },
  verify: async () => {
    const { verifyLedger } = await import('./verify.ts')
    return success(await verifyLedger(file, () => setImmediate()))
  },
  copy: async (to) => success(await copyLedger(file, to)),
  regroup: async (timeZone) => {
    const { regroupUsage } = await import('./regroup.ts')
    return success(await regroupUsage(file, timeZone, () => setImmediate()))
  },
}

async function answer<Name extends QuestionName>({ name, ask }: Request<Name>) {
  try {
    return await answers[name](ask)
  } catch (error) {
    if (error instanceof LedgerDamage || isDamage(error)) return damageFailure(error)
    return (
      storageFailure(error) ??
      failure('reader_failed', `Reading the ledger failed: ${String(error)}`)
    )
  }
}

port.on('message', (request: Request) => {
  void answer(request).then((result) =>
    port.postMessage({ id: request.id, result } satisfies Reply),
  )
})
