/** A number by what a guess of it missed by. */

import type { BitCoder } from './bit-coder.ts'

/** Thrown by readers on what no writer wrote. */
export class BrokenRecords extends Error {}

const LENGTHS = 64
const LEADING = 2
const PER_LENGTH = 2 ** LEADING
/** Slots that a number of one kind takes. */
export const NUMBER_SLOTS = 2 + LENGTHS + LENGTHS * PER_LENGTH
/** In place of a length: the number follows as it is. */
const RAW = 54
const WORD = 2 ** 32

/** Reads or writes a number with the odds of a slot, given a guess. */
export type NumberCode = (slot: number, value: number, guess: number) => number

export function createNumberCode(coder: BitCoder): NumberCode {
  /** What the guess missed by; what no difference can say goes as its bits. */
  function withGuess(slot: number, value: number, guess: number): number {
    const rest = value - guess
    if (coder.bit(slot, rest === 0 ? 0 : 1) === 0) return guess
    const isExact = Number.isSafeInteger(value) && Number.isSafeInteger(rest)
    const length = lengthBits(slot + 2, isExact ? bitLength(rest) : RAW)
    if (length >= RAW) return rawNumber(value)
    const isLess = coder.bit(slot + 1, rest < 0 ? 1 : 0) === 1
    const size = mantissa(slot + 2 + LENGTHS + length * PER_LENGTH, Math.abs(rest), length)
    const found = isLess ? guess - size : guess + size
    if (!Number.isSafeInteger(found)) throw new BrokenRecords('not a whole number')
    return found
  }

  function lengthBits(slot: number, length: number): number {
    let node = 1
    for (let at = 5; at >= 0; at--) node = node * 2 + coder.bit(slot + node, (length >>> at) & 1)
    return node - LENGTHS
  }

  /** The bits below the first, the highest of them with odds. */
  function mantissa(slot: number, size: number, length: number): number {
    let found = 1
    let left = length - 1
    for (let node = 1; left > 0 && node < PER_LENGTH;) {
      left--
      const bit = coder.bit(slot + node, Math.floor(size / 2 ** left) % 2)
      node = node * 2 + bit
      found = found * 2 + bit
    }
    while (left > 0) {
      const count = Math.min(left, 16)
      left -= count
      const part = coder.plain(Math.floor(size / 2 ** left) % 2 ** count, count)
      found = found * 2 ** count + part
    }
    return found
  }

  function rawNumber(value: number): number {
    const view = new DataView(new ArrayBuffer(8))
    view.setFloat64(0, value)
    for (let at = 0; at < 8; at += 2) view.setUint16(at, coder.plain(view.getUint16(at), 16))
    const found = view.getFloat64(0)
    if (!Number.isFinite(found)) throw new BrokenRecords('not a number')
    return found
  }

  return withGuess
}

/** Bits that the size of a whole number takes. */
function bitLength(value: number): number {
  const size = Math.abs(value)
  return size < WORD ? 32 - Math.clz32(size) : 64 - Math.clz32(Math.floor(size / WORD))
}

/** Bits that the difference of two numbers takes. */
export function distance(left: number, right: number): number {
  return Math.min(RAW, bitLength(left - right))
}
