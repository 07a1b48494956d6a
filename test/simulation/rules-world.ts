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
import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import { EMPTY_BALANCE } from '#shared/journal/balance.ts'
import { closeDeviceEntries, homeAccount, leaveEntries } from '#shared/lease/close.ts'
import { adoptEntries, deviceEntries, openPoolEntries } from '#shared/lease/enrol.ts'
import { success } from '#shared/result.ts'
import { catalogsOf } from './catalogs.ts'
import { type Chance, createChance } from './chance.ts'
import { type Command, commandOf, type CommandStep, type Paid } from './commands.ts'
import type { ToMachine, ToServer } from './messages.ts'
import { createNetwork } from './network.ts'
import {
  checkClaims,
  checkFold,
  checkMachine,
  checkPool,
  demand,
  type MachineView,
} from './oracles.ts'
import { checkHealedRules } from './rules-healed.ts'
import { createMachine, type Disk, emptyDisk, headOfDisk, type Machine } from './rules-machine.ts'
import { ACCOUNT, createRulesServer, Died, type Process, type RulesServer } from './rules-server.ts'
import { DAY, type LinkMood, MINUTE, type Step } from './steps.ts'
import type { World } from './world.ts'

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
  readonly server: RulesServer
  readonly computers: readonly Computer[]
  /** Charges of the past of machines that came with credits of their own. */
  readonly brought: number
  now(): number
  view(computer: Computer): MachineView
  command(step: CommandStep): void
  sync(computer: Computer, process: number, needed: number): void
  wait(ms: number): void
}

const MOST_COMPUTERS = 8
const STARTS_AT = Date.UTC(2027, 0, 1)

/** A mistake made on purpose, which an oracle must notice. */
export type Mistake = 'records-count-twice' | 'leases-count-twice' | 'speaks-too-soon'

export interface RulesOptions {
  readonly processes?: number
  readonly mistake?: Mistake
}

