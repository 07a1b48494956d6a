/**
 * The rules alone: a pool and machines as folds of their journals, with a network between them that
 * does as it likes.
 */

import type { Catalog } from '#shared/catalog/catalog.ts'
import { openPoolEntries } from '#shared/lease/enrol.ts'
import { success } from '#shared/result.ts'
import { ACCOUNT, type Process, type SimAuthority } from './authority.ts'
import { catalogsOf } from './catalogs.ts'
import { type Chance, createChance } from './chance.ts'
import type { CommandStep, Paid } from './commands.ts'
import { createInsisting, createSurviving } from './insisting.ts'
import { createNetwork } from './network.ts'
import { demand, type MachineView } from './oracles.ts'
import { checkHealedRules } from './rules-healed.ts'
import { countKinds, createRulesCheck } from './rules-oracles.ts'
import { createComputers, type Computer, type Mistake, MOST_COMPUTERS } from './rules-computers.ts'
import { createRulesWire } from './rules-wire.ts'
import { createRulesAuthority } from './rules-authority.ts'
import { createStoreAuthority } from './store-authority.ts'
import { createTalk, type Talk } from './talk.ts'
import { DAY, MINUTE, type Step } from './steps.ts'
import { digestOf, type World } from './world.ts'

export interface RulesWorld {
  readonly server: SimAuthority
  readonly talk: Talk
  readonly computers: readonly Computer[]
  now(): number
  view(computer: Computer): MachineView
  command(step: CommandStep): Promise<void>
  sync(computer: Computer, process: number, needed: number): void
  wait(ms: number): Promise<void>
}

const STARTS_AT = Date.UTC(2027, 0, 1)

export interface RulesOptions {
  readonly processes?: number
  readonly mistake?: Mistake
  /** Under the server's own authority and store instead of the rules alone. */
  readonly isStored?: boolean
}

export async function createRulesWorld(seed: number, options: RulesOptions = {}): Promise<World> {
  const { processes = 2, mistake, isStored = false } = options
  const isForgetful = mistake === 'records-count-twice'
  const setting = createChance(seed ^ 0x0b5e55ed)
  let now = STARTS_AT + setting.below(730 * DAY)
  const timeZone = setting.pick(['UTC', 'Europe/Berlin', 'Pacific/Auckland'])
  const [first, ...later] = catalogsOf(seed, 3) as [Catalog, ...Catalog[]]
  const catalogs = new Map([[first.version, first]])
  const authority = { processes, first, timeZone, now: () => now }
  const server = isStored
    ? await createStoreAuthority(authority)
    : createRulesAuthority(authority, isForgetful)
  const talk = createTalk(server, isForgetful)
  const network = createNetwork()
  const paid: Paid[] = []
  const seen = new Map<string, number>()
  let made = 0
  let chance: Chance = setting

  const note = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)
  const nextId = (kind: string) => `${kind}-${++made}`
  /** A process that is up, from the wished one on; null when all are down. */
  function processFrom(wished: number): Process | null {
    const all = server.processes
    for (let step = 0; step < all.length; step++) {
      const one = all[(wished + step) % all.length]
      if (one?.isUp) return one
    }
    return null
  }

  const surviving = createSurviving(() => note('died'))
  const people = { server, processFrom, surviving, paid, nextId }
  const { insist, command } = createInsisting(people)

  const team = createComputers({
    ...{ server, talk, paid, catalogs, first, timeZone, mistake },
    ...{ note, nextId, insist, processFrom, surviving },
    now: () => now,
    toServer: (from, process, message) => toServer(from, process, message),
  })
  const { computers, view, end, enrol, enrolOn, adopt, leave, goHome, sync, onComputer } = team

  async function wait(ms: number): Promise<void> {
    const until = now + ms
    for (let next = network.next(until); next; next = network.next(until)) {
      now = Math.max(now, next.at)
      await next.arrive()
    }
    now = until
  }

  async function play(step: Step): Promise<void> {
    chance = createChance(step.salt)
    const process = 'process' in step ? server.processes[step.process % processes] : undefined
    switch (step.kind) {
      case 'wait':
        await wait(step.ms)
        return
      case 'server-crash':
        if (!process) return
        if (step.when === 'now') process.isUp = false
        else process.dying = step.when
        return
      case 'server-start':
        if (process) Object.assign(process, { isUp: true, dying: null })
        return
      case 'server-clock':
        if (process) process.skew = step.ms
        return
      case 'publish': {
        const next = later.shift()
        if (!next) return
        catalogs.set(next.version, next)
        await server.publish(next, now + step.days * DAY)
        return
      }
      case 'enrol':
        if (computers.length < MOST_COMPUTERS) await enrol(step.process)
        return
      case 'adopt':
        if (computers.length < MOST_COMPUTERS) await adopt(step)
        return
      case 'caretaker':
      case 'buy':
      case 'unsubscribe':
      case 'gift':
      case 'refund':
      case 'plan':
      case 'override':
        await command(step)
        return
      default: {
        const present = computers.filter(({ standing }) => standing !== 'dead')
        const computer = present[step.which % Math.max(1, present.length)]
        if (computer) await surviving(() => onComputer(computer, step))
      }
    }
  }

  const world: RulesWorld = {
    server,
    talk,
    computers,
    now: () => now,
    view,
    command,
    sync,
    wait,
  }

  const toServer = createRulesWire({
    ...{ server, talk, computers, network, surviving, view, note, end, goHome, enrolOn },
    chance: () => chance,
    now: () => now,
  })
  const check = createRulesCheck(world)

  // The team begins: by a machine with credits of its own, or from nothing.
  if (setting.is(50)) {
    const began = { days: setting.below(60), spends: 5_000, holds: 500 }
    await adopt({ kind: 'adopt', salt: 1, process: 0, ...began })
  } else {
    const open = await server.write(server.processes[0] as Process, (pool, at) =>
      success(openPoolEntries(pool, ACCOUNT, { startsAt: at, timeZone }, 'plan-0', 1, at)),
    )
    demand(open.ok, () => JSON.stringify(open))
  }
  for (let count = setting.between(1, 3); count > 0; count--) await enrol(count)
  await wait(MINUTE)

  return {
    play,
    check,
    heal,
    async checkHealed() {
      await checkHealedRules(world)
    },
    seen,
    digest: () =>
      digestOf([server.journal(), computers.map(({ machine }) => machine.disk.entries)]),
    async close() {
      countKinds(world, note)
      await server.close()
    },
  }

  async function heal(): Promise<void> {
    chance = createChance(seed)
    for (const process of server.processes) {
      Object.assign(process, { isUp: true, dying: null, skew: 0 })
    }
    const alive = computers.filter(({ standing }) => standing !== 'dead')
    for (const computer of alive) {
      const { machine } = computer
      Object.assign(computer, { link: 'good' })
      Object.assign(machine, { offset: 0, dying: null })
      if (!machine.isUp) machine.start()
      for (const run of machine.disk.runs) end(computer, run.id, 50)
    }
    await wait(DAY + 12_345_678)
    for (let rounds = 0; rounds < 12; rounds++) await round()
  }

  async function round(): Promise<void> {
    for (const computer of computers) {
      if (computer.standing === 'leaving') await leave(computer, 0)
      sync(computer, 0, 0)
      // What it is asked for it tells at once; then it looks again.
      await wait(MINUTE)
      sync(computer, 1, 0)
      await wait(MINUTE)
    }
  }
}
