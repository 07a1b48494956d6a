import { describe, expect, test } from 'vitest'
import { calendarAt } from '#shared/policy/windows.ts'

const cycle = { startsAt: 0, endsAt: 1 }
const iso = (text: string) => Date.parse(text)
const windows = (timeZone: string, at: string) => {
  const calendar = calendarAt(timeZone, iso(at), cycle)
  return Object.fromEntries(
    Object.entries(calendar).map(([name, { startsAt, endsAt }]) => [
      name,
      [new Date(startsAt).toISOString(), new Date(endsAt).toISOString()],
    ]),
  )
}

describe('the windows around a moment', () => {
  test('are those of the local calendar, the week from Monday', () => {
    expect(windows('Europe/Berlin', '2026-11-22T23:30:00Z')).toMatchObject({
      hour: ['2026-11-22T23:00:00.000Z', '2026-11-23T00:00:00.000Z'],
      day: ['2026-11-22T23:00:00.000Z', '2026-11-23T23:00:00.000Z'],
      week: ['2026-11-22T23:00:00.000Z', '2026-11-29T23:00:00.000Z'],
      month: ['2026-10-31T23:00:00.000Z', '2026-11-30T23:00:00.000Z'],
    })
  })

  test('the day on which clocks go back is 25 hours, the one on which they go forward 23', () => {
    expect(windows('Europe/Berlin', '2026-10-25T12:00:00Z')['day']).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ])
    expect(windows('Europe/Berlin', '2026-03-29T12:00:00Z')['day']).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ])
  })

  test('an hour that comes twice is two hours', () => {
    expect(windows('Europe/Berlin', '2026-10-25T00:30:00Z')['hour']?.[1]).toBe(
      '2026-10-25T01:00:00.000Z',
    )
    expect(windows('Europe/Berlin', '2026-10-25T01:30:00Z')['hour']?.[0]).toBe(
      '2026-10-25T01:00:00.000Z',
    )
  })

  test('a full hour is the local one, also where that is half past', () => {
    expect(windows('Asia/Kolkata', '2026-11-21T10:10:00Z')['hour']).toEqual([
      '2026-11-21T09:30:00.000Z',
      '2026-11-21T10:30:00.000Z',
    ])
  })

  test('February of a leap year has 29 days', () => {
    expect(windows('UTC', '2028-02-29T12:00:00Z')['month']).toEqual([
      '2028-02-01T00:00:00.000Z',
      '2028-03-01T00:00:00.000Z',
    ])
  })
})
