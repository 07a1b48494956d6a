import { describe, expect, it } from 'vitest'
import { createDayClock } from '../../../src-main/ledger/local-day.ts'

const HOUR = 3_600_000

describe('local days', () => {
  it('begin at midnight of the account, not of the machine', () => {
    const days = createDayClock('America/New_York')
    expect(days.dayOf(Date.UTC(2026, 10, 2, 4, 59))).toBe('2026-11-01')
    expect(days.dayOf(Date.UTC(2026, 10, 2, 5, 0))).toBe('2026-11-02')
  })

  it('are 25 and 23 hours long when the clocks change', () => {
    const days = createDayClock('Europe/Berlin')
    expect(days.endOf('2026-10-25') - days.startOf('2026-10-25')).toBe(25 * HOUR)
    expect(days.endOf('2026-03-29') - days.startOf('2026-03-29')).toBe(23 * HOUR)
  })

  it('answers alike in any order of asking', () => {
    const days = createDayClock('Asia/Kathmandu')
    const times = [0, 1, 400, 30, 12, 13, 401].map((hours) => Date.UTC(2026, 0, 1) + hours * HOUR)
    const fresh = times.map((at) => createDayClock('Asia/Kathmandu').dayOf(at))
    expect(times.map((at) => days.dayOf(at))).toEqual(fresh)
  })

  it('refuses a zone that is none', () => {
    expect(() => createDayClock('Mars/Olympus')).toThrow(RangeError)
  })
})
