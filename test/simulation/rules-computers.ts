/** The computers of a world of rules: what happens on each, and how it stands in its team. */

import { EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { withCatalog } from '#shared/account/state.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import { millicredits } from '#shared/credits/amount.ts'
import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import { closeDeviceEntries } from '#shared/lease/close.ts'
import { deviceEntries } from '#shared/lease/enrol.ts'
import type { Process, SimAuthority } from './authority.ts'
import type { Command, Paid } from './commands.ts'
import type { ToServer } from './messages.ts'
import type { MachineView } from './oracles.ts'
import { createAdopting, createLeaving } from './rules-arrivals.ts'
import { createMachine, type Disk, emptyDisk, headOfDisk, type Machine } from './rules-machine.ts'
import type { Talk } from './talk.ts'
import type { LinkMood, Step } from './steps.ts'
import type { Surviving } from './insisting.ts'

/** One computer: what is on it, and how it stands in the team as far as it knows. */
export interface Computer {
  machine: Machine
  link: LinkMood
  backup: Disk | null
  standing: 'in' | 'copied' | 'out' | 'leaving' | 'home' | 'dead'
  /** Charges that its user was told of and that its disk should have. */
  readonly charged: Set<string>
}

/** A mistake made on purpose, which an oracle must notice. */
export type Mistake = 'records-count-twice' | 'leases-count-twice' | 'speaks-too-soon'

export const MOST_COMPUTERS = 8

export interface ComputersDeps {
  readonly server: SimAuthority
  readonly talk: Talk
  readonly paid: Paid[]
  readonly catalogs: ReadonlyMap<string, Catalog>
  /** In force from the beginning. */
  readonly first: Catalog
  readonly timeZone: string
  readonly mistake: Mistake | undefined
  now(): number
  note(what: string): void
  nextId(kind: string): string
  /** Asks until it is known to be done, as people and their clients do. */
  insist(command: Command): Promise<boolean>
  /** A process that is up, from the wished one on; null when all are down. */
  processFrom(wished: number): Process | null
  readonly surviving: Surviving
  toServer(from: Computer, process: Process, message: ToServer): void
}

export function createComputers(deps: ComputersDeps) {
  const { server, talk, paid, catalogs, first, mistake } = deps
  const { now, note, nextId, insist, processFrom, surviving, toServer } = deps
  const computers: Computer[] = []
  let founder: AccountSnapshot | null = null
  const machineWorld = {
    now,
    takesTwice: mistake === 'leases-count-twice',
    catalog(version: string): Catalog {
      const found = catalogs.get(version)
      if (!found) throw new Error(`There is no catalog ${version}`)
      return found
    },
  }

  function end(computer: Computer, runId: string, share: number | null): void {
    const { machine } = computer
    const run = machine.disk.runs.find(({ id }) => id === runId)
    if (!run) return
    const isInTeam = machine.disk.lease !== null
    if (mistake === 'speaks-too-soon') computer.charged.add(runId)
    const amount = machine.end(run, share)
    computer.charged.add(runId)
    const draws = machine.disk.records.at(-1)?.spent ?? []
    if (isInTeam && amount > 0 && computer.standing === 'in') {
      paid.push({ operationId: runId, draws, refunded: 0 })
    }
  }

  /** A new identity in the team, on a computer with an empty ledger. */
  async function enrolOn(computer: Computer, wished: number): Promise<void> {
    const deviceId = nextId('device')
    const command: Command = {
      id: deviceId,
      isDone: (has) => has(`device:${deviceId}`),
      rule: (pool) => deviceEntries(pool, deviceId, 'm'),
    }
    if (!(await insist(command))) return
    const known = withCatalog(EMPTY_ACCOUNT, first, Number.MIN_SAFE_INTEGER).catalogs
    const { name, offset } = computer.machine
    computer.machine = createMachine(name, emptyDisk(deviceId, known), machineWorld)
    computer.machine.offset = offset
    computer.backup = null
    computer.charged.clear()
    computer.standing = 'in'
    computer.machine.join([], founder)
    sync(computer, wished, 0)
  }

  function newComputer(disk: Disk): Computer {
    const machine = createMachine(nextId('computer'), disk, machineWorld)
    const computer: Computer = {
      ...{ machine, link: 'good', backup: null, standing: 'in' },
      charged: new Set(),
    }
    computers.push(computer)
    return computer
  }

  async function enrol(wished: number): Promise<void> {
    const known = withCatalog(EMPTY_ACCOUNT, first, Number.MIN_SAFE_INTEGER).catalogs
    const computer = newComputer(emptyDisk('none', known))
    await enrolOn(computer, wished)
    if (computer.machine.disk.deviceId === 'none') computers.pop()
  }

  async function clone(computer: Computer): Promise<void> {
    if (computers.length >= MOST_COMPUTERS || computer.standing !== 'in') return
    const twin = newComputer(computer.machine.disk)
    for (const id of computer.charged) twin.charged.add(id)
    twin.machine.isUp = false
    await surviving(() => twin.machine.start())
    note('cloned')
  }

  async function restore(computer: Computer): Promise<void> {
    const { backup, machine } = computer
    if (!backup || computer.standing !== 'in') return
    if (backup.deviceId !== machine.disk.deviceId) return
    machine.disk = backup
    const kept = new Set(backup.entries.map(({ id }) => id))
    for (const id of computer.charged) if (!kept.has(`${id}:end`)) computer.charged.delete(id)
    await surviving(() => machine.start())
    note('restored')
  }

  const leaving = createLeaving({ server, talk, now, note, processFrom, view })
  const adopt = createAdopting(deps, {
    ...{ computers, newComputer, sync },
    founder: () => founder,
    founded(account) {
      founder = account
    },
  })

  function sync(computer: Computer, wished: number, needed: number): void {
    const { machine, standing } = computer
    const process = processFrom(wished)
    if (!process || !machine.isUp || standing === 'dead' || standing === 'home') return
    const wish = millicredits(standing === 'in' ? needed : 0)
    const head = headOfDisk(machine.disk)
    toServer(computer, process, { type: 'hello', entries: machine.disk.read, head, needed: wish })
  }

  function view(computer: Computer): MachineView {
    const { name, disk } = computer.machine
    const { deviceId, books, lease, runs, before, returned, records } = disk
    const { own } = talk.streams.get(deviceId) ?? { own: [''] }
    const known = own.length - 1
    const isOwn = known <= records.length && (records[known - 1]?.hash ?? '') === own[known]
    return {
      ...{ name, deviceId, lease, before, returned, balances: books.balances },
      held: runs.flatMap(({ held }) => held),
      unreported: isOwn ? records.slice(known) : null,
    }
  }

  async function onComputer(computer: Computer, step: Step): Promise<void> {
    const { machine } = computer
    switch (step.kind) {
      case 'hold':
        if (!machine.isUp || !['in', 'home'].includes(computer.standing)) return
        if (machine.hold(nextId('run'), step.amount)) note('hold')
        else note('refused')
        return
      case 'end': {
        const { runs } = machine.disk
        const run = machine.isUp ? runs[step.run % Math.max(1, runs.length)] : undefined
        if (run) end(computer, run.id, step.share)
        return
      }
      case 'sync':
        sync(computer, step.process, step.needed)
        return
      case 'link':
        computer.link = step.mood
        return
      case 'crash':
        if (step.when === 'now') machine.isUp = false
        else if (machine.isUp) machine.dying = step.when
        return
      case 'start':
        if (!machine.isUp) machine.start()
        return
      case 'turn-clock':
        machine.offset += step.ms
        return
      case 'backup':
        computer.backup = machine.disk
        return
      case 'restore':
        await restore(computer)
        return
      case 'clone':
        await clone(computer)
        return
      case 'close': {
        const { deviceId } = machine.disk
        const isGone = step.reason === 'lost' && step.salt % 2 === 0
        const closing: Command = {
          id: deviceId,
          isDone: () => false,
          rule: (pool, at) => closeDeviceEntries(pool, deviceId, step.reason, at),
        }
        if ((await insist(closing)) && isGone) computer.standing = 'dead'
        return
      }
      case 'leave':
        if (computer.standing === 'in' || computer.standing === 'leaving') {
          await leaving.leave(computer, step.process)
        }
        return
      default:
        throw new Error(`Nobody does ${step.kind}`)
    }
  }

  return { computers, view, end, enrol, enrolOn, adopt, ...leaving, sync, onComputer }
}
