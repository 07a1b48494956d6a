/** Servers and machines that come back from a copy. */

import type { TeamView } from '#shared/host/team.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listBackups } from '../../../src-main/ledger/backup.ts'
import { isSignedBy } from '../../../src-main/ledger/device-key.ts'
import { found, inStep, invited, totalsAre, usageOf } from '../../support/team-steps.ts'
import { ALLOWANCE, createTeamWorld, eventually, type TeamWorld } from '../../support/team-world.ts'

let world: TeamWorld
beforeEach(async () => {
  world = await createTeamWorld()
  await world.serve()
})
afterEach(() => world.close())

describe('a team of machines', () => {
  it('goes on with a server that was set back to a backup, and nothing that was spent is lost', async () => {
    const ada = await world.machine()
    const grace = await world.machine()
    await found(world, ada)
    await inStep(ada)
    const backup = await world.backUp()
    await ada.ask('sync.retry', {})
    let charged = (await ada.spendAll(1)).charged
    await inStep(ada)
    await backup.restore()
    charged += (await ada.spendAll(1)).charged
    await ada.ask('sync.retry', {})
    await eventually(
      async () => (await ada.ask('team.read', {}))?.devices.map(({ standing }) => standing) ?? [],
      (standings) =>
        standings.filter((one) => one === 'active').length === 1 && standings.length === 3,
    )
    await inStep(ada)
    charged += (await ada.spendAll(1)).charged
    await inStep(ada)
    await totalsAre([ada], ALLOWANCE - charged)
    await invited(ada, grace)
    await inStep(ada, grace)
    await totalsAre([ada, grace], 2 * ALLOWANCE - charged)
    const usage = await eventually(
      () => usageOf(grace),
      (seen) => seen.reduce((sum, { credits }) => sum + credits, 0) === charged,
    )
    expect(usage.map(({ runs }) => runs)).toEqual([2, 1])
  })

  it('has in a copy of a machine’s disk one more machine, with both histories', async () => {
    const ada = await world.machine()
    const grace = await world.machine()
    await found(world, ada)
    let charged = (await ada.spendAll(1)).charged
    const { deviceId } = (await ada.ask('team.read', {})) as TeamView
    await ada.ask('team.rename', { named: { kind: 'device', id: deviceId }, name: 'Engine' })
    await inStep(ada)
    await world.stopServer()
    await ada.ask('ledger.backup', {})
    const twin = await world.copyOf(ada)
    for (const host of [ada, twin]) charged += (await host.spendAll(1)).charged
    await world.serve()
    await ada.ask('sync.retry', {})
    await inStep(ada)
    await twin.ask('sync.retry', {})
    await invited(ada, grace)
    const all = 2 * ALLOWANCE - charged

    const { devices } = await eventually(
      async () => (await ada.ask('team.read', {})) ?? { devices: [] },
      ({ devices: known }) => known.length === 4,
    )
    expect(devices.map(({ name, standing }) => `${name}: ${standing}`).sort()).toEqual([
      'Desktop: active',
      'Engine (copy): active',
      'Engine: active',
      'Engine: copied',
    ])
    await inStep(ada, grace, twin)
    await totalsAre([ada, grace, twin], all)
    const before = await usageOf(ada)
    expect(before.map(({ runs }) => runs).sort()).toEqual([1, 2])

    // It has keys, a lease and a history of its own, also after a restart.
    await world.shut(twin)
    const again = await world.open(twin.directory)
    await inStep(again)
    for (const host of [ada, again]) await host.ask('ledger.backup', {})
    const [own, copied] = [ada, again].map(({ directory }) => listBackups(directory))
    for (const { seal } of [...(own ?? []), ...(copied ?? [])]) {
      expect(isSignedBy(seal.publicKey ?? '', seal.head, seal.signature ?? '')).toBe(true)
    }
    const keys = [own, copied].map((seals) => seals?.map(({ seal }) => seal.publicKey))
    expect(keys[0]?.[0]).toBe(keys[0]?.[1])
    expect(keys[1]?.[1]).toBe(keys[0]?.[0])
    expect(keys[1]?.[0]).not.toBe(keys[0]?.[0])
    expect(await again.ask('ledger.verify', {})).toMatchObject({ problems: [] })
    const more = await eventually(
      async () => (await again.spendAll(1)).charged,
      (spent) => spent > 0,
    )
    await inStep(ada, grace, again)
    await totalsAre([ada, grace, again], all - more)
    const seen = await eventually(
      () => Promise.all([ada, grace, again].map(usageOf)),
      (views) => new Set(views.map((view) => JSON.stringify(view))).size === 1,
    )
    expect(seen[0]?.map(({ runs }) => runs).sort()).toEqual([1, 1, 2])
  })
})
