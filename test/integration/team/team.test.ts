import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  found,
  inStep,
  invited,
  pairInStep,
  stateOf,
  totalOf,
  totalsAre,
  usageOf,
} from '../../support/team-steps.ts'
import {
  ALLOWANCE,
  createTeamWorld,
  eventually,
  type TeamHost,
  type TeamWorld,
} from '../../support/team-world.ts'

let world: TeamWorld
beforeEach(async () => {
  world = await createTeamWorld()
  await world.serve()
})
afterEach(() => world.close())

describe('a team of machines', () => {
  it('begins with the credits and the usage of its founder', async () => {
    const ada = await world.machine()
    const { charged } = await ada.spendAll(2)
    const before = await ada.ask('balance.read', {})
    const team = await found(world, ada)
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

  it('shows who looks which machines are connected, though nobody tells', async () => {
    const { ada, grace } = await pairInStep(world)
    await eventually(
      async () => (await ada.ask('team.read', {}))?.devices ?? [],
      (devices) => devices.length === 2 && devices.every(({ connected }) => connected),
    )
    await world.shut(grace)
    await eventually(
      async () => (await ada.ask('team.read', {}))?.devices ?? [],
      (devices) => devices.some(({ connected }) => !connected),
    )
  })

  it('agrees to the millicredit after both spent all they had without the server', async () => {
    const ada = await world.machine()
    const grace = await world.machine()
    const early = (await ada.spendAll(1)).charged + (await grace.spendAll(1)).charged
    await found(world, ada)
    await inStep(ada)
    await invited(ada, grace)
    await inStep(ada, grace)
    const all = 2 * ALLOWANCE - early
    await totalsAre([ada, grace], all)

    await world.stopServer()
    await eventually(
      () => Promise.all([stateOf(ada), stateOf(grace)]),
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
    await totalsAre([ada, grace], left)
    const usage = await eventually(
      () => Promise.all([usageOf(ada), usageOf(grace)]),
      ([one, other]) => JSON.stringify(one) === JSON.stringify(other),
    )
    const charged = early + spent[0].charged + spent[1].charged
    expect(usage[0]).toHaveLength(2)
    expect(usage[0].reduce((sum, { credits }) => sum + credits, 0)).toBe(charged)
  })

  it('gives a machine what it lacks while there is more with the team', async () => {
    const { ada, grace } = await pairInStep(world)
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
    await totalsAre([ada, grace], 2 * ALLOWANCE - charged)
  })

  it('counts for a cap what all machines of the team have told', async () => {
    const { ada, grace } = await pairInStep(world)
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
    await found(world, ada)
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
    await found(world, ada)
    await inStep(ada)
    await world.stopServer()
    const { charged } = await ada.spendAll(1)
    await world.shut(ada)
    const again = await world.open(ada.directory)
    expect(await again.ask('sync.read', {})).toMatchObject({ status: { state: 'offline' } })
    expect(await totalOf(again)).toBe(ALLOWANCE - charged)
    await world.serve()
    await again.ask('sync.retry', {})
    await inStep(again)
    expect(await totalOf(again)).toBe(ALLOWANCE - charged)
  })
})
