import { beforeEach, expect, it } from 'vitest'
import type { Disk } from '../../support/sync/device.ts'
import { createSyncWorld, type Host, type SyncWorld } from '../../support/sync/world.ts'

let world: SyncWorld
let anna: Host

beforeEach(async () => {
  world = createSyncWorld()
  anna = world.device('anna')
  world.store.grant(1_000)
  await world.settle()
})

const notes = (stream: string) => world.store.stream(stream).records.map(({ note }) => note)
const copyOf = (disk: Disk) => structuredClone(disk)

function spend(host: Host, count: number, note: string): string[] {
  return Array.from({ length: count }, (_, run) => {
    host.spend(1, `${note} ${run}`)
    return `${note} ${run}`
  })
}

it('a restored backup that has spent nothing since gets an identity of its own', async () => {
  spend(anna, 3, 'before')
  await world.settle()
  const backup = copyOf(anna.disk)
  spend(anna, 4, 'after')
  await world.settle()
  anna.kill()
  const restored = world.boot('restored', backup)
  await world.settle(1_000)
  expect(restored.tickets).toEqual(['ticket-1'])
  expect(restored.disk.deviceId).toBe('restored-ticket-1')
  expect(restored.connection.state().status.state).toBe('synced')
  expect(world.store.stream('anna').records).toHaveLength(7)
})

it('so does one from before the first record', async () => {
  const backup = copyOf(anna.disk)
  spend(anna, 4, 'after')
  await world.settle()
  anna.kill()
  const restored = world.boot('restored', backup)
  await world.settle(1_000)
  expect(restored.tickets).toEqual(['ticket-1'])
  expect(restored.connection.state().status.state).toBe('synced')
})

it.each([1, 2, 7, 23])(
  'a cloned disk that spent %i on its own: both histories are kept, and it goes on as a new machine',
  async (count) => {
    const shared = spend(anna, 9, 'shared')
    await world.settle()
    const disk = copyOf(anna.disk)
    const own = spend(anna, 5, 'original')
    await world.settle()
    // The copy's run starts offline.
    world.unplug()
    await world.settle()
    const clone = world.boot('clone', disk)
    const others = spend(clone, count, 'clone')
    world.plugIn()
    await world.settle(60_000)
    expect(notes('anna')).toEqual([...shared, ...own])
    const [fork, ...more] = world.store.streams().filter((name) => name.startsWith('anna~'))
    expect(more).toEqual([])
    expect(notes(fork ?? '')).toEqual(others)
    expect(world.store.stream(fork ?? '').first).toBe(10)
    expect(world.store.surfaced()).toBe(count)
    expect(clone.tickets).toEqual(['ticket-1'])
    expect(clone.spend(3, 'anew')).toBe(true)
    anna.spend(1, 'goes on')
    await world.settle(60_000)
    expect(notes('clone-ticket-1')).toEqual(['anew'])
    expect(notes('anna').at(-1)).toBe('goes on')
    expect(anna.connection.state().status.state).toBe('synced')
  },
)

it('histories that parted long before the server’s end are found and kept whole', async () => {
  const shared = spend(anna, 4, 'shared')
  await world.settle()
  const disk = copyOf(anna.disk)
  spend(anna, 90, 'original')
  await world.settle(2_000)
  world.unplug()
  await world.settle()
  const clone = world.boot('clone', disk)
  const others = spend(clone, 95, 'clone')
  world.plugIn()
  await world.settle(60_000)
  const [fork] = world.store.streams().filter((name) => name.startsWith('anna~'))
  expect(notes(fork ?? '')).toEqual(others)
  expect(notes('anna').slice(0, 4)).toEqual(shared)
  expect(notes('anna')).toHaveLength(94)
  expect(clone.tickets).toHaveLength(1)
})

/** Passes the time until it is sent to enrol anew; no newer lease reaches it before. */
async function enrolsWithNoMoreCredits(host: Host): Promise<void> {
  const { deviceId, leaseVersion } = host.disk
  for (let waited = 0; host.tickets.length === 0 && waited < 60_000; waited += 100) {
    await world.settle(100)
    if (host.disk.deviceId === deviceId) expect(host.disk.leaseVersion).toBe(leaseVersion)
  }
  expect(host.tickets).toEqual(['ticket-1'])
}