export function createRulesWorld(seed: number, options: RulesOptions = {}): World {
  const { processes = 2, mistake } = options
  const setting = createChance(seed ^ 0x0b5e55ed)
  let now = STARTS_AT + setting.below(730 * DAY)
  const timeZone = setting.pick(['UTC', 'Europe/Berlin', 'Pacific/Auckland'])
  const [first, ...later] = catalogsOf(seed, 3) as [Catalog, ...Catalog[]]
  const catalogs = new Map([[first.version, first]])
  const server = createRulesServer({
    ...{ processes, first, now: () => now },
    isForgetful: mistake === 'records-count-twice',
  })
  const network = createNetwork()
  const computers: Computer[] = []
  const paid: Paid[] = []
  const seen = new Map<string, number>()
  let brought = 0
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
  function surviving(what: () => void): boolean {
    try {
      what()
      return true
    } catch (error) {
      if (!(error instanceof Died)) throw error
      note('died')
      return false
    }
  }

  /** Asks until it is known to be done, as people and their clients do. */
  function insist(command: Command): boolean {
    for (let tries = 0; tries < 4; tries++) {
      const process = processFrom(tries)
      if (!process) return false
      if (command.isDone(server.has, server.pool().account.account?.id ?? '')) return true
      let isDone = false
      const lived = surviving(() => {
        isDone = server.write(process, command.rule).ok
      })
      if (lived) return isDone
    }
    return false
  }

  // ── the wire

  function toServer(from: Computer, process: Process, message: ToServer): void {
    const { deviceId } = from.machine.disk
    network.send(from.link, chance, now, () => {
      surviving(() =>
        server.handle(process, deviceId, message, (to, answer) => {
          // What is not for the asking machine reaches one of those that bear its name.
          const bearers = computers.filter(({ machine }) => machine.disk.deviceId === to)
          const receiver = to === deviceId ? from : bearers[0]
          if (receiver) toMachine(receiver, process, answer)
        }),
      )
    })
  }

  function toMachine(to: Computer, process: Process, message: ToMachine): void {
    const { deviceId } = to.machine.disk
    network.send(to.link, chance, now, () => {
      if (!to.machine.isUp || to.machine.disk.deviceId !== deviceId || to.standing === 'dead')
        return
      surviving(() => hear(to, process, message))
    })
  }

  function hear(computer: Computer, process: Process, message: ToMachine): void {
    const { machine } = computer
    if (computer.standing === 'home') return
    switch (message.type) {
      case 'entries':
        machine.read(message.after, message.to, message.entries, message.time)
        return
      case 'lease': {
        const isOurs = view(computer).unreported !== null && computer.standing !== 'copied'
        const wrong = machine.takeUp(message.statement)
        demand(wrong === null || !isOurs, () => `${machine.name} refuses its lease: ${wrong}`)
        return
      }
      case 'wanted': {
        const { sequence, hash } = message.after
        const { records } = machine.disk
        const isOurs = sequence === 0 || records[sequence - 1]?.hash === hash
        const from = isOurs ? sequence : 0
        const previous = from === 0 ? '' : hash
        toServer(computer, process, { type: 'records', previous, records: records.slice(from) })
        return
      }
      case 'recall':
        if (computer.standing === 'in') machine.recall(message)
        return
      case 'acknowledged':
        return
      case 'standing':
        hearStanding(computer, message)
    }
  }

  function hearStanding(
    computer: Computer,
    { standing, head }: Extract<ToMachine, { type: 'standing' }>,
  ): void {
    const { machine } = computer
    if (standing === 'left') {
      const { version = 0 } = machine.disk.lease ?? {}
      const last = server.pool().devices.get(machine.disk.deviceId)
      if (version === last?.version) goHome(computer)
      return
    }
    if (standing !== 'copied') {
      computer.standing = 'out'
      return
    }
    // An answer that comes late is about what it was.
    if (headOfDisk(machine.disk).hash !== head.hash) return
    computer.standing = 'copied'
    for (const run of machine.disk.runs) end(computer, run.id, 50)
    // All that it wrote is there: it goes on as a machine of its own.
    if (headOfDisk(machine.disk).hash === head.hash && machine.disk.runs.length === 0) {
      note('re-enrolled')
      enrolOn(computer, 0)
    }
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
  function enrolOn(computer: Computer, wished: number): void {
    const deviceId = nextId('device')
    const command: Command = {
      id: deviceId,
      isDone: (has) => has(`device:${deviceId}`),
      rule: (pool) => deviceEntries(pool, deviceId, 'm'),
    }
    if (!insist(command)) return
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

  function enrol(wished: number): void {
    const known = withCatalog(EMPTY_ACCOUNT, first, Number.MIN_SAFE_INTEGER).catalogs
    const computer = newComputer(emptyDisk('none', known))
    enrolOn(computer, wished)
    if (computer.machine.disk.deviceId === 'none') computers.pop()
  }

  /** A machine that stood alone since `days` ago brings what it has, with a run under way. */
  function adopt({ days, spends, holds, process }: Extract<Step, { kind: 'adopt' }>): void {
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
    if (!insist(command)) {
      computers.pop()
      return
    }
    if (founds) founder = arrival.account
    for (const { facts, postings } of server.journal()) {
      if (facts.kind !== 'adopt' || facts.deviceId !== deviceId) continue
      for (const { bucket, amount } of postings) if (bucket === 'spent') brought += amount
    }
    const up = processFrom(process)
    const lines = up ? (server.statement(up, deviceId)?.lines ?? []) : []
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
  function leave(computer: Computer, wished: number): void {
    const { machine } = computer
    const process = processFrom(wished)
    if (!process || !machine.isUp || machine.disk.runs.length > 0) return
    if (view(computer).unreported === null) return
    computer.standing = 'leaving'
    const { deviceId } = machine.disk
    const read = () => {
      const journal = server.journal()
      machine.read(0, journal.length, journal, server.at())
      const statement = server.statement(process, deviceId)
      const wrong = statement && machine.takeUp(statement)
      demand(wrong === null, () => `${machine.name} refuses its lease: ${wrong}`)
    }
    const report = () => {
      const { own } = server.streams.get(deviceId) ?? { own: [''] }
      const records = machine.disk.records.slice(own.length - 1)
      const previous = own.at(-1) ?? ''
      server.handle(process, deviceId, { type: 'records', previous, records }, () => undefined)
    }
    if (server.pool().devices.get(deviceId)?.closed === null) {
      read()
      machine.giveAllBack()
      report()
      const left = server.write(process, (pool, at) => leaveEntries(pool, deviceId, false, at))
      if (!left.ok) {
        computer.standing = 'in'
        demand(left.error.code === 'lease_reclaimed', () => JSON.stringify(left))
        return
      }
    }
    read()
    goHome(computer)
  }

  function goHome(computer: Computer): void {
    const { machine } = computer
    machine.goHome(homeAccount(server.pool(), machine.disk.deviceId, false, now))
    computer.standing = 'home'
    note('left')
    const line = server.pool().devices.get(machine.disk.deviceId)
    for (const [grantId, { granted, ended, reclaimed }] of line?.lines ?? []) {
      const { available = 0 } = machine.disk.books.balances.get(grantId) ?? {}
      demand(available === granted - ended - reclaimed, () => {
        return `${machine.name} went home with ${available} of ${grantId}`
      })
    }
  }

  function clone(computer: Computer): void {
    if (computers.length >= MOST_COMPUTERS || computer.standing !== 'in') return
    const twin = newComputer(computer.machine.disk)
    for (const id of computer.charged) twin.charged.add(id)
    twin.machine.isUp = false
    surviving(() => twin.machine.start())
    note('cloned')
  }

  function restore(computer: Computer): void {
    const { backup, machine } = computer
    if (!backup || computer.standing !== 'in') return
    if (backup.deviceId !== machine.disk.deviceId) return
    machine.disk = backup
    const kept = new Set(backup.entries.map(({ id }) => id))
    for (const id of computer.charged) if (!kept.has(`${id}:end`)) computer.charged.delete(id)
    surviving(() => machine.start())
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

  function wait(ms: number): void {
    const until = now + ms
    for (let next = network.next(until); next; next = network.next(until)) {
      now = Math.max(now, next.at)
      next.arrive()
    }
    now = until
  }

  function command(step: CommandStep): void {
    const made = commandOf(step, nextId(step.kind), paid)
    if (!made) return
    if (insist(made) && step.kind === 'refund') paid.splice(step.which % paid.length, 1)
  }

  function view(computer: Computer): MachineView {
    const { name, disk } = computer.machine
    const { deviceId, books, lease, runs, before, returned, records } = disk
    const { own } = server.streams.get(deviceId) ?? { own: [''] }
    const known = own.length - 1
    const isOwn = known <= records.length && (records[known - 1]?.hash ?? '') === own[known]
    return {
      ...{ name, deviceId, lease, before, returned, balances: books.balances },
      held: runs.flatMap(({ held }) => held),
      unreported: isOwn ? records.slice(known) : null,
    }
  }

  function onComputer(computer: Computer, step: Step): void {
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
        restore(computer)
        return
      case 'clone':
        clone(computer)
        return
      case 'close': {
        const { deviceId } = machine.disk
        const isGone = step.reason === 'lost' && step.salt % 2 === 0
        const closing: Command = {
          id: deviceId,
          isDone: () => false,
          rule: (pool, at) => closeDeviceEntries(pool, deviceId, step.reason, at),
        }
        if (insist(closing) && isGone) computer.standing = 'dead'
        return
      }
      case 'leave':
        if (computer.standing === 'in' || computer.standing === 'leaving') {
          leave(computer, step.process)
        }
        return
      default:
        throw new Error(`Nobody does ${step.kind}`)
    }
  }

  function play(step: Step): void {
    chance = createChance(step.salt)
    const process = 'process' in step ? server.processes[step.process % processes] : undefined
    switch (step.kind) {
      case 'wait':
        wait(step.ms)
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
        server.publish(next, now + step.days * DAY)
        return
      }
      case 'enrol':
        if (computers.length < MOST_COMPUTERS) enrol(step.process)
        return
      case 'adopt':
        if (computers.length < MOST_COMPUTERS) adopt(step)
        return
      case 'caretaker':
      case 'buy':
      case 'unsubscribe':
      case 'gift':
      case 'refund':
      case 'plan':
      case 'override':
        command(step)
        return
      default: {
        const present = computers.filter(({ standing }) => standing !== 'dead')
        const computer = present[step.which % Math.max(1, present.length)]
        if (computer) surviving(() => onComputer(computer, step))
      }
    }
  }

  const world: RulesWorld = {
    server,
    computers,
    get brought() {
      return brought
    },
    now: () => now,
    view,
    command,
    sync,
    wait,
  }

  // The team begins: by a machine with credits of its own, or from nothing.
  if (setting.is(50)) {
    const began = { days: setting.below(60), spends: 5_000, holds: 500 }
    adopt({ kind: 'adopt', salt: 1, process: 0, ...began })
  } else {
    const open = server.write(server.processes[0] as Process, (pool, at) =>
      success(openPoolEntries(pool, ACCOUNT, { startsAt: at, timeZone }, 'plan-0', 1, at)),
    )
    demand(open.ok, () => JSON.stringify(open))
  }
  for (let count = setting.between(1, 3); count > 0; count--) enrol(count)
  wait(MINUTE)

  return {
    async play(step) {
      play(step)
    },
    check(whole) {
      checkPool(server.pool(), server.balances(), server.accounted() + brought)
      for (const computer of computers) {
        const { machine, standing } = computer
        const shown = view(computer)
        checkMachine(shown)
        if (standing !== 'copied') checkClaims(server.pool(), shown)
        if (whole) checkFold(machine.name, machine.disk.entries, machine.disk.books.balances)
        if (whole) checkCharges(computer)
      }
      if (whole) checkFold('The authority', server.journal(), server.balances())
    },
    async heal() {
      heal()
    },
    async checkHealed() {
      checkHealedRules(world)
    },
    seen,
    async close() {
      countKinds()
    },
  }

  /** Every charge its user was told of is on its disk, once. */
  function checkCharges({ machine, charged }: Computer): void {
    const ends = new Map<string, number>()
    for (const { facts } of machine.disk.entries) {
      if (facts.kind !== 'settle' && facts.kind !== 'void') continue
      ends.set(facts.operationId, (ends.get(facts.operationId) ?? 0) + 1)
    }
    for (const id of charged) {
      demand(ends.get(id) === 1, () => `${machine.name} has ended ${id} ${ends.get(id) ?? 0} times`)
    }
  }

  function heal(): void {
    chance = createChance(seed)
    for (const process of server.processes) {
      Object.assign(process, { isUp: true, dying: null, skew: 0 })
    }
    let latest = server.at()
    const alive = computers.filter(({ standing }) => standing !== 'dead')
    for (const computer of alive) {
      const { machine } = computer
      Object.assign(computer, { link: 'good' })
      Object.assign(machine, { offset: 0, dying: null })
      if (!machine.isUp) machine.start()
      for (const run of machine.disk.runs) end(computer, run.id, 50)
      latest = Math.max(latest, machine.now())
      machine.isUp = false
    }
    // Until the clocks that were ahead are right again.
    wait(Math.max(DAY, latest - now + MINUTE))
    for (const { machine } of alive) machine.start()
    for (let rounds = 0; rounds < 12; rounds++) round()
  }

  function round(): void {
    for (const computer of computers) {
      if (computer.standing === 'leaving') leave(computer, 0)
      sync(computer, 0, 0)
      // What it is asked for it tells at once; then it looks again.
      wait(MINUTE)
      sync(computer, 1, 0)
      wait(MINUTE)
    }
  }

  function countKinds(): void {
    for (const { facts } of server.journal()) {
      note(facts.kind)
      if (facts.kind === 'report' && facts.surfaced > 0) note('surfaced')
      if (facts.kind === 'report' && facts.debt > 0) note('debt')
      if (facts.kind === 'report' && facts.fork) note('fork')
      if (facts.kind === 'grant' && facts.grant.id.includes(':advance:')) note('advance')
    }
  }
}
