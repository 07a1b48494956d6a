/**
 * Encodes records as bytes. Equal records give equal bytes on every machine, so a full stretch is
 * the same segment whoever writes it.
 */

import { failure, type Result, success } from '../result.ts'
import { createBitReader, createBitWriter } from './bit-coder.ts'
import { contentOf } from './canonical.ts'
import { type Budget, createContentCoder } from './content-coder.ts'
import { type ContentModel, copyContentModel, createContentModel } from './content-model.ts'
import type { Json } from './json-tokens.ts'
import { PRIMER } from './primer.ts'
import { readRecord } from './read-record.ts'
import type { DeviceRecord } from './record.ts'
import { BrokenRecords } from './number-code.ts'

/** The first byte of everything encoded here; another format would have others. */
const WHOLE = 1
const CONTINUED = 2

/** The form in one byte, the count in two. */
const HEADER = 3

/** How many records a batch says it holds. */
export function batchLength(bytes: Uint8Array): number {
  return (bytes[1] ?? 0) * 256 + (bytes[2] ?? 0)
}

/** No batch has more. */
const MAX_BATCH = 4_096
/** The most that a number of records may hold together; far more than real ones do. */
const budgetOf = (count: number): Budget => ({
  characters: 65_536 + count * 4_096,
  leaves: 4_096 + count * 512,
})

/** A model primed with typical records, so that even the first record is short. */
function primedModel(before: DeviceRecord | null): ContentModel {
  primed ??= primeModel()
  const model = copyContentModel(primed)
  if (before) {
    createContentCoder(model, createBitWriter(model.odds), budgetOf(1)).write(contentOf(before))
  }
  return model
}

let primed: ContentModel | null = null

function primeModel(): ContentModel {
  const model = createContentModel()
  const coder = createContentCoder(model, createBitWriter(model.odds), budgetOf(PRIMER.length))
  for (const content of PRIMER) coder.write(content)
  return model
}

/**
 * Encodes records in order, at most `MAX_BATCH`. With the record `before` them, which the reader
 * must have too, a single record takes a third of the space.
 */
export function encodeRecords(
  records: readonly DeviceRecord[],
  before: DeviceRecord | null = null,
): Uint8Array {
  if (records.length === 0 || records.length > MAX_BATCH)
    throw new RangeError(`Not so many at once: ${records.length}`)
  const form = before ? CONTINUED : WHOLE
  return encodeContents(form, records.map(contentOf), primedModel(before))
}

/** Whether a batch can be read only with the record before it. */
export function isContinued(bytes: Uint8Array): boolean {
  return bytes[0] === CONTINUED
}

/**
 * The records of `deviceId` in a batch, numbered from `from`. Fails with `record_invalid` if it is
 * not a valid batch, or needs a record `before` it that was not given.
 */
export function decodeRecords(
  bytes: Uint8Array,
  deviceId: string,
  from: number,
  before: DeviceRecord | null = null,
): Result<readonly DeviceRecord[]> {
  const continued = isContinued(bytes)
  if (continued && before?.sequence !== from - 1) return invalid('the record before is missing')
  return guarded(() => {
    const model = primedModel(continued ? before : null)
    const contents = decodeContents(continued ? CONTINUED : WHOLE, bytes, model)
    return contents.map((content, at) => recordOf(deviceId, from + at, content))
  })
}

/** Encodes any JSON value, for what accompanies records. */
export function encodeValue(value: Json): Uint8Array {
  return encodeContents(WHOLE, [value], createContentModel())
}

/** Decodes what `encodeValue` wrote, or fails with `record_invalid`. */
export function decodeValue(bytes: Uint8Array): Result<Json> {
  return guarded(() => decodeContents(WHOLE, bytes, createContentModel())[0] as Json)
}

function encodeContents(form: number, contents: readonly Json[], model: ContentModel): Uint8Array {
  const writer = createBitWriter(model.odds)
  const coder = createContentCoder(model, writer, budgetOf(contents.length))
  for (const content of contents) coder.write(content)
  const coded = writer.finish()
  const bytes = new Uint8Array(HEADER + coded.length)
  bytes[0] = form
  bytes[1] = contents.length >> 8
  bytes[2] = contents.length & 255
  bytes.set(coded, HEADER)
  return bytes
}

function decodeContents(form: number, bytes: Uint8Array, model: ContentModel): readonly Json[] {
  if (bytes.length < HEADER || bytes[0] !== form) throw new BrokenRecords('another format')
  if (bytes.length > HEADER && bytes.at(-1) === 0) throw new BrokenRecords('padded')
  const count = batchLength(bytes)
  if (count === 0 || count > MAX_BATCH) throw new BrokenRecords('not so many records')
  const reader = createBitReader(model.odds, bytes.subarray(HEADER))
  const coder = createContentCoder(model, reader, budgetOf(count))
  const contents: Json[] = []
  for (let at = 0; at < count; at++) contents.push(coder.read())
  if (!reader.isAtEnd()) throw new BrokenRecords('goes on after its end')
  return contents
}

function recordOf(deviceId: string, sequence: number, content: Json): DeviceRecord {
  const record = readRecord(deviceId, sequence, content)
  if (!record) throw new BrokenRecords(`record ${sequence} is none`)
  return record
}

function guarded<T>(read: () => T): Result<T> {
  try {
    return success(read())
  } catch (error) {
    if (error instanceof BrokenRecords) return invalid(error.message)
    if (error instanceof RangeError) return invalid(error.message)
    throw error
  }
}

function invalid(why: string) {
  return failure('record_invalid', `Usage records cannot be read: ${why}`)
}
