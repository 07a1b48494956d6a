/** What records labelled. */

import type { DeviceRecord } from '#shared/records/record.ts'
import { isLabelField, type Label } from '#shared/usage/labels.ts'

/** The last moment a date can name: what is later no clock wrote. */
const LAST_MOMENT = 8.64e15

/** Fields of a newer version stay in the records. */
export function labelsIn(records: readonly DeviceRecord[]): readonly Label[] {
  return records.flatMap(({ deviceId, body }) => {
    if (body.type !== 'label') return []
    return body.labels
      .filter(({ field, editedAt }) => isLabelField(field) && editedAt <= LAST_MOMENT)
      .map((label) => ({ ...label, deviceId }))
  })
}
