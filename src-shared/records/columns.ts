/** What is learnt about each place in the records, and about the words they all share. */

import type { Odds } from './bit-coder.ts'
import { NUMBER_SLOTS } from './number-code.ts'

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

/** First characters' worth of slots. */
export const CONTEXTS = 32

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
