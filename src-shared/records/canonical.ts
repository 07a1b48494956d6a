/** The canonical text of a record, and the chain over it. */

import type { RecordHead } from '../journal/lease-facts.ts'
import type { Sha256 } from '../ports/sha256.ts'
import type { Json, JsonObject } from './json-tokens.ts'
import type { DeviceRecord } from './record.ts'

export const NO_RECORDS: RecordHead = { sequence: 0, hash: '' }

/** The content of a record; its device and number follow from its place. */
export function contentOf({ at, body }: DeviceRecord): Json {
  return { at, body: (body.type === 'newer' ? body.content : body) as unknown as Json }
}

/**
 * The same text for equal records, whichever version of the app reads them. It does not say whose
 * they are, so that a chain begun alone continues under the name a server gives; `headText` says
 * whose.
 */
export function canonicalText(record: DeviceRecord): string {
  return JSON.stringify([record.sequence, ordered(contentOf(record))])
}

/** The head of the chain after one more record. Throws if the record is not the next. */
export function headAfterRecord(
  head: RecordHead,
  record: DeviceRecord,
  sha256: Sha256,
): RecordHead {
  if (record.sequence !== head.sequence + 1) {
    throw new Error(`Record ${record.sequence} does not follow record ${head.sequence}`)
  }
  return { sequence: record.sequence, hash: sha256(`${head.hash}\n${canonicalText(record)}`) }
}

/**
 * What a device signs of its records, prefixed with its purpose so that the signature can stand for
 * nothing else.
 */
export function headText(accountId: string, deviceId: string, head: RecordHead): string {
  return `tallystick records 1\n${JSON.stringify([accountId, deviceId, head.sequence, head.hash])}\n`
}

/** With keys sorted by code unit, and absent values left out. */
function ordered(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(ordered)
  if (typeof value !== 'object' || value === null) return value
  const object = value as JsonObject
  const result: Record<string, Json> = {}
  for (const key of Object.keys(object).sort()) {
    const part = object[key]
    if (part !== undefined) result[key] = ordered(part)
  }
  return result
}
