/** Reads the ledger's state at opening: the last snapshot, then every entry after it, checked. */

import type { DatabaseSync } from 'node:sqlite'
import { isDeepStrictEqual } from 'node:util'
import { unpackAccount } from '#shared/account/snapshot.ts'
import { ZERO } from '#shared/credits/amount.ts'
import type { BalanceState } from '#shared/journal/balance.ts'
import { continuesChain, type EntryRecord, type Head, headAfter, readEntry } from './entry-chain.ts'
import { ownTerms, type SnapshotBody } from './projections.ts'
import {
  advance,
  type Change,
  type Checkpoint,
  EMPTY_STATE,
  forgetSpentGrants,
  type Hold,
  type LedgerState,
  openHold,
  type Step,
} from './state.ts'
import { unpackTeam } from './team-state.ts'

/** Thrown when the journal cannot be what the app wrote. */
export class LedgerDamage extends Error {}

/** What is found at opening. */
export interface Loaded {
  readonly state: LedgerState
  /** The state that the derived tables should reflect. */
  readonly projected: LedgerState
  /** What they do not have yet, in order. */
  readonly unprojected: readonly Change[]
}

/**
 * The state as of the last entry. Takes time proportional to the entries since the last snapshot,
 * not to the size of the ledger. Throws LedgerDamage if these do not chain or cannot follow each
 * other.
 */
export function loadState(db: DatabaseSync): Loaded {
  const { sequence: reached } = db.prepare('SELECT sequence FROM projected').get() as {
    sequence: number
  }
  let state = lastSnapshot(db)
  let projected = state
  const unprojected: Change[] = []
  const later = db.prepare('SELECT * FROM entry WHERE sequence > ? ORDER BY sequence')
  for (const row of later.iterate(state.head.sequence)) {
    const { after, change } = follow(state, row as unknown as EntryRecord)
    if (change.entry.sequence > reached) unprojected.push(change)
    else projected = after
    state = after
  }
  if (reached > state.head.sequence) {
    throw new LedgerDamage(`The journal ends at ${state.head.sequence}, before entry ${reached}`)
  }
  const holds = withCheckpoints(db, state.holds)
  return { state: { ...state, holds }, projected, unprojected }
}

/** The state after one more record of the journal, if the record is valid. */
export function follow(state: LedgerState, record: EntryRecord): Step {
  const { sequence, at } = record
  if (!continuesChain(state.head, record)) {
    throw new LedgerDamage(`Entry ${sequence} does not continue the chain`)
  }
  try {
    const entry = readEntry(record)
    return advance(forgetSpentGrants(state, at), entry, headAfter(record))
  } catch (error) {
    throw new LedgerDamage(`Entry ${sequence} cannot follow: ${String(error)}`)
  }
}

/**
 * The state of a snapshot, or of an empty ledger if there is none. Without `until`, the last one.
 */
export function lastSnapshot(db: DatabaseSync, until = Number.MAX_SAFE_INTEGER): LedgerState {
  const row = db
    .prepare('SELECT * FROM snapshot WHERE sequence <= ? ORDER BY sequence DESC LIMIT 1')
    .get(until) as { sequence: number; at: number; hash: string; body: string } | undefined
  if (!row) return EMPTY_STATE
  const head: Head = { sequence: row.sequence, at: row.at, hash: row.hash }
  const sealed = entryAt(db, row.sequence)
  if (sealed?.hash !== head.hash) {
    throw new LedgerDamage(`Entry ${row.sequence} is not the one its snapshot saw`)
  }
  const body = parse(row.body) as SnapshotBody
  const balances: BalanceState = new Map(
    body.balances.map((one) => [one.grant.id, { ...one, elsewhere: one.elsewhere ?? ZERO }]),
  )
  const catalogs = new Map(body.catalogs.map((one) => [one.version, one]))
  return {
    head,
    balances,
    holds: holdsAt(db, body.holds),
    catalogs,
    terms: body.terms ?? ownTerms(body.catalogs),
    account: unpackAccount(body.account),
    team: body.team ? unpackTeam(body.team) : null,
    trials: body.trials,
  }
}

function holdsAt(db: DatabaseSync, sequences: readonly number[]): ReadonlyMap<string, Hold> {
  const holds = sequences.map((sequence) => {
    const record = entryAt(db, sequence)
    if (!record) throw new LedgerDamage(`Entry ${sequence} is missing`)
    return openHold(readEntry(record))
  })
  return new Map(holds.map((hold) => [hold.operation.operationId, hold]))
}

export function entryAt(db: DatabaseSync, sequence: number): EntryRecord | null {
  const row = db.prepare('SELECT * FROM entry WHERE sequence = ?').get(sequence)
  return (row as EntryRecord | undefined) ?? null
}

function withCheckpoints(db: DatabaseSync, holds: LedgerState['holds']): LedgerState['holds'] {
  const select = db.prepare('SELECT body FROM checkpoint WHERE operation_id = ?')
  return new Map(
    [...holds].map(([id, hold]) => {
      const row = select.get(id) as { body: string } | undefined
      const checkpoint = row ? (parse(row.body) as Checkpoint) : null
      return [id, { ...hold, checkpoint }]
    }),
  )
}

/**
 * Whether the derived tables agree with the state, as far as opening can tell quickly. If not, they
 * are rebuilt from the journal, which is the truth.
 */
export function projectionsAgree(db: DatabaseSync, { projected }: Loaded): boolean {
  return balancesAgree(db, projected.balances) && holdsAgree(db, projected.holds)
}

function balancesAgree(db: DatabaseSync, balances: BalanceState): boolean {
  const select = db.prepare(
    'SELECT available, held, spent, expired, elsewhere FROM grant_balance WHERE id = ?',
  )
  return [...balances.values()].every(({ grant, ...amounts }) => {
    const row = select.get(grant.id)
    return row !== undefined && isDeepStrictEqual({ ...row }, amounts)
  })
}

function holdsAgree(db: DatabaseSync, holds: LedgerState['holds']): boolean {
  const select = db.prepare('SELECT operation_id AS id, status FROM operation WHERE sequence = ?')
  return [...holds.values()].every(({ sequence, operation }) => {
    const row = select.get(sequence) as { id: string; status: string } | undefined
    return row?.id === operation.operationId && row.status === 'running'
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new LedgerDamage('A derived row of the ledger is not readable')
  }
}
