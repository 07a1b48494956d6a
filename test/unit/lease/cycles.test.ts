import { describe, expect, test } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { PLAN_FAMILY } from '#shared/account/cycle-grants.ts'
import { outstanding } from '#shared/lease/pool.ts'
import { poolRefundEntries } from '#shared/lease/refund.ts'
import type { LeaseWorld } from '../../support/lease-world.ts'
import { CREDIT, DAY, joined, leased, poolWith, spend } from '../../support/lease-steps.ts'

describe('cycles', () => {
  /** Of each cycle, what the plan gave. */
  const given = (world: LeaseWorld, cycle: number) =>
    [...world.history().values()]
      .filter(({ grant }) => grant.family === PLAN_FAMILY && grant.cycle?.index === cycle)
      .map(({ grant }) => grant.amount / CREDIT)

  test('a machine that is cut off goes on at the reset, with what came in advance', () => {
    const world = poolWith()
    const device = joined(world)
    world.wait(20 * DAY)
    world.sync(device)
    spend(world, device, 100)
    expect(spend(world, device, 1)).toBe(false)
    world.wait(11 * DAY)
    expect(spend(world, device, 100)).toBe(true)
    expect(given(world, 1)).toEqual([100, 0])
  })

  /** What each machine has of the next cycle, in credits and in how many lines. */
  const advanced = (world: LeaseWorld) =>
    [...world.pool().devices.values()].map(({ lines }) => {
      const left = [...lines]
        .filter(([grantId]) => world.pool().balances.get(grantId)?.grant.cycle?.index === 1)
        .map(([, line]) => outstanding(line) / CREDIT)
        .filter((amount) => amount > 0)
      return [left.reduce((sum, amount) => sum + amount, 0), left.length]
    })

  test('what machines have of the next cycle in advance stays with them as others get theirs', () => {
    const world = poolWith()
    const devices = [joined(world), joined(world), joined(world), joined(world)]
    world.wait(20 * DAY)
    for (const device of devices) world.sync(device)
    world.recall(null, 0)
    for (const device of devices) world.sync(device)
    // A quarter of an equal share of 100 each.
    expect(advanced(world)).toEqual(devices.map(() => [6.25, 1]))
  })

  test('the machine that has the whole next cycle gives back when others join', () => {
    const world = poolWith()
    const first = joined(world)
    world.wait(20 * DAY)
    world.sync(first)
    const second = joined(world)
    expect(advanced(world)).toEqual([
      [100, 1],
      [0, 0],
    ])
    world.recall(null, 0)
    world.sync(second)
    expect(advanced(world)).toEqual([
      [12.5, 1],
      [12.5, 1],
    ])
  })

  test('a higher plan brings what its allowance is above what came in advance', () => {
    const world = poolWith()
    const device = joined(world)
    world.wait(20 * DAY)
    world.sync(device)
    world.changePlan('large', 1)
    world.wait(11 * DAY)
    expect(given(world, 1)).toEqual([100, 900])
  })

  test('a lower plan takes back what nobody has leased of an advance beyond it', () => {
    const world = poolWith({}, { defaultPlan: 'small' })
    world.changePlan('large', 1)
    const [first, second] = [joined(world), joined(world)]
    world.wait(20 * DAY)
    world.sync(first)
    world.sync(second)
    world.changePlan('small', 1)
    first.giveAllBack(world.now())
    world.report(first)
    expect(given(world, 1)).toEqual([125, 125])
    world.wait(11 * DAY)
    world.audit()
    const left = [...world.history().values()]
      .filter(({ grant }) => grant.family === PLAN_FAMILY && grant.cycle?.index === 1)
      .map(({ available, elsewhere, expired }) => [available, elsewhere, expired])
    expect(left).toEqual([
      [0, 0, 125_000],
      [0, 125_000, 0],
      [0, 0, 0],
    ])
    // What it has too much is not given again.
    world.changePlan('large', 1)
    expect(given(world, 1)).toEqual([125, 125, 0, 875])
  })

  test('what is leased over a cycle’s end comes back up to what may be carried over', () => {
    const world = poolWith({ rollover: { cycles: 1, maximum: '30' } })
    const device = joined(world)
    world.wait(20 * DAY)
    world.sync(device)
    spend(world, device, 40)
    world.wait(11 * DAY)
    world.sync(device)
    const first = world.history().get('plan:team:small:0')!
    expect([first.spent, first.expired, first.elsewhere]).toEqual([40_000, 30_000, 30_000])
    world.audit()
  })

  test('what was taken back for good ends when the lease of it comes back', () => {
    const fresh = { planChange: { upgrade: 'fresh', downgrade: 'now' } }
    const world = poolWith({}, fresh)
    const device = joined(world)
    world.changePlan('large', 1)
    expect([...world.pool().account.closed]).toEqual(['plan:team:small:0'])
    expect(leased(world, device)).toBe(100)
    world.sync(device)
    const closed = world.history().get('plan:team:small:0')!
    expect([closed.expired, closed.elsewhere]).toEqual([100_000, 0])
    expect(leased(world, device)).toBe(1_000)
    world.audit()
  })

  test('a refund in a pool is a grant of its own', () => {
    const world = poolWith()
    const device = joined(world)
    spend(world, device, 30)
    world.sync(device)
    const paid = device.records()[0]!.spent
    const request = {
      ...{ refundId: 'r', operationId: 'run', paid, refunded: millicredits(0) },
      ...{ amount: millicredits(10_000), reason: 'A fault' },
    }
    const refund = poolRefundEntries(world.pool(), request, world.now())
    expect(refund.ok && refund.data.map(({ facts }) => facts.kind)).toEqual(['refund', 'grant'])
  })
})
