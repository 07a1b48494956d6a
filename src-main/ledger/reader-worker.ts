/** The worker that answers long reads on its own read-only connection (entry point). */

import { setImmediate } from 'node:timers/promises'
import type { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { failure, type Result, success } from '#shared/host/result.ts'
import { copyLedger } from './backup-copy.ts'
import { csvRow } from './csv.ts'
import { openReader } from './database.ts'
import { balanceAt, explainCharge } from './explain.ts'
import { LedgerDamage } from './load.ts'
import { createDayClock } from './local-day.ts'
import { createUsageQueries, type UsageQueries } from './queries.ts'
import type {
  QuestionName,
  Questions,
  ReaderWorkerData,
  Reply,
  Request,
} from './reader-protocol.ts'
import { damageFailure, isDamage, storageFailure } from './storage-errors.ts'
import { verifyLedger } from './verify.ts'

const { file, timeZone } = workerData as ReaderWorkerData
const port = parentPort
if (!port) throw new Error('The ledger’s reader runs as a worker')

type Answers = {
  readonly [Name in QuestionName]: (
    ask: Questions[Name]['ask'],
  ) => Result<Questions[Name]['answer']> | Promise<Result<Questions[Name]['answer']>>
}

let opened: { readonly db: DatabaseSync; readonly usage: UsageQueries } | null = null

function connection() {
  if (!opened) {
    const db = openReader(file)
    opened = { db, usage: createUsageQueries(db, createDayClock(timeZone)) }
  }
  return opened
}

const answers: Answers = {
  page: (query) => success(connection().usage.page(query)),
  count: (filter) => success(connection().usage.count(filter)),
  groups: ({ filter, by }) => success(connection().usage.groups(filter, by)),
  days: (filter) => success(connection().usage.days(filter)),
  spentBetween: ({ from, to }) => success(connection().usage.spentBetween(from, to)),
  explain: (operationId) => explainCharge(connection().db, operationId),
  balanceAt: (time) => success(balanceAt(connection().db, time)),
  csv: (query) => {
    const { rows, nextBefore } = connection().usage.page(query)
    return success({ text: rows.map(csvRow).join(''), nextBefore })
  },
  verify: async () => success(await verifyLedger(file, timeZone, () => setImmediate())),
  copy: async (to) => success(await copyLedger(file, to)),
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
