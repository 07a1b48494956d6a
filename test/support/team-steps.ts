/** The steps that tests of a team are told in. */

import type { HostOptions } from '../../src-main/host/open-parts.ts'
import { eventually, type TeamHost, type TeamWorld } from './team-world.ts'

/** Makes a team on the world's server. */
export const found = (world: TeamWorld, host: TeamHost, memberName = 'Ada') =>
  host.ask('team.create', {
    memberName,
    deviceName: 'Laptop',
    teamName: 'Engines',
    serverUrl: world.address(),
  })

/** Brings another machine, and who sits at it, into somebody's team. */
export async function invited(by: TeamHost, host: TeamHost) {
  const { link } = await by.ask('team.invite', { for: { kind: 'person', role: 'member' } })
  return host.ask('team.join', {
    memberName: 'Grace',
    deviceName: 'Desktop',
    invite: link,
    serverUrl: null,
  })
}

/** A founder and a member in step; the options are those of the member's machine. */
export async function pairInStep(world: TeamWorld, options: Partial<HostOptions> = {}) {
  const ada = await world.machine()
  const grace = await world.machine(options)
  await found(world, ada)
  await inStep(ada)
  await invited(ada, grace)
  await inStep(ada, grace)
  return { ada, grace }
}

export const stateOf = async (host: TeamHost) => (await host.ask('sync.read', {})).status.state

/** Waits until each has told all and heard all. */
export const inStep = (...hosts: readonly TeamHost[]) =>
  eventually(
    async () => Promise.all(hosts.map(async (host) => await host.ask('sync.read', {}))),
    (views) => views.every((view) => view.status.state === 'synced' && view.pending === 0),
  )

/** What a machine sees of credits, its own and the team's. */
export async function totalOf(host: TeamHost) {
  const { available, elsewhere } = await host.credits()
  return available + elsewhere
}

/** Waits until what each sees, here and elsewhere together, comes to this. */
export const totalsAre = (hosts: readonly TeamHost[], sum: number, withinMs?: number) =>
  eventually(
    () => Promise.all(hosts.map(totalOf)),
    (seen) => seen.every((one) => one === sum),
    withinMs,
  )

/** What a machine knows of every machine's runs. */
export async function usageOf(host: TeamHost) {
  const totals = new Map<string, { runs: number; credits: number }>()
  for (const { deviceId, allTime } of await host.ask('team.usage', {})) {
    const { runs, credits } = totals.get(deviceId) ?? { runs: 0, credits: 0 }
    totals.set(deviceId, { runs: runs + allTime.runs, credits: credits + allTime.credits })
  }
  return [...totals]
    .map(([deviceId, one]) => ({ deviceId, ...one }))
    .sort((left, right) => left.deviceId.localeCompare(right.deviceId))
}
