import { describe, expect, it } from 'vitest'
import { millicredits, ZERO, type Credits } from '#shared/credits/amount.ts'
import type { BalanceView } from '#shared/host/views.ts'
import type { BucketBalance } from '#shared/usage/views.ts'
import { balanceSegments } from '../../../src-renderer/features/balance/buckets.ts'
import { balanceMood } from '../../../src-renderer/words/balance-mood.ts'
import {
  creditsInWords,
  formatDuration,
  formatTime,
  styleWithin,
} from '../../../src-renderer/kit/format.ts'

const bucket = (id: string, available: Credits): BucketBalance => ({
  grant: {
    id,
    source: 'plan',
    amount: available,
    effectiveAt: 0,
    expiresAt: null,
    priority: 1,
    label: id,
    catalogVersion: '1',
  },
  available,
  held: ZERO,
  spent: ZERO,
  expired: ZERO,
  elsewhere: ZERO,
})
const balance = (available: Credits): BalanceView => ({
  available,
  elsewhere: null,
  held: ZERO,
  buckets: [],
  cycle: { startsAt: 0, endsAt: 1 },
  planName: 'Free',
  allowance: millicredits(500_000),
  spentThisCycle: ZERO,
  nextRefill: null,
})

describe('the breakdown of the balance', () => {
  it('leaves out grants that can pay nothing and keeps the order they pay in', () => {
    const one = millicredits(1_000)
    const segments = balanceSegments([bucket('a', one), bucket('b', ZERO), bucket('c', one)])
    expect(segments.map(({ grantId, series }) => [grantId, series])).toEqual([
      ['a', 1],
      ['c', 2],
    ])
  })

  it.each([
    [25_000, 'enough'],
    [24_999, 'low'],
    [1, 'low'],
    [0, 'none'],
  ])('%d millicredits of 500 credits are %s', (available, mood) => {
    expect(balanceMood(balance(millicredits(available)))).toBe(mood)
  })
})

describe('figures', () => {
  it('count one credit as one', () => {
    expect(creditsInWords(millicredits(1_000))).toBe('1 credit')
    expect(creditsInWords(millicredits(500))).toBe('0.5 credits')
    expect(creditsInWords(millicredits(1_240_000))).toBe('1,240 credits')
  })

  it.each([
    [40, '0 s'],
    [1_234, '1.2 s'],
    [9_960, '10 s'],
    [65_000, '1 min 5 s'],
  ])('%d ms read %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  it('read times in the zone of the account, not of the machine', () => {
    const at = Date.UTC(2026, 10, 30, 12, 5)
    expect(formatTime(at, 'UTC')).toBe('30 Nov, 12:05')
    expect(formatTime(at, 'Pacific/Auckland', 'day')).toBe('1 Dec')
  })

  it('tells the year of days of another year, by the account’s calendar', () => {
    const newYear = Date.UTC(2026, 11, 31, 23)
    expect(styleWithin(newYear, newYear - 1, 'UTC')).toBe('moment')
    expect(styleWithin(newYear, newYear - 1, 'UTC', 'day')).toBe('day')
    expect(styleWithin(newYear, newYear - 1, 'UTC', 'exact')).toBe('exact')
    expect(styleWithin(newYear + 3_600_000, newYear, 'UTC', 'day')).toBe('day-year')
    expect(styleWithin(newYear + 3_600_000, newYear, 'Pacific/Auckland', 'day')).toBe('day')
  })
})
