/** A network that loses, repeats, delays and reorders, all by chance of the world. */

import type { Chance } from './chance.ts'
import { HOUR, type LinkMood, MINUTE } from './steps.ts'

interface Travelling {
  readonly at: number
  readonly arrive: () => Promise<void>
}

export interface Network {
  /** Sends over a link in that mood. */
  send(mood: LinkMood, chance: Chance, now: number, arrive: () => Promise<void>): void
  /** The next thing that arrives by `until`, at its time; null when there is none. */
  next(until: number): Travelling | null
}

export function createNetwork(): Network {
  const travelling: Travelling[] = []
  return {
    send(mood, chance, now, arrive) {
      for (let times = timesOf(mood, chance); times > 0; times--) {
        travelling.push({ at: now + delayOf(mood, chance), arrive })
      }
    },
    next(until) {
      let first = -1
      for (const [place, { at }] of travelling.entries()) {
        if (at <= until && (first < 0 || at < (travelling[first]?.at ?? 0))) first = place
      }
      return first < 0 ? null : (travelling.splice(first, 1)[0] ?? null)
    },
  }
}

function timesOf(mood: LinkMood, chance: Chance): number {
  if (mood === 'cut') return 0
  if (mood === 'lossy') return chance.is(60) ? 1 : 0
  return mood === 'doubling' ? chance.between(1, 3) : 1
}

function delayOf(mood: LinkMood, chance: Chance): number {
  const most = { good: 500, lossy: 5_000, doubling: 5 * MINUTE, slow: 8 * HOUR, cut: 1 }[mood]
  return 1 + chance.below(most)
}
