/** What must be true of a world of rules once everyone has told everything. */

import assert from 'node:assert/strict'
import { packAccount } from '#shared/account/snapshot.ts'
import { checkInStep, demand } from './oracles.ts'
import { comeToRest } from './rest.ts'
import type { RulesWorld } from './rules-world.ts'

export async function checkHealedRules(world: RulesWorld): Promise<void> {
  const { server, talk, computers } = world
  await comeToRest(
    {
      ...{ journal: server.journal, pool: server.pool, now: world.now },
      async turn() {
        await world.command({ kind: 'caretaker', salt: 1, process: 0 })
        await meetAll(world)
      },
    },
    MOST_TURNS,
  )

  for (const computer of computers) {
    const { machine, standing } = computer
    const { name, disk } = machine
    demand(standing !== 'copied' && standing !== 'leaving', () => `${name} is ${standing} still`)
    if (standing === 'dead' || standing === 'home') continue
    const known = talk.streams.get(disk.deviceId)?.known
    for (const { hash, sequence } of disk.records) {
      demand(known?.has(hash) === true, () => `Record ${sequence} of ${name} was never taken in`)
    }
    if (standing !== 'in') continue
    checkInStep(server.pool(), world.view(computer), world.now())
    assert.equal(disk.read, server.journal().length, `${name} has not read everything`)
    assertSameAccount(world, computer)
  }

  await payDebt(world)
  const problems = await server.problems()
  demand(problems.length === 0, () => problems.join('; '))
  checkSpending(world)
}

/**
 * What is in force for the account is the same everywhere. Room is the authority's alone, and it
 * lets go of what is over.
 */
function assertSameAccount({ server }: RulesWorld, { machine }: RulesWorld['computers'][number]) {
  const { account, balances } = server.pool()
  const same = (known: typeof account) => {
    const closed = [...known.closed].filter((grantId) => balances.has(grantId)).sort()
    return { ...packAccount(known), rooms: [], closed }
  }
  const theirs = same(account)
  const mine = same(machine.disk.books.account)
  assert.deepEqual(mine, theirs, `${machine.name} knows another account`)
}

const MOST_TURNS = 6

/** Everyone is in touch a few times. */
async function meetAll(world: RulesWorld): Promise<void> {
  for (let rounds = 0; rounds < 3; rounds++) {
    for (const computer of world.computers) {
      world.sync(computer, rounds, 0)
      await world.wait(1_000)
    }
  }
}

/** Debt is paid as soon as credits come. */
async function payDebt(world: RulesWorld): Promise<void> {
  const { server } = world
  const owed = server.pool().debt
  if (owed === 0) return
  await world.command({ kind: 'gift', salt: 1, process: 0, amount: owed + 10_000, days: 30 })
  await world.command({ kind: 'caretaker', salt: 1, process: 0 })
  demand(server.pool().debt === 0, () => `${server.pool().debt} stay owed`)
}

/**
 * What machines spent of a grant is what the pool says of it, but for what surfaced after its lease
 * was taken back; and no more was ever owed than surfaced.
 */
function checkSpending({ server, talk }: RulesWorld): void {
  let surfaced = 0
  let owed = 0
  const spent = new Map<string, number>()
  const spend = (grantId: string, amount: number) =>
    spent.set(grantId, (spent.get(grantId) ?? 0) + amount)
  for (const { facts, postings } of server.journal()) {
    if (facts.kind === 'report') {
      surfaced += facts.surfaced
      owed += facts.debt
    }
    if (facts.kind !== 'adopt') continue
    for (const { grantId, bucket, amount } of postings)
      if (bucket === 'spent') spend(grantId, amount)
  }
  for (const { known } of talk.streams.values()) {
    for (const record of known.values()) {
      for (const { grantId, amount } of record.spent) spend(grantId, amount)
    }
  }
  const { debt, debtPaid } = server.pool()
  demand(owed <= surfaced && debt + debtPaid === owed, () => {
    return `${owed} were owed, ${debt} are, ${debtPaid} were paid, and ${surfaced} surfaced`
  })
  if (surfaced > 0) return
  for (const { grant, spent: said } of server.balances().values()) {
    const sum = spent.get(grant.id) ?? 0
    demand(sum === said, () => `${sum} of ${grant.id} were spent, and the authority says ${said}`)
  }
}
