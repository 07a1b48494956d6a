import { describe, expect, test } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { burnDownMoments, burnDownSeries } from '#shared/usage/burn-down.ts'
import { aGrant } from '../../support/credits.ts'

const at = Date.parse
const bucket = (grant: ReturnType<typeof aGrant>, available: number, held = 0) => ({
  grant,
  available: millicredits(available),
  held: millicredits(held),
  spent: millicredits(0),
  expired: millicredits(0),
  elsewhere: millicredits(0),
})

describe('the moments of a burn-down', () => {
  test('are the start, the local midnights and now', () => {
    const span = {
      startsAt: at('2026-11-20T10:00:00Z'),
      now: at('2026-11-22T12:00:00Z'),
      timeZone: 'Europe/Berlin',
    }
    expect(burnDownMoments(span, [])).toEqual([
      span.startsAt,
      at('2026-11-20T23:00:00Z'),
      at('2026-11-21T23:00:00Z'),
      span.now,
    ])
  })

  test('follow the day through a change of the clock', () => {
    const span = {
      startsAt: at('2026-03-28T12:00:00Z'),
      now: at('2026-03-30T12:00:00Z'),
      timeZone: 'Europe/Berlin',
    }
    expect(burnDownMoments(span, []).slice(1, -1)).toEqual([
      at('2026-03-28T23:00:00Z'),
      at('2026-03-29T22:00:00Z'),
    ])
  })

  test('show a grant that begins in between as a step', () => {
    const span = { startsAt: 0, now: 5_000, timeZone: 'UTC' }
    expect(burnDownMoments(span, [aGrant({ effectiveAt: 3_000 })])).toEqual([
      0, 2_999, 3_000, 5_000,
    ])
  })

  test('are one when the month has just begun', () => {
    expect(burnDownMoments({ startsAt: 7, now: 7, timeZone: 'UTC' }, [])).toEqual([7])
  })
})

describe('the series of a burn-down', () => {
  const early = aGrant({ id: 'early', effectiveAt: 0, expiresAt: 30 })
  const late = aGrant({ id: 'late', effectiveAt: 20, amount: millicredits(50_000) })

  test('count what is held as not yet gone', () => {
    const [series] = burnDownSeries([10], [[bucket(early, 60_000, 15_000)]], [early])
    expect(series?.left).toEqual([75_000])
  })

  test('are whole before a grant was written down, and nothing before it began', () => {
    const series = burnDownSeries([0, 10, 20, 25], [[], [], [], [bucket(late, 40_000)]], [late])
    expect(series[0]?.left).toEqual([null, null, 50_000, 40_000])
  })

  test('end with the grant', () => {
    const balances = [[bucket(early, 10_000)], [bucket(early, 10_000)]]
    expect(burnDownSeries([29, 30], balances, [early])[0]?.left).toEqual([10_000, null])
  })

  test('are zero once a grant is used up and the balance no longer names it', () => {
    const series = burnDownSeries([0, 10], [[bucket(early, 5_000)], []], [early])
    expect(series[0]?.left).toEqual([5_000, 0])
  })

  test('leave out what was never in force', () => {
    expect(burnDownSeries([40], [[]], [early])).toEqual([])
  })
})
