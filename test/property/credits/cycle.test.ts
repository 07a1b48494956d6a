import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CycleAnchor, cycleAt, nextCycle } from '#shared/account/cycle.ts'

const HOUR = 60 * 60 * 1_000
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'America/Sao_Paulo',
  'Africa/Cairo',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kiritimati',
] as const

const anchor: fc.Arbitrary<CycleAnchor> = fc.record({
  timeZone: fc.constantFrom(...ZONES),
  startsAt: fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) }),
})

/** Local wall clock through Intl, not through what is tested. */
function wallClock(timeZone: string, time: number) {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(time)
  const part = (type: string) => parts.find((one) => one.type === type)!.value
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}:${part('second')}`,
  }
}

describe('cycles, for any sign-up and zone', () => {
  test('every moment belongs to exactly one', () => {
    const moment = fc.integer({ min: 0, max: 20 * 365 * 24 * HOUR })
    fc.assert(
      fc.property(anchor, moment, (from, offset) => {
        const now = from.startsAt + offset
        const cycle = cycleAt(from, now)
        expect(cycle.startsAt).toBeLessThanOrEqual(now)
        expect(now).toBeLessThan(cycle.endsAt)
        expect(cycleAt(from, cycle.startsAt)).toEqual(cycle)
        expect(cycleAt(from, cycle.endsAt - 1)).toEqual(cycle)
        expect(cycleAt(from, cycle.endsAt)).toEqual(nextCycle(from, cycle))
        expect(nextCycle(from, cycle).startsAt).toBe(cycle.endsAt)
      }),
      { numRuns: 300 },
    )
  })

  test('around every boundary, moments decide even where clocks change', () => {
    fc.assert(
      fc.property(
        anchor,
        fc.nat(240),
        fc.integer({ min: -26 * HOUR, max: 26 * HOUR }),
        (from, months, offset) => {
          const near = cycleAt(from, from.startsAt + months * 30 * 24 * HOUR)
          const now = Math.max(near.endsAt + offset, from.startsAt)
          const cycle = cycleAt(from, now)
          expect(cycle.startsAt <= now && now < cycle.endsAt).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('later ones start on the anchor day, at the first moment of that day', () => {
    fc.assert(
      fc.property(anchor, fc.nat(15 * 365), (from, days) => {
        const { startsAt, startDate, index } = cycleAt(from, from.startsAt + days * 24 * HOUR)
        if (index === 0) return
        const start = wallClock(from.timeZone, startsAt)
        const before = wallClock(from.timeZone, startsAt - 1)
        expect(before.date < startDate).toBe(true)
        // Samoa had no 30 December 2011: that cycle starts where the 31st does.
        if (startDate !== '2011-12-30') expect(start.date).toBe(startDate)
        if (start.time !== '00:00:00') expect(before.time).toBe('23:59:59')
      }),
      { numRuns: 300 },
    )
  })
})

describe.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata'])('in %s', (timeZone) => {
  test('no anchor day drifts in ten years', () => {
    for (let day = 1; day <= 31; day += 1) {
      const from = { timeZone, startsAt: Date.UTC(2026, 0, day, 12) }
      let cycle = cycleAt(from, from.startsAt)
      for (let month = 0; month < 120; month += 1) {
        const last = new Date(Date.UTC(2026, month + 1, 0)).getUTCDate()
        const expected = new Date(Date.UTC(2026, month, Math.min(day, last)))
        expect(cycle.startDate).toBe(expected.toISOString().slice(0, 10))
        expect(cycle.index).toBe(month)
        cycle = nextCycle(from, cycle)
      }
    }
  })
})
