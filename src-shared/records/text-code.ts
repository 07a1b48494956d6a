/** A text that was not guessed: one that its column had before, a UUID, or letter by letter. */

import type { BitCoder } from './bit-coder.ts'
import { CONTEXTS, type TextColumn, type Vocabulary } from './columns.ts'
import { BrokenRecords, type NumberCode } from './number-code.ts'

const PREFIXES_KEPT = 64
/** A column remembers so many values for guessing; more are like new ones. */
export const VALUES_KEPT = 256

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const WORD = 2 ** 32

/** Reads or writes a text of a column. */
export type TextCode = (column: TextColumn, value: string) => string

export function createTextCode(
  coder: BitCoder,
  withGuess: NumberCode,
  vocabulary: Vocabulary,
  budget: { characters: number },
): TextCode {
  const plainNumber = (slot: number, value: number) => withGuess(slot, value, 0)

  function missedText(column: TextColumn, value: string): string {
    const { values, has } = column
    const isKnown = coder.bit(column.known, has.has(value) ? 1 : 0) === 1
    if (!isKnown) {
      const found = newText(column, value)
      if (has.has(found)) throw new BrokenRecords('a value came as new twice')
      if (values.length === VALUES_KEPT) has.delete(values.shift() as string)
      values.push(found)
      has.add(found)
      return found
    }
    const rank = plainNumber(column.rank, values.length - 1 - values.lastIndexOf(value))
    const found = values[values.length - 1 - rank]
    if (found === undefined) throw new BrokenRecords('a value that never was')
    values.splice(values.length - 1 - rank, 1)
    values.push(found)
    return found
  }

  function newText(column: TextColumn, value: string): string {
    const isUuid = coder.bit(column.isUuid, UUID.test(value) ? 1 : 0) === 1
    return isUuid ? uuid(value.replaceAll('-', '')) : letters(value)
  }

  function letters(value: string): string {
    const length = plainNumber(vocabulary.length, value.length)
    budget.characters -= length
    if (length < 0 || budget.characters < 0) throw new BrokenRecords('too many characters')
    let found = ''
    let previous = 0
    for (let at = 0; at < length; at++) {
      previous = letter(value.charCodeAt(at), previous)
      found += String.fromCharCode(previous)
    }
    return found
  }

  function letter(code: number, previous: number): number {
    if (coder.bit(vocabulary.wide, code > 255 ? 1 : 0) === 1) return coder.plain(code, 16)
    const slot = vocabulary.letters + (previous % CONTEXTS) * 256
    let node = 1
    for (let at = 7; at >= 0; at--) node = node * 2 + coder.bit(slot + node, (code >>> at) & 1)
    return node - 256
  }

  /** UUIDs of one sitting differ in their last digits only. */
  function uuid(digits: string): string {
    const prefix = knownPrefix(digits.slice(0, 24))
    const last = vocabulary.endings.get(prefix) ?? 0
    const ending = parseInt(digits.slice(24), 16)
    const found = last + plainNumber(vocabulary.prefix.ending, ending - last)
    if (!(found >= 0 && found < WORD)) throw new BrokenRecords('not a UUID')
    vocabulary.endings.set(prefix, found)
    const all = prefix + found.toString(16).padStart(8, '0')
    return `${all.slice(0, 8)}-${all.slice(8, 12)}-${all.slice(12, 16)}-${all.slice(16, 20)}-${all.slice(20)}`
  }

  function knownPrefix(wanted: string): string {
    const { prefixes, endings } = vocabulary
    const { known, rank } = vocabulary.prefix
    let found: string | undefined
    if (coder.bit(known, endings.has(wanted) ? 1 : 0) === 1) {
      const place = plainNumber(rank, prefixes.length - 1 - prefixes.lastIndexOf(wanted))
      found = prefixes.splice(prefixes.length - 1 - place, 1)[0]
      if (found === undefined) throw new BrokenRecords('an id that never was')
    } else {
      found = ''
      for (let at = 0; at < 24; at += 4) {
        const part = coder.plain(parseInt(wanted.slice(at, at + 4), 16), 16)
        found += part.toString(16).padStart(4, '0')
      }
      if (endings.has(found)) throw new BrokenRecords('an id came as new twice')
      if (prefixes.length === PREFIXES_KEPT) endings.delete(prefixes.shift() as string)
    }
    prefixes.push(found)
    return found
  }

  return missedText
}
