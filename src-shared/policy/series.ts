/**
 * Amounts by time slot, as a value: in order of time, in chunks, so that one more amount costs the
 * same however long it is. Plain JSON.
 */

import { type Credits, millicredits, ZERO } from '../credits/amount.ts'

interface Chunk {
  /** Where each slot begins, epoch milliseconds, ascending. */
  readonly slots: readonly number[]
  readonly amounts: readonly Credits[]
  readonly total: Credits
}

/** Chunks in order of time, none empty. */
export type Series = readonly Chunk[]

export const EMPTY_SERIES: Series = []

const CHUNK_SLOTS = 64

/** Adds to the slot that begins at `slot`, the last one or a later one. */
export function addToLast(series: Series, slot: number, amount: Credits): Series {
  const last = series.at(-1)
  if (last?.slots.at(-1) === slot) {
    return series.with(-1, addAt(last, last.slots.length - 1, amount))
  }
  if (last && last.slots.length < CHUNK_SLOTS) {
    return series.with(-1, {
      slots: [...last.slots, slot],
      amounts: [...last.amounts, amount],
      total: millicredits(last.total + amount),
    })
  }
  return [...series, { slots: [slot], amounts: [amount], total: amount }]
}

/** Adds to the slot that `time` falls into; nothing where that was dropped. */
export function addAround(series: Series, time: number, amount: Credits): Series {
  const at = series.findLastIndex(({ slots }) => (slots[0] as number) <= time)
  const chunk = series[at]
  if (!chunk) return series
  const place = chunk.slots.findLastIndex((slot) => slot <= time)
  return series.with(at, addAt(chunk, place, amount))
}

/** The sum of all slots that begin at `from` or later. */
export function sumFrom(series: Series, from: number): Credits {
  let sum = 0
  for (let at = series.length - 1; at >= 0; at--) {
    const { slots, amounts, total } = series[at] as Chunk
    if ((slots[0] as number) >= from) {
      sum += total
      continue
    }
    for (let place = slots.length - 1; (slots[place] as number) >= from; place--) {
      sum += amounts[place] as number
    }
    break
  }
  return sum === 0 ? ZERO : millicredits(sum)
}

/** Slots from `from` on with what is in them, in order of time. */
export function* slotsFrom(series: Series, from: number): Iterable<readonly [number, Credits]> {
  for (const { slots, amounts } of series) {
    for (const [place, slot] of slots.entries()) {
      if (slot >= from) yield [slot, amounts[place] as Credits]
    }
  }
}

/** Without the chunks that lie wholly before `time`. */
export function dropBefore(series: Series, time: number): Series {
  const first = series.findIndex(({ slots }) => (slots.at(-1) as number) >= time)
  if (first === 0) return series
  return first < 0 ? EMPTY_SERIES : series.slice(first)
}

function addAt({ slots, amounts, total }: Chunk, place: number, amount: Credits): Chunk {
  return {
    slots,
    amounts: amounts.with(place, millicredits((amounts[place] as number) + amount)),
    total: millicredits(total + amount),
  }
}
