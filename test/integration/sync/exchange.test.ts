import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSyncWorld, type Host, type SyncWorld } from '../../support/sync/world.ts'

let world: SyncWorld
let anna: Host
let ben: Host

afterEach(() => expect(world.mistakes).toEqual([]))

beforeEach(async () => {
  world = createSyncWorld()
  anna = world.device('anna')
  ben = world.device('ben')
  world.store.grant(1_000)
  await world.settle()
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
    expect([ben.available(), anna.available()]).toEqual([100, 600])
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
    // What was heard is not said again.
    world.frames.length = 0
    await world.settle(60_000)
    expect(world.frames.filter(({ frame }) => String(frame).includes('"pool",'))).toEqual([])
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
  world = createSyncWorld({ servers: 2 })
  anna = world.device('anna')
  ben = world.device('ben')
  world.store.grant(1_000)
  await world.settle()
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
