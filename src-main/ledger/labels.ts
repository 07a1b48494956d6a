/**
 * What people write beside operations (design: labels). Each field of each operation holds what was
 * written last, with when and on which machine, so that machines can be brought together. The
 * derived tables that group by subject follow in the same transaction.
 */

import type { DatabaseSync } from 'node:sqlite'
import { holdEntryId } from '#shared/journal/entries.ts'
import { type Result, success } from '#shared/result.ts'
import type { UsageStatus } from '#shared/usage/filter.ts'
import {
  isLater,
  type Label,
  LABEL_FIELDS,
  type LabelEdit,
  type LabelField,
} from '#shared/usage/labels.ts'
import type { DayClock } from './local-day.ts'
import type { Projector } from './projector.ts'
import {
  type Counted,
  createRollup,
  createSeries,
  SERIES_COLUMNS,
  takeFromRollups,
} from './rollup.ts'
import { storageFailure } from './storage-errors.ts'

export interface Labels {
  /**
   * Writes what a person wrote on this machine, as the last word on each operation, durably.
   * Operations that the ledger does not have are passed over. Gives how many are changed.
   */
  edit(operationIds: readonly string[], edit: LabelEdit, by: Editor): Result<number>
  /** What was written on this machine, edit by edit, after edit `number`. */
  editsAfter(number: number): Iterable<LabelEdits>
  /** Tells of every edit once it is durable; returns how to stop. */
  onEdited(listener: (edits: LabelEdits) => void): () => void
}

/** What one edit wrote, and its place among edits and entries. */
export interface LabelEdits {
  /** 1, 2, 3 … */
  readonly number: number
  /** The journal's last entry then. */
  readonly after: number
  /** Ledger time, epoch milliseconds. */
  readonly at: number
  readonly labels: readonly Omit<Label, 'deviceId'>[]
}

export interface Editor {
  readonly deviceId: string
  /** Ledger time, epoch milliseconds. */
  readonly at: number
}

/** One row of `label`. */
interface LabelRecord {
  readonly operation_id: string
  readonly field: LabelField
  readonly value: string
  readonly edited_at: number
  readonly device_id: string
}

