/** Explains one charge, and reads the balance at any moment of the past. */

import type { DatabaseSync } from 'node:sqlite'
import { burnOrder } from '#shared/credits/burn-down.ts'
import { drawsInto, endEntryId, holdEntryId } from '#shared/journal/entries.ts'
import type { Grant, GrantSource } from '#shared/credits/grant.ts'
import { type Result, success } from '#shared/result.ts'
import type { Credits } from '#shared/credits/amount.ts'
import type { BucketBalance, ChargeExplanation, EntryProof } from '#shared/usage/views.ts'
import type { CatalogReader } from './catalogs.ts'
import { continuesChain, type EntryRecord, GENESIS, headAfter, readEntry } from './entry-chain.ts'
import { unknownOperation } from './journal.ts'
import { entryAt, follow, lastSnapshot } from './load.ts'
import { usageRowAt } from './queries.ts'
import { openHold, stillMatters } from './state.ts'
import { firstEntryAt } from './usage-filter.ts'

/** Everything about one operation, with its entries' hashes recomputed. */
export function explainCharge(
  db: DatabaseSync,
  catalogs: Pick<CatalogReader, 'rate'>,
  operationId: string,
): Result<ChargeExplanation> {
  const held = entryNamed(db, holdEntryId(operationId))
  const row = held && usageRowAt(db, held.sequence)
  if (!held || !row) return unknownOperation(operationId)
  const ended = entryNamed(db, endEntryId(operationId))
  const end = ended && readEntry(ended)
  const hold = openHold(readEntry(held))
  const rate = catalogs.rate(hold.operation.quote)
  if (!rate) throw new Error(`The rate of operation ${operationId} is not in the journal`)
  return success({
    row,
    facts: hold.operation,
    rate,
    heldFrom: hold.draws,
    charge: end?.facts.kind === 'settle' ? end.facts.charge : null,
    units: end?.facts.kind === 'settle' ? end.facts.units : null,
    reason: end?.facts.kind === 'void' ? end.facts.reason : null,
    paidBy: (end ? drawsInto(end, 'spent') : []).map(({ grantId, amount }) => ({
      grant: grantNamed(db, grantId),
      amount,
    })),
    entries: [held, ended].filter((record) => record !== null).map((record) => prove(db, record)),
  })
}

function prove(db: DatabaseSync, record: EntryRecord): EntryProof {
  const { sequence, at, hash } = record
  const previous = entryAt(db, sequence - 1)
  const head = previous ? headAfter(previous) : GENESIS
  return { sequence, at, hash, verified: continuesChain(head, record) }
}

function entryNamed(db: DatabaseSync, id: string): EntryRecord | null {
  const row = db
    .prepare('SELECT entry.* FROM entry_place JOIN entry USING (sequence) WHERE entry_place.id = ?')
    .get(id)
  return (row as EntryRecord | undefined) ?? null
}

function grantNamed(db: DatabaseSync, id: string): Grant {
  const row = db.prepare('SELECT body FROM grant_balance WHERE id = ?').get(id) as
    { body: string } | undefined
  if (!row) throw new Error(`A charge was paid by unknown grant ${id}`)
  return JSON.parse(row.body) as Grant
}

/**
 * Balances of the grants that mattered at a moment, in the order in which they pay: from the nearest
 * snapshot before it, and the entries from there on.
 */
export function balanceAt(db: DatabaseSync, time: number): readonly BucketBalance[] {
  const sequence = firstEntryAt(db, time + 1) - 1
  let state = lastSnapshot(db, sequence)
  const entries = db.prepare(
    'SELECT * FROM entry WHERE sequence > ? AND sequence <= ? ORDER BY sequence',
  )
  for (const row of entries.iterate(state.head.sequence, sequence)) {
    state = follow(state, row as unknown as EntryRecord).after
  }
  return [...state.balances.values()]
    .filter((balance) => stillMatters(balance, time))
    .sort((left, right) => burnOrder(left.grant, right.grant))
}

/**
 * Every grant from the given sources as it stands, oldest first, including those that no longer
 * matter.
 */
export function grantsOf(
  db: DatabaseSync,
  sources: readonly GrantSource[],
): readonly BucketBalance[] {
  const rows = db
    .prepare(
      `SELECT body, available, held, spent, expired, elsewhere FROM grant_balance
       WHERE body ->> 'source' IN (SELECT value FROM json_each(?)) ORDER BY sequence`,
    )
    .all(JSON.stringify(sources)) as unknown as readonly GrantRecord[]
  return rows.map(({ body, ...amounts }) => ({ grant: JSON.parse(body) as Grant, ...amounts }))
}

interface GrantRecord {
  readonly body: string
  readonly available: Credits
  readonly held: Credits
  readonly spent: Credits
  readonly expired: Credits
  readonly elsewhere: Credits
}
