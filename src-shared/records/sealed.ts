/** The bytes that documents hold: what an index says of a stretch, and batches of a tail. */

import { failure, type Result, success } from '../result.ts'
import { batchLength } from './batch.ts'
import { type SealedStretch, stretchEnd, stretchOf, stretchStart } from './stretches.ts'

const HASH = 32

/** The value of a stretch in an index: name, chain's end, rollup. */
export function encodeSealed({ name, head, rollup }: SealedStretch): Uint8Array {
  const bytes = new Uint8Array(2 * HASH + rollup.length)
  bytes.set(hashBytes(name))
  bytes.set(hashBytes(head.hash), HASH)
  bytes.set(rollup, 2 * HASH)
  return bytes
}

function hashBytes(hex: string): Uint8Array {
  if (hex.length !== 2 * HASH) throw new RangeError('Not a SHA-256')
  return fromHex(hex)
}

/** What an index says of `stretch`; null for what is too short. */
export function decodeSealed(stretch: number, bytes: Uint8Array): SealedStretch | null {
  if (bytes.length <= 2 * HASH) return null
  return {
    stretch,
    name: toHex(bytes.subarray(0, HASH)),
    head: { sequence: stretchEnd(stretch), hash: toHex(bytes.subarray(HASH, 2 * HASH)) },
    rollup: bytes.subarray(2 * HASH),
  }
}

/** A batch with its place in the stream, as others get it. */
export interface TailItem {
  readonly from: number
  readonly to: number
  readonly batch: Uint8Array
}

/** The place of the first record in the stretch, in two bytes, and the batch. */
export function encodeTailItem({ from, batch }: Omit<TailItem, 'to'>): Uint8Array {
  const bytes = new Uint8Array(PLACE + batch.length)
  new DataView(bytes.buffer).setUint16(0, from - stretchStart(stretchOf(from)))
  bytes.set(batch, PLACE)
  return bytes
}

/** Reads an item of the tail of `stretch`, or fails with `record_invalid`. */
export function decodeTailItem(stretch: number, bytes: Uint8Array): Result<TailItem> {
  if (bytes.length > PLACE) {
    const place = new DataView(bytes.buffer, bytes.byteOffset).getUint16(0)
    const batch = bytes.subarray(PLACE)
    const from = stretchStart(stretch) + place
    const to = from + batchLength(batch) - 1
    if (to >= from && to <= stretchEnd(stretch)) return success({ from, to, batch })
  }
  return failure('record_invalid', 'Usage records cannot be read: no place in the stretch')
}

const PLACE = 2

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function toHex(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += PAIRS[byte] as string
  return hex
}

/** The bytes that lower-case hex digits are. Throws a RangeError when they are none. */
export function fromHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2)
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = digit(hex.charCodeAt(2 * at)) * 16 + digit(hex.charCodeAt(2 * at + 1))
  }
  return bytes
}

/** Of a character: 0–9 or a–f. */
function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 97 && code <= 102) return code - 87
  throw new RangeError('Not a hex digit')
}
