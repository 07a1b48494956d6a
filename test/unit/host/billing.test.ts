import { describe, expect, test } from 'vitest'
import { quotePurchase } from '#shared/account/purchase-quote.ts'
import { purchaseEntries } from '#shared/account/purchase.ts'
import { changePlan } from '#shared/account/plan-change.ts'
import { creditsToDecimal } from '#shared/credits/amount.ts'
import type { BillingView, PlanPreview } from '#shared/host/billing.ts'
import { planPreview, readBilling } from '../../../src-main/host/billing.ts'
import { type Bookkeeper, keepBooks, plainCatalog } from '../../support/books.ts'

const START = '2026-04-01T00:00:00Z'
const UTC = { timeZone: 'UTC' }

const view = (keeper: Bookkeeper): BillingView =>
  readBilling({
    books: keeper.books(),
    now: keeper.now(),
    nextRefill: null,
    cycleGrants: [...keeper.books().balances.values()],
  })

function preview(keeper: Bookkeeper, planId: string): PlanPreview {
  const choice = { changeId: 'x', planId, seats: 1 }
  const effect = changePlan(keeper.books(), choice, keeper.now())
  if (!effect.ok) throw new Error(effect.error.code)
  return planPreview(keeper.books(), choice, effect.data, keeper.now())
}

function change(keeper: Bookkeeper, planId: string): void {
  const changed = changePlan(keeper.books(), { changeId: planId, planId, seats: 1 }, keeper.now())
  if (!changed.ok) throw new Error(changed.error.code)
  keeper.write(changed.data.entries)
}

const amounts = (parts: readonly { readonly amount: PlanPreview['availableNow'] }[]) =>
  parts.map(({ amount }) => creditsToDecimal(amount))

describe('a change of plan is computed before it is made', () => {
  test('upwards with the difference: what comes at once and what the next month brings', () => {
    const keeper = keepBooks(plainCatalog(), START, UTC)
    keeper.spend('40')
    const shown = preview(keeper, 'large')
    expect(shown).toMatchObject({ atOnce: true, ends: [], availableNow: 60_000 })
    expect(amounts(shown.gets)).toEqual(['900'])
    expect(creditsToDecimal(shown.availableAfter)).toBe('960')
    expect(shown.refill).toEqual({ at: Date.parse('2026-05-01T00:00:00Z'), amount: 1_000_000 })
    expect(keeper.available(), 'nothing is written').toBe('60')
    change(keeper, 'large')
    expect(keeper.available(), 'what was said is what happens').toBe('960')
  })

  test('upwards with a fresh set: what is left of the old one ends', () => {
    const catalog = plainCatalog({}, { planChange: { upgrade: 'fresh', downgrade: 'now' } })
    const keeper = keepBooks(catalog, START, UTC)
    keeper.spend('40')
    const shown = preview(keeper, 'large')
    expect(amounts(shown.gets)).toEqual(['1000'])
    expect(amounts(shown.ends)).toEqual(['60'])
  })

  test('downwards with the next month: nothing changes until then', () => {
    const keeper = keepBooks(plainCatalog(), START, { ...UTC, planId: 'large' })
    const shown = preview(keeper, 'small')
    expect(shown).toMatchObject({
      atOnce: false,
      from: Date.parse('2026-05-01T00:00:00Z'),
      gets: [],
      ends: [],
    })
    expect(shown.availableAfter).toBe(shown.availableNow)
  })

  test('overage that a plan brings is no credit that one gets', () => {
    const large = { atZero: { kind: 'overage', limit: '50' } }
    const catalog = plainCatalog(large)
    const keeper = keepBooks(catalog, START, UTC)
    const shown = preview(keeper, 'large')
    expect(amounts(shown.gets)).toEqual(['900'])
    expect(creditsToDecimal(shown.availableNow)).toBe('100')
  })
})

