/**
 * The change that adds a stretch to a device's index, byte for byte as Automerge writes it: a put of
 * bytes under a key of the root, which follows the change before. Only the device writes its index,
 * and every byte follows from what the change says, so it is made and read without the library, and
 * whatever is not exactly that is refused (decision 0016).
 */

import { encodeSealed, decodeSealed, fromHex } from './sealed.ts'
import type { SealedStretch } from './stretches.ts'

/** Hex SHA-256, from outside: the rules have no cryptography. */
export type Digest = (content: string | Uint8Array) => string

export interface IndexChange {
  readonly bytes: Uint8Array
  /** Hex; what the next change names as the one before. */
  readonly hash: string
}

/** How far an index goes, and the hash of its last change; empty before the first. */
export interface IndexEnd {
  readonly stretch: number
  readonly hash: string
}

export const EMPTY_INDEX: IndexEnd = { stretch: 0, hash: '' }

const ACTOR_DIGITS = 16

/** The actor that writes a device's index. */
export function indexActor(deviceId: string, digest: Digest): Uint8Array {
  return fromHex(digest(`index of ${deviceId}`).slice(0, ACTOR_DIGITS))
}

/** The change of a stretch. Throws when it is not the one after `end`. */
export function indexChange(
  actor: Uint8Array,
  end: IndexEnd,
  sealed: SealedStretch,
  digest: Digest,
): IndexChange {
  if (sealed.stretch !== end.stretch + 1) throw new Error(`Stretch ${sealed.stretch} is not next`)
  return changeOf(actor, end, encodeSealed(sealed), digest)
}

/** The stretch that a change adds after `end`; null for whatever is no such change. */
export function readIndexChange(
  actor: Uint8Array,
  end: IndexEnd,
  bytes: Uint8Array,
  digest: Digest,
): { readonly sealed: SealedStretch; readonly end: IndexEnd } | null {
  const place = valuePlace(actor, end, bytes.length)
  if (!place) return null
  const hash = digest(bytes.subarray(START))
  const { from, to } = place
  const isWhole =
    begins(bytes, headerOf(hash), 0) &&
    begins(bytes, place.before, from - place.before.length) &&
    begins(bytes, NONE, to)
  const sealed = isWhole ? decodeSealed(end.stretch + 1, bytes.subarray(from, to)) : null
  return sealed && { sealed, end: { stretch: sealed.stretch, hash } }
}

const begins = (bytes: Uint8Array, part: readonly number[], from: number) =>
  part.every((byte, at) => byte === bytes[from + at])

const MAGIC = [0x85, 0x6f, 0x4a, 0x83]
const CHECKSUM = 4
const CHANGE = 1
/** Type of a value in Automerge's columns. */
const BYTES = 7
/** A run of values that are all different, one long. */
const ONE = 0x7f
/** No value before this one is overwritten. */
const NONE = [ONE, 0]

/** What the content of a change begins after: the magic number and the hash's first bytes. */
const START = MAGIC.length + CHECKSUM
const headerOf = (hash: string) => [...MAGIC, ...fromHex(hash.slice(0, 2 * CHECKSUM))]

function changeOf(
  actor: Uint8Array,
  end: IndexEnd,
  value: Uint8Array,
  digest: Digest,
): IndexChange {
  const before = beforeValue(actor, end, value.length)
  const bytes = new Uint8Array(START + before.length + value.length + NONE.length)
  bytes.set(before, START)
  bytes.set(value, START + before.length)
  bytes.set(NONE, bytes.length - NONE.length)
  const hash = digest(bytes.subarray(START))
  bytes.set(headerOf(hash))
  return { bytes, hash }
}

/** All of a change between its header and its value. */
function beforeValue(actor: Uint8Array, end: IndexEnd, valueLength: number): readonly number[] {
  const stretch = end.stretch + 1
  const key = Array.from(String(stretch), (digit) => digit.charCodeAt(0))
  const place = variable(stretch)
  const kind = variable(valueLength * 16 + BYTES)
  const content = [
    ...(end.hash === '' ? [0] : [1, ...fromHex(end.hash)]),
    ...[actor.length, ...actor],
    // Its number among the actor's changes, its first operation, no time, no message, no other actors.
    ...[...place, ...place, 0, 0, 0],
    // Six columns with their lengths: key, insertion, action, kind of value, value, what it overwrites.
    ...[6, 0x15, 2 + key.length, 0x34, 1, 0x42, 2, 0x56, 1 + kind.length],
    ...[0x57, ...variable(valueLength), 0x70, NONE.length],
    ...[ONE, key.length, ...key, 1, ONE, 1, ONE, ...kind],
  ]
  return [CHANGE, ...variable(content.length + valueLength + NONE.length), ...content]
}

/** Where the value of a change of so many bytes is, and what is before it; null without room for one. */
function valuePlace(actor: Uint8Array, end: IndexEnd, length: number) {
  // How long a value is is said before it, in fewer bytes where it is shorter.
  const most = beforeValue(actor, end, length).length
  for (let to = length - NONE.length, from = START + most; from > START; from--) {
    if (from >= to) continue
    const before = beforeValue(actor, end, to - from)
    if (START + before.length === from) return { before, from, to }
    if (START + before.length > from) return null
  }
  return null
}

/** Seven bits to a byte, lowest first. */
function variable(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return [...bytes, rest]
}
