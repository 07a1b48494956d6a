/**
 * What people write beside operations, at any time: the subject and a note (design: labels). Not
 * money and not in the journal.
 */

export const LABEL_FIELDS = ['subject', 'note'] as const
export type LabelField = (typeof LABEL_FIELDS)[number]
/** Whether this version knows a field that another machine wrote. */
export const isLabelField = (field: string): field is LabelField =>
  (LABEL_FIELDS as readonly string[]).includes(field)

export const MAX_NOTE = 280
/** The most operations one edit may label, so that the host's thread is not blocked for long. */
export const MAX_LABELLED = 200

/** What to write; an absent field is unchanged, an empty one removes the label. */
export interface LabelEdit {
  readonly subject?: string | undefined
  readonly note?: string | undefined
}

/** One field of one operation, as one machine last wrote it. */
export interface Label {
  readonly operationId: string
  readonly field: LabelField
  readonly value: string
  /** Epoch milliseconds. */
  readonly editedAt: number
  readonly deviceId: string
}

/**
 * Whether `left` is the later write of the same field: by time, then by device, and between a
 * device and its copy by content.
 */
export function isLater(left: Label, right: Label): boolean {
  if (left.editedAt !== right.editedAt) return left.editedAt > right.editedAt
  if (left.deviceId !== right.deviceId) return left.deviceId > right.deviceId
  return left.value > right.value
}
