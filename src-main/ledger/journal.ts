/**
 * Writes the journal. A commit holds entries and nothing else, so that it costs no more than a
 * durable commit must; the derived tables follow in batches (decision 0003), and what they lack is
 * read from memory here and from the journal at the next opening.
 */

import type { DatabaseSync } from 'node:sqlite'
import { isDeepStrictEqual } from 'node:util'
import type { Entry, EntryDraft } from '#shared/journal/journal.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { findIn } from './catalogs.ts'
import { type EntryRecord, type Head, headAfter, readEntry, sealEntry } from './entry-chain.ts'
import type { Projector } from './projector.ts'
import { storageFailure } from './storage-errors.ts'
import {
  advance,
  type Change,
  type Checkpoint,
  forgetSpentGrants,
  type LedgerState,
  type Step,
} from './state.ts'

export interface Journal {
  /** As of the last commit. */
  state(): LedgerState
  /**
   * Appends one entry at ledger time `at`, durably. An id that exists fails with `entry_conflict`.
   * On any failure nothing is written and the state is unchanged.
   */
  add(draft: EntryDraft, at: number): Result<Entry>
  /**
   * Appends several entries, all or none. A draft that is already written with the same content is
   * skipped and its entry returned; the same id with other content fails with `entry_conflict`.
   */
  append(drafts: readonly EntryDraft[], at: number): Result<readonly Entry[]>
  find(id: string): Entry | null
  /** Entries written at ledger time `since` or later, in order. */
  entriesSince(since: number): Iterable<Entry>
  /** Entries written after `head`, in order; null if the chain never had this head. */
  entriesAfter(head: Pick<Head, 'sequence' | 'hash'>): Iterable<Entry> | null
  /** The chain's hash after an entry; null if there is no such entry. */
  hashAt(sequence: number): string | null
  /** Calls `listener` with every entry once it is durable, in order; returns the unsubscribe. */
  onWritten(listener: (entry: Entry) => void): () => void
  /** Records how far an open run has come; the last record counts. */
  mark(operationId: string, checkpoint: Checkpoint): Result<Checkpoint>
}

const ENTRY_COLUMNS = 'sequence, id, at, body, hash'

/** What follows the journal; notified of entries once they are durable, in order. */
export type Follower = Pick<Projector, 'follow' | 'waiting'>

