/** What a month of all accounts comes to, as it is played: sums, and what happened in each second. */

import { MONTH, STARTS_AT } from './population.ts'

/** What the server does for a machine: each is one transaction, or one statement by itself. */
export type Work =
  /** A session is opened: a challenge is used up, a session written, the machine seen. */
  | 'session'
  /** Records are taken in. */
  | 'report'
  /** A lease is looked at, and left as it is. */
  | 'look'
  /** A lease is written. */
  | 'lease'
  /** Others are asked to give back. */
  | 'recall'
  /** What is due by itself. */
  | 'caretaker'

export const WORKS: readonly Work[] = ['session', 'report', 'look', 'lease', 'recall', 'caretaker']

/** Why a run did not begin. */
export type Refusal =
  /** The account had nothing left for it. */
  | 'empty'
  /** Without a network, while the pool had enough with no machine or another's. */
  | 'offline'
  /** With a network: others had it, and none of them could be reached. */
  | 'others-away'

export interface SizeClass {
  accounts: number
  runs: number
  spent: number
  waited: number
  leases: number
  work: number
  refused: Record<Refusal, number>
  /** What the account had of its credits when a run was refused for want of a lease: sum of parts. */
  leftWhenRefused: number
  /** Credits at every noon: leased, in all, and what of it each machine needs for a week. */
  parked: number
  pooled: number
}

export const CLASSES = ['1 machine', '2', '3–5', '6–12', '13–50', '51–200'] as const
const ENDS = [1, 2, 5, 12, 50, Infinity]
export const classOf = (machines: number) => ENDS.findIndex((end) => machines <= end)

const SECONDS = MONTH / 1_000

/** Sums only, so that those of several threads can be added up. */
export interface Tally {
  readonly classes: readonly SizeClass[]
  readonly seconds: Readonly<Record<Work, Uint32Array>>
  /** Connections that begin less those that end, by minute. */
  readonly connected: Int32Array
  /** Bytes and rows of what the server keeps of them. */
  readonly stored: Record<'entries' | 'entryBytes' | 'stateBytes' | 'records' | 'batches', number>
  hottest: {
    readonly account: number
    readonly machines: number
    readonly work: number
    readonly inOneMinute: number
  }
}

export function createTally(): Tally {
  return {
    classes: CLASSES.map((): SizeClass => ({
      ...{ accounts: 0, runs: 0, spent: 0, waited: 0, leases: 0, work: 0, parked: 0, pooled: 0 },
      leftWhenRefused: 0,
      refused: { empty: 0, offline: 0, 'others-away': 0 },
    })),
    seconds: Object.fromEntries(WORKS.map((work) => [work, new Uint32Array(SECONDS)])) as Record<
      Work,
      Uint32Array
    >,
    connected: new Int32Array(SECONDS / 60 + 1),
    stored: { entries: 0, entryBytes: 0, stateBytes: 0, records: 0, batches: 0 },
    hottest: { account: -1, machines: 0, work: 0, inOneMinute: 0 },
  }
}

export function countWork({ seconds }: Tally, what: Work, at: number): void {
  const second = Math.floor((at - STARTS_AT) / 1_000)
  if (second < 0 || second >= SECONDS) return
  const counts = seconds[what]
  counts[second] = (counts[second] ?? 0) + 1
}

export function countSitting({ connected }: Tally, from: number, to: number): void {
  const last = connected.length - 1
  const minute = (at: number) => Math.max(0, Math.min(last, Math.floor((at - STARTS_AT) / 60_000)))
  connected[minute(from)] = (connected[minute(from)] ?? 0) + 1
  connected[minute(to)] = (connected[minute(to)] ?? 0) - 1
}

export function sumOf(parts: readonly Tally[]): Tally {
  const sum = createTally()
  for (const part of parts) {
    const { hottest, ...counts } = part
    add(sum, counts)
    if (hottest.work > sum.hottest.work) sum.hottest = hottest
  }
  return sum
}

/** Adds every number of `part` to the one in its place. */
function add(sum: object, part: object): void {
  if (part instanceof Uint32Array || part instanceof Int32Array) {
    const numbers = sum as Uint32Array | Int32Array
    part.forEach((value, at) => (numbers[at] = (numbers[at] ?? 0) + value))
    return
  }
  const fields = sum as Record<string, number | object>
  for (const [key, value] of Object.entries(part) as [string, number | object][]) {
    if (typeof value === 'object') add(fields[key] as object, value)
    else fields[key] = (fields[key] as number) + value
  }
}

/** The most in one second, the most in an hour for each second of it, and the mean. */
export function peaksOf(counts: Uint32Array) {
  let sum = 0
  let second = 0
  let hour = 0
  let inHour = 0
  counts.forEach((count, at) => {
    sum += count
    second = Math.max(second, count)
    inHour += count
    if (at % 3_600 !== 3_599) return
    hour = Math.max(hour, inHour / 3_600)
    inHour = 0
  })
  return { sum, second, hour, mean: sum / counts.length }
}
