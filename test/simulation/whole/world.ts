/**
 * Everything there is: real ledgers on disks, real records, both ends of the wire, a real store, in one
 * time. Only the network, the clocks, ids and chance are the world's own.
 */

import { isDeepStrictEqual } from 'node:util'
import type { Catalog } from '#shared/catalog/catalog.ts'
import type { CatalogSource } from '#shared/journal/journal.ts'
import type { Identity } from '../../../src-server/teams/identity.ts'
import { Died, toldOf } from '../authority.ts'
import { catalogJson, catalogsOf } from '../catalogs.ts'
import { type Chance, createChance } from '../chance.ts'
import { type Command, commandOf, type CommandStep, type Paid } from '../commands.ts'
import {
  checkClaims,
  checkFold,
  checkMachine,
  checkPool,
  demand,
  type MachineView,
} from '../oracles.ts'
import { DAY, MINUTE, type Step } from '../steps.ts'
import { digestOf, type World } from '../world.ts'
import { createDisks, type Disk } from './disks.ts'
import { checkHealedWhole } from './healed.ts'
import { createMachine, type Machine } from './machine.ts'
import { afterUpdate, anyVersion, newerFrames, OURS, type Version } from './newer.ts'
import { createSchedule, settle } from './schedule.ts'
import { uuidOf } from './seeds.ts'
import { ADDRESS, createServerSide, type ServerSide } from './server.ts'

export interface Computer {
  readonly machine: Machine
  backup: Disk | null
  /** Gone for good. */
  isLost: boolean
  version: Version
  /** Charges that its user was told of and that its disk should have. */
  readonly charged: Set<string>
}

export interface WholeWorld {
  readonly servers: ServerSide
  readonly computers: readonly Computer[]
  view(computer: Computer): MachineView
  /** Everyone who is up is in touch for so long. */
  meet(ms: number): Promise<void>
  command(step: CommandStep): Promise<void>
  sweep(): Promise<void>
}

const MOST_COMPUTERS = 6
const STARTS_AT = Date.UTC(2027, 0, 1)
/** People shut their machines when they wait longer. */
const LONG = 2 * MINUTE

