/**
 * The rules alone: a pool and machines as folds of their journals, with a network between them that
 * does as it likes.
 */

import { EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { entriesDue } from '#shared/account/due.ts'
import { openEntry } from '#shared/account/open.ts'
import { packAccount } from '#shared/account/snapshot.ts'
import { withCatalog, withEntries } from '#shared/account/state.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import { millicredits } from '#shared/credits/amount.ts'
import { hasExpired } from '#shared/credits/grant.ts'
import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import { EMPTY_BALANCE } from '#shared/journal/balance.ts'
import { closeDeviceEntries, homeAccount, leaveEntries } from '#shared/lease/close.ts'
import { adoptEntries, deviceEntries, openPoolEntries } from '#shared/lease/enrol.ts'
import { success } from '#shared/result.ts'
import { ACCOUNT, Died, type Process, type SimAuthority } from './authority.ts'
import { catalogsOf } from './catalogs.ts'
import { type Chance, createChance } from './chance.ts'
import { type Command, commandOf, type CommandStep, type Paid } from './commands.ts'
import { createNetwork } from './network.ts'
import { demand, type MachineView } from './oracles.ts'
import { checkHealedRules } from './rules-healed.ts'
import { countKinds, createRulesCheck } from './rules-oracles.ts'
import { createRulesWire } from './rules-wire.ts'
import { createRulesAuthority } from './rules-authority.ts'
import { createMachine, type Disk, emptyDisk, headOfDisk, type Machine } from './rules-machine.ts'
import { createStoreAuthority } from './store-authority.ts'
import { createTalk, type Talk } from './talk.ts'
import { DAY, type LinkMood, MINUTE, type Step } from './steps.ts'
import { digestOf, type World } from './world.ts'

/** One computer: what is on it, and how it stands in the team as far as it knows. */
export interface Computer {
  machine: Machine
  link: LinkMood
  backup: Disk | null
  standing: 'in' | 'copied' | 'out' | 'leaving' | 'home' | 'dead'
  /** Charges that its user was told of and that its disk should have. */
  readonly charged: Set<string>
}

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

const MOST_COMPUTERS = 8
const STARTS_AT = Date.UTC(2027, 0, 1)

/** A mistake made on purpose, which an oracle must notice. */
export type Mistake = 'records-count-twice' | 'leases-count-twice' | 'speaks-too-soon'

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
  const computers: Computer[] = []
  const paid: Paid[] = []
  const seen = new Map<string, number>()
  let made = 0
  let founder: AccountSnapshot | null = null
  let chance: Chance = setting

  const note = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)
  const nextId = (kind: string) => `${kind}-${++made}`
  const machineWorld = {
    now: () => now,
    takesTwice: mistake === 'leases-count-twice',
    catalog(version: string): Catalog {
      const found = catalogs.get(version)
      if (!found) throw new Error(`There is no catalog ${version}`)
      return found
    },
  }

  /** A process that is up, from the wished one on; null when all are down. */
  function processFrom(wished: number): Process | null {
    const all = server.processes
    for (let step = 0; step < all.length; step++) {
      const one = all[(wished + step) % all.length]
      if (one?.isUp) return one
    }
    return null
  }

  /** Does something that a process or a machine may die of. */
  async function surviving(what: () => void | Promise<void>): Promise<boolean> {
    try {
      await what()
      return true
    } catch (error) {
      if (!(error instanceof Died)) throw error
      note('died')
      return false
    }
  }

  /** Asks until it is known to be done, as people and their clients do. */
  async function insist(command: Command): Promise<boolean> {
    for (let tries = 0; tries < 4; tries++) {
      const process = processFrom(tries)
      if (!process) return false
      if (command.isDone(server.has, server.pool().account.account?.id ?? '')) return true
      let isDone = false
      const lived = await surviving(async () => {
        isDone = (await server.write(process, command.rule)).ok
      })
      if (lived) return isDone
    }
    return false
  }

  // ── machines

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

  /** A machine that stood alone since `days` ago brings what it has, with a run under way. */
  async function adopt({
    days,
    spends,
    holds,
    process,
  }: Extract<Step, { kind: 'adopt' }>): Promise<void> {
    const deviceId = nextId('device')
    const began = now - days * DAY
    const alone = {
      account: withCatalog(EMPTY_ACCOUNT, first, Number.MIN_SAFE_INTEGER),
      balances: EMPTY_BALANCE,
    }
    const computer = newComputer(emptyDisk(deviceId, alone.account.catalogs))
    const { machine } = computer
    const open = openEntry(`home:${deviceId}`, { startsAt: began, timeZone }, 'plan-0', 1)
    machine.write([open, ...entriesDue(withEntries(alone, [open]), now)])
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
    if (founds) founder = arrival.account
    const up = processFrom(process)
    const lines = up ? ((await server.statement(up, deviceId))?.lines ?? []) : []
    note('adopted')
    if (!up) {
      computer.standing = 'dead'
      return
    }
    machine.join(lines, founds ? null : founder)
    if (founds) machine.disk = { ...machine.disk, books: { ...machine.disk.books, account } }
    sync(computer, process, 0)
  }

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
    machine.goHome(homeAccount(server.pool(), machine.disk.deviceId, false, now))
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

  function sync(computer: Computer, wished: number, needed: number): void {
    const { machine, standing } = computer
    const process = processFrom(wished)
    if (!process || !machine.isUp || standing === 'dead' || standing === 'home') return
    const wish = millicredits(standing === 'in' ? needed : 0)
    const head = headOfDisk(machine.disk)
    toServer(computer, process, { type: 'hello', entries: machine.disk.read, head, needed: wish })
  }

  async function wait(ms: number): Promise<void> {
    const until = now + ms
    for (let next = network.next(until); next; next = network.next(until)) {
      now = Math.max(now, next.at)
      await next.arrive()
    }
    now = until
  }

  async function command(step: CommandStep): Promise<void> {
    const made = commandOf(step, nextId(step.kind), paid)
    if (!made) return
    if ((await insist(made)) && step.kind === 'refund') paid.splice(step.which % paid.length, 1)
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
          await leave(computer, step.process)
        }
        return
      default:
        throw new Error(`Nobody does ${step.kind}`)
    }
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