export function createJournal(db: DatabaseSync, opened: LedgerState, follower: Follower): Journal {
  const insert = db.prepare(`INSERT INTO entry (${ENTRY_COLUMNS}) VALUES (?, ?, ?, ?, ?)`)
  const insertNew = db.prepare(
    `INSERT INTO entry (${ENTRY_COLUMNS}) SELECT ?1, ?2, ?3, ?4, ?5
     WHERE NOT EXISTS (SELECT 1 FROM entry_place WHERE id = ?2)`,
  )
  const findWritten = findIn(db)
  const mark = db.prepare('INSERT OR REPLACE INTO checkpoint (operation_id, body) VALUES (?, ?)')
  const after = db.prepare('SELECT * FROM entry WHERE sequence > ? ORDER BY sequence')
  const timeOf = db.prepare('SELECT at FROM entry WHERE sequence = ?')
  const hashOf = db.prepare('SELECT hash FROM entry WHERE sequence = ?')
  const listeners = new Set<(entry: Entry) => void>()
  let state = opened

  /** Makes what is now on disk the current state, then notifies. */
  function commit(next: LedgerState, changes: readonly Change[]): void {
    state = next
    follower.follow(changes)
    for (const { entry } of changes) {
      for (const listener of listeners) listener(entry)
    }
  }

  function* entriesFrom(sequence: number): Iterable<Entry> {
    for (const record of after.iterate(sequence)) yield readEntry(record as unknown as EntryRecord)
  }

  /** How many entries were written before ledger time `since`. */
  function countBefore(since: number): number {
    let [low, high] = [0, state.head.sequence]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      const { at } = timeOf.get(middle) as { at: number }
      if (at < since) low = middle
      else high = middle - 1
    }
    return low
  }

  function find(id: string): Entry | null {
    return follower.waiting(id) ?? findWritten(id)
  }

  function step(before: LedgerState, draft: EntryDraft, at: number): Step {
    const record = sealEntry(before.head, draft, at)
    const entry: Entry = { ...draft, sequence: record.sequence, at }
    const advanced = advance(before, entry, headAfter(record))
    const { sequence, id, body, hash } = record
    if (endsHold(entry)) {
      // The hold was open until now, so nothing can have ended it already.
      insert.run(sequence, id, at, body, hash)
    } else if (follower.waiting(id) || insertNew.run(sequence, id, at, body, hash).changes !== 1) {
      throw new DuplicateId(id)
    }
    return advanced
  }

  /** The failure for a write that threw; nothing was written. */
  function refused(error: unknown): Result<never> {
    if (db.isTransaction) db.exec('ROLLBACK')
    if (error instanceof DuplicateId) return conflict(error.id)
    const failed = storageFailure(error)
    if (!failed) throw error
    return failed
  }

  /** One entry is one statement, which SQLite commits by itself: the cheapest durable way. */
  function add(draft: EntryDraft, at: number): Result<Entry> {
    let one: Step
    try {
      one = step(forgetSpentGrants(state, at), draft, at)
    } catch (error) {
      return refused(error)
    }
    commit(one.after, [one.change])
    return success(one.change.entry)
  }

  function writeAll(drafts: readonly EntryDraft[], at: number): readonly Step[] {
    let next = forgetSpentGrants(state, at)
    db.exec('BEGIN IMMEDIATE')
    const steps = drafts.map((draft) => {
      const one = step(next, draft, at)
      next = one.after
      return one
    })
    db.exec('COMMIT')
    return steps
  }

  function append(drafts: readonly EntryDraft[], at: number): Result<readonly Entry[]> {
    const entries = new Map<string, Entry>()
    const fresh = new Map<string, EntryDraft>()
    for (const draft of drafts) {
      const existing = find(draft.id)
      const earlier = existing ?? fresh.get(draft.id)
      if (!earlier) fresh.set(draft.id, draft)
      else if (!sameContent(earlier, draft)) return conflict(draft.id)
      if (existing) entries.set(draft.id, existing)
    }
    if (fresh.size > 0) {
      let steps: readonly Step[]
      try {
        steps = writeAll([...fresh.values()], at)
      } catch (error) {
        return refused(error)
      }
      const changes = steps.map(({ change }) => change)
      commit(steps.at(-1)?.after ?? state, changes)
      for (const { entry } of changes) entries.set(entry.id, entry)
    }
    return success(drafts.map(({ id }) => entries.get(id) as Entry))
  }

  return {
    state: () => state,
    add,
    append,
    find,
    entriesSince: (since) => entriesFrom(countBefore(since)),
    entriesAfter({ sequence, hash }) {
      if (sequence > 0 && hashOf.get(sequence)?.['hash'] !== hash) return null
      return entriesFrom(sequence)
    },
    hashAt: (sequence) => {
      const row = hashOf.get(sequence)
      return row ? String(row['hash']) : null
    },
    onWritten(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    mark(operationId, checkpoint) {
      const hold = state.holds.get(operationId)
      if (!hold) return unknownOperation(operationId)
      try {
        mark.run(operationId, JSON.stringify(checkpoint))
      } catch (error) {
        const failed = storageFailure(error)
        if (!failed) throw error
        return failed
      }
      const holds = new Map(state.holds).set(operationId, { ...hold, checkpoint })
      state = { ...state, holds }
      return success(checkpoint)
    },
  }
}

const endsHold = ({ facts }: Entry) => facts.kind === 'settle' || facts.kind === 'void'

class DuplicateId extends Error {
  readonly id: string
  constructor(id: string) {
    super(`Entry ${id} is already written`)
    this.id = id
  }
}

/** Whether an entry has the content of a draft, whatever the order of its keys. */
export function sameContent(entry: EntryDraft, draft: EntryDraft): boolean {
  return isDeepStrictEqual(plain(entry), plain(draft))
}

/** A draft as it comes back after being written and read. */
function plain({ facts, postings }: EntryDraft): unknown {
  return JSON.parse(JSON.stringify({ facts, postings }))
}

export function unknownOperation(operationId: string) {
  return failure('operation_unknown', 'There is no open run with this id.', { operationId })
}

function conflict(id: string) {
  return failure('entry_conflict', `The journal already holds something else as "${id}".`, { id })
}
