/** Writing the journal: entries and all that follows from them, in one transaction or not at all. */

import type { DatabaseSync } from 'node:sqlite'
import { isDeepStrictEqual } from 'node:util'
import { assertBalanced } from '#shared/credits/entries.ts'
import type { Entry, EntryDraft } from '#shared/credits/journal.ts'
import { failure, type Result, success } from '#shared/host/result.ts'
import { type EntryRecord, headAfter, readEntry, sealEntry } from './entry-chain.ts'
import type { DayClock } from './local-day.ts'
import { createProjections } from './projections.ts'
import { storageFailure } from './storage-errors.ts'
import { advance, type Checkpoint, forgetSpentGrants, type LedgerState } from './state.ts'

export interface Journal {
  /** As of the last commit. */
  state(): LedgerState
  /**
   * Appends drafts at ledger time `at`, atomically and durably. A draft that is already written,
   * word for word, is skipped and its entry returned; the same id with other content fails with
   * `entry_conflict`. On any failure nothing is written and the state is as before.
   */
  write(drafts: readonly EntryDraft[], at: number): Result<readonly Entry[]>
  find(id: string): Entry | null
  /** Remembers how far an open run has come; the last one counts. */
  mark(operationId: string, checkpoint: Checkpoint): Result<Checkpoint>
}

const ENTRY_COLUMNS = 'sequence, id, at, body, hash'

export function createJournal(db: DatabaseSync, days: DayClock, opened: LedgerState): Journal {
  const projections = createProjections(db, days)
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const insert = db.prepare(`INSERT INTO entry (${ENTRY_COLUMNS}) VALUES (?, ?, ?, ?, ?)`)
  const select = db.prepare(`SELECT ${ENTRY_COLUMNS} FROM entry WHERE id = ?`)
  const mark = db.prepare('INSERT OR REPLACE INTO checkpoint (operation_id, body) VALUES (?, ?)')
  const unmark = db.prepare('DELETE FROM checkpoint WHERE operation_id = ?')
  let state = opened

  /** Runs `work` in a transaction; the state it returns is the ledger's once that is durable. */
  function transact(work: () => LedgerState): Result<LedgerState> {
    try {
      begin.run()
      const next = work()
      commit.run()
      state = next
      return success(next)
    } catch (error) {
      projections.rolledBack()
      rollBack(db)
      const failed = storageFailure(error)
      if (!failed) throw error
      return failed
    }
  }

  function append(before: LedgerState, draft: EntryDraft, at: number) {
    assertBalanced(draft)
    const record = sealEntry(before.head, draft, at)
    const entry: Entry = { ...draft, sequence: record.sequence, at }
    const after = advance(before, entry, headAfter(record))
    insert.run(record.sequence, record.id, at, record.body, record.hash)
    projections.apply(entry, before, after)
    if (entry.facts.kind === 'settle' || entry.facts.kind === 'void') {
      const { operationId } = entry.facts
      if (before.holds.get(operationId)?.checkpoint) unmark.run(operationId)
    }
    return { entry, after }
  }

  function find(id: string): Entry | null {
    const record = select.get(id) as EntryRecord | undefined
    return record ? readEntry(record) : null
  }

  function write(drafts: readonly EntryDraft[], at: number): Result<readonly Entry[]> {
    const known = new Map<string, Entry>()
    const fresh: EntryDraft[] = []
    for (const draft of drafts) {
      const existing = find(draft.id)
      if (!existing) fresh.push(draft)
      else if (sameContent(existing, draft)) known.set(draft.id, existing)
      else return conflict(draft.id)
    }
    if (fresh.length > 0) {
      const written = transact(() => {
        let next = forgetSpentGrants(state, at)
        for (const draft of fresh) {
          const { entry, after } = append(next, draft, at)
          known.set(draft.id, entry)
          next = after
        }
        return next
      })
      if (!written.ok) return written
    }
    return success(drafts.map(({ id }) => known.get(id) as Entry))
  }

  return {
    state: () => state,
    write,
    find,
    mark(operationId, checkpoint) {
      const hold = state.holds.get(operationId)
      if (!hold) return unknownOperation(operationId)
      const marked = transact(() => {
        mark.run(operationId, JSON.stringify(checkpoint))
        return { ...state, holds: new Map(state.holds).set(operationId, { ...hold, checkpoint }) }
      })
      return marked.ok ? success(checkpoint) : marked
    },
  }
}

/** Whether an entry says what a draft would say, whatever the order of its keys. */
export function sameContent(entry: Entry, draft: EntryDraft): boolean {
  const { facts, postings } = JSON.parse(JSON.stringify(draft)) as EntryDraft
  return isDeepStrictEqual({ facts: entry.facts, postings: entry.postings }, { facts, postings })
}

export function unknownOperation(operationId: string) {
  return failure('operation_unknown', 'There is no open run with this id.', { operationId })
}

function conflict(id: string) {
  return failure('entry_conflict', `The journal already holds something else as "${id}".`, { id })
}

function rollBack(db: DatabaseSync): void {
  if (db.isTransaction) db.exec('ROLLBACK')
}