it('a machine is sent no lease that counts what its copy told, while both are connected', async () => {
  spend(anna, 3, 'shared')
  await world.settle()
  const { leaseVersion } = anna.disk
  const clone = world.boot('clone', copyOf(anna.disk))
  await world.settle()
  spend(clone, 60, 'clone')
  await enrolsWithNoMoreCredits(anna)
  expect(clone.disk.leaseVersion).toBeGreaterThan(leaseVersion)
  expect(clone.tickets).toEqual([])
  expect(notes('anna')).toHaveLength(63)
})

it('nor when it asks for more', async () => {
  const clone = world.boot('clone', copyOf(anna.disk))
  await world.settle()
  spend(clone, 3, 'clone')
  await world.settle()
  anna.wants(200)
  await enrolsWithNoMoreCredits(anna)
  await world.settle(1_000)
  expect(anna.connection.state().status.state).toBe('synced')
})

it.each([30, 60, 61, 90])(
  'a copy that spent %i is given no credits before it is known which it is',
  async (count) => {
    const disk = copyOf(anna.disk)
    spend(anna, 60, 'original')
    await world.settle(31_000)
    expect(anna.disk.leaseVersion).toBeGreaterThan(disk.leaseVersion)
    world.unplug()
    const clone = world.boot('clone', disk)
    spend(clone, count, 'clone')
    const before = clone.disk.leaseVersion
    let most = before
    world.frames.length = 0
    world.through(() => {
      if (clone.disk.deviceId === 'anna') most = Math.max(most, clone.disk.leaseVersion)
      return [1]
    })
    anna.kill()
    world.plugIn()
    await world.settle(60_000)
    expect(clone.tickets).toHaveLength(1)
    expect(most).toBe(before)
    // It is found out without sending everything again and again.
    const sent = world.frames.filter(({ frame }) => typeof frame !== 'string' && frame[0] === 1)
    expect(sent.length).toBeLessThan(2 * (count / 5) + 10)
  },
)

it('a copy that is cut off half-way is found out again, and its records are there once', async () => {
  spend(anna, 9, 'shared')
  await world.settle()
  const disk = copyOf(anna.disk)
  spend(anna, 5, 'original')
  await world.settle()
  world.unplug()
  await world.settle()
  const clone = world.boot('clone', disk)
  const others = spend(clone, 31, 'clone')
  let sent = 0
  world.through((_frame, from, device) => {
    if (device !== 'anna' || from !== 'device') return [1]
    sent += 1
    return sent % 7 === 0 ? 'cut' : [1]
  })
  world.plugIn()
  await world.settle(3_600_000)
  const forks = world.store.streams().filter((name) => name.startsWith('anna~'))
  expect(forks.flatMap(notes)).toEqual(others)
  expect(clone.tickets).toHaveLength(1)
})

it('a copy of a copy is a history of its own, too', async () => {
  spend(anna, 4, 'shared')
  await world.settle()
  const disk = copyOf(anna.disk)
  spend(anna, 2, 'original')
  await world.settle()
  anna.kill()
  world.unplug()
  const first = world.boot('first', disk)
  spend(first, 3, 'first')
  const second = world.boot('second', copyOf(disk))
  spend(first, 2, 'only first')
  spend(second, 2, 'only second')
  world.plugIn()
  await world.settle(120_000)
  const forks = world.store.streams().filter((name) => name.startsWith('anna~'))
  const kept = forks.flatMap(notes).sort()
  expect(kept).toEqual(
    ['first 0', 'first 1', 'first 2', 'only first 0', 'only first 1']
      .concat(['only second 0', 'only second 1'])
      .sort(),
  )
})

it('a server that was set back to a backup and is as far again is noticed by what its journal says', async () => {
  world.store.grant(5)
  await world.settle()
  world.unplug()
  await world.settle()
  // It forgot the last grant, and has given two others since.
  world.store.entries.pop()
  world.store.write({ kind: 'in-force', version: 'other' })
  world.store.grant(7)
  world.plugIn()
  await world.settle(60_000)
  expect(anna.tickets).toHaveLength(1)
  expect(anna.disk.entries.map(({ id }) => id)).toEqual(['grant:1', 'in-force:2', 'grant:3'])
})

it('a journal that only went on is the same', async () => {
  world.unplug()
  await world.settle()
  world.store.grant(5)
  world.plugIn()
  await world.settle(60_000)
  expect(anna.tickets).toEqual([])
  expect(anna.disk.read).toBe(2)
})
