import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TEAM_FILE } from '../../../src-main/sync/team-file.ts'
import { ALLOWANCE, createTeamWorld, eventually, type TeamHost } from '../../support/team-world.ts'

let world: Awaited<ReturnType<typeof createTeamWorld>>
let address: string
beforeEach(async () => {
  world = await createTeamWorld()
  address = await world.serve()
})
afterEach(() => world.close())

const state = async (host: TeamHost) => (await host.ask('sync.read', {})).status.state

const inStep = (...hosts: readonly TeamHost[]) =>
  eventually(
    async () => Promise.all(hosts.map(async (host) => await host.ask('sync.read', {}))),
    (views) => views.every((view) => view.status.state === 'synced' && view.pending === 0),
  )

const found = (host: TeamHost) =>
  host.ask('team.create', {
    memberName: 'Ada',
    deviceName: 'Laptop',
    teamName: 'Engines',
    serverUrl: address,
  })

async function invited(by: TeamHost, host: TeamHost) {
  const { link } = await by.ask('team.invite', { for: { kind: 'person', role: 'member' } })
  return host.ask('team.join', {
    memberName: 'Grace',
    deviceName: 'Desktop',
    invite: link,
    serverUrl: null,
  })
}

/** By machine: both are to know the same. */
async function usageOf(host: TeamHost) {
  const totals = new Map<string, { runs: number; credits: number }>()
  for (const { deviceId, allTime } of await host.ask('team.usage', {})) {
    const { runs, credits } = totals.get(deviceId) ?? { runs: 0, credits: 0 }
    totals.set(deviceId, { runs: runs + allTime.runs, credits: credits + allTime.credits })
  }
  return [...totals]
    .map(([deviceId, one]) => ({ deviceId, ...one }))
    .sort((left, right) => left.deviceId.localeCompare(right.deviceId))
}

async function total(host: TeamHost) {
  const { available, elsewhere } = await host.credits()
  return available + elsewhere
}

/** What everybody sees, here and elsewhere together, comes to this. */
const totals = (hosts: readonly TeamHost[], sum: number) =>
  eventually(
    () => Promise.all(hosts.map(total)),
    (seen) => seen.every((one) => one === sum),
  )

