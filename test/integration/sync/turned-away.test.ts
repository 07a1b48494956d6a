import { beforeEach, describe, expect, it } from 'vitest'
import { emptyDisk } from '../../support/sync/device.ts'
import { hello, rawDevice } from '../../support/sync/raw-device.ts'
import {
  createSyncWorld,
  type Host,
  type SyncWorld,
  twoMachines,
} from '../../support/sync/world.ts'

let world: SyncWorld
let anna: Host
let ben: Host

beforeEach(async () => {
  ;({ world, anna, ben } = await twoMachines())
})

describe('another version', () => {
  it('of the app that is too old keeps its offline rights and is told what to do', async () => {
    world = createSyncWorld({ serverSpeaks: { protocol: 3, oldest: 2 } })
    const old = world.device('anna')
    await world.settle()
    expect(old.connection.state().status).toMatchObject({
      state: 'trouble',
      error: { code: 'protocol_too_old' },
      remedy: 'update',
    })
    expect(world.refused).toEqual(['protocol_too_old'])
    old.disk.granted = 5
    expect(old.spend(5)).toBe(true)
    expect(old.connection.state().pending).toBe(1)
  })

  it('of the server that is too old is named as that', async () => {
    world = createSyncWorld({ speaks: { anna: { protocol: 3, oldest: 2 } } })
    const newer = world.device('anna')
    await world.settle()
    expect(newer.connection.state().status).toMatchObject({
      error: { code: 'server_too_old' },
      remedy: 'ask-admin',
    })
  })

  it('that says more than is known here is understood for the rest', async () => {
    const device = rawDevice(world, 'eve')
    device.send(hello({ protocol: 7, colour: 'green' }))
    await world.settle()
    expect(device.heard[0]).toMatchObject({ type: 'welcome', protocol: 1 })
    expect(device.errors()).toEqual([])
  })
})

describe('a machine that is closed', () => {
  it('may tell what it spent, gets no credits and nothing of the team’s, and is told so', async () => {
    world.unplug()
    await world.settle()
    anna.spend(40)
    world.store.setStanding('anna', 'revoked')
    world.plugIn()
    world.store.grant(70)
    await world.settle(60_000)
    expect(world.store.stream('anna').records).toHaveLength(1)
    expect(anna.disk.entries).toHaveLength(1)
    expect(anna.connection.state().status).toMatchObject({
      state: 'trouble',
      error: { code: 'device_revoked' },
      remedy: 'join',
    })
  })

  it('is closed while it is connected, too', async () => {
    world.store.setStanding('anna', 'lost')
    await world.settle(5_000)
    expect(anna.connection.state().status).toMatchObject({ error: { code: 'device_lost' } })
    expect(ben.connection.state().status.state).toBe('synced')
  })

  it('cannot wish for credits or write to documents', async () => {
    world.store.setStanding('anna', 'revoked')
    world.store.enrol('eve', 'key of eve')
    const eve = rawDevice(world, 'eve')
    world.store.setStanding('eve', 'revoked')
    await world.settle()
    eve.send(hello({ records: { sequence: 4, hash: 'a'.repeat(64) } }))
    await world.settle()
    expect(eve.errors()).toEqual(['session_expired'])
    world.boot('again', emptyDisk('eve', 'key of eve'))
    await world.settle()
    expect(world.store.line('eve').granted).toBe(0)
  })
})
