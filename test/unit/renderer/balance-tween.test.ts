import { describe, expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { tween, TWEEN_MS } from '../../../src-renderer/features/balance/tween.ts'

const FROM = millicredits(482_000)
const TO = millicredits(442_000)
const moments = Array.from({ length: 31 }, (_, index) => (index * TWEEN_MS) / 30)

describe('the balance on its way to a new amount', () => {
  it('begins at the old amount and ends exactly at the new one', () => {
    expect(tween(FROM, TO, 0)).toBe(FROM)
    expect(tween(FROM, TO, TWEEN_MS)).toBe(TO)
    expect(tween(FROM, TO, TWEEN_MS * 10)).toBe(TO)
  })

  it.each([
    ['down', FROM, TO],
    ['up', TO, FROM],
  ])('only ever moves one way: %s', (_, from, to) => {
    const shown = moments.map((elapsed) => tween(from, to, elapsed))
    const sorted = shown.toSorted((left, right) => (to > from ? left - right : right - left))
    expect(shown).toEqual(sorted)
  })

  it('never passes either end, even when the ends are closer than a step', () => {
    const near = millicredits(481_970)
    for (const elapsed of moments) {
      const shown = tween(FROM, near, elapsed)
      expect(shown).toBeLessThanOrEqual(FROM)
      expect(shown).toBeGreaterThanOrEqual(near)
    }
  })

  it('shows no decimals between two whole amounts', () => {
    for (const elapsed of moments) expect(tween(FROM, TO, elapsed) % 1_000).toBe(0)
  })

  it('takes a clock that runs back as no time at all', () => {
    expect(tween(FROM, TO, -5)).toBe(FROM)
  })
})
