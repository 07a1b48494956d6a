/** Reads what can still be read of a damaged ledger. */

import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { Credits } from '#shared/credits/amount.ts'
import type { Entry } from '#shared/journal/journal.ts'
import { openReader } from './database.ts'
import { continuesChain, type EntryRecord, GENESIS, type Head, readEntry } from './entry-chain.ts'
import { addLabels, readLabels } from './labels.ts'
import { follow, LedgerDamage, loadState } from './load.ts'
import type { DayClock } from './local-day.ts'
import { createProjections } from './projections.ts'
import type { Change, Step } from './state.ts'
import { isDamage } from './storage-errors.ts'

const BATCH = 1_000

export interface Carried {
  readonly head: Head
  /** Whether the source was read to its end, with every entry sound. */
  readonly complete: boolean
}

/**
 * Appends to `target` every entry of `source` that continues the chain, until one does not or
 * cannot be read. Entries are carried over unchanged, hash and all.
 */
export function carryJournal(source: string, target: DatabaseSync, days: DayClock): Carried {
  const projections = createProjections(target, days)
  const insert = target.prepare(
    'INSERT INTO entry (sequence, id, at, body, hash) VALUES (?, ?, ?, ?, ?)',
  )
  let { state } = loadState(target)
  let changes: Change[] = []
  let complete = false
  target.exec('BEGIN IMMEDIATE')
  const flush = () => {
    projections.apply(changes)
    changes = []
  }
  const records = readRecords(source, state.head.sequence)
  for (;;) {
    const next = records.next()
    if (next.done) {
      complete = next.value
      break
    }
    const step = tryFollow(state, next.value)
    if (!step) break
    const { sequence, id, at, body, hash } = next.value
    insert.run(sequence, id, at, body, hash)
    state = step.after
    if (changes.push(step.change) >= BATCH) flush()
  }
  flush()
  for (const operationId of state.holds.keys()) carryCheckpoint(source, target, operationId)
  target.exec('COMMIT')
  return { head: state.head, complete }
}

function tryFollow(state: Parameters<typeof follow>[0], record: EntryRecord): Step | null {
  try {
    return follow(state, record)
  } catch (error) {
    if (error instanceof LedgerDamage) return null
    throw error
  }
}

/**
 * The records after `after`, in order, as far as they can be read; returns whether it reached the
 * end.
 */
function* readRecords(source: string, after: number): Generator<EntryRecord, boolean> {
  const db = tryOpen(source)
  if (!db) return false
  try {
    const rows = db.prepare('SELECT * FROM entry WHERE sequence > ? ORDER BY sequence')
    for (const row of rows.iterate(after)) yield row as unknown as EntryRecord
    return true
  } catch (error) {
    if (!isDamage(error) && !isNoLedger(error)) throw error
    return false
  } finally {
    db.close()
  }
}

/** SQLite's plain error: the file is a database but does not have this table. */
const isNoLedger = (error: unknown) => (error as { errcode?: number }).errcode === 1

function tryOpen(source: string): DatabaseSync | null {
  if (!existsSync(source)) return null
  try {
    return openReader(source)
  } catch {
    return null
  }
}

function carryCheckpoint(source: string, target: DatabaseSync, operationId: string): void {
  const db = tryOpen(source)
  try {
    const row = db?.prepare('SELECT body FROM checkpoint WHERE operation_id = ?').get(operationId)
    if (!row) return
    target
      .prepare('INSERT OR REPLACE INTO checkpoint (operation_id, body) VALUES (?, ?)')
      .run(operationId, row['body'] ?? '')
  } catch (error) {
    if (!isDamage(error) && !isNoLedger(error)) throw error
  } finally {
    db?.close()
  }
}

/** The same edits in the same places make the same records. */
function carryEdits(from: DatabaseSync, target: DatabaseSync): void {
  const insert = target.prepare(
    'INSERT OR IGNORE INTO label_edit (number, after, at, body) VALUES (?, ?, ?, ?)',
  )
  for (const row of from.prepare('SELECT * FROM label_edit ORDER BY number').iterate()) {
    const { number, after, at, body } = row
    insert.run(Number(number), Number(after), Number(at), String(body))
  }
}

/** Adds the labels of `source` to `target`, as far as they can be read. Call before the journal. */
export function carryLabels(source: string, target: DatabaseSync): void {
  const db = tryOpen(source)
  if (!db) return
  target.exec('BEGIN IMMEDIATE')
  try {
    addLabels(target, readLabels(db))
    carryEdits(db, target)
  } catch (error) {
    if (!isDamage(error) && !isNoLedger(error)) throw error
  } finally {
    target.exec('COMMIT')
    db.close()
  }
}

/** Entries of a damaged file that are missing in the repaired ledger. */
export interface LostEntries {
  readonly count: number
  readonly firstSequence: number | null
  readonly lastSequence: number | null
  /** Charges that could still be read; their content is unverified. */
  readonly charges: readonly {
    readonly operationId: string
    readonly at: number
    readonly amount: Credits
  }[]
}

/** Every entry that can be read one by one beyond `head`, whether or not it chains. */
export function lostEntries(file: string, head: Head): LostEntries {
  const db = tryOpen(file)
  const found: Entry[] = []
  let count = 0
  let last = head.sequence
  try {
    last = db ? lastSequence(db) : head.sequence
    const select = db?.prepare('SELECT * FROM entry WHERE sequence = ?')
    for (let sequence = head.sequence + 1; sequence <= last; sequence++) {
      count++
      const entry = select && tryRead(() => select.get(sequence))
      if (entry) found.push(entry)
    }
  } catch (error) {
    if (!isDamage(error) && !isNoLedger(error)) throw error
  } finally {
    db?.close()
  }
  const charges = found.flatMap(({ at, facts }) =>
    facts.kind === 'settle'
      ? [{ operationId: facts.operationId, at, amount: facts.charge.amount }]
      : [],
  )
  return {
    count,
    firstSequence: count > 0 ? head.sequence + 1 : null,
    lastSequence: count > 0 ? last : null,
    charges,
  }
}

/** How far the journal once went, by its rows, its index or its progress record. */
function lastSequence(db: DatabaseSync): number {
  const sources = [
    'SELECT max(sequence) AS last FROM entry',
    'SELECT max(sequence) AS last FROM entry_place',
    'SELECT sequence AS last FROM projected',
  ]
  const lasts = sources.map((sql) => {
    try {
      return Number(db.prepare(sql).get()?.['last'] ?? 0)
    } catch (error) {
      if (!isDamage(error)) throw error
      return 0
    }
  })
  return Math.max(...lasts)
}

function tryRead(read: () => unknown): Entry | null {
  try {
    const record = read() as EntryRecord | undefined
    return record ? readEntry(record) : null
  } catch (error) {
    if (isDamage(error) || error instanceof SyntaxError) return null
    throw error
  }
}

/** How much of a damaged file is sound, for the message that it is damaged. */
export function lastGoodSequence(file: string): number {
  let head = GENESIS
  const records = readRecords(file, 0)
  for (let next = records.next(); !next.done; next = records.next()) {
    const record = next.value
    if (!continuesChain(head, record)) break
    head = { sequence: record.sequence, at: record.at, hash: record.hash }
  }
  records.return(false)
  return head.sequence
}
