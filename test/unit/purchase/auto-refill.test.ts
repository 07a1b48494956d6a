import { describe, expect, it } from 'vitest'
import {
  BACK_OFF_MS,
  COOL_DOWN_MS,
  decideRefill,
  type RefillAttempt,
  type RefillSituation,
} from '#shared/purchase/auto-refill.ts'
import { credits } from '../../support/credits.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const usd = (amount: number) => ({ amount, currency: 'USD' })
const attempt = (state: RefillAttempt['state'], ago: number, price = 2000): RefillAttempt => ({
  state,
  contest: null,
  at: NOW - ago,
  price: usd(price),
})

const low: RefillSituation = {
  settings: {
    enabled: true,
    threshold: credits('100'),
    offerId: 'pack-500',
    quantity: 1,
    monthlyLimit: usd(10_000),
    changedAt: 0,
  },
  remaining: credits('99.999'),
  hasCard: true,
  price: usd(2000),
  attempts: [],
  month: { startsAt: Date.parse('2026-11-01Z'), endsAt: Date.parse('2026-12-01Z') },
  now: NOW,
}
const decide = (patch: Partial<RefillSituation>) => decideRefill({ ...low, ...patch })
const HOUR = 60 * 60_000

describe('auto-refill', () => {
  it('buys below the threshold, not at it', () => {
    expect(decide({})).toEqual({ act: 'buy' })
    expect(decide({ remaining: credits('100') })).toMatchObject({ reason: 'enough' })
  })

  it('does nothing while it is off, without a card, or where nothing is sold', () => {
    expect(decide({ settings: { ...low.settings, enabled: false } })).toMatchObject({
      reason: 'off',
    })
    expect(decide({ hasCard: false })).toMatchObject({ reason: 'no_card' })
    expect(decide({ price: null })).toMatchObject({ reason: 'not_possible' })
  })

  it.each(['created', 'pending', 'paid'] as const)('waits while one is %s', (state) => {
    expect(decide({ attempts: [attempt(state, 30 * HOUR)] })).toMatchObject({
      reason: 'in_progress',
    })
  })

  it('cools down after one that was bought', () => {
    const attempts = [attempt('granted', COOL_DOWN_MS - 1)]
    expect(decide({ attempts })).toEqual({ act: 'wait', reason: 'cooling_down', until: NOW + 1 })
    expect(decide({ attempts: [attempt('granted', COOL_DOWN_MS)] })).toEqual({ act: 'buy' })
  })

  it('backs off longer with each refusal, then stops until it is set again', () => {
    const refusals = (count: number, ago: number) =>
      Array.from({ length: count }, (_, at) => attempt('declined', ago + at * 48 * HOUR))
    for (const [at, pause] of BACK_OFF_MS.entries()) {
      expect(decide({ attempts: refusals(at + 1, pause - 1) })).toMatchObject({
        reason: 'declined',
      })
      expect(decide({ attempts: refusals(at + 1, pause) })).toEqual({ act: 'buy' })
    }
    const four = refusals(4, 1_000 * HOUR)
    expect(decide({ attempts: four })).toMatchObject({ reason: 'stopped', until: null })
    const settings = { ...low.settings, changedAt: NOW - 1 }
    expect(decide({ attempts: four, settings })).toEqual({ act: 'buy' })
  })

  it('keeps to the monthly limit to the cent, pending and contested ones included', () => {
    const month = [attempt('granted', 50 * HOUR, 5000), attempt('refunded', 60 * HOUR, 3000)]
    expect(decide({ attempts: month })).toEqual({ act: 'buy' })
    expect(decide({ attempts: [...month, attempt('granted', 70 * HOUR, 1)] })).toMatchObject({
      reason: 'monthly_limit',
      until: low.month.endsAt,
    })
    const before = attempt('granted', 25 * 24 * HOUR, 9000)
    expect(decide({ attempts: [before] })).toEqual({ act: 'buy' })
    expect(decide({ price: { amount: 1, currency: 'EUR' } })).toMatchObject({
      reason: 'monthly_limit',
    })
  })

  it('buys nothing while a payment is contested', () => {
    const contested = { ...attempt('disputed', 900 * HOUR), contest: 'open' } as const
    expect(decide({ attempts: [contested] })).toMatchObject({ reason: 'disputed' })
  })

  it('after one that the bank gave back, buys once somebody has looked at it', () => {
    const lost = { ...attempt('disputed', 900 * HOUR), contest: 'lost' } as const
    expect(decide({ attempts: [lost] })).toMatchObject({ reason: 'stopped', until: null })
    const settings = { ...low.settings, changedAt: NOW - HOUR }
    expect(decide({ attempts: [lost], settings })).toEqual({ act: 'buy' })
  })
})
