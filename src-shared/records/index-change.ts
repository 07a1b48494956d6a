/**
 * The change that adds a stretch to a device's index, byte for byte as Automerge writes it: a put of
 * bytes under a key of the root, which follows the change before. Only the device writes its index,
 * and every byte follows from what the change says, so it is made and read without the library, and
 * whatever is not exactly that is refused (decision 0016).
 */

import type { Sha256 } from '../ports/sha256.ts'
import { encodeSealed, decodeSealed, fromHex } from './sealed.ts'
import type { SealedStretch } from './stretches.ts'

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
export function indexActor(deviceId: string, sha256: Sha256): Uint8Array {
  return fromHex(sha256(`index of ${deviceId}`).slice(0, ACTOR_DIGITS))
}

/** The change of a stretch. Throws when it is not the one after `end`. */
export function indexChange(
  actor: Uint8Array,
  end: IndexEnd,
  sealed: SealedStretch,
  sha256: Sha256,
): IndexChange {
  if (sealed.stretch !== end.stretch + 1) throw new Error(`Stretch ${sealed.stretch} is not next`)
  return changeOf(actor, end, encodeSealed(sealed), sha256)
}

/** The stretch that a change adds after `end`; null for whatever is no such change. */
export function readIndexChange(
  actor: Uint8Array,
  end: IndexEnd,
  bytes: Uint8Array,
  sha256: Sha256,
): { readonly sealed: SealedStretch; readonly end: IndexEnd } | null {
  const length = valueLength(actor, end, bytes.length)
  if (length === null) return null
  const expected = withoutValue(actor, end, length)
  const from = bytes.length - NONE.length - length
  if (!areSame(expected, 0, bytes, START, from - START)) return null
  if (!areSame(expected, from - START, bytes, bytes.length - NONE.length, NONE.length)) return null
  const hash = changeHash(bytes, sha256)
  if (!areSame(headerOf(hash), 0, bytes, 0, START)) return null
  const sealed = decodeSealed(end.stretch + 1, bytes.subarray(from, from + length))
  return sealed && { sealed, end: { stretch: sealed.stretch, hash } }
}

/** The hash that identifies a change, as Automerge computes it. */
export function changeHash(bytes: Uint8Array, sha256: Sha256): string {
  return sha256(bytes.subarray(START))
}

/** Whether so many bytes of two are the same. */
function areSame(
  one: Uint8Array,
  oneFrom: number,
  other: Uint8Array,
  otherFrom: number,
  count: number,
): boolean {
  for (let at = 0; at < count; at++) {
    if (one[oneFrom + at] !== other[otherFrom + at]) return false
  }
  return true
}

const MAGIC = Uint8Array.of(0x85, 0x6f, 0x4a, 0x83)
const CHECKSUM = 4
/** What the content of a change begins after: the magic number and the hash's first bytes. */
const START = MAGIC.length + CHECKSUM
const CHANGE = 1
/** Type of a value in Automerge's columns. */
const BYTES = 7
/** A run of values that are all different, one long. */
const ONE = 0x7f
/** No value before this one is overwritten. */
const NONE = Uint8Array.of(ONE, 0)

function headerOf(hash: string): Uint8Array {
  const header = new Uint8Array(START)
  header.set(MAGIC)
  header.set(fromHex(hash.slice(0, 2 * CHECKSUM)), MAGIC.length)
  return header
}

function changeOf(
  actor: Uint8Array,
  end: IndexEnd,
  value: Uint8Array,
  sha256: Sha256,
): IndexChange {
  const around = withoutValue(actor, end, value.length)
  const before = around.length - NONE.length
  const bytes = new Uint8Array(START + around.length + value.length)
  bytes.set(around.subarray(0, before), START)
  bytes.set(value, START + before)
  bytes.set(NONE, START + before + value.length)
  const hash = changeHash(bytes, sha256)
  bytes.set(headerOf(hash))
  return { bytes, hash }
}

/** All of a change but its header and a value of so many bytes, which is before the last two. */
function withoutValue(actor: Uint8Array, end: IndexEnd, length: number): Uint8Array {
  const stretch = end.stretch + 1
  const key = String(stretch)
  const kind = length * 16 + BYTES
  const content = contentLength(actor, end, length)
  const bytes = new Uint8Array(1 + size(content) + content - length)
  let at = 0
  const put = (byte: number) => (bytes[at++] = byte)
  const putAll = (some: Uint8Array) => {
    bytes.set(some, at)
    at += some.length
  }
  /** Seven bits to a byte, lowest first. */
  const putNumber = (value: number) => {
    let rest = value
    for (; rest >= 128; rest = Math.floor(rest / 128)) put((rest % 128) + 128)
    put(rest)
  }
  /** A column and how long it is. */
  const putColumn = (column: number, columnLength: number) => {
    put(column)
    putNumber(columnLength)
  }
  put(CHANGE)
  putNumber(content)
  put(end.hash === '' ? 0 : 1)
  putAll(fromHex(end.hash))
  put(actor.length)
  putAll(actor)
  // Its number among the actor's changes, and its first operation.
  putNumber(stretch)
  putNumber(stretch)
  // No time, no message, no other actors.
  for (let none = 0; none < 3; none++) put(0)
  put(6)
  putColumn(KEY, 2 + key.length)
  putColumn(INSERT, 1)
  putColumn(ACTION, 2)
  putColumn(VALUE_KIND, 1 + size(kind))
  putColumn(VALUE, length)
  putColumn(OVERWRITES, NONE.length)
  put(ONE)
  put(key.length)
  for (let digit = 0; digit < key.length; digit++) put(key.charCodeAt(digit))
  // No insertion; the action is a put.
  put(1)
  put(ONE)
  put(1)
  put(ONE)
  putNumber(kind)
  putAll(NONE)
  if (at !== bytes.length) throw new Error('A change is as long as its parts')
  return bytes
}

/** Automerge's columns of an operation. */
const KEY = 0x15
const INSERT = 0x34
const ACTION = 0x42
const VALUE_KIND = 0x56
const VALUE = 0x57
const OVERWRITES = 0x70

/** What stands in every change whatever it says: lengths, columns and marks of one byte each. */
const FIXED = 23

/** How long a change's content is that has a value of so many bytes. */
function contentLength(actor: Uint8Array, { stretch, hash }: IndexEnd, length: number): number {
  const next = stretch + 1
  const said = hash.length / 2 + actor.length + 2 * size(next) + String(next).length
  return FIXED + said + size(length) + size(length * 16 + BYTES) + length + NONE.length
}

/** How many bytes the value of a change of so many bytes has; null where there is no room for one. */
function valueLength(actor: Uint8Array, end: IndexEnd, whole: number): number | null {
  const wholeOf = (length: number) => {
    const content = contentLength(actor, end, length)
    return START + 1 + size(content) + content
  }
  // How long a value is is said before it, in fewer bytes where it is shorter.
  for (let length = Math.max(1, 2 * whole - wholeOf(whole)); ; length++) {
    const reached = wholeOf(length)
    if (reached === whole) return length
    if (reached > whole) return null
  }
}

/** Bytes that a number takes. */
function size(value: number): number {
  let bytes = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++
  return bytes
}
