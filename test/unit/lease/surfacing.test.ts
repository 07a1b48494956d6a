import { describe, expect, test } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import type { Draw } from '#shared/credits/grant.ts'
import { reportEntries } from '#shared/lease/report.ts'
import type { LeaseDevice } from '../../support/lease-device.ts'
import type { LeaseWorld } from '../../support/lease-world.ts'
import { CREDIT, DAY, free, joined, poolWith, spend, START } from '../../support/lease-steps.ts'

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
