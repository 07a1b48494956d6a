/**
 * Numbers and strings through a bit coder. Each column, which is a place in the records, guesses its
 * next value from what it had before, from what it had in the same circumstances, and from what the
 * record has already said elsewhere; the guess that was best lately is taken, and only what it missed
 * is written.
 */

import type { BitCoder, Odds } from './bit-coder.ts'

/** Reads or writes; given a value, a writer writes it, and both answer what it is. */
export interface ValueCoder {
  number(column: NumberColumn, value: number): number
  text(column: TextColumn, value: string): string
  /** Forgets what the record before said. */
  beginRecord(): void
}

export interface NumberColumn {
  readonly id: number
  /** First slots of the three ways to guess: last, in the same group, elsewhere in the record. */
  readonly slots: readonly [number, number, number]
  readonly byGroup: Map<string, number>
  /** What guesses lately missed by, in bits: the first two, then by column. */
  readonly misses: number[]
  last: number
}

export interface TextColumn {
  readonly id: number
  readonly hit: readonly [number, number, number]
  readonly known: number
  readonly rank: number
  readonly isUuid: number
  /** The value that came with the text before it in the record. */
  readonly after: Map<string, string>
  /** Every value it had, the latest last. */
  readonly values: string[]
  readonly has: Set<string>
  readonly misses: number[]
  last: string
  /** Texts of this column choose the group of the numbers after them. */
  readonly isGroup: boolean
}

/** What all columns of a model share. */
export interface Vocabulary {
  readonly odds: Odds
  /** First characters' worth of slots, by the character before. */
  readonly letters: number
  readonly wide: number
  readonly length: number
  readonly prefix: { readonly known: number; readonly rank: number; readonly ending: number }
  /** First 24 digits of UUIDs, the latest last, with the last 8 that followed. */
  readonly prefixes: string[]
  readonly endings: Map<string, number>
}

const LENGTHS = 64
const LEADING = 2
const PER_LENGTH = 2 ** LEADING
const NUMBER_SLOTS = 2 + LENGTHS + LENGTHS * PER_LENGTH
/** In place of a length: the number follows as it is. */
const RAW = 54
const CONTEXTS = 32
const PREFIXES_KEPT = 64
/** A column remembers so many values for guessing; more are like new ones. */
const VALUES_KEPT = 256
const FADES = 0.875

export function createVocabulary(odds: Odds): Vocabulary {
  return {
    odds,
    letters: odds.allot(CONTEXTS * 256),
    wide: odds.allot(1),
    length: odds.allot(NUMBER_SLOTS),
    prefix: {
      known: odds.allot(1),
      rank: odds.allot(NUMBER_SLOTS),
      ending: odds.allot(NUMBER_SLOTS),
    },
    prefixes: [],
    endings: new Map(),
  }
}

export function copyVocabulary(vocabulary: Vocabulary, odds: Odds): Vocabulary {
  const { prefixes, endings } = vocabulary
  return { ...vocabulary, odds, prefixes: [...prefixes], endings: new Map(endings) }
}

export function copyNumberColumn(column: NumberColumn): NumberColumn {
  return { ...column, byGroup: new Map(column.byGroup), misses: [...column.misses] }
}

export function copyTextColumn(column: TextColumn): TextColumn {
  const { after, values, has, misses } = column
  return {
    ...column,
    after: new Map(after),
    values: [...values],
    has: new Set(has),
    misses: [...misses],
  }
}

export function createNumberColumn(odds: Odds, id: number): NumberColumn {
  const slots = [0, 0, 0].map(() => odds.allot(NUMBER_SLOTS)) as [number, number, number]
  return { id, slots, byGroup: new Map(), misses: [], last: 0 }
}

export function createTextColumn(odds: Odds, id: number, isGroup: boolean): TextColumn {
  return {
    id,
    hit: [odds.allot(1), odds.allot(1), odds.allot(1)],
    known: odds.allot(1),
    rank: odds.allot(NUMBER_SLOTS),
    isUuid: odds.allot(1),
    after: new Map(),
    values: [],
    has: new Set(),
    misses: [],
    last: '',
    isGroup,
  }
}

/** Thrown by readers on what no writer wrote. */
export class BrokenRecords extends Error {}

export function createValueCoder(
  coder: BitCoder,
  vocabulary: Vocabulary,
  budget: { characters: number },
): ValueCoder {
  const numbers: { readonly column: number; readonly value: number }[] = []
  const texts: { readonly column: number; readonly value: string }[] = []
  let group = ''

  const plainNumber = (slot: number, value: number) => withGuess(slot, value, 0)

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

  function number(column: NumberColumn, value: number): number {
    const { misses } = column
    const grouped = column.byGroup.get(group) ?? column.last
    let way = 0
    let guess = column.last
    let best = misses[0] ?? 0
    if ((misses[1] ?? 0) < best) {
      best = misses[1] ?? 0
      way = 1
      guess = grouped
    }
    for (const { column: other, value: said } of numbers) {
      const missed = misses[other + 2]
      if (missed === undefined || missed >= best) continue
      best = missed
      way = 2
      guess = said
    }
    const found = withGuess(column.slots[way] as number, value, guess)
    note(misses, 0, distance(found, column.last))
    note(misses, 1, distance(found, grouped))
    for (const said of numbers) note(misses, said.column + 2, distance(found, said.value))
    column.last = found
    column.byGroup.set(group, found)
    numbers.push({ column: column.id, value: found })
    return found
  }

  function text(column: TextColumn, value: string): string {
    const { misses } = column
    const before = texts.at(-1)?.value ?? ''
    const followed = column.after.get(before) ?? column.last
    let way = 0
    let guess = column.last
    let best = misses[0] ?? 0
    if ((misses[1] ?? 0) < best) {
      best = misses[1] ?? 0
      way = 1
      guess = followed
    }
    for (const { column: other, value: said } of texts) {
      const missed = misses[other + 2]
      if (missed === undefined || missed >= best) continue
      best = missed
      way = 2
      guess = said
    }
    const isHit = coder.bit(column.hit[way] as number, value === guess ? 0 : 1) === 0
    const found = isHit ? guess : missedText(column, value)
    note(misses, 0, found === column.last ? 0 : 1)
    note(misses, 1, found === followed ? 0 : 1)
    for (const said of texts) note(misses, said.column + 2, found === said.value ? 0 : 1)
    column.last = found
    if (column.after.size < VALUES_KEPT || column.after.has(before)) column.after.set(before, found)
    texts.push({ column: column.id, value: found })
    if (column.isGroup) group = found
    return found
  }

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

  return {
    number,
    text,
    beginRecord() {
      numbers.length = 0
      texts.length = 0
      group = ''
    },
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const WORD = 2 ** 32

function note(misses: number[], place: number, missed: number): void {
  while (misses.length < place) misses.push(UNTRIED)
  misses[place] = (misses[place] ?? missed) * FADES + missed
}

/** Of a column that was never compared with: no guess is worse. */
const UNTRIED = 1e6

/** Bits that the size of a whole number takes. */
function bitLength(value: number): number {
  const size = Math.abs(value)
  return size < WORD ? 32 - Math.clz32(size) : 64 - Math.clz32(Math.floor(size / WORD))
}

function distance(left: number, right: number): number {
  return Math.min(RAW, bitLength(left - right))
}
