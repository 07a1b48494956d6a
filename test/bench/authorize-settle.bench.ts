/**
 * Authorize and settle, each durable when it returns, against two bare durable commits of the same
 * bytes: what any ledger on SQLite must at least cost. Pairs alternate, so both meet the same disk.
 */

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { holdEntry, settleEntry, allBack } from '#shared/journal/entries.ts'
import type { EntryDraft, OperationFacts } from '#shared/journal/journal.ts'
import { GENESIS } from '../../src-main/ledger/entry-chain.ts'
import { grantDraft, openTestLedger, temporaryFolderIn, unwrap } from '../support/ledger.ts'
import { type Bench, percentile, ratio } from './bench.ts'
import { benchOperation, benchSettlement, CACHE } from './generate.ts'

const WARM_UP = 2_000
const PAIRS = 4_000

export const authorizeSettle: Bench = {
  async run() {
    const folder = temporaryFolderIn(CACHE)
    const ledger = openTestLedger(folder.path)
    const bare = openBare(join(folder.path, 'bare.sqlite'))
    try {
      unwrap(ledger.append([grantDraft('plan', 500_000), grantDraft('pack', 500_000)]))
      const ours: number[] = []
      const theirs: number[] = []
      for (let pair = 0; pair < WARM_UP + PAIRS; pair++) {
        const operation = benchOperation(pair)
        const settlement = benchSettlement(operation)
        const [hold, end] = sameBytes(operation, settlement)
        const runOurs = () => {
          const from = performance.now()
          unwrap(ledger.authorize(operation))
          unwrap(ledger.settle(operation.operationId, settlement))
          return performance.now() - from
        }
        const runBare = () => {
          const from = performance.now()
          bare.commit(hold)
          bare.commit(end)
          return performance.now() - from
        }
        const [first, second] = pair % 2 === 0 ? [runOurs, runBare] : [runBare, runOurs]
        const firstTook = first()
        const secondTook = second()
        if (pair < WARM_UP) continue
        ours.push(pair % 2 === 0 ? firstTook : secondTook)
        theirs.push(pair % 2 === 0 ? secondTook : firstTook)
      }
      const at = (share: number) => [percentile(ours, share), percentile(theirs, share)] as const
      return [
        ratio('authorize + settle, p50', ...at(0.5), 'ms', 1.3),
        ratio('authorize + settle, p99', ...at(0.99), 'ms', 2),
      ]
    } finally {
      bare.close()
      await ledger.close()
      folder.remove()
    }
  },
}

/** Texts as long as the rows that the ledger writes: facts, postings, id and hash. */
function sameBytes(
  operation: OperationFacts,
  settlement: ReturnType<typeof benchSettlement>,
): readonly [string, string] {
  const { operationId, quote } = operation
  const draws = [{ grantId: 'pack', amount: quote.maximum }]
  const hold = holdEntry(operation, draws)
  const end = settleEntry({ operationId, ...settlement }, draws, allBack)
  const text = ({ id, facts, postings }: EntryDraft) =>
    JSON.stringify({ facts, postings }) + id + GENESIS.hash
  return [text(hold), text(end)]
}

/** A table of text, written as durably as the ledger: a transaction with one insert. */
function openBare(file: string) {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON')
  db.exec('CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT')
  const begin = db.prepare('BEGIN IMMEDIATE')
  const insert = db.prepare('INSERT INTO bare (body) VALUES (?)')
  const end = db.prepare('COMMIT')
  return {
    commit(body: string) {
      begin.run()
      insert.run(body)
      end.run()
    },
    close: () => db.close(),
  }
}
