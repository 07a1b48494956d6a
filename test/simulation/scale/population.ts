/**
 * What a million accounts are like: how many machines, how much they use, when, and when they have no
 * network. Assumptions, all of them here; each account is the same from the same seed.
 */

import { type Chance, createChance } from '../chance.ts'
import { DAY, HOUR, MINUTE } from '../steps.ts'

export const CREDIT = 1_000
export const MONTH_DAYS = 31
export const MONTH = MONTH_DAYS * DAY
/** A Monday. */
export const STARTS_AT = Date.UTC(2027, 2, 1)

/** One machine is connected, or would be had it a network. */
export interface Sitting {
  readonly machine: number
  readonly from: number
  readonly to: number
  readonly isOnline: boolean
}

export interface PlannedRun {
  readonly machine: number
  readonly at: number
  /** Millicredits: the most it may cost, and what it costs. */
  readonly maximum: number
  readonly cost: number
}

export interface AccountPlan {
  readonly machines: number
  readonly planId: string
  readonly seats: number
  /** When its cycles begin. */
  readonly anchor: number
  /** Millicredits spent of the cycle under way before the month began. */
  readonly spentBefore: number
  /** In the order in which they begin. */
  readonly sittings: readonly Sitting[]
  readonly runs: readonly PlannedRun[]
}

/** Local midnight before UTC's, in hours, and how many of a hundred accounts live there. */
const ZONES = { '-6': 40, '1': 35, '8': 25 }
/** Of a day's runs, by local hour: some at night, most from nine to six. */
const HOURS = [1, 1, 0.5, 0.5, 0.5, 1, 2, 4, 7, 9, 10, 10, 8, 9, 10, 10, 9, 7, 5, 4, 4, 3, 3, 2]
/** Monday to Sunday. */
const WEEKDAYS = [10, 10, 10, 10, 9, 4, 3]
/** What runs cost, in credits: requests, drafts, chats and images, long work. */
const COSTS = { 2: 30, 11: 20, 48: 40, 150: 10 }
const MEAN_COST = 37
/** Of a hundred accounts, so many that do not use it in the month. */
const PAUSING = 30
/** Of a hundred days without a run, so many on which a machine that is used is opened all the same. */
const IDLY_OPENED = 15
/** Without a run for so long, the app is closed. */
const PAUSE = 2 * HOUR

/** Per mille: how many machines an account has. */
function machinesOf(chance: Chance): number {
  const size = chance.weighted({ one: 620, two: 220, few: 110, many: 40, office: 9.8, house: 0.2 })
  const [least, most] = {
    ...{ one: [1, 1], two: [2, 2], few: [3, 5], many: [6, 12] },
    ...{ office: [13, 50], house: [51, 200] },
  }[size] as [number, number]
  return chance.between(least, most)
}

/** A number with this median whose logarithm is normal: few have very much more than most. */
function heavyTailed(chance: Chance, median: number, sigma: number): number {
  const unit = () => (chance.below(2 ** 30) + 1) / (2 ** 30 + 1)
  const normal = Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit())
  return median * Math.exp(sigma * normal)
}

export function planOf(seed: number, account: number): AccountPlan {
  const chance = createChance((seed * 0x9e3779b1 + account * 0x85ebca6b) >>> 0)
  const machines = machinesOf(chance)
  const people = Math.max(1, Math.round(machines / 1.6))
  /** Credits they use in a month as a rule, and in this one. */
  const usual = Math.min(heavyTailed(chance, 200, 1.4), 50_000) * people
  const isPausing = chance.is(PAUSING)
  const wanted = isPausing ? 0 : usual * heavyTailed(chance, 1, 0.4)
  const { planId, allowance } = boughtFor(usual, machines, people)
  const anchor = STARTS_AT - chance.below(MONTH)
  const elapsed = (STARTS_AT - anchor) / MONTH
  const spentBefore = Math.floor(Math.min(wanted, allowance) * elapsed) * CREDIT
  const runs = runsOf(chance, machines, wanted)
  const sittings = sittingsOf(chance, machines, runs)
  return { machines, planId, seats: people, anchor, spentBefore, sittings, runs }
}

