/**
 * What may happen in a simulated world, as plain data: every step says by itself what is done, with
 * numbers that are taken modulo what there is. So a run is a list that can be cut short and thinned
 * out, and still means the same.
 */

import { type Chance, createChance } from './chance.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** When a process dies: between two steps, or in its next write before or after it is durable. */
export type Death = 'now' | 'before' | 'after'
export type LinkMood = 'good' | 'lossy' | 'doubling' | 'slow' | 'cut'
export type Closing = 'revoked' | 'lost' | 'copied'

export type Step = { readonly salt: number } & (
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'hold'; readonly which: number; readonly amount: number }
  | {
      readonly kind: 'end'
      readonly which: number
      readonly run: number
      /** Of what is held, per cent; null for void. */
      readonly share: number | null
    }
  | {
      readonly kind: 'sync'
      readonly which: number
      readonly process: number
      readonly needed: number
    }
  | { readonly kind: 'link'; readonly which: number; readonly mood: LinkMood }
  | { readonly kind: 'crash'; readonly which: number; readonly when: Death }
  | { readonly kind: 'start'; readonly which: number }
  | { readonly kind: 'turn-clock'; readonly which: number; readonly ms: number }
  | { readonly kind: 'backup' | 'restore' | 'clone'; readonly which: number }
  | { readonly kind: 'server-crash'; readonly process: number; readonly when: Death }
  | { readonly kind: 'server-start'; readonly process: number }
  | { readonly kind: 'server-clock'; readonly process: number; readonly ms: number }
  | { readonly kind: 'caretaker'; readonly process: number }
  | {
      readonly kind: 'buy'
      readonly process: number
      readonly offer: string
      readonly quantity: number
      readonly code: string | null
    }
  | { readonly kind: 'unsubscribe'; readonly process: number; readonly which: number }
  | {
      readonly kind: 'gift'
      readonly process: number
      readonly amount: number
      readonly days: number
    }
  | {
      readonly kind: 'refund'
      readonly process: number
      readonly which: number
      readonly share: number
    }
  | {
      readonly kind: 'plan'
      readonly process: number
      readonly plan: number
      readonly seats: number
    }
  | {
      readonly kind: 'override'
      readonly process: number
      readonly days: number
      readonly allowance: number
    }
  | { readonly kind: 'publish'; readonly days: number }
  | { readonly kind: 'enrol'; readonly process: number }
  | {
      readonly kind: 'adopt'
      readonly process: number
      readonly days: number
      readonly spends: number
      readonly holds: number
    }
  | {
      readonly kind: 'close'
      readonly process: number
      readonly which: number
      readonly reason: Closing
    }
  | { readonly kind: 'leave'; readonly process: number; readonly which: number }
)

export type StepKind = Step['kind']

const WEIGHTS: Readonly<Record<StepKind, number>> = {
  wait: 22,
  hold: 26,
  end: 20,
  sync: 34,
  link: 4,
  crash: 2.5,
  start: 3,
  'turn-clock': 1,
  backup: 1,
  restore: 0.4,
  clone: 0.4,
  'server-crash': 2,
  'server-start': 2,
  'server-clock': 0.5,
  caretaker: 2,
  buy: 1.5,
  unsubscribe: 0.3,
  gift: 0.7,
  refund: 0.7,
  plan: 0.8,
  override: 0.4,
  publish: 0.4,
  enrol: 0.8,
  adopt: 0.5,
  close: 0.5,
  leave: 0.5,
}

/** The steps of a seed. */
export function stepsOf(seed: number, count: number): readonly Step[] {
  const chance = createChance(seed)
  const steps: Step[] = []
  for (let at = 0; at < count; at++) steps.push(stepOf(chance))
  return steps
}

function stepOf(chance: Chance): Step {
  const kind = chance.weighted(WEIGHTS)
  const salt = chance.below(2 ** 31)
  const which = chance.below(1_000)
  const process = chance.below(1_000)
  switch (kind) {
    case 'wait':
      return { kind, salt, ms: waiting(chance) }
    case 'hold':
      return { kind, salt, which, amount: 1 + amountOf(chance) }
    case 'end':
      return { kind, salt, which, run: chance.below(1_000), share: shareOf(chance) }
    case 'sync':
      return { kind, salt, which, process, needed: chance.is(25) ? amountOf(chance) : 0 }
    case 'link': {
      const mood = chance.weighted({ good: 5, lossy: 2, doubling: 2, slow: 2, cut: 3 })
      return { kind, salt, which, mood }
    }
    case 'crash':
      return { kind, salt, which, when: chance.pick(['now', 'before', 'after']) }
    case 'turn-clock':
      return { kind, salt, which, ms: clockTurn(chance) }
    case 'server-crash':
      return { kind, salt, process, when: chance.pick(['now', 'before', 'after']) }
    case 'server-clock':
      return { kind, salt, process, ms: chance.between(-10 * MINUTE, 10 * MINUTE) }
    case 'server-start':
    case 'caretaker':
      return { kind, salt, process }
    case 'enrol':
      return { kind, salt, process }
    case 'start':
    case 'backup':
    case 'restore':
    case 'clone':
      return { kind, salt, which }
    case 'unsubscribe':
    case 'leave':
      return { kind, salt, which, process }
    case 'buy': {
      const offer = chance.pick(['pack', 'pool', 'add-on'])
      const code = chance.is(20) ? 'MORE' : null
      return { kind, salt, process, offer, quantity: chance.between(1, 3), code }
    }
    case 'gift':
      return { kind, salt, process, amount: 1 + amountOf(chance), days: chance.between(1, 80) }
    case 'refund':
      return { kind, salt, process, which, share: chance.between(1, 100) }
    case 'plan':
      return { kind, salt, process, plan: chance.below(3), seats: chance.between(1, 3) }
    case 'override': {
      const days = chance.between(-3, 60)
      return { kind, salt, process, days, allowance: chance.below(200_000) }
    }
    case 'publish':
      return { kind, salt, days: chance.below(40) }
    case 'adopt': {
      const days = chance.below(90)
      return { kind, salt, process, days, spends: amountOf(chance), holds: amountOf(chance) }
    }
    case 'close': {
      const reason = chance.weighted({ revoked: 2, lost: 2, copied: 1 })
      return { kind, salt, process, which, reason }
    }
  }
}

/** Mostly minutes and hours, now and then so long that a lease, a cycle or its grace is over. */
function waiting(chance: Chance): number {
  const length = chance.weighted({ minutes: 60, hours: 25, days: 12, weeks: 3 })
  const most = { minutes: HOUR, hours: DAY, days: 6 * DAY, weeks: 50 * DAY }[length]
  return 1 + chance.below(most)
}

function amountOf(chance: Chance): number {
  return chance.below(chance.pick([50, 300, 2_000, 20_000]))
}

function shareOf(chance: Chance): number | null {
  return chance.weighted({ none: 2, all: 2, part: 6, nothing: 1 }) === 'none'
    ? null
    : chance.pick([0, 100, chance.below(101), chance.below(101), chance.below(101)])
}

function clockTurn(chance: Chance): number {
  const most = chance.pick([HOUR, 3 * DAY, 45 * DAY])
  return chance.is(50) ? chance.below(most) : -chance.below(most)
}