export function createLabels(
  db: DatabaseSync,
  days: DayClock,
  projector: Pick<Projector, 'catchUp'>,
): Labels {
  /** Made with the first edit: opening a ledger does not wait for it. */
  let tables: LabelTables | null = null
  const listeners = new Set<(edits: LabelEdits) => void>()

  return {
    *editsAfter(number) {
      const rows = db.prepare('SELECT * FROM label_edit WHERE number > ? ORDER BY number')
      for (const row of rows.iterate(number)) {
        yield {
          ...(row as unknown as EditRecord),
          labels: JSON.parse(String(row['body'])) as Label[],
        }
      }
    },
    onEdited(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    edit(operationIds, edit, by) {
      const ready = projector.catchUp()
      if (!ready.ok) return ready
      tables ??= { store: createLabelStore(db), operations: createLabelledOperations(db, days) }
      try {
        db.exec('BEGIN IMMEDIATE')
        const { changed, edits } = write(db, tables, operationIds, edit, by)
        db.exec('COMMIT')
        if (edits) for (const listener of listeners) listener(edits)
        return success(changed)
      } catch (error) {
        tables.operations.rolledBack()
        if (db.isTransaction) db.exec('ROLLBACK')
        const failed = storageFailure(error)
        if (!failed) throw error
        return failed
      }
    },
  }
}

interface LabelTables {
  readonly store: ReturnType<typeof createLabelStore>
  readonly operations: ReturnType<typeof createLabelledOperations>
}

interface EditRecord {
  readonly number: number
  readonly after: number
  readonly at: number
}

function write(
  db: DatabaseSync,
  { store, operations }: LabelTables,
  operationIds: readonly string[],
  edit: LabelEdit,
  by: Editor,
): { readonly changed: number; readonly edits: LabelEdits | null } {
  const moved: Move[] = []
  const written: Label[] = []
  let changed = 0
  for (const operation of operations.find(operationIds)) {
    const labels = labelsFor(operation, edit, by, store)
    written.push(...labels)
    for (const label of labels) {
      store.write(label)
      if (label.field === 'subject') moved.push({ operation, subject: label.value })
    }
    if (labels.length > 0) changed++
  }
  operations.move(moved)
  return { changed, edits: written.length === 0 ? null : noteEdit(db, written, by.at) }
}

function noteEdit(db: DatabaseSync, written: readonly Label[], at: number): LabelEdits {
  const labels = written.map(({ deviceId: _deviceId, ...label }) => label)
  const row = db
    .prepare(
      `INSERT INTO label_edit (after, at, body)
       VALUES ((SELECT coalesce(max(sequence), 0) FROM entry), ?, ?) RETURNING number, after`,
    )
    .get(at, JSON.stringify(labels)) as { number: number; after: number }
  return { ...row, at, labels }
}

/** The labels to write: none for what the operation says already. */
function labelsFor(
  { operationId, subject }: Labelled,
  edit: LabelEdit,
  { deviceId, at }: Editor,
  store: LabelTables['store'],
): readonly Label[] {
  return LABEL_FIELDS.flatMap((field) => {
    const value = edit[field]
    if (value === undefined) return []
    const before = store.read(operationId, field)
    const now = field === 'subject' ? subject : (before?.value ?? '')
    if (now === value) return []
    // A clock that was turned back must not make this edit the earlier one.
    const editedAt = before ? Math.max(at, before.editedAt + 1) : at
    return [{ operationId, field, value, editedAt, deviceId }]
  })
}

function createLabelStore(db: DatabaseSync) {
  const select = db.prepare('SELECT * FROM label WHERE operation_id = ? AND field = ?')
  const upsert = db.prepare(
    `INSERT OR REPLACE INTO label (operation_id, field, value, edited_at, device_id)
     VALUES (?, ?, ?, ?, ?)`,
  )
  return {
    read(operationId: string, field: LabelField): Label | null {
      const record = select.get(operationId, field)
      return record ? labelOf(record as unknown as LabelRecord) : null
    },
    write({ operationId, field, value, editedAt, deviceId }: Label): void {
      upsert.run(operationId, field, value, editedAt, deviceId)
    },
  }
}

function labelOf(record: LabelRecord): Label {
  const { operation_id: operationId, field, value, edited_at: editedAt } = record
  return { operationId, field, value, editedAt, deviceId: record.device_id }
}

/** Adds labels to those a ledger has, whether it has their operations or not; the later one stays. */
export function addLabels(db: DatabaseSync, labels: Iterable<Label>): void {
  const store = createLabelStore(db)
  for (const label of labels) {
    const known = store.read(label.operationId, label.field)
    if (!known || isLater(label, known)) store.write(label)
  }
}

/** Every label of a ledger; throws SQLite's errors where it cannot be read on. */
export function* readLabels(db: DatabaseSync): Iterable<Label> {
  for (const row of db.prepare('SELECT * FROM label').iterate()) {
    yield labelOf(row as unknown as LabelRecord)
  }
}

/** An operation with the series it stands in. */
interface Labelled extends Omit<Counted, 'status'> {
  readonly operationId: string
  readonly status: UsageStatus
  readonly ended: boolean
  readonly subject: string
  /** Its series' names without the subject, in the order of SERIES_COLUMNS. */
  readonly otherNames: readonly string[]
}

interface Move {
  readonly operation: Labelled
  readonly subject: string
}

const [SUBJECT, ...OTHERS] = SERIES_COLUMNS

function createLabelledOperations(db: DatabaseSync, days: DayClock) {
  const select = db.prepare(
    `SELECT operation.sequence, operation.operation_id, operation.at, operation.status,
       operation.charged, operation.end_sequence, operation.series, series.${SUBJECT},
       ${OTHERS.map((column) => `series.${column}`).join(', ')}
     FROM entry_place JOIN operation USING (sequence) JOIN series ON series.id = operation.series
     WHERE entry_place.id = ?`,
  )
  const setSeries = db.prepare('UPDATE operation SET series = ? WHERE sequence = ?')
  const series = createSeries(db)
  const rollup = createRollup(db, days)

  return {
    rolledBack: series.forget,
    find(operationIds: readonly string[]): readonly Labelled[] {
      return [...new Set(operationIds)].flatMap((operationId) => {
        const row = select.get(holdEntryId(operationId)) as OperationRow | undefined
        return row ? [labelledOperation(row)] : []
      })
    },
    /** Counts operations under another subject, wherever they are counted. */
    move(moves: readonly Move[]): void {
      const moved = moves.map(({ operation, subject }) => {
        const to = series.idOf([subject, ...operation.otherNames])
        setSeries.run(to, operation.sequence)
        return { operation, to }
      })
      const counted = moved.filter(({ operation }) => operation.ended)
      takeFromRollups(
        db,
        days,
        counted.map(({ operation }) => operation),
      )
      for (const { operation, to } of counted) rollup.add({ ...operation, series: to })
    },
  }
}

type OperationRow = {
  readonly sequence: number
  readonly operation_id: string
  readonly at: number
  readonly status: UsageStatus
  readonly charged: number | null
  readonly end_sequence: number | null
  readonly series: number
} & Readonly<Record<(typeof SERIES_COLUMNS)[number], string>>

function labelledOperation(row: OperationRow): Labelled {
  const { sequence, at, status, series, operation, subject } = row
  return {
    operationId: row.operation_id,
    sequence,
    at,
    status,
    series,
    operation,
    subject,
    charged: row.charged ?? 0,
    ended: row.end_sequence !== null,
    otherNames: OTHERS.map((column) => row[column]),
  }
}
