/**
 * What people write beside operations (design: labels). Each field of each operation keeps the last
 * thing written, with when and on which machine, so that machines can be merged. The derived tables
 * that group by subject follow in the same transaction.
 */

import type { DatabaseSync } from 'node:sqlite'
import { type Result, success } from '#shared/result.ts'
import {
  isLater,
  type Label,
  LABEL_FIELDS,
  type LabelEdit,
  type LabelField,
} from '#shared/usage/labels.ts'
import { transaction } from '../files/transaction.ts'
import { createLabelledOperations, type Labelled, type Move } from './labelled-operations.ts'
import type { DayClock } from './local-day.ts'
import type { Projector } from './projector.ts'
import { storageFailure } from './storage-errors.ts'

export interface Labels {
  /**
   * Writes a person's edit on this machine, durably, as the latest for each operation. Operations
   * the ledger does not have are skipped. Returns how many changed.
   */
  edit(operationIds: readonly string[], edit: LabelEdit, by: Editor): Result<number>
  /**
   * Merges what was written on other machines, in any order and however often it comes: the later
   * write wins. It is not reported again from here. Labels of operations the ledger does not have
   * are skipped. Returns those that changed.
   */
  take(labels: readonly Label[]): Result<readonly Label[]>
  /** The edits made on this machine after edit `number`. */
  editsAfter(number: number): Iterable<LabelEdits>
  /** Grows whenever labels are written, since operations may then count under other subjects. */
  changes(): number
  /** Calls `listener` with every edit once it is durable; returns the unsubscribe. */
  onEdited(listener: (edits: LabelEdits) => void): () => void
}

/** One edit, and its place among edits and entries. */
export interface LabelEdits {
  /** 1, 2, 3 … */
  readonly number: number
  /** The journal's last entry at that moment. */
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
  /** Made with the first edit, so that opening a ledger does not wait for it. */
  let tables: LabelTables | null = null
  let changes = 0
  const listeners = new Set<(edits: LabelEdits) => void>()

  /** Runs `work` as one transaction, with the derived tables up to date. */
  function together<T>(work: (all: LabelTables) => T): Result<T> {
    const ready = projector.catchUp()
    if (!ready.ok) return ready
    tables ??= { store: createLabelStore(db), operations: createLabelledOperations(db, days) }
    try {
      const all = tables
      const done = transaction(db, () => work(all))
      changes += 1
      return success(done)
    } catch (error) {
      tables.operations.rolledBack()
      const failed = storageFailure(error)
      if (!failed) throw error
      return failed
    }
  }

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
    changes: () => changes,
    onEdited(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    edit(operationIds, edit, by) {
      const written = together((all) => write(db, all, operationIds, edit, by))
      if (!written.ok) return written
      const { changed, edits } = written.data
      if (edits) for (const listener of listeners) listener(edits)
      return success(changed)
    },
    take: (labels) => together((all) => takeIn(all, labels)),
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

function takeIn({ store, operations }: LabelTables, labels: readonly Label[]): readonly Label[] {
  const found = operations.find(labels.map(({ operationId }) => operationId))
  const known = new Map(found.map((operation) => [operation.operationId, operation]))
  const said = new Map<string, Label>()
  for (const label of labels) {
    if (!known.has(label.operationId)) continue
    const key = JSON.stringify([label.operationId, label.field])
    const before = said.get(key) ?? store.read(label.operationId, label.field)
    if (!before || isLater(label, before)) said.set(key, label)
  }
  const changed: Label[] = []
  const moved: Move[] = []
  for (const label of said.values()) {
    const { operationId, field, value } = label
    const operation = known.get(operationId) as Labelled
    const before =
      field === 'subject' ? operation.subject : (store.read(operationId, field)?.value ?? '')
    store.write(label)
    if (value === before) continue
    changed.push(label)
    if (field === 'subject') moved.push({ operation, subject: value })
  }
  operations.move(moved)
  return changed
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

/** The labels to write; none for what the operation already has. */
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
    // A clock turned back must not make this edit the earlier one.
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

/** Adds labels to a ledger, whether it has their operations or not; the later one wins. */
export function addLabels(db: DatabaseSync, labels: Iterable<Label>): void {
  const store = createLabelStore(db)
  for (const label of labels) {
    const known = store.read(label.operationId, label.field)
    if (!known || isLater(label, known)) store.write(label)
  }
}

/** Every label of a ledger; throws SQLite's errors if reading fails. */
export function* readLabels(db: DatabaseSync): Iterable<Label> {
  for (const row of db.prepare('SELECT * FROM label').iterate()) {
    yield labelOf(row as unknown as LabelRecord)
  }
}
