/**
 * Everything there is: real ledgers on disks, real records, both ends of the wire, a real store, in one
 * time. Only the network, the clocks, ids and chance are the world's own.
 */

import { isDeepStrictEqual } from 'node:util'
import type { Catalog } from '#shared/catalog/catalog.ts'
import type { CatalogSource } from '#shared/journal/journal.ts'
import { loadAutomerge } from '../../../src-main/sync/records/replica/account-document.ts'
import { catalogJson, catalogsOf } from '../catalogs.ts'
import { type Chance, createChance } from '../chance.ts'
import type { CommandStep, Paid } from '../commands.ts'
import { createInsisting, createSurviving } from '../insisting.ts'
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
import { type Computer, createComputers, MOST_COMPUTERS } from './computers.ts'
import { createDisks } from './disks.ts'
import { checkHealedWhole } from './healed.ts'
import type { Machine } from './machine.ts'
import { afterUpdate } from './newer.ts'
import { createSchedule, settle } from './schedule.ts'
import { createServerSide, type ServerSide } from './server.ts'

export interface WholeWorld {
  readonly servers: ServerSide
  readonly computers: readonly Computer[]
  view(computer: Computer): MachineView
  /** Everyone who is up is in touch for so long. */
  meet(ms: number): Promise<void>
  command(step: CommandStep): Promise<void>
  sweep(): Promise<void>
}

const STARTS_AT = Date.UTC(2027, 0, 1)
/** People shut their machines when they wait longer. */
const LONG = 2 * MINUTE

export async function createWholeWorld(seed: number): Promise<World> {
  // Nothing of the world waits for the disk.
  await loadAutomerge()
  const setting = createChance(seed ^ 0x0b5e55ed)
  const schedule = createSchedule(STARTS_AT + setting.below(730 * DAY))
  const timeZone = setting.pick(['UTC', 'Europe/Berlin', 'Pacific/Auckland'])
  const [first, ...later] = catalogsOf(seed, 3) as [Catalog, ...Catalog[]]
  const catalog = catalogJson(first) as unknown as CatalogSource
  const isNewerServer = setting.is(40)
  const disks = createDisks()
  const servers = await createServerSide({ schedule, seed, count: 2, timeZone })
  const paid: Paid[] = []
  const seen = new Map<string, number>()
  const mistakes: string[] = []
  let chance: Chance = setting
  let made = 0
  const nextNumber = () => ++made
  let brought = 0
  let counted = 0

  const note = (what: string, times = 1) => seen.set(what, (seen.get(what) ?? 0) + times)
  const nextId = (kind: string) => `${kind}-${nextNumber()}`
  await servers.up(0)?.catalogs.publish(catalog, 0)

  const surviving = createSurviving(() => undefined)
  const people = { server: servers, processFrom: servers.up, surviving, paid, nextId }
  const { command } = createInsisting(people)

  const { computers, enrol, end, attend, onComputer, view } = createComputers({
    ...{ schedule, disks, servers, timeZone, catalog, isNewerServer, paid, mistakes },
    ...{ note, nextId, nextNumber, surviving },
    chance: () => chance,
  })

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