describe('what the page shows', () => {
  test('a change to come is named with its day', () => {
    const keeper = keepBooks(plainCatalog(), START, { ...UTC, planId: 'large' })
    change(keeper, 'small')
    expect(view(keeper)).toMatchObject({
      plan: { id: 'large' },
      scheduled: { planName: 'Small', from: Date.parse('2026-05-01T00:00:00Z') },
    })
  })

  test('overage is what was used beyond the balance, of the limit of the month', () => {
    const catalog = plainCatalog({ atZero: { kind: 'overage', limit: '50' } })
    const keeper = keepBooks(catalog, START, UTC)
    keeper.spend('120')
    const { overage, available } = view(keeper)
    expect(overage).toEqual({ used: 20_000, limit: 50_000 })
    expect(available).toBe(0)
  })

  test('an add-on ends with the plan that had it: it is not said to renew', () => {
    const price = { amount: 900, currency: 'USD' }
    const quantity = { minimum: 1, maximum: 5 }
    const base = plainCatalog(
      {},
      { addOns: [{ id: 'more', name: 'More', credits: '30', price, quantity }] },
    )
    const plans = base.plans.map((plan) => ({ ...plan, addOns: plan.id === 'large' }))
    const keeper = keepBooks({ ...base, plans }, START, { ...UTC, planId: 'large' })
    const request = { purchaseId: 'p1', offerId: 'more', quantity: 1, promoCode: null }
    const quote = quotePurchase(keeper.books(), request, 0, keeper.now())
    if (!quote.ok) throw new Error(quote.error.code)
    keeper.write(purchaseEntries(keeper.books(), 'p1', quote.data, keeper.now()))
    const renewsAt = Date.parse('2026-05-01T00:00:00Z')
    expect(view(keeper).subscriptions).toMatchObject([{ name: 'More', renewsAt }])
    change(keeper, 'small')
    expect(view(keeper).subscriptions).toMatchObject([{ name: 'More', renewsAt: null }])
  })

  test('past months are listed with the plan, its add-ons and the overage', () => {
    const addOns = [
      {
        id: 'more',
        name: 'More',
        credits: '30',
        price: { amount: 900, currency: 'USD' },
        quantity: { minimum: 1, maximum: 5 },
      },
    ]
    const plan = {
      price: { amount: 500, currency: 'USD' },
      atZero: { kind: 'overage', limit: '50' },
    }
    const keeper = keepBooks(plainCatalog(plan, { addOns }), START, UTC)
    const request = { purchaseId: 'p1', offerId: 'more', quantity: 2, promoCode: null }
    const quote = quotePurchase(keeper.books(), request, 0, keeper.now())
    if (!quote.ok) throw new Error(quote.error.code)
    keeper.write(purchaseEntries(keeper.books(), 'p1', quote.data, keeper.now()))
    keeper.spend('170')
    keeper.at('2026-05-10T00:00:00Z')
    expect(view(keeper).subscriptions).toMatchObject([
      { name: 'More', credits: 60_000, renewsAt: Date.parse('2026-06-01T00:00:00Z') },
    ])
    expect(view(keeper).invoices).toEqual([
      {
        startsAt: Date.parse(START),
        endsAt: Date.parse('2026-05-01T00:00:00Z'),
        lines: [
          {
            kind: 'plan',
            name: 'Small',
            quantity: 1,
            credits: 100_000,
            price: { amount: 500, currency: 'USD' },
          },
          expect.objectContaining({
            kind: 'add-on',
            credits: 60_000,
            price: { amount: 1_800, currency: 'USD' },
          }),
          expect.objectContaining({ kind: 'overage', credits: 10_000, price: null }),
        ],
      },
    ])
  })

  test('overage costs what the catalog says that a hundred credits cost', () => {
    const pricePerHundred = { amount: 425, currency: 'USD' }
    const plan = { atZero: { kind: 'overage', limit: '50', pricePerHundred } }
    const keeper = keepBooks(plainCatalog(plan), START, UTC)
    keeper.spend('110.1')
    keeper.at('2026-05-10T00:00:00Z')
    expect(view(keeper).invoices[0]?.lines.at(-1)).toMatchObject({
      kind: 'overage',
      credits: 10_100,
      price: { amount: 43, currency: 'USD' },
    })
  })

  test('what is carried over is its own bucket until it is used up', () => {
    const keeper = keepBooks(plainCatalog({ rollover: { cycles: 1 } }), START, UTC)
    keeper.spend('40')
    keeper.at('2026-05-01T00:00:00Z')
    const left = () =>
      view(keeper).buckets.map(({ grant, available }) => [grant.label, creditsToDecimal(available)])
    expect(left()).toEqual([
      ['Small plan, April 2026', '60'],
      ['Small plan, May 2026', '100'],
    ])
    keeper.spend('70')
    expect(left()).toEqual([['Small plan, May 2026', '90']])
  })

  test('a plan that is offered no more is listed for who has it', () => {
    const keeper = keepBooks(plainCatalog(), START, UTC)
    const next = plainCatalog({}, { version: 'plain-2' })
    keeper.publish(
      { ...next, defaultPlan: 'large', plans: next.plans.filter(({ id }) => id === 'large') },
      '2026-04-02T00:00:00Z',
    )
    keeper.at('2026-04-03T00:00:00Z')
    expect(view(keeper).plans.map(({ id }) => id)).toEqual(['small', 'large'])
  })
})
