/** How computers of a world of rules come to their team with what they have, and leave it. */

import { EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { entriesDue } from '#shared/account/due.ts'
import { openEntry } from '#shared/account/open.ts'
import { packAccount } from '#shared/account/snapshot.ts'
import { withCatalog, withEntries } from '#shared/account/state.ts'
import { hasExpired } from '#shared/credits/grant.ts'
import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import { EMPTY_BALANCE } from '#shared/journal/balance.ts'
import { homeAccount, leaveEntries } from '#shared/lease/close.ts'
import { adoptEntries } from '#shared/lease/enrol.ts'
import type { Command } from './commands.ts'
import { demand, type MachineView } from './oracles.ts'
import type { Computer, ComputersDeps } from './rules-computers.ts'
import { type Disk, emptyDisk } from './rules-machine.ts'
import { DAY, type Step } from './steps.ts'

interface Arriving {
  readonly computers: Computer[]
  newComputer(disk: Disk): Computer
  sync(computer: Computer, wished: number, needed: number): void
  /** The account that the team was made of, once it was. */
  founder(): AccountSnapshot | null
  founded(account: AccountSnapshot): void
}

export function createAdopting(
  { server, first, timeZone, now, note, nextId, insist, processFrom }: ComputersDeps,
  { computers, newComputer, sync, founder, founded }: Arriving,
) {
  /** A machine that stood alone since `days` ago brings what it has, with a run under way. */
  async function adopt({
    days,
    spends,
    holds,
    process,
  }: Extract<Step, { kind: 'adopt' }>): Promise<void> {
    const deviceId = nextId('device')
    const began = now() - days * DAY
    const alone = {
      account: withCatalog(EMPTY_ACCOUNT, first, Number.MIN_SAFE_INTEGER),
      balances: EMPTY_BALANCE,
    }
    const computer = newComputer(emptyDisk(deviceId, alone.account.catalogs))
    const { machine } = computer
    const open = openEntry(`home:${deviceId}`, { startsAt: began, timeZone }, 'plan-0', 1)
    machine.write([open, ...entriesDue(withEntries(alone, [open]), now())])
    const run = machine.hold(nextId('run'), 1 + spends)
    if (run) machine.end(run, 60)
    machine.hold(nextId('run'), 1 + holds)
    const { account, balances } = machine.disk.books
    const arrival = {
      ...{ deviceId, memberId: deviceId, records: { sequence: 0, hash: '' } },
      ...{ account: packAccount({ ...account, catalogs: [] }), grants: [...balances.values()] },
    }
    const founds = server.pool().account.account === null
    const command: Command = {
      id: deviceId,
      isDone: (has) => has(`adopt:${deviceId}`),
      rule: (pool, at) => adoptEntries(pool, arrival, at),
    }
    if (!(await insist(command))) {
      computers.pop()
      return
    }
    if (founds) founded(arrival.account)
    const up = processFrom(process)
    const lines = up ? ((await server.statement(up, deviceId))?.lines ?? []) : []
    note('adopted')
    if (!up) {
      computer.standing = 'dead'
      return
    }
    machine.join(lines, founds ? null : founder())
    if (founds) machine.disk = { ...machine.disk, books: { ...machine.disk.books, account } }
    sync(computer, process, 0)
  }

  return adopt
}

type LeavingDeps = Pick<ComputersDeps, 'server' | 'talk' | 'now' | 'note' | 'processFrom'> & {
  view(computer: Computer): MachineView
}

export function createLeaving({ server, talk, now, note, processFrom, view }: LeavingDeps) {
  /** By calls that wait for their answer, so that only deaths come between. */
  async function leave(computer: Computer, wished: number): Promise<void> {
    const { machine } = computer
    const process = processFrom(wished)
    if (!process || !machine.isUp || machine.disk.runs.length > 0) return
    if (view(computer).unreported === null) return
    computer.standing = 'leaving'
    const { deviceId } = machine.disk
    const read = async () => {
      const journal = server.journal()
      machine.hear(server.timeOf(process))
      machine.read(0, journal.length, journal, server.at())
      const statement = await server.statement(process, deviceId)
      const wrong = statement && machine.takeUp(statement)
      demand(wrong === null, () => `${machine.name} refuses its lease: ${wrong}`)
    }
    const report = async () => {
      const { own } = talk.streams.get(deviceId) ?? { own: [''] }
      const records = machine.disk.records.slice(own.length - 1)
      const previous = own.at(-1) ?? ''
      await talk.handle(process, deviceId, { type: 'records', previous, records }, () => undefined)
    }
    if (server.pool().devices.get(deviceId)?.closed === null) {
      await read()
      machine.giveAllBack()
      await report()
      const left = await server.write(process, (pool, at) =>
        leaveEntries(pool, deviceId, false, at),
      )
      if (!left.ok) {
        computer.standing = 'in'
        demand(left.error.code === 'lease_reclaimed', () => JSON.stringify(left))
        return
      }
    }
    await read()
    goHome(computer)
  }

  function goHome(computer: Computer): void {
    const { machine } = computer
    machine.goHome(homeAccount(server.pool(), machine.disk.deviceId, false, now()))
    computer.standing = 'home'
    note('left')
    const line = server.pool().devices.get(machine.disk.deviceId)
    for (const [grantId, { granted, ended, reclaimed }] of line?.lines ?? []) {
      const balance = machine.disk.books.balances.get(grantId)
      const { available = 0 } = balance ?? {}
      // By its own clock it may be over.
      const isOver = balance !== undefined && hasExpired(balance.grant, machine.now())
      demand(isOver || available === granted - ended - reclaimed, () => {
        return `${machine.name} went home with ${available} of ${grantId}`
      })
    }
  }

  return { leave, goHome }
}
