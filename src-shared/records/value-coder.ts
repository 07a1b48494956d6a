/**
 * Numbers and strings through a bit coder. Each column, which is a place in the records, guesses its
 * next value from what it had before, from what it had in the same circumstances, and from what the
 * record has already said elsewhere; the guess that was best lately is taken, and only what it missed
 * is written.
 */

import type { BitCoder } from './bit-coder.ts'
import type { NumberColumn, TextColumn, Vocabulary } from './columns.ts'
import { createNumberCode, distance } from './number-code.ts'
import { createTextCode, VALUES_KEPT } from './text-code.ts'

/** Reads or writes; given a value, a writer writes it, and both answer what it is. */
export interface ValueCoder {
  number(column: NumberColumn, value: number): number
  text(column: TextColumn, value: string): string
  /** Forgets what the record before said. */
  beginRecord(): void
}

/** What a column of the record said. */
interface Said<Value> {
  readonly column: number
  readonly value: Value
}

export function createValueCoder(
  coder: BitCoder,
  vocabulary: Vocabulary,
  budget: { characters: number },
): ValueCoder {
  const numbers: Said<number>[] = []
  const texts: Said<string>[] = []
  const withGuess = createNumberCode(coder)
  const missedText = createTextCode(coder, withGuess, vocabulary, budget)
  let group = ''

  function number(column: NumberColumn, value: number): number {
    const { misses, last } = column
    const grouped = column.byGroup.get(group) ?? last
    const chosen = choose(misses, numbers)
    const guess = guessOf(chosen, last, grouped, numbers)
    const found = withGuess(column.slots[wayOf(chosen)], value, guess)
    note(misses, 0, distance(found, last))
    note(misses, 1, distance(found, grouped))
    for (const said of numbers) note(misses, said.column + 2, distance(found, said.value))
    column.last = found
    column.byGroup.set(group, found)
    numbers.push({ column: column.id, value: found })
    return found
  }

  function text(column: TextColumn, value: string): string {
    const { misses, last } = column
    const before = texts.at(-1)?.value ?? ''
    const followed = column.after.get(before) ?? last
    const chosen = choose(misses, texts)
    const guess = guessOf(chosen, last, followed, texts)
    const isHit = coder.bit(column.hit[wayOf(chosen)], value === guess ? 0 : 1) === 0
    const found = isHit ? guess : missedText(column, value)
    note(misses, 0, found === last ? 0 : 1)
    note(misses, 1, found === followed ? 0 : 1)
    for (const said of texts) note(misses, said.column + 2, found === said.value ? 0 : 1)
    column.last = found
    if (column.after.size < VALUES_KEPT || column.after.has(before)) column.after.set(before, found)
    texts.push({ column: column.id, value: found })
    if (column.isGroup) group = found
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

/** Which guess to take: what the column had last, or in these circumstances, or a place in the record. */
type Chosen = number
const LAST = -2
const IN_CONTEXT = -1

/** The one that missed least lately. */
function choose(misses: readonly number[], said: readonly Said<unknown>[]): Chosen {
  let chosen = LAST
  let best = misses[0] ?? 0
  const inContext = misses[1] ?? 0
  if (inContext < best) {
    best = inContext
    chosen = IN_CONTEXT
  }
  for (let at = 0; at < said.length; at++) {
    const missed = misses[(said[at] as Said<unknown>).column + 2]
    if (missed === undefined || missed >= best) continue
    best = missed
    chosen = at
  }
  return chosen
}

function guessOf<Value>(
  chosen: Chosen,
  last: Value,
  inContext: Value,
  said: readonly Said<Value>[],
): Value {
  if (chosen === LAST) return last
  return chosen === IN_CONTEXT ? inContext : (said[chosen] as Said<Value>).value
}

/** The place of its odds among those of a column. */
const wayOf = (chosen: Chosen) => (chosen === LAST ? 0 : chosen === IN_CONTEXT ? 1 : 2)

const FADES = 0.875
/** Of a column that was never compared with: no guess is worse. */
const UNTRIED = 1e6

function note(misses: number[], place: number, missed: number): void {
  while (misses.length < place) misses.push(UNTRIED)
  misses[place] = (misses[place] ?? missed) * FADES + missed
}
