/** The server's side of one account: its pool, and what it writes and when. */

import type { EntryDraft } from '#shared/journal/journal.ts'
import { applyAllToPool } from '#shared/lease/follow.ts'
import type { Pool } from '#shared/lease/pool.ts'
import { nextPoolMoment, poolDue } from '#shared/lease/pool-due.ts'
import { isForDevices } from '#shared/sync/for-devices.ts'
import type { Tally } from './tally.ts'

/** Bytes of a row beside its text: the hash, the numbers, what an index of it takes. */
const ENTRY_ROW = 64 + 16 + 60

/** An entry that machines are told of, and which it is of the journal. */
export interface ToldEntry {
  readonly position: number
  readonly entry: EntryDraft
}

export interface PlayedJournal {
  pool(): Pool
  /** Entries so far. */
  length(): number
  /** What machines are told, in order. */
  readonly told: readonly ToldEntry[]
  /** When something is due by itself; null for never. */
  dueAt(): number | null
  write(drafts: readonly EntryDraft[], at: number): void
  /** One transaction: what is due, then what the rule makes of it. Gives what the rule wrote. */
  transact(rule: (pool: Pool) => readonly EntryDraft[], at: number): readonly EntryDraft[]
  /** What is due at `at` by itself; gives whether anything was. */
  takeDue(at: number): boolean
}

/** `wrote`: told of each time that something was written. */
export function createPlayedJournal(
  stored: Tally['stored'],
  begun: Pool,
  wrote: (at: number) => void,
): PlayedJournal {
  const told: ToldEntry[] = []
  let pool = begun
  let length = 0
  let dueAt: number | null = null

  function write(drafts: readonly EntryDraft[], at: number): void {
    if (drafts.length === 0) return
    pool = applyAllToPool(pool, drafts)
    dueAt = nextPoolMoment(pool, at)
    for (const entry of drafts) {
      length += 1
      stored.entries += 1
      const { facts, postings } = entry
      stored.entryBytes += JSON.stringify({ facts, postings }).length + entry.id.length + ENTRY_ROW
      if (isForDevices(facts.kind)) told.push({ position: length, entry })
    }
    wrote(at)
  }

  return {
    pool: () => pool,
    length: () => length,
    told,
    dueAt: () => dueAt,
    write,
    transact(rule, at) {
      if (dueAt === null || dueAt <= at) write(poolDue(pool, at), at)
      const written = rule(pool)
      write(written, at)
      return written
    },
    takeDue(at) {
      const due = poolDue(pool, at)
      dueAt = nextPoolMoment(pool, at)
      write(due, at)
      return due.length > 0
    },
  }
}
