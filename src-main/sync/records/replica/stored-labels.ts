/** What others labelled: of each operation and field the last word. */

import type { SQLOutputValue } from 'node:sqlite'
import { isLater, type Label, type LabelField } from '#shared/usage/labels.ts'
import type { Statements } from '../database.ts'

export const storedLabels = (ask: Statements) => ({
  addLabel(label: Label): boolean {
    const { operationId, field, value, editedAt, deviceId } = label
    const known = ask('SELECT * FROM label WHERE operation_id = ? AND field = ?').get(
      operationId,
      field,
    )
    if (known && !isLater(label, labelOf(known))) return false
    ask(
      `INSERT OR REPLACE INTO label (operation_id, field, value, edited_at, device_id)
       VALUES (?, ?, ?, ?, ?)`,
    ).run(operationId, field, value, editedAt, deviceId)
    return true
  },
  /** Those that came after label `number`, in the order in which they came. */
  labelsAfter: (number: number, limit: number) =>
    ask('SELECT * FROM label WHERE number > ? ORDER BY number LIMIT ?')
      .all(number, limit)
      .map((row) => ({ number: Number(row['number']), label: labelOf(row) })),
})

function labelOf(row: Readonly<Record<string, SQLOutputValue>>): Label {
  return {
    operationId: String(row['operation_id']),
    field: row['field'] as LabelField,
    value: String(row['value']),
    editedAt: Number(row['edited_at']),
    deviceId: String(row['device_id']),
  }
}
