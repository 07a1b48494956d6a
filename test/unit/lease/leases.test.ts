import { describe, expect, test } from 'vitest'
import { statementOf } from '#shared/lease/grant-lease.ts'
import { GRACE, LEASE_TERM } from '#shared/lease/policy.ts'
import { nextPoolMoment } from '#shared/lease/pool-due.ts'
import { reportEntries } from '#shared/lease/report.ts'
import {
  available,
  CREDIT,
  DAY,
  free,
  joined,
  leased,
  poolWith,
  spend,
} from '../../support/lease-steps.ts'

const LATER = Date.UTC(9_999, 0, 1)

describe('records that are dated in the future', () => {
  const told = (at: number) => ({
    sequence: 1,
    at,
    spent: [],
    returned: [],
    expired: [],
  })

  test('count for today, so that a clock that was ahead leaves no mark on what is leased', () => {
    const world = poolWith({ allowance: '1000' })
    const busy = joined(world)
    const run = busy.hold(20 * CREDIT, world.now())
    if (run) busy.settle(run, 100, LATER)
    expect(world.report(busy)).toMatchObject({ ok: true })
    const today = Math.floor(world.now() / DAY)
    expect(world.pool().devices.get(busy.id)?.use).toEqual([{ day: today, spent: 20 * CREDIT }])
  })

  test.each([0.5, NaN, Infinity, 2 ** 60])('are refused at %d, which is no time', (at) => {
    const world = poolWith()
    const device = joined(world)
    const head = { sequence: 1, hash: 'a'.repeat(64) }
    const reported = reportEntries(world.pool(), device.id, [told(at)], head, world.now())
    expect(reported.ok ? '' : reported.error.code).toBe('draws_not_valid')
  })
})

describe('the size of a lease', () => {
  test('a sole machine has everything', () => {
    const world = poolWith()
    const device = joined(world)
    expect([leased(world, device), free(world)]).toEqual([100, 0])
    world.buy('pack-1000', 1)
    world.sync(device)
    expect(free(world)).toBe(0)
  })

  test('a second machine gets its part when the first gives back', () => {
    const world = poolWith()
    const first = joined(world)
    const second = joined(world)
    expect(leased(world, second)).toBe(0)
    world.recall(null, 0)
    world.sync(second)
    // A quarter of an equal share each, as neither has used anything.
    expect([leased(world, first), leased(world, second), free(world)]).toEqual([12.5, 12.5, 75])
  })

  test('a machine that uses much gets seven days of it, and no more than an equal share', () => {
    const world = poolWith({ allowance: '1000' })
    const busy = joined(world)
    const idle = joined(world)
    spend(world, busy, 20)
    world.report(busy)
    world.recall(null, 0)
    expect(leased(world, busy)).toBe(140)
    spend(world, busy, 100)
    world.report(busy)
    world.sync(busy)
    expect(leased(world, busy)).toBe(440)
    world.sync(idle)
    expect(leased(world, idle)).toBe(110)
  })

  test('what a run needs is leased beyond the share, and all of it or nothing', () => {
    const world = poolWith()
    const [first, second] = [joined(world), joined(world)]
    world.recall(null, 0)
    world.lease(second, 70 * CREDIT)
    expect(leased(world, second)).toBe(70)
    world.lease(second, 70 * CREDIT)
    expect([leased(world, second), leased(world, first)]).toEqual([70, 12.5])
  })

  test('a run that the pool cannot serve makes the others give back all but a day of use', () => {
    const world = poolWith()
    const [first, second] = [joined(world), joined(world)]
    spend(world, first, 5)
    world.report(first)
    world.lease(second, 60 * CREDIT)
    world.recall(second, 60 * CREDIT)
    expect(leased(world, first)).toBe(5)
    world.lease(second, 60 * CREDIT)
    expect(spend(world, second, 60)).toBe(true)
  })

  test('where all together have less than a run needs, nobody gives back for it', () => {
    const left = [60, 120].map((needed) => {
      const world = poolWith()
      const [first, second] = [joined(world), joined(world)]
      spend(world, first, 5)
      world.report(first)
      world.recall(null, 0)
      expect(leased(world, first)).toBe(35)
      world.recall(second, needed * CREDIT)
      return leased(world, first)
    })
    expect(left).toEqual([5, 35])
  })

  test('a lease that is large and long enough is left alone', () => {
    const world = poolWith()
    const device = joined(world)
    const { version } = world.pool().devices.get(device.id)!
    world.wait(DAY)
    world.sync(device)
    world.wait(DAY)
    world.sync(device)
    // Once more, when the next cycle's start came within its term.
    expect(world.pool().devices.get(device.id)!.version).toBe(version + 1)
    world.wait(LEASE_TERM / 2 + 1)
    world.sync(device)
    expect(world.pool().devices.get(device.id)!.version).toBe(version + 2)
  })
})

describe('a lease that is over', () => {
  test('is not spent, and is given back as soon as the machine looks', () => {
    const world = poolWith({ rollover: { cycles: null } })
    const device = joined(world)
    world.wait(LEASE_TERM)
    expect(spend(world, device, 1)).toBe(false)
    expect(available(device)).toBe(0)
    world.sync(device)
    expect(spend(world, device, 1)).toBe(true)
  })

  test('waits for the machine before it is taken back', () => {
    const world = poolWith({ rollover: { cycles: null } })
    const [away, here] = [joined(world), joined(world)]
    world.wait(LEASE_TERM + GRACE - 1)
    world.sync(here)
    const before = leased(world, away)
    expect(before).toBe(100)
    expect(nextPoolMoment(world.pool(), world.now())).toBe(world.now() + 1)
    world.wait(1)
    expect(leased(world, away)).toBe(0)
    world.sync(away)
    world.audit()
    expect(available(away)).toBeGreaterThan(0)
  })

  test('a statement that never arrived is taken up and given back, and leases go on', () => {
    const world = poolWith({ rollover: { cycles: null } })
    const device = world.enrol()
    world.lease(device, 0, false)
    world.wait(LEASE_TERM + GRACE)
    const refused = world.lease(device, 0, false)
    expect(refused.ok ? '' : refused.error.code).toBe('lease_reclaimed')
    world.sync(device)
    expect(spend(world, device, 100)).toBe(true)
    world.audit()
  })
})

describe('a lease of credits that ended meanwhile', () => {
  test('is not waited for, whether or not the machine ever heard of it', () => {
    const world = poolWith()
    const device = world.enrol()
    world.lease(device, 0, false)
    world.wait(2 * LEASE_TERM)
    expect(world.lease(device).ok).toBe(true)
    const stated = statementOf(world.pool(), 'team', device.id, world.now(), 0)?.lines ?? []
    expect(stated.map(({ grantId }) => grantId)).not.toContain('plan:team:small:0')
    expect(spend(world, device, 100)).toBe(true)
    world.sync(device)
    world.audit()
  })
})
