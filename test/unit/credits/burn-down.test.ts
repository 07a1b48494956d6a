import { describe, expect, test } from 'vitest'
import { millicredits, ZERO } from '#shared/credits/amount.ts'
import { availableAt, burnOrder, drawFrom } from '#shared/credits/burn-down.ts'
import type { Grant } from '#shared/credits/grant.ts'
import { aGrant, credits } from '../../support/credits.ts'

const payer = (available: string, changes: Partial<Grant>) => ({
  grant: aGrant(changes),
  available: credits(available),
})

describe('burn-down order', () => {
  test('is priority, expiry, promotional, effective date, id', () => {
    const inOrder = [
      aGrant({ id: 'z', priority: 1, expiresAt: null, effectiveAt: 9 }),
      aGrant({ id: 'y', priority: 2, expiresAt: 50, effectiveAt: 9 }),
      aGrant({ id: 'x', priority: 2, expiresAt: 60, effectiveAt: 9, source: 'trial' }),
      aGrant({ id: 'w', priority: 2, expiresAt: 60, effectiveAt: 1, source: 'pack' }),
      aGrant({ id: 'b', priority: 2, expiresAt: 60, effectiveAt: 2, source: 'pack' }),
      aGrant({ id: 'c', priority: 2, expiresAt: 60, effectiveAt: 2, source: 'plan' }),
      aGrant({ id: 'a', priority: 2, expiresAt: null, effectiveAt: 0, source: 'promo' }),
    ]
    expect(
      [...inOrder]
        .reverse()
        .sort(burnOrder)
        .map(({ id }) => id),
    ).toEqual(['z', 'y', 'x', 'w', 'b', 'c', 'a'])
  })

  test('does not depend on the language of the machine', () => {
    expect(burnOrder(aGrant({ id: 'Z' }), aGrant({ id: 'a' }))).toBe(-1)
  })
})

describe('drawing', () => {
  const payers = [
    payer('30', { id: 'pack', priority: 50 }),
    payer('0', { id: 'empty', priority: 1 }),
    payer('20', { id: 'plan', priority: 10, expiresAt: 1_000 }),
  ]

  test('takes from the first grants first and splits over them', () => {
    expect(drawFrom(payers, credits('25'), 0)).toEqual({
      ok: true,
      draws: [
        { grantId: 'plan', amount: credits('20') },
        { grantId: 'pack', amount: credits('5') },
      ],
    })
  })

  test('takes nothing when all together hold less, and says how much there is', () => {
    expect(drawFrom(payers, credits('50.001'), 0)).toEqual({ ok: false, available: credits('50') })
    expect(drawFrom(payers, credits('50'), 0).ok).toBe(true)
  })

  test('leaves a grant alone from the very moment it expires', () => {
    expect(availableAt(payers, 999)).toBe(credits('50'))
    expect(availableAt(payers, 1_000)).toBe(credits('30'))
    expect(drawFrom(payers, credits('31'), 1_000)).toEqual({ ok: false, available: credits('30') })
    expect(drawFrom(payers, credits('5'), 1_000)).toEqual({
      ok: true,
      draws: [{ grantId: 'pack', amount: credits('5') }],
    })
  })

  test('leaves a grant alone until it is effective', () => {
    const next = [payer('10', { effectiveAt: 500 })]
    expect(availableAt(next, 499)).toBe(0)
    expect(availableAt(next, 500)).toBe(credits('10'))
  })

  test('of nothing draws nothing', () => {
    expect(drawFrom([], ZERO, 0)).toEqual({ ok: true, draws: [] })
  })

  test('of a negative amount is refused', () => {
    expect(() => drawFrom(payers, millicredits(-1), 0)).toThrow(RangeError)
  })
})
