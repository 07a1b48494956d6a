import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_AMOUNT, millicredits, ZERO } from '#shared/credits/amount.ts'
import { coverQuote } from '#shared/pricing/affordability.ts'
import { chargeWithin, priceUnits, quoteOperation } from '#shared/pricing/rate-card.ts'
import { concludeRun } from '#shared/journal/conclusion.ts'
import { earningGrant, earningsByRecipe, recipeRunOf } from '#shared/journal/earnings.ts'
import { allBack, holdEntry, settleEntry, voidEntry } from '#shared/journal/entries.ts'
import type { EntryDraft, Outcome } from '#shared/journal/journal.ts'
import type { Units } from '#shared/credits/units.ts'
import { anOperation, defaultCatalog } from '../../support/credits.ts'
import { amount, operationRate, units } from './arbitraries.ts'

const percent = fc.integer({ min: 0, max: 100 })

describe('a premium, for any rate and units', () => {
  test('is exactly what the charge is above the same charge without it', () => {
    fc.assert(
      fc.property(operationRate, units, percent, (rate, given, points) => {
        const base = priceUnits(rate, given)
        const charge = priceUnits(rate, given, points)
        expect(charge.amount).toBe(base.amount + (charge.premium?.amount ?? 0))
        expect(charge.lines).toEqual(base.lines)
      }),
      { numRuns: 500 },
    )
  })

  test('is none at zero percent and none on nothing', () => {
    fc.assert(
      fc.property(operationRate, units, percent, (rate, given, points) => {
        expect(priceUnits(rate, given, 0)).not.toHaveProperty('premium')
        const free = priceUnits(rate, {}, points)
        expect(free).toEqual({ amount: ZERO, lines: [], decidedBy: 'nothing' })
        if (priceUnits(rate, given).amount === 0) {
          expect(priceUnits(rate, given, points).amount).toBe(ZERO)
        }
      }),
    )
  })

  test('never falls as the percentage grows', () => {
    fc.assert(
      fc.property(operationRate, units, percent, percent, (rate, given, one, other) => {
        const of = (points: number) => priceUnits(rate, given, points).premium?.amount ?? 0
        expect(of(Math.max(one, other))).toBeGreaterThanOrEqual(of(Math.min(one, other)))
      }),
      { numRuns: 500 },
    )
  })

  test('is at most its percentage of the charge, rounded up to the increment', () => {
    fc.assert(
      fc.property(operationRate, units, percent, (rate, given, points) => {
        const base = priceUnits(rate, given).amount
        const premium = priceUnits(rate, given, points).premium?.amount ?? 0
        const most = Math.ceil((base * points) / 100 / rate.increment) * rate.increment
        expect(premium).toBeLessThanOrEqual(most)
      }),
      { numRuns: 500 },
    )
  })

  test('never lifts a charge above the quoted maximum, whatever is reported', () => {
    fc.assert(
      fc.property(
        operationRate,
        units,
        units,
        units,
        percent,
        amount(MAX_AMOUNT),
        (rate, some, most, reported, points, available) => {
          const catalog = { ...defaultCatalog(), operations: [rate] }
          const quoted = quoteOperation(catalog, 'op', some, most, points)
          if (!quoted.ok) throw new Error(quoted.code)
          const covered = coverQuote(quoted.quote, available)
          if (covered.kind === 'insufficient') return
          const { quote } = covered
          const charge = chargeWithin(rate, quote, reported)
          expect(quote.maximum).toBeLessThanOrEqual(available)
          expect(quote.expected).toBeLessThanOrEqual(quote.maximum)
          expect(charge.amount).toBeLessThanOrEqual(quote.maximum)
          expect(charge.premium?.amount ?? 0).toBeLessThanOrEqual(charge.amount)
        },
      ),
      { numRuns: 500 },
    )
  })
})

