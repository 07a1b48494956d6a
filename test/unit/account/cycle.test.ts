import { describe, expect, test } from 'vitest'
import { type CycleAnchor, cycleAt, isTimeZone, nextCycle } from '#shared/account/cycle.ts'

const utc = (iso: string) => Date.parse(`${iso}Z`)
const anchor = (timeZone: string, iso: string): CycleAnchor => ({ timeZone, startsAt: utc(iso) })

/** The local dates on which the first `count` cycles start. */
function startDates(from: CycleAnchor, count: number): string[] {
  const dates: string[] = []
  let cycle = cycleAt(from, from.startsAt)
  while (dates.length < count) {
    dates.push(cycle.startDate)
    cycle = nextCycle(from, cycle)
  }
  return dates
}

describe('monthly cycles', () => {
  test('a 31st falls on the last day of shorter months and never drifts', () => {
    expect(startDates(anchor('UTC', '2026-01-31T12:00'), 6)).toEqual([
      '2026-01-31',
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
      '2026-05-31',
      '2026-06-30',
    ])
  })

  test('a leap day counts', () => {
    expect(startDates(anchor('UTC', '2028-01-30T12:00'), 3)[1]).toBe('2028-02-29')
    expect(startDates(anchor('UTC', '2028-02-29T12:00'), 13).slice(11)).toEqual([
      '2029-01-29',
      '2029-02-28',
    ])
  })

  test('the first begins at sign-up, later ones at local midnight', () => {
    const berlin = anchor('Europe/Berlin', '2026-01-15T09:30')
    const first = cycleAt(berlin, berlin.startsAt)
    expect(first).toEqual({
      index: 0,
      startsAt: berlin.startsAt,
      endsAt: utc('2026-02-14T23:00'),
      startDate: '2026-01-15',
    })
    expect(nextCycle(berlin, first)).toMatchObject({ index: 1, startsAt: first.endsAt })
  })

  test('the day of sign-up is the local one', () => {
    expect(
      cycleAt(anchor('Asia/Tokyo', '2026-01-30T20:00'), utc('2026-03-15T00:00')).startDate,
    ).toBe('2026-02-28')
    expect(
      cycleAt(anchor('America/Los_Angeles', '2026-02-01T03:00'), utc('2026-03-01T07:00')),
    ).toMatchObject({
      startDate: '2026-02-28',
      endsAt: utc('2026-03-31T07:00'),
    })
  })

  test('a reset comes neither early nor late through a clock change', () => {
    const berlin = anchor('Europe/Berlin', '2026-03-20T12:00')
    expect(cycleAt(berlin, berlin.startsAt).endsAt).toBe(utc('2026-04-19T22:00'))
    const newYork = anchor('America/New_York', '2026-10-05T12:00')
    expect(cycleAt(newYork, newYork.startsAt).endsAt).toBe(utc('2026-11-05T05:00'))
  })

  test('where clocks skip midnight, the cycle starts at the first moment of the day', () => {
    // Cairo went from 24 April 2026 00:00 (UTC+2) straight to 01:00 (UTC+3).
    const cairo = anchor('Africa/Cairo', '2026-03-24T12:00')
    expect(cycleAt(cairo, cairo.startsAt).endsAt).toBe(utc('2026-04-23T22:00'))
  })

  test('where a date comes twice, a cycle still starts once', () => {
    // St. John's put clocks back at 00:01 on 1 November 2009: that minute of the 1st came first.
    const stJohns = anchor('America/St_Johns', '2009-10-01T12:00')
    const start = cycleAt(stJohns, stJohns.startsAt).endsAt
    expect(start).toBe(utc('2009-11-01T02:30'))
    for (const minutes of [0, 1, 30, 61, 600]) {
      expect(cycleAt(stJohns, start + minutes * 60_000).index).toBe(1)
    }
  })

  test('there is none before the account began, nor in an unknown time zone', () => {
    const from = anchor('UTC', '2026-01-31T12:00')
    expect(() => cycleAt(from, from.startsAt - 1)).toThrow(RangeError)
    expect(() => cycleAt({ ...from, timeZone: 'Mars/Olympus' }, from.startsAt)).toThrow(RangeError)
  })

  test('time zones can be told from other text', () => {
    expect(['Europe/Berlin', 'UTC', '', 'Mars/Olympus', '+01:00'].map(isTimeZone)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })
})
