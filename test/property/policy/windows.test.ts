import fc from 'fast-check'
import { expect, test } from 'vitest'
import { calendarAt, type CalendarWindow } from '#shared/policy/windows.ts'

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'America/Sao_Paulo',
  'Africa/Cairo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'Pacific/Apia',
] as const

const QUARTER = 15 * 60_000
const moment = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) })
const zone = fc.constantFrom(...ZONES)
const window = fc.constantFrom<CalendarWindow>('hour', 'day', 'week', 'month')

test('windows tile the time: each moment is in one, and the next begins where it ends', () => {
  fc.assert(
    fc.property(zone, moment, window, (timeZone, at, name) => {
      const windowAt = (time: number) =>
        calendarAt(timeZone, time, { startsAt: 0, endsAt: 0 })[name]
      const span = windowAt(at)
      expect(span.startsAt).toBeLessThanOrEqual(at)
      expect(span.endsAt).toBeGreaterThan(at)
      expect(windowAt(span.endsAt).startsAt).toBe(span.endsAt)
      expect(windowAt(span.endsAt - 1)).toEqual(span)
      expect(windowAt(span.startsAt)).toEqual(span)
      expect(span.startsAt % QUARTER).toBe(0)
    }),
    { numRuns: 400 },
  )
})

test('windows tile the time around clock changes of every kind', () => {
  // Lord Howe moves by half an hour, Troll by two, Cairo and São Paulo at midnight.
  const changes = [
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
    ['Antarctica/Troll', '2026-03-29T01:00:00Z'],
    ['Antarctica/Troll', '2026-10-25T01:00:00Z'],
    ['Africa/Cairo', '2026-04-23T22:00:00Z'],
    ['Africa/Cairo', '2026-10-29T21:00:00Z'],
    ['America/Sao_Paulo', '2018-11-04T03:00:00Z'],
    ['America/Sao_Paulo', '2018-02-18T02:00:00Z'],
  ] as const
  for (const [timeZone, change] of changes) {
    for (let minutes = -300; minutes <= 300; minutes += 15) {
      const at = Date.parse(change) + minutes * 60_000
      const { hour, day } = calendarAt(timeZone, at, { startsAt: 0, endsAt: 0 })
      for (const span of [hour, day]) {
        expect(span.startsAt).toBeLessThanOrEqual(at)
        expect(span.endsAt).toBeGreaterThan(at)
      }
      const next = calendarAt(timeZone, hour.endsAt, { startsAt: 0, endsAt: 0 })
      expect([timeZone, at, next.hour.startsAt]).toEqual([timeZone, at, hour.endsAt])
    }
  }
})