const outcome = fc.constantFrom<Outcome>('completed', 'stopped', 'failed', 'interrupted')
const someRun = fc.record({
  recipe: fc.option(
    fc.record({ id: fc.constantFrom('r1', 'r2'), creatorId: fc.constantFrom('ana', 'bo') }),
    { nil: undefined },
  ),
  points: percent,
  delivered: fc.option(units, { nil: null }),
  outcome,
  refunded: fc.boolean(),
})
type SomeRun = typeof someRun extends fc.Arbitrary<infer T> ? T : never

/** The entries of one run, from its quote to its end and a refund. */
function entriesOf(run: SomeRun, index: number): readonly EntryDraft[] {
  const catalog = defaultCatalog()
  const most: Units = { inputTokens: 4_000, outputTokens: 1_000 }
  const quoted = quoteOperation(catalog, 'chat.fast', most, most, run.recipe ? run.points : 0)
  if (!quoted.ok) throw new Error(quoted.code)
  const { quote } = quoted
  const operationId = `op-${index}`
  const recipe = run.recipe && { ...run.recipe, name: `Recipe ${run.recipe.id}` }
  const operation = { ...anOperation(operationId, quote.maximum), quote }
  const draws = [{ grantId: 'g', amount: quote.maximum }]
  const held = holdEntry(recipe ? { ...operation, recipe } : operation, draws)
  const delivery = run.delivered && { units: run.delivered, usageSource: 'local' as const }
  const end = concludeRun(quote.rate, quote, delivery, run.outcome, null)
  if (end.kind === 'void') {
    return [held, voidEntry({ operationId, outcome: end.outcome, reason: null }, draws, allBack)]
  }
  const { kind: _kind, ...settlement } = end
  const settled = settleEntry({ operationId, ...settlement }, draws, allBack)
  const refund: EntryDraft = {
    id: `refund:${operationId}`,
    facts: { kind: 'refund', operationId, amount: millicredits(1_000), reason: 'A fault' },
    postings: [],
  }
  return run.refunded ? [held, settled, refund] : [held, settled]
}

describe('what creators get, for any runs', () => {
  test('is the premiums of charged runs that were not refunded, by recipe and creator', () => {
    fc.assert(
      fc.property(fc.array(someRun, { maxLength: 30 }), (runs) => {
        const expected = new Map<string, { runs: number; credits: number }>()
        const drafts = runs.flatMap((run, index) => {
          const entries = entriesOf(run, index)
          const settled = entries[1]?.facts
          if (run.recipe && settled?.kind === 'settle') {
            const key = `${run.recipe.id} ${run.recipe.creatorId}`
            const sum = expected.get(key) ?? { runs: 0, credits: 0 }
            const earned = run.refunded ? 0 : (settled.charge.premium?.amount ?? 0)
            expected.set(key, { runs: sum.runs + 1, credits: sum.credits + earned })
          }
          return entries
        })
        const found = earningsByRecipe(drafts).map(({ recipeId, creatorId, ...sum }) => [
          `${recipeId} ${creatorId}`,
          { runs: sum.runs, credits: sum.credits },
        ])
        expect(new Map(found as never)).toEqual(expected)
      }),
    )
  })

  test('is granted once for an operation, for exactly its premium', () => {
    fc.assert(
      fc.property(someRun, fc.nat(1_000), (run, index) => {
        const [held, end] = entriesOf(run, index)
        if (held?.facts.kind !== 'hold' || end?.facts.kind !== 'settle') return
        const recipeRun = recipeRunOf(held.facts.operation, end.facts)
        if (!recipeRun) return
        const terms = { at: 5, expiresAt: null, priority: 30, catalogVersion: 'default-1' }
        const grant = earningGrant(recipeRun, terms)
        expect(grant?.amount ?? ZERO).toBe(end.facts.charge.premium?.amount ?? ZERO)
        expect(earningGrant(recipeRun, { ...terms, at: 9 })?.id).toBe(grant?.id)
      }),
    )
  })
})
