import fc from 'fast-check'
import { expect, test } from 'vitest'
import { offersFor } from '#shared/account/purchase-quote.ts'
import { type Catalog, type CatalogProblem, readCatalog } from '#shared/catalog/catalog.ts'
import { MAX_UNIT_COUNT, UNIT_NAMES } from '#shared/credits/units.ts'
import { priceUnits, quoteOperation } from '#shared/pricing/rate-card.ts'
import { createAccountWorld } from '../../support/account-world.ts'
import { catalogJson, SHIPPED_CATALOGS, shippedCatalog } from '../../support/shipped-catalogs.ts'
import { type Json, mutate, mutation } from './mutations.ts'

/** `TALLYSTICK_FUZZ_CATALOGS=10000 npx vitest run test/property/catalog` for more. */
const RUNS = Number(process.env['TALLYSTICK_FUZZ_CATALOGS'] ?? 1_500)
const MONTH = 31 * 24 * 3_600_000
const START = Date.UTC(2027, 11, 31, 12)
const SHIPPED = new Map(SHIPPED_CATALOGS.map((name) => [name, shippedCatalog(name)]))

/** It prices every operation at any number of units. */
function usePrices(catalog: Catalog): void {
  for (const rate of catalog.operations) {
    for (const count of [0, 1, 1_000, MAX_UNIT_COUNT]) {
      const units = Object.fromEntries(UNIT_NAMES.map((unit) => [unit, count]))
      expect(priceUnits(rate, units).amount).toBeGreaterThanOrEqual(0)
      const quoted = quoteOperation(catalog, rate.id, units, units)
      expect(quoted.ok || quoted.code === 'over_limit').toBe(true)
    }
  }
}

/** An account lives under it: runs, purchases, codes, other plans, two cycles. */
function useAccount(catalog: Catalog): void {
  const world = createAccountWorld(catalog, 'Europe/Berlin', 'a1', { auditing: false })
  world.wait(START)
  world.open(catalog.defaultPlan, 3)
  for (const { id } of catalog.plans.slice(0, 6)) {
    world.changePlan(id, 2)
    const { packs, addOns } = offersFor(world.books().account, world.now())
    for (const offer of [...packs, ...addOns]) world.buy(offer.id, offer.quantity.minimum)
    for (const { id: operation } of catalog.operations) world.run(operation, { requests: 1 })
    world.wait(MONTH / 3)
  }
  for (const { code } of catalog.promotions) world.redeem(code)
  world.wait(2 * MONTH)
  world.audit()
}

/** Coming into force where another is: an account's credits stay, but for those it moves. */
function usePublished(name: string, catalog: Catalog): void {
  const world = createAccountWorld(SHIPPED.get(name)!, 'UTC', 'a1', { auditing: false })
  world.wait(START)
  world.open(world.catalog().plans[1]!.id, 2)
  const planId = world.terms().plan.id
  const before = world.balance()
  world.publish(catalog)
  if (!catalog.migrations.some(({ from }) => from === planId)) {
    expect(world.balance()).toBe(before)
  }
  world.wait(2 * MONTH)
  world.audit()
}

/** Where a problem is said to be, there is something, or it is missing from something. */
function pointsInto(json: Json, { path }: CatalogProblem): boolean {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '')
  let inside: unknown = json
  for (const [at, step] of steps.entries()) {
    const isThere = typeof inside === 'object' && inside !== null && Object.hasOwn(inside, step)
    if (!isThere) return at === steps.length - 1 && typeof inside === 'object' && inside !== null
    inside = (inside as Record<string, unknown>)[step]
  }
  return true
}

test(
  `${RUNS} mutated catalogs are each refused with places, or usable`,
  { timeout: 900_000 },
  () => {
    const seen = { accepted: 0, refused: 0 }
    fc.assert(
      fc.property(
        fc.constantFrom(...SHIPPED_CATALOGS),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        (name, mutations) => {
          const json = mutations.reduce<Json>(mutate, catalogJson(name) as Json)
          const result = readCatalog(json)
          if (result.ok) {
            seen.accepted += 1
            usePrices(result.catalog)
            useAccount(result.catalog)
            usePublished(name, result.catalog)
            return
          }
          seen.refused += 1
          expect(result.problems.length).toBeGreaterThan(0)
          for (const problem of result.problems) {
            expect(problem.message).not.toBe('')
            expect([problem.path, pointsInto(json, problem)]).toEqual([problem.path, true])
          }
        },
      ),
      { numRuns: RUNS },
    )
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(RUNS / 20)
  },
)

test.each(SHIPPED_CATALOGS)('%s is usable', (name) => {
  usePrices(SHIPPED.get(name)!)
  useAccount(SHIPPED.get(name)!)
})