/** The plan that people choose who use so much as a rule. */
function boughtFor(usual: number, machines: number, people: number) {
  if (machines > 2) {
    const seats = people * 2_000
    return usual < seats * 2
      ? { planId: 'team', allowance: seats }
      : { planId: 'super', allowance: 50_000 }
  }
  if (usual < 550) return { planId: 'free', allowance: 500 }
  if (usual < 6_000) return { planId: 'creator', allowance: 5_000 }
  return { planId: 'super', allowance: 50_000 }
}

function runsOf(chance: Chance, machines: number, wanted: number): readonly PlannedRun[] {
  const offset = Number(chance.weighted(ZONES)) * HOUR
  const count = Math.round(wanted / MEAN_COST)
  const hours = cumulated(HOURS)
  const days = cumulated(Array.from({ length: MONTH_DAYS }, (_, day) => WEEKDAYS[day % 7] ?? 0))
  const place = (sums: readonly number[]) => {
    const at = (chance.below(2 ** 30) / 2 ** 30) * (sums.at(-1) ?? 0)
    return sums.findIndex((sum) => at < sum)
  }
  const runs = Array.from({ length: count }, (): PlannedRun => {
    const local = place(days) * DAY + place(hours) * HOUR + chance.below(HOUR)
    const cost = Math.max(100, Math.round(heavyTailed(chance, costOf(chance), 0.25) * CREDIT))
    // The first machine is used most, the second half as much, and so on.
    const machine = Math.floor((machines + 1) ** (chance.below(2 ** 30) / 2 ** 30)) - 1
    const at = STARTS_AT + ((local - offset + MONTH) % MONTH)
    return { machine, at, maximum: cost * 2, cost }
  })
  return runs.sort((left, right) => left.at - right.at)
}

const costOf = (chance: Chance) => Number(chance.weighted(COSTS))

function cumulated(weights: readonly number[]): readonly number[] {
  let sum = 0
  return weights.map((weight) => (sum += weight))
}

/**
 * A machine is on from before its first run of a sitting until after its last. Most have a network,
 * one that is cut now and then; some often have none; and some are away for days in the month.
 */
function sittingsOf(
  chance: Chance,
  machines: number,
  runs: readonly PlannedRun[],
): readonly Sitting[] {
  const sittings: Sitting[] = []
  const byMachine = Map.groupBy(runs, ({ machine }) => machine)
  for (let machine = 0; machine < machines; machine++) {
    const kind = chance.weighted({ wired: 70, patchy: 25, field: 5 })
    const away = STARTS_AT + chance.below(MONTH)
    const until = kind === 'field' ? away + chance.between(3, 14) * DAY : away
    const times = (byMachine.get(machine) ?? []).map(({ at }) => at)
    for (let day = 0; day < MONTH_DAYS; day++) {
      if (byMachine.has(machine) && chance.is(IDLY_OPENED))
        times.push(STARTS_AT + day * DAY + 8 * HOUR + chance.below(10 * HOUR))
    }
    times.sort((left, right) => left - right)
    for (let at = 0; at < times.length;) {
      const from = (times[at] as number) - chance.between(1, 10) * MINUTE
      let to = times[at] as number
      for (; at < times.length && (times[at] as number) - to < PAUSE; at++) to = times[at] as number
      to += chance.between(5, 60) * MINUTE
      const hasNone = (from >= away && from < until) || (kind === 'patchy' && chance.is(25))
      if (hasNone) sittings.push({ machine, from, to, isOnline: false })
      else sittings.push(...interrupted(chance, { machine, from, to, isOnline: true }))
    }
  }
  return sittings.sort((left, right) => left.from - right.from)
}

/** The network is gone for some minutes, once in eight hours or so. */
function interrupted(chance: Chance, sitting: Sitting): readonly Sitting[] {
  const parts: Sitting[] = []
  let { from } = sitting
  for (;;) {
    const cut = from + chance.below(16 * HOUR)
    if (cut >= sitting.to) return [...parts, { ...sitting, from }]
    parts.push({ ...sitting, from, to: cut })
    from = Math.min(sitting.to, cut + chance.between(1, 10) * MINUTE)
  }
}
