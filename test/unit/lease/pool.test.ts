import { describe, expect, test } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import type { Draw } from '#shared/credits/grant.ts'
import { PLAN_FAMILY } from '#shared/account/cycle-grants.ts'
import { closeDeviceEntries, homeAccount } from '#shared/lease/close.ts'
import { adoptEntries, deviceEntries } from '#shared/lease/enrol.ts'
import { leaseEntries, statementOf } from '#shared/lease/grant-lease.ts'
import { GRACE, LEASE_TERM } from '#shared/lease/policy.ts'
import { nextPoolMoment } from '#shared/lease/pool-due.ts'
import { poolRefundEntries } from '#shared/lease/refund.ts'
import { reportEntries } from '#shared/lease/report.ts'
import { generalFree, generalLease } from '#shared/lease/size.ts'
import { plainCatalog } from '../../support/books.ts'
import type { LeaseDevice } from '../../support/lease-device.ts'
import { createLeaseWorld, type LeaseWorld } from '../../support/lease-world.ts'

const START = Date.parse('2027-03-01T00:00:00Z')
const DAY = 86_400_000
const CREDIT = 1_000

/** 100 credits a month; each plan as told. */
function poolWith(plan = {}, changes = {}): LeaseWorld {
  const world = createLeaseWorld(plainCatalog(plan, changes), START)
  world.open('small')
  return world
}

const leased = (world: LeaseWorld, device: LeaseDevice) =>
  generalLease(world.pool(), world.pool().devices.get(device.id)!, world.now()) / CREDIT
const free = (world: LeaseWorld) => generalFree(world.pool(), world.now()) / CREDIT
const available = (device: LeaseDevice) =>
  [...device.books().balances.values()].reduce((sum, one) => sum + one.available, 0) / CREDIT

/** Holds and settles so many credits on a machine. */
function spend(world: LeaseWorld, device: LeaseDevice, credits: number): boolean {
  const run = device.hold(credits * CREDIT, world.now())
  if (run) device.settle(run, 100, world.now())
  return run !== null
}

function joined(world: LeaseWorld): LeaseDevice {
  const device = world.enrol()
  world.sync(device)
  return device
}

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

describe('spending that surfaces late', () => {
  test('is paid by what is left of the very grant', () => {
    const world = poolWith({ rollover: { cycles: null } })
    const device = joined(world)
    spend(world, device, 30)
    world.close(device, 'lost')
    expect(free(world)).toBe(100)
    world.report(device)
    expect([free(world), world.pool().debt]).toEqual([70, 0])
    world.audit()
  })

  test('is debt where nothing is left, and the next credits pay it', () => {
    const world = poolWith()
    const [lost, other] = [joined(world), joined(world)]
    spend(world, lost, 100)
    world.close(lost, 'lost')
    world.sync(other)
    spend(world, other, 90)
    world.sync(other)
    other.giveAllBack(world.now())
    world.report(other)
    world.report(lost)
    expect([world.pool().debt, free(world)]).toEqual([90 * CREDIT, 0])
    world.wait(31 * DAY)
    expect([world.pool().debt, free(world)]).toEqual([0, 10])
    world.audit()
  })

  test('debt is paid by credits that would have ended before anyone looked again', () => {
    const world = poolWith()
    const [lost, other] = [joined(world), joined(world)]
    spend(world, lost, 100)
    world.close(lost, 'revoked')
    world.sync(other)
    spend(world, other, 100)
    world.report(other)
    world.close(other, 'revoked')
    world.report(lost)
    expect(world.pool().debt).toBe(100 * CREDIT)
    world.wait(80 * DAY)
    expect(world.pool().debt).toBe(0)
    const ended = [...world.history().values()].map(({ grant, spent }) => [
      grant.cycle?.index,
      spent / CREDIT,
    ])
    expect(ended).toContainEqual([1, 100])
    world.audit()
  })

  test('debt comes before anything of the next cycle is leased in advance', () => {
    const world = poolWith()
    const [lost, other] = [joined(world), joined(world)]
    spend(world, lost, 60)
    world.close(lost, 'lost')
    world.sync(other)
    spend(world, other, 100)
    world.report(other)
    world.report(lost)
    expect(world.pool().debt).toBe(60 * CREDIT)
    world.wait(2 * DAY)
    world.sync(other)
    const advance = [...world.history().values()].find(({ grant }) => grant.cycle?.index === 1)
    expect(advance?.grant.amount).toBe(40 * CREDIT)
    world.wait(30 * DAY)
    expect(world.pool().debt).toBe(0)
    world.audit()
  })

  test('what a copy of a machine spent is paid by the pool, and the machine goes on', () => {
    const world = poolWith()
    const device = joined(world)
    const copy = device.copy()
    spend(world, device, 40)
    spend(world, copy, 70)
    world.report(device)
    world.reportFork(copy, 0)
    expect(world.pool().debt).toBe(70 * CREDIT)
    device.giveAllBack(world.now())
    world.report(device)
    expect(world.pool().debt).toBe(10 * CREDIT)
    world.audit()
  })
})

