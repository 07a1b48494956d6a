import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CAP_WINDOWS, type Cap } from '#shared/catalog/policies.ts'
import { type Credits, millicredits } from '#shared/credits/amount.ts'
import { cycleAt } from '#shared/account/cycle.ts'
import type { Entry } from '#shared/journal/journal.ts'
import { checkCaps, roomUnder } from '#shared/policy/caps.ts'
import {
  countEntry,
  type RunScope,
  SCOPE_FIELDS,
  type Spending,
  startSpending,
} from '#shared/policy/spending.ts'
import { calendarAt } from '#shared/policy/windows.ts'
import { aRun, holdAt, settleAt, voidAt } from '../../support/policies.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Africa/Cairo',
] as const

const value = fc.constantFrom('a', 'b', 'c')
const scope: fc.Arbitrary<RunScope> = fc.record({
  member: value,
  device: value,
  operation: value,
  subject: fc.constantFrom('', 'a'),
})
const wanted = fc.option(fc.constantFrom('each', 'a', 'b'), { nil: undefined, freq: 1 })
const cap: fc.Arbitrary<Cap> = fc
  .record({
    window: fc.constantFrom(...CAP_WINDOWS),
    minutes: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constant(44_640)),
    limit: fc.integer({ min: 0, max: 3_000 }).map(millicredits),
    kind: fc.constantFrom('hard' as const, 'soft' as const),
    scope: fc.record({ member: wanted, device: wanted, operation: wanted, subject: wanted }),
  })
  .map(({ minutes, ...rest }) => ({
    id: 'cap',
    name: 'Cap',
    ...rest,
    scope: Object.fromEntries(
      Object.entries(rest.scope).filter(([, chosen]) => chosen !== undefined),
    ),
    ...(rest.window === 'rolling' ? { minutes } : {}),
  }))
const caps = fc
  .array(cap, { minLength: 1, maxLength: 6 })
  .map((list) => list.map((one, at) => ({ ...one, id: `cap-${at}` })))

/** Steps of a journal: time passes, then a run is held, or an open one ends. */
const step = fc.record({
  wait: fc.oneof(
    fc.integer({ min: 0, max: 5 * MINUTE }),
    fc.integer({ min: 0, max: 30 * HOUR }),
    fc.integer({ min: 0, max: 20 * 24 * HOUR }),
  ),
  scope,
  maximum: fc.integer({ min: 0, max: 1_000 }),
  kind: fc.constantFrom('hold', 'hold', 'settle', 'void'),
  pick: fc.nat(),
})
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never
const story = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' })
/** Around the end of October, so that clocks change in between. */
const beginning = fc.integer({ min: Date.UTC(2026, 9, 1), max: Date.UTC(2026, 9, 31) })

/** Everything that was ever held, as nobody would keep it: what counts is looked up each time. */
interface Record {
  readonly id: string
  readonly at: number
  readonly scope: RunScope
  amount: number
  open: boolean
}

function play(steps: readonly Step[], from: number) {
  const entries: Pick<Entry, 'facts' | 'at'>[] = []
  const records: Record[] = []
  let now = from
  for (const [index, { wait, scope: who, maximum, kind, pick }] of steps.entries()) {
    now += wait
    const open = records.filter((record) => record.open)
    const ended = open[pick % Math.max(1, open.length)]
    if (kind === 'hold' || !ended) {
      const id = `run-${index}`
      entries.push(holdAt(now, aRun(id, maximum as Credits, who)))
      records.push({ id, at: now, scope: who, amount: maximum, open: true })
    } else if (kind === 'settle') {
      ended.amount = maximum % (ended.amount + 1)
      ended.open = false
      entries.push(settleAt(now, ended.id, ended.amount as Credits))
    } else {
      ended.amount = 0
      ended.open = false
      entries.push(voidAt(now, ended.id))
    }
  }
  return { entries, records, now }
}

const countedBy = ({ scope: by }: Cap, who: RunScope, other: RunScope) =>
  SCOPE_FIELDS.every((field) => {
    const chosen = by[field]
    if (chosen === undefined) return true
    return chosen === 'each' ? other[field] === who[field] : other[field] === chosen
  })

/** What a cap has counted for `who`, by adding up everything there is. */
function naiveUse(
  one: Cap,
  records: readonly Record[],
  who: RunScope,
  now: number,
  timeZone: string,
  anchor: number,
): number {
  const calendar = calendarAt(timeZone, now, cycleAt({ timeZone, startsAt: anchor }, now))
  const isWithin = (at: number) =>
    one.window === 'rolling'
      ? Math.floor(at / MINUTE) >= Math.floor(now / MINUTE) - one.minutes!
      : at >= calendar[one.window].startsAt
  return records
    .filter((record) => isWithin(record.at) && countedBy(one, who, record.scope))
    .reduce((sum, { amount }) => sum + amount, 0)
}