describe('a team of machines', () => {
  it('begins with the credits and the usage of its founder', async () => {
    const ada = await world.machine()
    const { charged } = await ada.spendAll(2)
    const before = await ada.ask('balance.read', {})
    const team = await found(ada)
    expect(team).toMatchObject({ name: 'Engines', role: 'owner', members: [{ name: 'Ada' }] })
    const after = await ada.ask('balance.read', {})
    expect(after).toMatchObject({
      available: ALLOWANCE - charged,
      held: 0,
      spentThisCycle: before.spentThisCycle,
    })
    await inStep(ada)
    expect(await ada.credits()).toEqual({ available: ALLOWANCE - charged, elsewhere: 0 })
  })

  it('agrees to the millicredit after both spent all they had without the server', async () => {
    const ada = await world.machine()
    const grace = await world.machine()
    const early = (await ada.spendAll(1)).charged + (await grace.spendAll(1)).charged
    await found(ada)
    await inStep(ada)
    await invited(ada, grace)
    await inStep(ada, grace)
    const all = 2 * ALLOWANCE - early
    await totals([ada, grace], all)

    await world.stopServer()
    await eventually(
      () => Promise.all([state(ada), state(grace)]),
      (is) => is.every((one) => one === 'offline'),
    )
    const spent = await Promise.all([ada.spendAll(), grace.spendAll()])
    expect(spent.map(({ refusal }) => refusal)).toEqual(['lease_short', 'lease_short'])
    expect(await ada.affordability()).toMatchObject({ kind: 'with-team', why: 'lease-short' })
    const left = all - spent[0].charged - spent[1].charged
    expect(left).toBeGreaterThanOrEqual(0)

    const { devices } = (await ada.ask('team.read', {})) ?? { devices: [] }
    expect(devices.find(({ own }) => own)).toMatchObject({ spentOffline: spent[0].charged })

    await world.serve()
    for (const host of [ada, grace]) await host.ask('sync.retry', {})
    await inStep(ada, grace)
    await totals([ada, grace], left)
    const usage = await eventually(
      () => Promise.all([usageOf(ada), usageOf(grace)]),
      ([one, other]) => JSON.stringify(one) === JSON.stringify(other),
    )
    const charged = early + spent[0].charged + spent[1].charged
    expect(usage[0]).toHaveLength(2)
    expect(usage[0].reduce((sum, { credits }) => sum + credits, 0)).toBe(charged)
  })

  it('gives a machine what it lacks while there is more with the team', async () => {
    const ada = await world.machine()
    const grace = await world.machine()
    await found(ada)
    await inStep(ada)
    await invited(ada, grace)
    await inStep(ada, grace)
    let charged = 0
    await eventually(
      async () => {
        const spent = await grace.spendAll()
        charged += spent.charged
        return charged
      },
      (spent) => spent > ALLOWANCE,
    )
    await inStep(ada, grace)
    await totals([ada, grace], 2 * ALLOWANCE - charged)
  })

  it('counts for a cap what all machines of the team have told', async () => {
    const ada = await world.machine()
    const grace = await world.machine()
    await found(ada)
    await inStep(ada)
    await invited(ada, grace)
    await inStep(ada, grace)
    const cap = {
      id: 'own-all',
      name: 'All of us',
      limit: 2_500,
      kind: 'hard',
      window: 'day',
      scope: {},
    } as const
    await ada.ask('caps.save', { cap })
    expect(await grace.call('caps.save', { cap })).toMatchObject({ error: { code: 'not_allowed' } })
    const used = async (host: TeamHost) =>
      (await host.ask('policies.read', {})).caps.find(({ cap: { id } }) => id === cap.id)?.uses[0]
        ?.used
    await eventually(
      () => used(grace),
      (is) => is === 0,
    )
    const { charged } = await grace.spendAll(1)
    await eventually(
      () => used(ada),
      (is) => is === charged,
    )
    expect(await used(grace)).toBe(charged)
  })

  it('tells a machine that it was revoked', async () => {
    const ada = await world.machine()
    const grace = await world.machine()
    await found(ada)
    await inStep(ada)
    const { deviceId } = await invited(ada, grace)
    await inStep(ada, grace)
    await ada.ask('team.revokeDevice', { deviceId })
    const { status } = await eventually(
      () => grace.ask('sync.read', {}),
      (view) => view.status.state === 'trouble',
    )
    expect(status).toMatchObject({ error: { code: 'device_revoked' } })
  })

  it('is gone on with after a restart', async () => {
    const ada = await world.machine()
    await found(ada)
    await inStep(ada)
    await world.stopServer()
    const { charged } = await ada.spendAll(1)
    await world.shut(ada)
    const again = await world.open(ada.directory)
    expect(await again.ask('sync.read', {})).toMatchObject({ status: { state: 'offline' } })
    expect(await total(again)).toBe(ALLOWANCE - charged)
    await world.serve()
    await again.ask('sync.retry', {})
    await inStep(again)
    expect(await total(again)).toBe(ALLOWANCE - charged)
  })

  it('is left for good, though the app died before it had let go of it', async () => {
    const ada = await world.machine()
    const grace = await world.machine()
    await found(ada)
    await inStep(ada)
    await invited(ada, grace)
    await inStep(ada, grace)
    const folder = readdirSync(grace.directory, { recursive: true, encoding: 'utf8' })
    const file = join(grace.directory, folder.find((name) => basename(name) === TEAM_FILE) ?? '')
    const kept = readFileSync(file)
    await grace.ask('team.leave', { withoutServer: false })
    await world.shut(grace)
    writeFileSync(file, kept)
    const again = await world.open(grace.directory)
    expect(await again.ask('team.read', {})).toBeNull()
    expect(await state(again)).toBe('alone')
  })

  it('is left with what one brought and is unspent', async () => {
    const ada = await world.machine()
    const grace = await world.machine()
    await found(ada)
    await inStep(ada)
    await invited(ada, grace)
    await inStep(ada, grace)
    const { charged } = await grace.spendAll(1)
    await inStep(ada, grace)
    await grace.ask('team.leave', { withoutServer: false })
    expect(await grace.ask('team.read', {})).toBeNull()
    expect(await state(grace)).toBe('alone')
    expect(await grace.credits()).toEqual({ available: ALLOWANCE - charged, elsewhere: 0 })
    const alone = await grace.spendAll(1)
    expect(alone.charged).toBeGreaterThan(0)
    await totals([ada], ALLOWANCE)
  })

  it.each(['by the person', 'by itself, after a restart'])(
    'is left though the answer was lost: asked again %s',
    async (how) => {
      const ada = await world.machine()
      let isLost = true
      const lossy: typeof fetch = async (input, init) => {
        const answer = await fetch(input, init)
        const address = input instanceof Request ? input.url : input.toString()
        if (isLost && address.endsWith('team.leave')) throw new TypeError('cut off')
        return answer
      }
      const grace = await world.machine({ fetch: lossy })
      await found(ada)
      await inStep(ada)
      await invited(ada, grace)
      await inStep(ada, grace)
      const asked = await grace.call('team.leave', { withoutServer: false })
      expect(asked).toMatchObject({ ok: false, error: { code: 'server_unreachable' } })
      isLost = false
      let again = grace
      if (how === 'by the person') await grace.call('team.leave', { withoutServer: false })
      else {
        await world.shut(grace)
        again = await world.open(grace.directory)
      }
      await eventually(
        () => state(again),
        (is) => is === 'alone',
      )
      expect(await again.credits()).toEqual({ available: ALLOWANCE, elsewhere: 0 })
      expect(await again.ask('team.read', {})).toBeNull()
      await totals([ada], ALLOWANCE)
    },
  )

  it('goes on with a server that was set back to a backup, and nothing that was spent is lost', async () => {
    const ada = await world.machine()
    const grace = await world.machine()
    await found(ada)
    await inStep(ada)
    await world.stopServer()
    const backup = world.backUp()
    await world.serve()
    await ada.ask('sync.retry', {})
    let charged = (await ada.spendAll(1)).charged
    await inStep(ada)
    await world.stopServer()
    backup.restore()
    await world.serve()
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
    await totals([ada], ALLOWANCE - charged)
    await invited(ada, grace)
    await inStep(ada, grace)
    await totals([ada, grace], 2 * ALLOWANCE - charged)
    const usage = await eventually(
      () => usageOf(grace),
      (seen) => seen.reduce((sum, { credits }) => sum + credits, 0) === charged,
    )
    expect(usage.map(({ runs }) => runs)).toEqual([2, 1])
  })

  it('has in a copy of a machine’s disk one more machine, with both histories', async () => {
    const ada = await world.machine()
    const grace = await world.machine()
    await found(ada)
    let charged = (await ada.spendAll(1)).charged
    await inStep(ada)
    await world.stopServer()
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
      'Laptop (copy): active',
      'Laptop: active',
      'Laptop: copied',
    ])
    await inStep(ada, grace, twin)
    await totals([ada, grace, twin], all)
    const before = await usageOf(ada)
    expect(before.map(({ runs }) => runs).sort()).toEqual([1, 2])

    // It has keys, a lease and a history of its own, also after a restart.
    await world.shut(twin)
    const again = await world.open(twin.directory)
    await inStep(again)
    const more = await eventually(
      async () => (await again.spendAll(1)).charged,
      (spent) => spent > 0,
    )
    await inStep(ada, grace, again)
    await totals([ada, grace, again], all - more)
    const seen = await eventually(
      () => Promise.all([ada, grace, again].map(usageOf)),
      (views) => new Set(views.map((view) => JSON.stringify(view))).size === 1,
    )
    expect(seen[0]?.map(({ runs }) => runs).sort()).toEqual([1, 1, 2])
  })

  it('is come to again with what is left by then, and each run is told once', async () => {
    const ada = await world.machine()
    const grace = await world.machine()
    await found(ada)
    await inStep(ada)
    let charged = 0
    for (const runsAlone of [1, 0]) {
      charged += (await grace.spendAll(runsAlone)).charged
      await invited(ada, grace)
      await inStep(ada, grace)
      charged += (await grace.spendAll(1)).charged
      await inStep(ada, grace)
      await totals([ada, grace], 2 * ALLOWANCE - charged)
      await grace.ask('team.leave', { withoutServer: false })
      expect(await total(grace)).toBe(ALLOWANCE - charged)
      await totals([ada], ALLOWANCE)
    }
    const usage = await eventually(
      () => usageOf(ada),
      (all) => all.reduce((sum, { credits }) => sum + credits, 0) === charged,
    )
    expect(usage.reduce((sum, { runs }) => sum + runs, 0)).toBe(3)
    await invited(ada, grace)
    await inStep(ada, grace)
    await eventually(
      () => usageOf(grace),
      (seen) => JSON.stringify(seen) === JSON.stringify(usage),
    )
  })
})
