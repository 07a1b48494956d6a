import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Host, type SyncWorld, twoMachines } from '../../support/sync/world.ts'

let world: SyncWorld
let anna: Host
let ben: Host

afterEach(() => expect(world.mistakes).toEqual([]))

beforeEach(async () => {
  ;({ world, anna, ben } = await twoMachines())
})

describe('credits', () => {
  it('come by themselves as they are used up', async () => {
    await world.settle(2_000)
    anna.spend(60)
    await world.settle()
    expect(anna.available()).toBe(100)
  })

  it('are given when a run needs more than there is', async () => {
    anna.wants(400)
    await world.settle()
    expect(anna.available()).toBe(400)
  })

  it('are asked of others when the pool is short, given back, and arrive where they are needed', async () => {
    ben.wants(700)
    await world.settle()
    expect([ben.available(), world.store.available()]).toEqual([700, 200])
    anna.wants(600)
    await world.settle(3_000)
    expect(anna.available()).toBe(600)
    expect(ben.available()).toBe(10)
    expect(anna.available() + ben.available() + world.store.available()).toBe(1_000)
  })

  it('are asked for again by themselves when others were asked a moment before', async () => {
    ben.wants(700)
    await world.settle(500)
    anna.wants(600)
    await world.settle(500)
    expect(anna.available()).toBe(600)
    ben.wants(300)
    await world.settle(500)
    anna.wants(900)
    await world.settle(500)
    expect(anna.available()).toBe(700)
    await world.settle(5_000)
    expect(anna.available()).toBe(900)
  })

  it('are not topped up with what was given back, before who asked for it has it', async () => {
    ben.wants(900)
    await world.settle(1_000)
    anna.wants(600)
    const before = world.store.looks('ben')
    await world.settle(50_000)
    expect(anna.available()).toBe(600)
    expect(world.store.looks('ben')).toBe(before)
    await world.settle(50_000)
    expect(world.store.looks('ben')).toBe(before + 1)
  })

  it('are asked for again of who was away, or did not hear', async () => {
    ben.wants(900)
    await world.settle(1_000)
    ben.kill()
    anna.wants(600)
    await world.settle(1_000)
    world.through((frame, from) =>
      from === 'server' && String(frame).includes('"recall"') ? [] : [1],
    )
    const back = world.boot('ben', ben.disk)
    await world.settle(10_000)
    expect(back.available()).toBe(900)
    world.through(() => [1])
    await world.settle(8_000)
    expect(anna.available()).toBe(600)
  })

  it('are given back once there is a ledger to give them back from, whenever they were asked for', async () => {
    ben.wants(900)
    await world.settle(1_000)
    ben.arrives(false)
    anna.wants(600)
    await world.settle(3_000)
    expect(ben.available()).toBe(900)
    // Nobody asks again: what was asked is kept in mind.
    world.through((frame, from) =>
      from === 'server' && String(frame).includes('"recall"') ? [] : [1],
    )
    ben.arrives(true)
    await world.settle(1_000)
    expect([ben.available(), anna.available()]).toEqual([10, 600])
  })

  it('are looked at again when the account’s journal went on, or after hours, and not else', async () => {
    await world.settle(3_600_000)
    const looks = () => world.store.looks('anna')
    const before = looks()
    await world.settle(3_600_000)
    expect(looks()).toBe(before)
    world.store.write({ kind: 'in-force', version: 'default' })
    await world.settle(700_000)
    expect(looks()).toBe(before + 1)
    await world.settle(6 * 3_600_000)
    expect(looks()).toBe(before + 2)
  })

  it('are not judged before the records are there that say what became of the last', async () => {
    world.unplug()
    await world.settle()
    anna.spend(100)
    anna.wants(50)
    world.plugIn()
    await world.settle(5_000)
    expect(anna.disk.acknowledged).toBe(1)
    expect(anna.available()).toBeGreaterThanOrEqual(50)
  })
})
