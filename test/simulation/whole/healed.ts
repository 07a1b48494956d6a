/** What must be true of a whole world once everyone has told everything. */

import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { packAccount } from '#shared/account/snapshot.ts'
import { isGeneral } from '#shared/lease/size.ts'
import { deviceOf } from '../../../src-main/sync/records/replica/stored-tails.ts'
import { checkInStep, demand } from '../oracles.ts'
import { comeToRest } from '../rest.ts'
import type { Computer } from './computers.ts'
import type { Used } from './witness.ts'
import type { WholeWorld } from './world.ts'

const MOST_TURNS = 8
const NOTHING: Used = { runs: 0, newer: 0, credits: 0 }

export async function checkHealedWhole(world: WholeWorld): Promise<void> {
  const { servers, computers } = world
  await comeToRest(
    {
      ...{ journal: servers.journal, pool: servers.pool, now: servers.now },
      async turn() {
        await world.sweep()
        await world.meet(65_000)
      },
    },
    MOST_TURNS,
  )
  const { streams, used } = servers.witness
  const names = await servers.names()
  const team = computers.filter(({ machine }) => machine.isUp() && machine.ledger().issuer())
  for (const computer of team) {
    const { machine } = computer
    const { name } = machine
    const shown = world.view(computer)
    const device = servers.pool().devices.get(shown.deviceId)
    demand(device !== undefined, () => `The pool does not know ${name}`)
    const { status, pending } = machine.team().sync()
    if (device.closed) continue
    demand(status.state === 'synced' && pending === 0, () => {
      return `${name} is not in step: ${JSON.stringify(status)}, ${pending} pending`
    })
    const known = streams.get(shown.deviceId)?.known
    for (const { hash, sequence } of machine.view().records()) {
      demand(known?.has(hash) === true, () => `Record ${sequence} of ${name} was never taken in`)
    }
    checkInStep(servers.pool(), shown, machine.ledger().now())
    assertSameAccount(world, computer)
    checkElsewhere(world, computer)
    checkNames(computer, names)
    await checkUsage(computer, used())
  }
  const problems = await servers.problems()
  demand(problems.length === 0, () => problems.join('; '))
}

function assertSameAccount({ servers }: WholeWorld, { machine }: Computer): void {
  const { account, balances } = servers.pool()
  const same = (known: typeof account) => {
    const closed = [...known.closed].filter((grantId) => balances.has(grantId)).sort()
    return { ...packAccount({ ...known, catalogs: [] }), rooms: [], closed }
  }
  const mine = same(machine.ledger().books().account)
  assert.deepEqual(mine, same(account), `${machine.name} knows another account`)
}

/** What a person sees here and with the team is what the team has. */
function checkElsewhere({ servers }: WholeWorld, { machine }: Computer): void {
  const pool = servers.pool()
  const at = machine.ledger().now()
  const own = machine
    .ledger()
    .buckets()
    .filter(({ grant }) => isGeneral(grant, at))
    .reduce((sum, { available, held }) => sum + available + held, 0)
  const elsewhere = machine.team().elsewhere()?.amount ?? 0
  let all = 0
  for (const { grant, available } of pool.balances.values()) {
    if (isGeneral(grant, at)) all += available
  }
  for (const { closed, lines } of pool.devices.values()) {
    if (closed === 'left') continue
    for (const [grantId, { granted, ended, reclaimed }] of lines) {
      const grant = pool.balances.get(grantId)?.grant
      if (grant && isGeneral(grant, at)) all += granted - ended - reclaimed
    }
  }
  demand(own + elsewhere === all, () => {
    return `${machine.name} shows ${own} and ${elsewhere} with the team, which has ${all}`
  })
}

/** What was given a name is called the same everywhere, and in the server's tables. */
function checkNames({ machine }: Computer, names: ReadonlyMap<string, string>): void {
  const own = machine.team().names()
  demand(isDeepStrictEqual(own, names), () => {
    const shown = [own, names].map((some) => JSON.stringify([...some]))
    return `${machine.name} has the names ${shown[0]}, and the server ${shown[1]}`
  })
}

/** Every machine has the usage of all others. */
async function checkUsage({ machine }: Computer, used: ReadonlyMap<string, Used>): Promise<void> {
  const own = machine.ledger().issuer()?.deviceId
  const heard = new Map<string, Used>()
  for (const total of await machine.team().othersUsed(0)) {
    const { deviceId: stream, runs, newer, credits } = total
    // What a copy of a machine did is told apart from what the machine did.
    const deviceId = deviceOf(stream)
    const sum = heard.get(deviceId) ?? NOTHING
    heard.set(deviceId, {
      runs: sum.runs + runs,
      newer: sum.newer + newer,
      credits: sum.credits + credits,
    })
  }
  for (const [deviceId, kept] of used) {
    if (deviceId === own || kept.runs + kept.newer === 0) continue
    const known = heard.get(deviceId) ?? NOTHING
    demand(isDeepStrictEqual(known, kept), () => {
      return `${machine.name} knows of ${deviceId} ${JSON.stringify(known)}, and it was ${JSON.stringify(kept)}`
    })
  }
}
