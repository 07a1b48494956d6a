import { describe, expect, test } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { closeDeviceEntries, homeAccount } from '#shared/lease/close.ts'
import { adoptEntries, deviceEntries } from '#shared/lease/enrol.ts'
import { leaseEntries, statementOf } from '#shared/lease/grant-lease.ts'
import { plainCatalog } from '../../support/books.ts'
import { createLeaseWorld } from '../../support/lease-world.ts'
import { available, CREDIT, joined, poolWith, spend, START } from '../../support/lease-steps.ts'

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
