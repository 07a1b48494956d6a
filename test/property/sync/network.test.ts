import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createSyncWorld, type Network, type SyncWorld } from '../../support/sync/world.ts'

/** What the machines have and the server has is the same, and each record is there once. */
function expectAgreement(world: SyncWorld, hosts: readonly ReturnType<SyncWorld['device']>[]) {
  expect(world.mistakes).toEqual([])
  let outstanding = 0
  for (const { disk, connection, available } of hosts) {
    const kept = world.store.stream(disk.deviceId).records
    expect(kept).toEqual(disk.records)
    expect(disk.acknowledged).toBe(kept.length)
    expect(disk.entries.map(({ sequence }) => sequence)).toEqual(
      world.store.entries.map(({ sequence }) => sequence),
    )
    const { granted, ended } = world.store.line(disk.deviceId)
    expect(disk.granted).toBe(granted)
    expect(available()).toBe(granted - ended)
    outstanding += granted - ended
    expect(connection.state()).toMatchObject({ status: { state: 'synced' }, pending: 0 })
  }
  const spent = hosts.flatMap(({ disk }) => disk.records).reduce((sum, one) => sum + one.spent, 0)
  const granted = world.store.entries.reduce((sum, { facts }) => {
    return sum + (facts['grant'] as { readonly amount: number }).amount
  }, 0)
  expect(outstanding + spent + world.store.available()).toBe(granted)
  const [first, ...others] = hosts.map(({ texts }) => texts('account'))
  for (const other of others) expect(other).toEqual(first)
  expect(first).toHaveLength(world.store.log('account').length)
}

const step = fc.oneof(
  fc.record({
    do: fc.constant('spend' as const),
    who: fc.nat(2),
    amount: fc.integer({ min: 1, max: 60 }),
  }),
  fc.record({
    do: fc.constant('wish' as const),
    who: fc.nat(2),
    amount: fc.integer({ min: 1, max: 400 }),
  }),
  fc.record({ do: fc.constant('edit' as const), who: fc.nat(2) }),
  fc.record({ do: fc.constant('grant' as const), amount: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ do: fc.constant('restart' as const), who: fc.nat(2) }),
  fc.record({ do: fc.constant('store' as const), before: fc.nat(1), after: fc.nat(1) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
)
const fates = fc.array(fc.nat(99), { minLength: 60, maxLength: 60 })

it('whatever the network drops, doubles, delays or cuts: in the end all agree', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fates, async (steps, chances) => {
      const world = createSyncWorld({ servers: 2 })
      const hosts = ['anna', 'ben', 'carl'].map((name) => world.device(name))
      let at = 0
      const faulty: Network = () => {
        const chance = chances[at++ % chances.length] ?? 0
        if (chance < 3) return 'cut'
        if (chance < 8) return []
        if (chance < 16) return [1, 40]
        return chance < 30 ? [chance] : [1]
      }
      world.store.grant(500)
      world.through(faulty)
      let edits = 0
      for (const action of steps) {
        const who = 'who' in action ? action.who : 0
        const host = hosts[who]
        if (!host) continue
        if (action.do === 'spend') host.spend(action.amount)
        if (action.do === 'wish') host.wants(action.amount)
        if (action.do === 'edit') host.edit('account', `edit ${++edits}`)
        if (action.do === 'grant') world.store.grant(action.amount)
        if (action.do === 'store') Object.assign(world.store.failing, action)
        if (action.do === 'wait') await world.settle(action.ms)
        if (action.do === 'restart') {
          host.kill()
          hosts[who] = world.boot(host.disk.deviceId, host.disk)
        }
      }
      world.through(() => [1])
      Object.assign(world.store.failing, { before: 0, after: 0 })
      await world.settle(200_000)
      for (const host of hosts) host.connection.wake()
      await world.settle(40_000)
      expect(world.store.log('account')).toHaveLength(edits)
      expectAgreement(world, hosts)
    }),
    { numRuns: 40 },
  )
})

it('a connection that is cut at any message goes on as if it had not been', async () => {
  for (let cutAt = 0; cutAt < 40; cutAt++) {
    const world = createSyncWorld()
    let frames = 0
    world.through(() => (frames++ === cutAt ? 'cut' : [1]))
    const hosts = ['anna', 'ben'].map((name) => world.device(name))
    world.store.grant(600)
    await world.settle(50)
    for (const [at, host] of hosts.entries()) {
      for (let run = 0; run < 8; run++) host.spend(3)
      host.edit('account', `edit ${at}`)
      host.wants(150)
    }
    await world.settle(40_000)
    expectAgreement(world, hosts)
  }
})