describe('reports that cannot be', () => {
  const record = (sequence: number, spent: readonly Draw[]) => {
    return { sequence, at: START, spent, returned: [], expired: [] }
  }
  const reported = (
    world: LeaseWorld,
    device: LeaseDevice,
    records: readonly Draw[][],
    from = 1,
  ) => {
    const list = records.map((spent, at) => record(from + at, spent))
    const head = { sequence: from + list.length - 1, hash: 'h' }
    const result = reportEntries(world.pool(), device.id, list, head, world.now())
    return result.ok ? 'ok' : result.error.code
  }
  const draw = (amount: number, grantId = 'plan:team:small:0') => {
    return { grantId, amount: millicredits(amount) }
  }

  test('more than was leased, of grants that were not, nothing or less than nothing', () => {
    const world = poolWith()
    const device = joined(world)
    expect(reported(world, device, [[draw(60_000)], [draw(40_000)]])).toBe('ok')
    expect(reported(world, device, [[draw(60_000)], [draw(40_001)]])).toBe('draws_exceed_lease')
    expect(reported(world, device, [[draw(1, 'another')]])).toBe('draws_exceed_lease')
    expect(reported(world, device, [[draw(0)]])).toBe('draws_not_valid')
    expect(reported(world, device, [[draw(-5)]])).toBe('draws_not_valid')
    const half = [{ grantId: 'plan:team:small:0', amount: 0.5 } as Draw]
    expect(reported(world, device, [half])).toBe('draws_not_valid')
  })

  test('a gap is told with the number that is expected', () => {
    const world = poolWith()
    const device = joined(world)
    expect(reported(world, device, [[draw(1)]], 2)).toBe('records_missing')
    const head = { sequence: 2, hash: 'h' }
    const gap = reportEntries(world.pool(), device.id, [record(2, [])], head, START)
    expect(gap).toMatchObject({ error: { details: { expected: 1 } } })
  })
})

describe('coming and leaving', () => {
  test('an account comes whole with the machine that founds a team', () => {
    const world = createLeaseWorld(plainCatalog(), START)
    const device = world.adopt(40, 20 * CREDIT, 'small')
    const { account, balances } = world.pool()
    expect(account.account?.id).toBe(`home:${device.id}`)
    expect(account.cycle).toBe(1)
    expect([...balances.values()].at(-1)).toMatchObject({ spent: 12_000, elsewhere: 88_000 })
    world.sync(device)
    world.audit()
    expect(spend(world, device, 88)).toBe(true)
  })

  test('joining brings what is left as credits like bought ones, and leaving takes it home', () => {
    const world = poolWith()
    joined(world)
    const guest = world.adopt(10, 50 * CREDIT, 'small')
    const brought = world.history().get(`plan:home:${guest.id}:small:0`)!
    expect(brought.grant.family).toBe(undefined)
    expect([brought.spent, brought.elsewhere]).toEqual([30_000, 70_000])
    world.sync(guest)
    spend(world, guest, 20)
    const home = homeAccount(world.pool(), guest.id, false, world.now())
    expect(home.account?.id).toBe(`home:${guest.id}`)
    expect(world.leave(guest, false).ok).toBe(true)
    world.audit()
    expect(available(guest)).toBe(50)
    expect(guest.lease()).toBe(null)
  })

  test('a machine leaves only after it told and gave back everything', () => {
    const world = poolWith()
    const device = joined(world)
    device.hold(5 * CREDIT, world.now())
    const left = world.leave(device, true)
    expect(left.ok ? '' : left.error.code).toBe('leave_returns_first')
  })

  test('the last one takes everything, the account too', () => {
    const world = poolWith()
    const device = joined(world)
    spend(world, device, 30)
    const home = homeAccount(world.pool(), device.id, true, world.now())
    expect([home.account?.id, home.cycle]).toEqual(['team', 0])
    expect(world.leave(device, true).ok).toBe(true)
    expect(spend(world, device, 70)).toBe(true)
  })

  test('who founded a team that goes on begins anew on the default plan', () => {
    const world = createLeaseWorld(plainCatalog(), START)
    const founder = world.adopt(3, 0, 'small')
    const home = homeAccount(world.pool(), founder.id, false, world.now())
    expect(home.account?.id).not.toBe(world.pool().account.account?.id)
    expect(home).toMatchObject({ cycle: -1, plans: [{ planId: 'small', from: START }] })
  })

  test('the same credits do not come twice, nor a machine of somebody else', () => {
    const world = createLeaseWorld(plainCatalog(), START)
    const device = world.adopt(3, 0, 'small')
    const account = homeAccount(world.pool(), device.id, true, START)
    const records = { sequence: 0, hash: '' }
    const grants = [...device.books().balances.values()]
    const copy = { deviceId: 'copy', memberId: 'm', records, account, grants }
    const adopted = adoptEntries(world.pool(), copy, START)
    expect(adopted.ok ? '' : adopted.error.code).toBe('grants_known')
    expect(deviceEntries(world.pool(), device.id, device.id)).toEqual({ ok: true, data: [] })
    const other = deviceEntries(world.pool(), device.id, 'other')
    expect(other.ok ? '' : other.error.code).toBe('device_known')
  })

  test('a machine that is closed gets no more, however often it is closed', () => {
    const world = poolWith()
    const device = joined(world)
    world.close(device, 'revoked')
    expect(closeDeviceEntries(world.pool(), device.id, 'lost', START)).toEqual({
      ok: true,
      data: [],
    })
    const request = { needed: millicredits(0), operation: null }
    const refused = leaseEntries(world.pool(), device.id, request, START)
    expect(refused.ok ? '' : refused.error.code).toBe('device_closed')
    // What it is told makes it give back all it has.
    const statement = statementOf(world.pool(), 'team', device.id, START, 0)
    expect(statement?.lines.every(({ until }) => until === 0)).toBe(true)
  })
})

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
