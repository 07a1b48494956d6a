/** Names given on machines that are apart, with real hosts and a real server. */

import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TeamView } from '#shared/host/team.ts'
import type { Named } from '#shared/team/names.ts'
import { found, inStep, pairInStep, stateOf } from '../../support/team-steps.ts'
import {
  createTeamWorld,
  eventually,
  type TeamHost,
  type TeamWorld,
} from '../../support/team-world.ts'

let world: TeamWorld
beforeAll(async () => {
  world = await createTeamWorld()
  await world.serve()
})
afterAll(() => world.close())

const TEAM: Named = { kind: 'team' }

/** All names that a machine shows. */
async function namesOf(host: TeamHost): Promise<readonly string[]> {
  const team = (await host.ask('team.read', {})) as TeamView
  return [team.name, ...[...team.members, ...team.devices].map(({ id, name }) => `${id} ${name}`)]
}

const offline = (...hosts: readonly TeamHost[]) =>
  eventually(
    () => Promise.all(hosts.map(stateOf)),
    (states) => states.every((state) => state === 'offline'),
  )

it('shows them at once and after a restart, and merges them when the server is back', async () => {
  const { ada, grace } = await pairInStep(world)
  const { deviceId, memberId } = (await grace.ask('team.read', {})) as TeamView
  await world.stopServer()
  await offline(ada, grace)

  expect(await ada.ask('team.rename', { named: TEAM, name: 'Ada’s' })).toMatchObject({
    name: 'Ada’s',
  })
  await ada.ask('team.rename', { named: { kind: 'device', id: deviceId }, name: 'Old desktop' })
  await grace.ask('team.rename', { named: { kind: 'device', id: deviceId }, name: 'Mark I' })
  const renamed = await grace.ask('team.rename', {
    named: { kind: 'member', id: memberId },
    name: ' Grace Hopper ',
  })
  expect(renamed.members.find(({ own }) => own)?.name).toBe('Grace Hopper')
  const refused = await grace.call('team.rename', { named: TEAM, name: 'Grace’s' })
  expect(refused).toMatchObject({ ok: false, error: { code: 'not_allowed' } })
  expect((await grace.ask('sync.read', {})).pending).toBe(2)

  await world.shut(grace)
  const again = await world.open(grace.directory)
  const kept = await eventually(
    () => again.ask('team.read', {}),
    (team) => team?.devices.find(({ own }) => own)?.name === 'Mark I',
  )
  expect(kept?.members.find(({ own }) => own)?.name).toBe('Grace Hopper')
  expect(kept?.name).toBe('Engines')

  await world.serve()
  for (const host of [ada, again]) await host.ask('sync.retry', {})
  await inStep(ada, again)
  const [same] = await eventually(
    () => Promise.all([namesOf(ada), namesOf(again)]),
    ([one, other]) => JSON.stringify(one) === JSON.stringify(other),
  )
  expect(same).toContain('Ada’s')
  expect(same).toContain(`${memberId} Grace Hopper`)
  const machine = same.find((name) => name.startsWith(deviceId))
  expect(machine).toMatch(/ (Old desktop|Mark I)$/)

  // Who comes later is told the same by the server's tables.
  const { link } = await ada.ask('team.invite', { for: { kind: 'machine' } })
  const late = await world.machine()
  const names = { memberName: 'Ada', deviceName: 'Tablet' }
  const joined = await late.ask('team.join', { ...names, invite: link, serverUrl: null })
  expect(joined.name).toBe('Ada’s')
  await inStep(late)
  expect(await namesOf(late)).toEqual(expect.arrayContaining([...same]))
})

it('lets a name go that the role does not reach to any more, and keeps the others', async () => {
  const { ada, grace } = await pairInStep(world)
  const team = (await grace.ask('team.read', {})) as TeamView
  const { memberId, deviceId } = team
  await ada.ask('team.setRole', { memberId, role: 'admin' })
  await eventually(
    () => grace.ask('team.read', {}),
    (read) => read?.role === 'admin',
  )
  await grace.ask('team.rename', { named: TEAM, name: 'Before' })
  await inStep(grace)
  // Nobody hears of it until the server does.
  await world.stopServer()
  await offline(ada, grace)
  await grace.ask('team.rename', { named: TEAM, name: 'Grace’s' })
  await grace.ask('team.rename', { named: { kind: 'device', id: deviceId }, name: 'Mark II' })
  await world.shut(grace)
  await world.serve()
  await ada.ask('sync.retry', {})
  await inStep(ada)
  await ada.ask('team.setRole', { memberId, role: 'member' })
  const again = await world.open(grace.directory)
  await inStep(ada, again)
  await eventually(
    () => Promise.all([namesOf(ada), namesOf(again)]),
    ([one, other]) =>
      one[0] === 'Before' &&
      one.includes(`${deviceId} Mark II`) &&
      JSON.stringify(one) === JSON.stringify(other),
  )
})

it('are not mixed up by a server that forgot some of them', async () => {
  const ada = await world.machine()
  await found(world, ada)
  await inStep(ada)
  const backup = await world.backUp()
  await ada.ask('sync.retry', {})
  await inStep(ada)
  const { deviceId } = (await ada.ask('team.read', {})) as TeamView
  await ada.ask('team.rename', { named: TEAM, name: 'Forgotten' })
  await inStep(ada)
  await backup.restore()
  await ada.ask('sync.retry', {})
  // It goes on like a copy of itself, and hears everything anew.
  await eventually(
    () => ada.ask('team.read', {}),
    (team) => team !== null && team.deviceId !== deviceId && team.name === 'Engines',
  )
  await inStep(ada)
  await ada.ask('team.rename', { named: TEAM, name: 'Once more' })
  await inStep(ada)
  expect((await ada.ask('team.read', {}))?.name).toBe('Once more')
})