const inputs = [fc.constantFrom(...ZONES), caps, beginning, story, scope] as const
const stored = (spending: Spending) => JSON.parse(JSON.stringify(spending)) as Spending

describe('caps, for any journal', () => {
  test('count what adding up every record counts', () => {
    fc.assert(
      fc.property(
        ...inputs,
        fc.integer({ min: 0, max: 3 * HOUR }),
        (zone, list, from, steps, who, later) => {
          const { entries, records, now } = play(steps, from)
          const at = now + later
          const spending = entries.reduce(countEntry, startSpending(zone, list))
          const calendar = calendarAt(zone, at, cycleAt({ timeZone: zone, startsAt: from }, at))
          const books = { spending, calendar }
          for (const one of list) {
            const counted = SCOPE_FIELDS.every((field) =>
              [undefined, 'each', who[field]].includes(one.scope[field]),
            )
            const used = naiveUse(one, records, who, at, zone, from)
            const alone = { ...one, kind: 'hard' as const, limit: millicredits(used) }
            expect(roomUnder([alone], books, who, at)).toBe(counted ? 0 : null)
            if (used > 0) {
              const less = { ...alone, limit: millicredits(used - 1) }
              expect(checkCaps([less], books, who, millicredits(1), at)).toMatchObject(
                counted ? { ok: false, refusal: { used } } : { ok: true },
              )
            }
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  test('allow a run exactly when every hard cap has room for it: the tightest wins', () => {
    fc.assert(
      fc.property(
        ...inputs,
        fc.integer({ min: 1, max: 2_000 }),
        (zone, list, from, steps, who, maximum) => {
          const { entries, records, now } = play(steps, from)
          const spending = entries.reduce(countEntry, startSpending(zone, list))
          const calendar = calendarAt(zone, now, cycleAt({ timeZone: zone, startsAt: from }, now))
          const check = checkCaps(list, { spending, calendar }, who, millicredits(maximum), now)
          const full = list.filter(
            (one) =>
              SCOPE_FIELDS.every((field) =>
                [undefined, 'each', who[field]].includes(one.scope[field]),
              ) && naiveUse(one, records, who, now, zone, from) + maximum > one.limit,
          )
          const hard = full.filter(({ kind }) => kind === 'hard')
          expect(check.ok).toBe(hard.length === 0)
          expect(check.warnings).toHaveLength(full.length - hard.length)
          if (check.ok) return
          const { refusal } = check
          const rooms = hard.map((one) => one.limit - naiveUse(one, records, who, now, zone, from))
          expect(refusal.limit - refusal.used).toBe(Math.min(...rooms))
        },
      ),
      { numRuns: 150 },
    )
  })

  test('let the run in at the moment they name, if nothing else runs, and not before', () => {
    fc.assert(
      fc.property(
        ...inputs,
        fc.integer({ min: 1, max: 2_000 }),
        (zone, list, from, steps, who, maximum) => {
          const { entries, now } = play(steps, from)
          const spending = entries.reduce(countEntry, startSpending(zone, list))
          const checkAt = (at: number) => {
            const calendar = calendarAt(zone, at, cycleAt({ timeZone: zone, startsAt: from }, at))
            return checkCaps(list, { spending, calendar }, who, millicredits(maximum), at)
          }
          const check = checkAt(now)
          if (check.ok || check.refusal.resetsAt === null) return
          expect(checkAt(check.refusal.resetsAt).ok).toBe(true)
          expect(checkAt(check.refusal.resetsAt - 1).ok).toBe(false)
        },
      ),
      { numRuns: 150 },
    )
  })

  test('count the same however the journal is split and stored in between', () => {
    fc.assert(
      fc.property(
        ...inputs,
        fc.infiniteStream(fc.boolean()),
        (zone, list, from, steps, _who, cut) => {
          const { entries } = play(steps, from)
          const whole = entries.reduce(countEntry, startSpending(zone, list))
          const split = entries.reduce(
            (before, entry) => {
              const after = countEntry(before, entry)
              return cut.next().value ? stored(after) : after
            },
            startSpending(zone, list),
          )
          expect(stored(split)).toEqual(stored(whole))
        },
      ),
      { numRuns: 100 },
    )
  })
})