export async function createWholeWorld(seed: number): Promise<World> {
  const setting = createChance(seed ^ 0x0b5e55ed)
  const schedule = createSchedule(STARTS_AT + setting.below(730 * DAY))
  const timeZone = setting.pick(['UTC', 'Europe/Berlin', 'Pacific/Auckland'])
  const [first, ...later] = catalogsOf(seed, 3) as [Catalog, ...Catalog[]]
  const catalog = catalogJson(first) as unknown as CatalogSource
  const isNewerServer = setting.is(40)
  const disks = createDisks()
  const servers = await createServerSide({ schedule, seed, count: 2, timeZone })
  const computers: Computer[] = []
  const paid: Paid[] = []
  const seen = new Map<string, number>()
  const mistakes: string[] = []
  let chance: Chance = setting
  let made = 0
  let brought = 0
  let counted = 0
  let owner: Identity | null = null

  const note = (what: string, times = 1) => seen.set(what, (seen.get(what) ?? 0) + times)
  const nextId = (kind: string) => `${kind}-${++made}`
  await servers.up(0)?.catalogs.publish(catalog, 0)

  /** Does something that a process or a machine may die of. */
  async function surviving(what: () => void | Promise<void>): Promise<boolean> {
    try {
      await what()
      return true
    } catch (error) {
      if (!(error instanceof Died)) throw error
      return false
    }
  }

  /** Something that takes its time goes on beside everything else. */
  function begin(what: Promise<unknown>): void {
    what.catch((error: unknown) => {
      if (!(error instanceof Died)) mistakes.push(toldOf(error))
    })
  }

  // ── computers

  function newComputer(disk: Disk, days: number, version: Version): Computer {
    const number = ++made
    const computer: Computer = {
      ...{ backup: null, isLost: false, version, charged: new Set() },
      machine: createMachine(`computer-${number}`, disk, {
        ...{ schedule, disks, timeZone, catalog, number, chance: () => chance, died: note },
        anchor: schedule.now() - days * DAY,
        version: () => computer.version,
        mistake: (text) => mistakes.push(text),
        network: {
          servers,
          frame: (frame, from) => {
            const isNewer = from === 'device' ? computer.version.isNewer : isNewerServer
            return isNewer ? newerFrames(frame, chance) : [frame]
          },
        },
      }),
    }
    computers.push(computer)
    return computer
  }

  async function invitation(): Promise<string | null> {
    const process = servers.up(0)
    if (!process || !owner) return null
    const invited = await process.teams.withSession['invite.create'](
      {
        ...{ inviteId: uuidOf(0x1000000 + ++made), days: 7, maximumUses: 1 },
        for: { kind: 'person', role: 'member' },
      },
      { identity: owner, token: '' },
    )
    return invited.ok ? invited.data.code : null
  }

  /** Begins to join; how it comes out shows. */
  async function join({ machine }: Computer): Promise<void> {
    const code = owner ? await invitation() : null
    if (owner && code === null) return
    const enrolmentId = uuidOf(0x2000000 + ++made)
    const names = { teamName: 'Engines', memberName: 'Ada', deviceName: machine.name }
    begin(machine.team().join(ADDRESS, { enrolmentId, code, ...names }))
    await schedule.run(chance.between(5, 40) * 1_000)
    await servers.look()
    const issuer = machine.isUp() ? machine.ledger().issuer() : null
    if (issuer) note(owner ? 'joined' : 'founded')
    if (issuer && !owner) owner = { ...issuer, role: 'owner', standing: 'active' }
  }

  /** A machine that stood alone since `days` ago joins, with what it has and a run under way. */
  async function enrol(days: number, spends: number, holds: number): Promise<void> {
    const version = anyVersion(chance)
    const computer = newComputer(disks.make(), days, owner ? version : OURS)
    const { machine } = computer
    await machine.start()
    const run = nextId('run')
    if (spends > 0 && machine.hold(run, spends)) end(computer, run, 60)
    if (holds > 0) machine.hold(nextId('run'), holds)
    await surviving(() => join(computer))
  }

  function end(computer: Computer, operationId: string, share: number | null): void {
    const { machine } = computer
    const charge = machine.end(operationId, share)
    if (charge === null) return
    computer.charged.add(operationId)
    const draws = machine.view().records().at(-1)?.spent ?? []
    if (charge > 0 && machine.ledger().issuer()) paid.push({ operationId, draws, refunded: 0 })
  }

  /** What a person does who reads what the badge says. */
  async function attend(computer: Computer): Promise<void> {
    const { machine } = computer
    if (!machine.isUp()) return
    const { status } = machine.team().sync()
    if (status.state !== 'trouble') return
    const { code } = status.error
    note(`trouble ${code}`)
    if (!['device_copied', 'device_revoked', 'device_lost', 'device_left'].includes(code)) return
    for (const run of [...machine.view().open().keys()]) end(computer, run, 50)
    machine.team().retry()
    await schedule.run(30_000)
    if (!machine.isUp() || machine.team().sync().status.state !== 'trouble') return
    if (machine.team().sync().pending > 0) return
    const left = machine.team().leaveBehind()
    demand(left.ok, () => `${machine.name} cannot go on alone: ${JSON.stringify(left)}`)
    if (code === 'device_copied') {
      note('re-enrolled')
      await join(computer)
    }
  }

  async function sync(computer: Computer, needed: number): Promise<void> {
    const { machine } = computer
    if (!machine.isUp()) return
    machine.wake()
    machine.due()
    if (needed > 0) machine.team().need(needed as never, 'op')
    machine.team().retry()
    await schedule.run(chance.between(2, 40) * 1_000)
    await attend(computer)
  }

  async function wait(ms: number): Promise<void> {
    if (ms > LONG) {
      await schedule.run(LONG)
      for (const { machine } of computers) machine.sleep()
    }
    await schedule.run(ms > LONG ? ms - LONG : ms)
    await sweep()
  }

  async function sweep(): Promise<void> {
    const process = servers.up(chance.below(2))
    if (process)
      await surviving(async () => {
        await process.sweep()
      })
  }

  // ── the account

  async function insist(command: Command): Promise<boolean> {
    for (let tries = 0; tries < 4; tries++) {
      const process = servers.up(tries)
      if (!process) return false
      if (command.isDone(servers.has, servers.pool().account.account?.id ?? '')) return true
      let isDone = false
      const lived = await surviving(async () => {
        isDone = (await servers.write(process, command.rule)).ok
      })
      if (lived) return isDone
    }
    return false
  }

  async function command(step: CommandStep): Promise<void> {
    const one = commandOf(step, nextId(step.kind), paid)
    if (!one) return
    if ((await insist(one)) && step.kind === 'refund') paid.splice(step.which % paid.length, 1)
  }

  async function closeDevice(computer: Computer, reason: string, isGone: boolean): Promise<void> {
    const { machine } = computer
    const process = servers.up(0)
    const deviceId = machine.isUp() ? machine.ledger().issuer()?.deviceId : undefined
    if (!process || !owner || !deviceId || deviceId === owner.deviceId) return
    const name = reason === 'lost' ? 'device.lost' : 'device.revoke'
    const caller = { identity: owner, token: '' }
    const closed = await process.teams.withSession[name]({ deviceId }, caller)
    if (!closed.ok) return
    note(reason)
    if (!isGone) return
    await machine.die()
    computer.isLost = true
  }

  // ── steps

  async function onComputer(computer: Computer, step: Step): Promise<void> {
    const { machine } = computer
    switch (step.kind) {
      case 'hold':
        if (machine.isUp()) note(machine.hold(nextId('run'), step.amount) ? 'hold' : 'refused')
        return
      case 'end': {
        const runs = [...machine.view().open().keys()]
        const run = machine.isUp() ? runs[step.run % Math.max(1, runs.length)] : undefined
        if (run === undefined) return
        end(computer, run, step.share)
        if (step.salt % 3 === 0) machine.label(run, `Note ${step.salt % 7}`)
        return
      }
      case 'sync':
        await sync(computer, step.needed)
        return
      case 'link':
        machine.link.mood = step.mood
        if (step.mood === 'cut') machine.link.cut()
        return
      case 'crash':
        if (step.when === 'now') await machine.die()
        else machine.dieWith(step.salt % 3 === 0 ? 'torn' : step.when)
        return
      case 'start':
        await machine.start()
        return
      case 'turn-clock':
        machine.turnClock(step.ms)
        return
      case 'backup':
        if (computer.backup) disks.remove(computer.backup)
        computer.backup = machine.copyDisk()
        return
      case 'restore': {
        if (!computer.backup) return
        const { backup } = computer
        computer.backup = null
        await machine.insert(backup)
        await machine.start()
        for (const id of computer.charged) {
          if (machine.view().ended(id) === 0) computer.charged.delete(id)
        }
        note('restored')
        return
      }
      case 'clone': {
        if (computers.length >= MOST_COMPUTERS || !machine.isUp()) return
        const twin = newComputer(machine.copyDisk(), 0, computer.version)
        for (const id of computer.charged) twin.charged.add(id)
        await twin.machine.start()
        note('cloned')
        return
      }
      case 'close':
        await closeDevice(computer, step.reason, step.reason === 'lost' && step.salt % 2 === 0)
        return
      case 'leave':
        if (!machine.isUp() || machine.view().open().size > 0) return
        machine.wake()
        begin(
          machine
            .team()
            .leave()
            .then((left) => note(left.ok ? 'left' : `not left: ${left.error.code}`)),
        )
        await schedule.run(30_000)
        return
      default:
        throw new Error(`Nobody does ${step.kind}`)
    }
  }

  async function play(step: Step): Promise<void> {
    chance = createChance(step.salt)
    const place = 'process' in step ? step.process % servers.processes.length : 0
    const process = servers.processes[place] ?? null
    switch (step.kind) {
      case 'wait':
        await wait(step.ms)
        break
      case 'server-crash':
        if (step.when === 'now') servers.kill(place)
        else if (process) process.dying = step.when
        break
      case 'server-start':
        if (!process) await servers.start(place)
        break
      case 'server-clock':
        if (process) process.owner.offset = step.ms
        break
      case 'publish': {
        const next = process ? later.shift() : undefined
        if (!next || !process) break
        const from = schedule.now() + step.days * DAY
        const published = await surviving(async () => {
          const done = await process.catalogs.publish(catalogJson(next), from)
          demand(done.ok, () => JSON.stringify(done))
        })
        note(published ? 'published' : 'perhaps published')
        break
      }
      case 'enrol':
        if (computers.length < MOST_COMPUTERS) await enrol(0, 0, 0)
        break
      case 'adopt':
        if (computers.length < MOST_COMPUTERS) await enrol(step.days, step.spends, step.holds)
        break
      case 'caretaker':
        await sweep()
        break
      case 'buy':
      case 'unsubscribe':
      case 'gift':
      case 'refund':
      case 'plan':
      case 'override':
        await command(step)
        break
      default: {
        const present = computers.filter(({ isLost }) => !isLost)
        const computer = present[step.which % Math.max(1, present.length)]
        if (computer) await surviving(() => onComputer(computer, step))
      }
    }
    await settle()
    await servers.look()
  }

  function view({ machine }: Computer): MachineView {
    const shown = machine.view()
    const issuer = issuerOf(shown.entries())
    const { own } = servers.witness.streams.get(issuer) ?? { own: [''] }
    const reported = servers.pool().devices.get(issuer)?.reported.sequence ?? 0
    const records = shown.records()
    const known = own.length - 1
    const isOwn = known <= records.length && (records[known - 1]?.hash ?? '') === own[known]
    return {
      ...{ name: machine.name, deviceId: issuer, lease: shown.lease() },
      ...{ balances: shown.balances(), before: shown.before(), returned: shown.returned() },
      held: [...shown.open().values()].flat(),
      unreported: isOwn ? records.slice(Math.max(known, reported)) : null,
    }
  }

  /** What machines had spent before they came. */
  function countBrought(): void {
    const journal = servers.journal()
    for (const { facts, postings } of journal.slice(counted)) {
      if (facts.kind !== 'adopt') continue
      for (const { bucket, amount } of postings) if (bucket === 'spent') brought += amount
    }
    counted = journal.length
  }

  const world: WholeWorld = {
    servers,
    computers,
    view,
    command,
    sweep,
    async meet(ms) {
      for (const computer of computers) {
        if (!computer.machine.isUp()) continue
        computer.machine.wake()
        computer.machine.due()
        computer.machine.team().retry()
      }
      await schedule.run(ms)
      await servers.look()
    },
  }

  await enrol(setting.below(60), setting.below(5_000), setting.below(500))
  for (let count = setting.between(1, 2); count > 0; count--) await enrol(setting.below(40), 0, 0)
  await servers.look()

  return {
    play,
    check(whole) {
      const [mistake] = [...mistakes, ...servers.mistakes]
      demand(mistake === undefined, () => mistake ?? '')
      countBrought()
      checkPool(servers.pool(), servers.balances(), servers.witness.accounted() + brought)
      for (const computer of computers) {
        const { machine, charged } = computer
        const shown = view(computer)
        checkMachine(shown)
        checkClaims(servers.pool(), shown)
        if (machine.isUp()) checkShown(machine)
        for (const id of charged) {
          const times = machine.view().ended(id)
          demand(times === 1, () => `${machine.name} has ended ${id} ${times} times`)
        }
        if (whole) checkFold(machine.name, machine.view().entries(), shown.balances)
      }
      if (whole) checkFold('The authority', servers.journal(), servers.balances())
    },
    async heal() {
      chance = createChance(seed)
      for (const [place, process] of servers.processes.entries()) {
        if (!process) await servers.start(place)
        else Object.assign(process, { dying: null })
      }
      for (const process of servers.processes) if (process) process.owner.offset = 0
      for (const computer of computers.filter(({ isLost }) => !isLost)) {
        const { machine } = computer
        computer.version = afterUpdate(computer.version)
        await machine.die()
        machine.link.mood = 'good'
        machine.setClock()
        await machine.start()
        for (const run of [...machine.view().open().keys()]) end(computer, run, 50)
        machine.sleep()
      }
      await schedule.run(DAY + 12_345_678)
      for (let rounds = 0; rounds < 6; rounds++) {
        await sweep()
        await world.meet(45_000)
        for (const computer of computers) await attend(computer)
      }
    },
    checkHealed: () => checkHealedWhole(world),
    seen,
    digest: () =>
      digestOf([servers.journal(), computers.map(({ machine }) => machine.view().entries())]),
    async close() {
      for (const { newer } of servers.witness.used().values()) note('newer records', newer)
      for (const { facts } of servers.journal()) {
        note(facts.kind)
        if (facts.kind === 'report' && facts.surfaced > 0) note('surfaced')
        if (facts.kind === 'report' && facts.fork) note('fork')
      }
      for (const { machine } of computers) await machine.close()
      await servers.close()
      disks.removeAll()
    },
  }
}

/** The balances that people see are the journal's, followed apart from the ledger. */
function checkShown(machine: Machine): void {
  const followed = machine.view().balances()
  for (const [grantId, balance] of machine.ledger().books().balances) {
    demand(isDeepStrictEqual(followed.get(grantId), balance), () => {
      return `${machine.name} shows ${JSON.stringify(balance)} and has ${JSON.stringify(followed.get(grantId))}`
    })
  }
}

/** Who it is to its team; empty while it stands alone. */
function issuerOf(entries: readonly { readonly facts: { readonly kind: string } }[]): string {
  const last = entries.findLast(({ facts }) => facts.kind === 'authority')?.facts as
    { readonly issuer: { readonly deviceId: string } | null } | undefined
  return last?.issuer?.deviceId ?? ''
}
