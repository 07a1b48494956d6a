/** The computers of a whole world: what people and chance do with each. */

import type { CatalogSource } from '#shared/journal/journal.ts'
import type { Identity } from '../../../src-server/teams/identity.ts'
import { Died, toldOf } from '../authority.ts'
import type { Chance } from '../chance.ts'
import type { Paid } from '../commands.ts'
import { demand, type MachineView } from '../oracles.ts'
import { DAY, type Step } from '../steps.ts'
import type { Disk, Disks } from './disks.ts'
import { createMachine, type Machine } from './machine.ts'
import { anyVersion, newerFrames, OURS, type Version } from './newer.ts'
import type { Schedule } from './schedule.ts'
import { uuidOf } from './seeds.ts'
import { ADDRESS, type ServerSide } from './server.ts'
import type { Surviving } from '../insisting.ts'

export interface Computer {
  readonly machine: Machine
  backup: Disk | null
  /** Gone for good. */
  isLost: boolean
  version: Version
  /** Charges that its user was told of and that its disk should have. */
  readonly charged: Set<string>
}

export const MOST_COMPUTERS = 6

interface ComputersDeps {
  readonly schedule: Schedule
  readonly disks: Disks
  readonly servers: ServerSide
  readonly timeZone: string
  readonly catalog: CatalogSource
  readonly isNewerServer: boolean
  readonly paid: Paid[]
  readonly mistakes: string[]
  /** That of the step that is played. */
  chance(): Chance
  note(what: string): void
  nextId(kind: string): string
  nextNumber(): number
  readonly surviving: Surviving
}

export function createComputers(deps: ComputersDeps) {
  const { schedule, disks, servers, timeZone, catalog, isNewerServer, paid, mistakes } = deps
  const { chance, note, nextId, nextNumber, surviving } = deps
  const computers: Computer[] = []
  let owner: Identity | null = null

  /** Something that takes its time goes on beside everything else. */
  function begin(what: Promise<unknown>): void {
    what.catch((error: unknown) => {
      if (!(error instanceof Died)) mistakes.push(toldOf(error))
    })
  }

  function newComputer(disk: Disk, days: number, version: Version): Computer {
    const number = nextNumber()
    const computer: Computer = {
      ...{ backup: null, isLost: false, version, charged: new Set() },
      machine: createMachine(`computer-${number}`, disk, {
        ...{ schedule, disks, timeZone, catalog, number, chance, died: note },
        anchor: schedule.now() - days * DAY,
        version: () => computer.version,
        mistake: (text) => mistakes.push(text),
        network: {
          servers,
          frame: (frame, from) => {
            const isNewer = from === 'device' ? computer.version.isNewer : isNewerServer
            return isNewer ? newerFrames(frame, chance()) : [frame]
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
        ...{ inviteId: uuidOf(0x1000000 + nextNumber()), days: 7, maximumUses: 1 },
        for: { kind: 'person', role: 'admin' },
      },
      { identity: owner, token: '' },
    )
    return invited.ok ? invited.data.code : null
  }

  /** Begins to join; how it comes out shows. */
  async function join({ machine }: Computer): Promise<void> {
    const code = owner ? await invitation() : null
    if (owner && code === null) return
    const enrolmentId = uuidOf(0x2000000 + nextNumber())
    const names = { teamName: 'Engines', memberName: 'Ada', deviceName: machine.name }
    begin(machine.team().join(ADDRESS, { enrolmentId, code, ...names }))
    await schedule.run(chance().between(5, 40) * 1_000)
    await servers.look()
    const issuer = machine.isUp() ? machine.ledger().issuer() : null
    if (issuer) note(owner ? 'joined' : 'founded')
    if (issuer && !owner) owner = { ...issuer, role: 'owner', standing: 'active' }
  }

  /** A machine that stood alone since `days` ago joins, with what it has and a run under way. */
  async function enrol(days: number, spends: number, holds: number): Promise<void> {
    const version = anyVersion(chance())
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

  /** Others may name the same meanwhile, here or there. */
  async function rename({ machine }: Computer, salt: number): Promise<void> {
    const isDone = await machine.rename(Math.floor(salt / 2), `Name ${salt % 97}`)
    note(isDone ? 'named' : 'not named')
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
    await schedule.run(chance().between(2, 40) * 1_000)
    await attend(computer)
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
        if (step.salt % 2 === 0) begin(rename(computer, step.salt))
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

  return { computers, enrol, end, attend, onComputer, view }
}

/** Who it is to its team; empty while it stands alone. */
function issuerOf(entries: readonly { readonly facts: { readonly kind: string } }[]): string {
  const last = entries.findLast(({ facts }) => facts.kind === 'authority')?.facts as
    { readonly issuer: { readonly deviceId: string } | null } | undefined
  return last?.issuer?.deviceId ?? ''
}
