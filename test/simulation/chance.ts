/** All randomness of a simulated world: the same from the same seed. */

import { seeded } from '../support/records.ts'

export interface Chance {
  /** A whole number from 0 up to, not including, `most`. */
  below(most: number): number
  /** Both ends included. */
  between(least: number, most: number): number
  /** True so many times in a hundred. */
  is(percent: number): boolean
  pick<T>(list: readonly T[]): T
  /** One of the names, as often as its number says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name
}

export function createChance(seed: number): Chance {
  const next = seeded(seed)
  // The first numbers of neighbouring seeds are alike.
  for (let turn = 0; turn < 4; turn++) next()
  const below = (most: number) => Math.floor(next() * most)
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    is: (percent) => next() * 100 < percent,
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) throw new RangeError('Nothing to pick from')
      return list[below(list.length)] as T
    },
    weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
      const entries = Object.entries(weights) as [Name, number][]
      let place = next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [name, weight] of entries) {
        place -= weight
        if (place < 0) return name
      }
      return (entries.at(-1) as [Name, number])[0]
    },
  }
}
