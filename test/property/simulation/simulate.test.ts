/** A simulation of what one has says what was: the account's own world against it. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { creditsToDecimal, millicredits } from '#shared/credits/amount.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import type { Grant } from '#shared/credits/grant.ts'
import type { Entry, OperationFacts } from '#shared/journal/journal.ts'
import { runScope } from '#shared/policy/spending.ts'
import { simulate } from '#shared/simulation/simulate.ts'
import type { UsageRecord } from '#shared/simulation/usage.ts'
import { createAccountWorld } from '../../support/account-world.ts'
import { SHIPPED_CATALOGS, shippedCatalog } from '../../support/shipped-catalogs.ts'

const HOUR = 3_600_000

/** Settled runs as the ledger gives them, and the grants that are not the plan's own. */
function recorded(journal: readonly Entry[]): { usage: UsageRecord[]; grants: Grant[] } {
  const holds = new Map<string, { readonly at: number; readonly facts: OperationFacts }>()
  const usage: UsageRecord[] = []
  const grants: Grant[] = []
  for (const { at, facts } of journal) {
    if (facts.kind === 'hold')
      holds.set(facts.operation.operationId, { at, facts: facts.operation })
    if (facts.kind === 'grant' && !['plan', 'overage'].includes(facts.grant.source)) {
      grants.push(facts.grant)
    }
    if (facts.kind !== 'settle') continue
    const hold = holds.get(facts.operationId)
    if (!hold) throw new Error('A run ended that never began')
    const { operation, ...scope } = runScope(hold.facts)
    usage.push({ at: hold.at, operation, units: facts.units, charged: facts.charge.amount, scope })
  }
  return { usage, grants }
}

interface Step {
  readonly hours: number
  readonly operation: number
  readonly units: number
  readonly buys: boolean
}

const steps = fc.array(
  fc.record({
    hours: fc.integer({ min: 0, max: 400 }),
    operation: fc.nat(50),
    units: fc.integer({ min: 1, max: 9_000 }),
    buys: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
)

/** A history of an account on a plan, by the real rules. */
function live(catalog: Catalog, planId: string, zone: string, script: readonly Step[]) {
  const world = createAccountWorld(catalog, zone, 'simulation', { auditing: false })
  world.at('2025-01-31T15:00')
  const startsAt = world.now()
  world.open(planId)
  for (const { hours, operation, units, buys } of script) {
    world.wait(hours * HOUR)
    if (buys) for (const { id } of catalog.packs) world.buy(id)
    const rate = catalog.operations[operation % catalog.operations.length]
    const { unit, per } = rate?.components[0] ?? { unit: 'requests' as const, per: 1 }
    world.run(rate?.id ?? '', { [unit]: per === 1 ? 1 + (units % 3) : units })
  }
  return { world, anchor: { startsAt, timeZone: zone } }
}

describe.each(SHIPPED_CATALOGS)('usage under catalog %s', (name) => {
  const catalog = shippedCatalog(name)
  const plan = fc.constantFrom(...catalog.plans.map(({ id }) => id))
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York')

  test('simulated on the plan it was on costs what it was charged', () => {
    fc.assert(
      fc.property(plan, zone, steps, (planId, timeZone, script) => {
        const { world, anchor } = live(catalog, planId, timeZone, script)
        const { usage, grants } = recorded(world.journal())
        const simulated = simulate({ catalog, planId, anchor, grants }, usage)
        const charged = usage.reduce((sum, record) => sum + record.charged, 0)
        expect(simulated.used).toBe(charged)
        expect(simulated).toMatchObject({ refusedRuns: 0, leftOut: [], runs: usage.length })
        for (const month of simulated.months) {
          const within = usage.filter(({ at }) => at >= month.startsAt && at < month.endsAt)
          expect(month.used).toBe(within.reduce((sum, record) => sum + record.charged, 0))
        }
      }),
      { numRuns: 40 },
    )
  })

  test('is told by cycle, and what is told adds up', () => {
    fc.assert(
      fc.property(plan, steps, fc.boolean(), (planId, script, buys) => {
        const base = Date.UTC(2025, 0, 31, 15)
        let at = base
        const usage = script.map(({ hours, operation, units }): UsageRecord => {
          at += hours * HOUR
          const rate = catalog.operations[operation % catalog.operations.length]
          const charged = millicredits(units * 100)
          return { at, operation: rate?.id ?? '', units: null, charged }
        })
        const anchor = { startsAt: base, timeZone: 'UTC' }
        const whenOut = buys ? 'buy-packs' : 'as-the-plan-says'
        const told = simulate({ catalog, planId, anchor, whenOut }, usage)
        const left = told.leftOut.reduce((sum, { recorded: amount }) => sum + amount, 0)
        const asked = usage.reduce((sum, { charged }) => sum + charged, 0)
        expect(creditsToDecimal(millicredits(told.used + told.refused + left))).toBe(
          creditsToDecimal(millicredits(asked)),
        )
        told.months.forEach((month, index) => {
          const next = told.months[index + 1]
          if (next) expect(next.startsAt).toBe(month.endsAt)
          // Everything that came in was used, ended, or is carried on.
          const came = month.allowance + month.packCredits + month.rolledOver
          expect(month.used - month.overage + month.expired).toBeLessThanOrEqual(
            came + told.months.slice(0, index).reduce((sum, one) => sum + one.packCredits, 0),
          )
        })
      }),
      { numRuns: 40 },
    )
  })
})
