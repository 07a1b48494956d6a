import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Host, type SyncWorld, twoMachines } from '../../support/sync/world.ts'

let world: SyncWorld
let anna: Host
let ben: Host

afterEach(() => expect(world.mistakes).toEqual([]))

beforeEach(async () => {
  ;({ world, anna, ben } = await twoMachines())
})

const spent = (name: string) => world.store.stream(name).records.map((record) => record.spent)

describe('the network', () => {
  it('may be away: everything goes on, is counted as waiting, and is told when it is back', async () => {
    world.unplug()
    await world.settle()
    expect(anna.connection.state().status).toMatchObject({ state: 'offline' })
    for (let run = 0; run < 23; run++) anna.spend(1)
    anna.edit('account', 'written offline')
    expect(anna.connection.state().pending).toBe(24)
    await world.settle(600_000)
    world.plugIn()
    await world.settle(60_000)
    expect(spent('anna')).toHaveLength(23)
    expect(ben.texts('account')).toEqual(['written offline'])
    expect(anna.connection.state()).toMatchObject({ status: { state: 'synced' }, pending: 0 })
  })

  it('is tried again later each time, and at once when somebody asks', async () => {
    world.unplug()
    await world.settle(3_600_000)
    world.plugIn()
    await world.settle(1_000)
    anna.connection.wake()
    await world.settle()
    expect(anna.connection.state().status.state).toBe('synced')
  })

  it('is tried later each time where the server greets and then fails, until a connection held', async () => {
    const tries = () => world.frames.filter(({ frame }) => String(frame).includes('"hello"')).length
    const isPong = (frame: unknown) => String(frame).includes('"type":"pong"')
    world.through((frame, from) => (from === 'server' && isPong(frame) ? 'cut' : [1]))
    anna.connection.wake()
    ben.kill()
    await world.settle(120_000)
    const before = tries()
    await world.settle(600_000)
    expect(tries() - before).toBeLessThanOrEqual(20)

    world.through(() => [1])
    await world.settle(120_000)
    const held = tries()
    world.unplug()
    world.plugIn()
    await world.settle(1_000)
    expect(tries()).toBe(held + 1)
    expect(anna.connection.state().status.state).toBe('synced')
  })

  it('may swallow what is sent: whoever waits in vain begins anew', async () => {
    world.through(() => [])
    anna.spend(3)
    await world.settle(40_000)
    expect(anna.connection.state()).toMatchObject({ status: { state: 'offline' }, pending: 1 })
    world.through(() => [1])
    await world.settle(60_000)
    expect(spent('anna')).toEqual([3])
  })

  it('may lose what a server told of the pool: it is told again', async () => {
    world.through((frame) => (String(frame).includes('"type":"pool"') ? [] : [1]))
    world.store.grant(5)
    await world.settle(6_000)
    world.through(() => [1])
    await world.settle(31_000)
    expect(anna.pool()).toMatchObject({ available: world.store.available() })
    expect(anna.pool()).not.toHaveProperty('number')
    // What was heard is not said again; that it holds is, as other credits may be in force by then.
    world.frames.length = 0
    const words = anna.poolWords()
    await world.settle(60_000)
    expect(world.frames.filter(({ frame }) => String(frame).includes('"pool",'))).toEqual([])
    expect(anna.poolWords()).toBe(words + 2)
  })

  it('may lose what a server told of its own accord: the next look finds it', async () => {
    world.through((_frame, from) => (from === 'server' ? [] : [1]))
    world.store.grant(5)
    await world.settle(100)
    world.through(() => [1])
    await world.settle(31_000)
    expect(anna.disk.read).toBe(2)
  })
})
