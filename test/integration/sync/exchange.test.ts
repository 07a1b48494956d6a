import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createSyncWorld,
  type Host,
  type SyncWorld,
  twoMachines,
} from '../../support/sync/world.ts'

let world: SyncWorld
let anna: Host
let ben: Host

afterEach(() => expect(world.mistakes).toEqual([]))

beforeEach(async () => {
  ;({ world, anna, ben } = await twoMachines())
})

const spent = (name: string) => world.store.stream(name).records.map((record) => record.spent)

describe('a machine that is connected', () => {
  it('gets the authority’s entries and a lease, and says that it is in step', () => {
    expect(anna.disk.entries.map(({ id }) => id)).toEqual(['grant:1'])
    expect(anna.available()).toBe(100)
    expect(anna.connection.state()).toMatchObject({ status: { state: 'synced' }, pending: 0 })
  })

  it('is in step soon, also when something came while it was first compared', async () => {
    const isPong = (frame: unknown) => String(frame).includes('"type":"pong"')
    world.through((frame, from) => (from === 'server' && isPong(frame) ? [200] : [1]))
    const late = world.device('late')
    await world.settle(100)
    world.store.grant(1)
    await world.settle(2_000)
    expect(late.connection.state()).toMatchObject({ status: { state: 'synced' }, pending: 0 })
  })

  it('tells what it spends, and hears that the server has it', async () => {
    anna.spend(7)
    anna.spend(8)
    expect(anna.connection.state()).toMatchObject({ status: { state: 'syncing' }, pending: 2 })
    await world.settle()
    expect(spent('anna')).toEqual([7, 8])
    expect(anna.disk.acknowledged).toBe(2)
    expect(ben.texts('tail:anna:1')).toHaveLength(1)
    expect(anna.connection.state()).toMatchObject({ status: { state: 'synced' }, pending: 0 })
  })

  it('needs three messages for a record to reach another machine', async () => {
    world.frames.length = 0
    anna.spend(7)
    await world.settle(50)
    expect(world.frames.map(({ device, from }) => `${from} ${device}`).sort()).toEqual([
      'device anna',
      'server anna',
      'server ben',
    ])
  })

  it('asks whether it is in step with less than 500 bytes, there and back', async () => {
    for (let document = 0; document < 500; document++) anna.edit('account', `edit ${document}`)
    await world.settle(2_000)
    world.frames.length = 0
    ben.connection.wake()
    await world.settle(50)
    const bytes = world.frames.reduce((sum, { frame }) => sum + frame.length, 0)
    expect(
      world.frames.map(({ frame }) => (JSON.parse(frame as string) as { type: string }).type),
    ).toEqual(['ping', 'pong'])
    expect(bytes).toBeLessThan(500)
  })

  it('gets what others write to a shared document, and others what it writes', async () => {
    anna.edit('account', 'from anna')
    ben.edit('account', 'from ben')
    await world.settle()
    const log = world.store.log('account').map((item) => new TextDecoder().decode(item))
    expect([...log].sort()).toEqual(['from anna', 'from ben'])
    expect(anna.texts('account')).toEqual(log)
    expect(ben.texts('account')).toEqual(log)
  })

  it('hands in sealed history, and another fetches it when somebody looks that far back', async () => {
    const name = anna.addSegment('a year ago')
    await world.settle()
    expect(world.store.hasSegment(name)).toBe(true)
    ben.fetch(name)
    ben.fetch('0'.repeat(64))
    await world.settle()
    expect(ben.disk.segments.has(name)).toBe(true)
    expect([...ben.missing]).toEqual(['0'.repeat(64)])
  })

  it('hears of credits that come meanwhile', async () => {
    world.store.grant(5)
    await world.settle()
    expect(anna.disk.entries.map(({ id }) => id)).toEqual(['grant:1', 'grant:2'])
    expect(anna.disk.read).toBe(2)
  })

  it('takes the server’s time as a time that has been', () => {
    expect(anna.disk.serverTime).toBeGreaterThan(world.time.now() - 1_000)
  })

  it('hears that members or machines changed', async () => {
    world.store.publish('team-changed', 'account-1')
    await world.settle()
    expect(anna.teamChanges()).toBe(1)
  })
})

it('every message may come twice, and nothing changes by it', async () => {
  world.through(() => [1, 2])
  for (let run = 0; run < 12; run++) anna.spend(2)
  anna.edit('account', 'one')
  anna.edit('account', 'two')
  ben.wants(500)
  world.store.grant(50)
  await world.settle(5_000)
  expect(spent('anna')).toEqual(Array.from({ length: 12 }, () => 2))
  expect(anna.texts('account')).toEqual(ben.texts('account'))
  expect(anna.texts('account')).toHaveLength(2)
  expect(anna.disk.entries).toHaveLength(2)
  expect(anna.connection.state()).toMatchObject({ status: { state: 'synced' }, pending: 0 })
})

it('messages may come late and in any order, and all is there in the end', async () => {
  let late = 0
  world.through(() => [1 + ((late += 7_919) % 3_000)])
  for (let run = 0; run < 12; run++) anna.spend(2)
  anna.edit('account', 'one')
  anna.edit('account', 'two')
  ben.edit('account', 'three')
  await world.settle(5_000)
  ben.wants(500)
  world.store.grant(50)
  for (let run = 0; run < 12; run++) anna.spend(1)
  await world.settle(120_000)
  expect(spent('anna')).toEqual([...Array<number>(12).fill(2), ...Array<number>(12).fill(1)])
  expect(anna.texts('account')).toEqual(ben.texts('account'))
  expect(anna.texts('account')).toHaveLength(3)
  expect(anna.disk.entries.map(({ id }) => id)).toEqual(['grant:1', 'grant:2'])
  expect(ben.available()).toBe(500)
  expect(world.store.streams()).toEqual(['anna'])
})

it('old messages may come again at any time later', async () => {
  anna.spend(1)
  anna.edit('account', 'one')
  await world.settle()
  const before = [...world.frames]
  const again = world.dialAs('anna')('token', { open() {}, frame() {}, closed() {} })
  await world.settle()
  for (const { device, from, frame } of before) {
    if (device === 'anna' && from === 'device') again.send(frame)
  }
  await world.settle()
  expect(spent('anna')).toEqual([1])
  expect(world.store.log('account')).toHaveLength(1)
  expect(world.store.line('anna')).toMatchObject({ ended: 1 })
})

it('machines on two server processes hear of each other, and give back to each other', async () => {
  ;({ world, anna, ben } = await twoMachines({ servers: 2 }))
  expect(world.processes.map(({ count }) => count)).toEqual([1, 1])
  ben.edit('account', 'from the other process')
  ben.wants(900)
  await world.settle()
  anna.wants(600)
  await world.settle(3_000)
  expect(anna.texts('account')).toEqual(['from the other process'])
  expect(anna.available()).toBe(600)
})

it('a server process that closes sends its machines to another, where they go on', async () => {
  world = createSyncWorld({ servers: 2 })
  anna = world.device('anna')
  world.store.grant(1_000)
  await world.settle()
  world.processes[0]?.close()
  anna.spend(4)
  await world.settle(2_000)
  expect(world.processes.map(({ count }) => count)).toEqual([0, 1])
  expect(spent('anna')).toEqual([4])
  expect(anna.connection.state().status.state).toBe('synced')
})
