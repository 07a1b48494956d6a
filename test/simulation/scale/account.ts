/**
 * A month of one account under the real rules, as its server sees it: sittings that connect, records
 * that come, leases that are looked at, topped up, asked back. What is not played is what costs the
 * rules nothing: frames, documents, pings.
 */

import assert from 'node:assert/strict'
import { withCatalog } from '#shared/account/state.ts'
import { EMPTY_ACCOUNT } from '#shared/account/account.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import { type Credits, millicredits, ZERO } from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import { type Recall, spendableAt } from '#shared/lease/device-lease.ts'
import { deviceEntries, openPoolEntries } from '#shared/lease/enrol.ts'
import { applyAllToPool } from '#shared/lease/follow.ts'
import { leaseEntries, statementOf } from '#shared/lease/grant-lease.ts'
import { DAY_MS, RENEW_BELOW } from '#shared/lease/policy.ts'
import { EMPTY_POOL, type Pool } from '#shared/lease/pool.ts'
import { nextPoolMoment, poolDue } from '#shared/lease/pool-due.ts'
import { recallsFor } from '#shared/lease/recall.ts'
import { type ReportedRecord, reportEntries } from '#shared/lease/report.ts'
import { generalFree, generalTotal, isGeneral } from '#shared/lease/size.ts'
import { isForDevices } from '#shared/sync/for-devices.ts'
import { packPool } from '../../../src-server/authority/pool-state.ts'
import {
  type Act,
  after,
  ending,
  holding,
  joining,
  lapsing,
  type MachineBooks,
  newMachineBooks,
  recalling,
  takingUp,
} from '../../support/lease-machine.ts'
import { HOUR } from '../steps.ts'
import { type AccountPlan, MONTH, type PlannedRun, planOf, STARTS_AT } from './population.ts'
import { classOf, type Refusal, type Tally, type Work } from './tally.ts'

/** How the server's sessions behave (src-server/sync/conversation.ts). */
const LOOK_EVERY = 10 * 60_000
const ASK_OTHERS_EVERY = 5_000
/** Bytes of a row beside its text: the hash, the numbers, what an index of it takes. */
const ENTRY_ROW = 64 + 16 + 60

interface Machine {
  books: MachineBooks
  readonly id: string
  /** The end of its records, and those the server does not have. */
  sequence: number
  untold: ReportedRecord[]
  read: number
  isOnline: boolean
  /** When its lease was last looked at in this connection. */
  lookedAt: number
  askedOthersAt: number
}

export function playAccount(tally: Tally, catalog: Catalog, seed: number, account: number): void {
  const plan = planOf(seed, account)
  const played = createAccount(tally, catalog, plan)
  played.play()
  const { work, minutes } = played
  if (work() <= tally.hottest.work) return
  const inOneMinute = Math.max(...minutes.values())
  tally.hottest = { account, machines: plan.machines, work: work(), inOneMinute }
}

function createAccount(tally: Tally, catalog: Catalog, plan: AccountPlan) {
  const size = tally.classes[classOf(plan.machines)]
  assert.ok(size)
  const begun = withCatalog(EMPTY_ACCOUNT, catalog, Number.MIN_SAFE_INTEGER)
  const minutes = new Map<number, number>()
  /** What machines are told, of a journal that is not kept. */
  const told: { readonly at: number; readonly entry: EntryDraft }[] = []
  let pool: Pool = { ...EMPTY_POOL, account: begun }
  let entries = 0
  let dueAt: number | null = null
  let works = 0
  /** A look that writes nothing writes nothing again while the account is as it was. */
  const lookedFor = new Map<string, Pool>()

  const machines = Array.from({ length: plan.machines }, (_, at): Machine => {
    const id = `device-${at}`
    return {
      ...{ id, books: newMachineBooks(id, begun.catalogs), sequence: 0, untold: [], read: 0 },
      ...{ isOnline: false, lookedAt: 0, askedOthersAt: 0 },
    }
  })

  function count(what: Work, at: number): void {
    tally.work(what, at)
    if (at < STARTS_AT) return
    works += 1
    const minute = Math.floor(at / 60_000)
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1)
  }

  function write(drafts: readonly EntryDraft[], at: number): void {
    if (drafts.length === 0) return
    pool = applyAllToPool(pool, drafts)
    dueAt = nextPoolMoment(pool, at)
    for (const entry of drafts) {
      entries += 1
      tally.stored.entries += 1
      const { facts, postings } = entry
      tally.stored.entryBytes +=
        JSON.stringify({ facts, postings }).length + entry.id.length + ENTRY_ROW
      if (isForDevices(facts.kind)) told.push({ at: entries, entry })
    }
  }

  /** One transaction: what is due, then what the rule makes of it. */
  function transact(
    rule: (pool: Pool) => readonly EntryDraft[],
    at: number,
  ): readonly EntryDraft[] {
    if (dueAt === null || dueAt <= at) write(poolDue(pool, at), at)
    const written = rule(pool)
    write(written, at)
    return written
  }

  // ── machines

  function act(machine: Machine, { entries: drafts, told: tells, runs }: Act, at: number): void {
    const done: Act = { entries: drafts, told: tells, ...(runs ? { runs } : {}) }
    machine.books = after(machine.books, done)
    if (!tells) return
    machine.sequence += 1
    machine.untold.push({ sequence: machine.sequence, at, ...tells })
  }

  function lapse(machine: Machine, at: number): void {
    for (const one of lapsing(machine.books, at)) act(machine, one, at)
  }

  /** It reads what is new to it and takes up its lease as it stands. */
  function state(machine: Machine, at: number): void {
    const fresh = told.filter((one) => one.at > machine.read)
    for (const { entry } of fresh) readBy(machine, entry, at)
    machine.read = entries
    const statement = statementOf(pool, 'team', machine.id, at, entries)
    const taken = statement ? takingUp(machine.books, statement) : null
    assert.ok(taken?.ok !== false, JSON.stringify(taken))
    if (taken?.data) act(machine, taken.data, at)
    lapse(machine, at)
  }

  function readBy(machine: Machine, { id, facts }: EntryDraft, at: number): void {
    if (facts.kind === 'grant') {
      const { id: grantId, amount } = facts.grant
      if (machine.books.books.balances.has(grantId)) return
      const postings = [
        { grantId, bucket: 'issued', amount: millicredits(-amount) },
        { grantId, bucket: 'elsewhere', amount },
      ] as const
      act(
        machine,
        { entries: [{ id, facts, postings: amount === 0 ? [] : postings }], told: null },
        at,
      )
    } else if (facts.kind !== 'catalog' && facts.kind !== 'adopt') {
      act(machine, { entries: [{ id, facts, postings: [] }], told: null }, at)
    }
  }

  // ── the server

  function report(machine: Machine, at: number): void {
    const { untold, id } = machine
    const last = untold.at(-1)
    if (!last) return
    const head = { sequence: last.sequence, hash: HASH }
    transact((books) => {
      const written = reportEntries(books, id, untold, head, at)
      assert.ok(written.ok, JSON.stringify(written))
      return written.data
    }, at)
    tally.stored.batches += 1
    tally.stored.records += untold.length
    machine.untold = []
    count('report', at)
  }

  /** Gives whether what was needed came. */
  function lease(machine: Machine, needed: Credits, at: number): boolean {
    machine.lookedAt = at
    const isLasting = (pool.devices.get(machine.id)?.expiresAt ?? 0) - at >= RENEW_BELOW
    if (
      needed === 0 &&
      isLasting &&
      lookedFor.get(machine.id) === pool &&
      !(dueAt && dueAt <= at)
    ) {
      count('look', at)
      return true
    }
    const written = transact((books) => {
      const request = { needed, operation: 'op' }
      const leased = leaseEntries(books, machine.id, request, at)
      if (leased.ok) return leased.data
      assert.equal(leased.error.code, 'lease_reclaimed')
      return []
    }, at)
    count(written.length > 0 ? 'lease' : 'look', at)
    if (written.length > 0 && size) size.leases += 1
    lookedFor.set(machine.id, pool)
    state(machine, at)
    const got = written
      .flatMap(({ postings }) => postings)
      .filter(({ bucket, amount }) => bucket === 'elsewhere' && amount > 0)
      .reduce((sum, { amount }) => sum + amount, 0)
    const lacks = millicredits(Math.max(0, needed - got))
    const unmet = lacks > 0 ? { needed: lacks, operation: 'op', deviceId: machine.id } : null
    askOthers(machine, recallsFor(pool, at, unmet), at)
    return lacks === 0
  }

  function askOthers(machine: Machine, recalls: readonly Recall[], at: number): void {
    if (recalls.length === 0 || at - machine.askedOthersAt < ASK_OTHERS_EVERY) return
    machine.askedOthersAt = at
    count('recall', at)
    for (const recall of recalls) {
      const other = machines.find(({ id }) => id === recall.deviceId)
      if (!other?.isOnline || other === machine) continue
      const back = recalling(other.books, recall, at)
      for (const one of back) act(other, one, at)
      if (back.length === 0) continue
      report(other, at)
      lease(other, ZERO, at)
    }
  }

  /** Connected and without anything to tell, its lease is looked at from time to time. */
  function lookSince(machine: Machine, at: number): void {
    while (machine.isOnline && at - machine.lookedAt >= LOOK_EVERY) {
      lease(machine, ZERO, machine.lookedAt + LOOK_EVERY)
    }
  }

  function connect(machine: Machine, at: number): void {
    machine.isOnline = true
    count('session', at)
    state(machine, at)
    report(machine, at)
    lease(machine, ZERO, at)
  }

  function run(machine: Machine, { maximum, cost }: PlannedRun, at: number): void {
    if (!size) return
    lookSince(machine, at)
    lapse(machine, at)
    if (machine.isOnline) report(machine, at)
    let held = holding(machine.books, `run-${entries}-${machine.sequence}`, maximum, at)
    if (!held && machine.isOnline) {
      held = askFor(machine, maximum, at)
      if (held) size.waited += 1
    }
    if (!held) {
      size.refused[whyRefused(machine, maximum, at)] += 1
      return
    }
    act(machine, held, at)
    const [one] = machine.books.runs
    assert.ok(one)
    const ended = ending(machine.books, one, (cost * 100) / maximum, at)
    act(machine, ended, at)
    size.runs += 1
    size.spent += ended.charge
    if (!machine.isOnline) return
    report(machine, at)
    lease(machine, ZERO, at)
  }

  /** It asks for what it lacks; others give back, and the run is tried again. */
  function askFor(machine: Machine, maximum: number, at: number) {
    for (let tries = 0; tries < 2; tries++) {
      const { books, lease: leased } = machine.books
      const has = availableAt(spendableAt(books.balances, leased, books.account, at), at)
      lease(machine, millicredits(Math.max(0, maximum - has)), at)
      const held = holding(machine.books, `run-${entries}-${machine.sequence}`, maximum, at)
      if (held) return held
    }
    return null
  }

  function whyRefused(machine: Machine, maximum: number, at: number): Refusal {
    const all = generalTotal(pool, [...pool.devices.values()], at)
    const untold = machines.flatMap((one) => one.untold.flatMap(({ spent }) => spent))
    const left = all - untold.reduce((sum, { amount }) => sum + amount, 0)
    if (left < maximum) return 'empty'
    const granted = [...pool.balances.values()].reduce((sum, { grant }) => {
      return isGeneral(grant, at) ? sum + grant.amount : sum
    }, 0)
    if (size) size.leftWhenRefused += left / granted
    return machine.isOnline ? 'others-away' : 'offline'
  }

  function look(at: number): void {
    if (!size) return
    const active = [...pool.devices.values()]
    const all = generalTotal(pool, active, at)
    size.pooled += all
    size.parked += all - generalFree(pool, at)
  }

  function caretaker(until: number): void {
    while (dueAt !== null && dueAt <= until) {
      const at = dueAt
      const due = poolDue(pool, at)
      dueAt = nextPoolMoment(pool, at)
      if (due.length === 0) continue
      write(due, at)
      count('caretaker', at)
    }
  }

  function begin(): void {
    if (!size) return
    const { anchor, planId, seats } = plan
    const beforeMonth = { ...size, refused: { ...size.refused } }
    const opened = { startsAt: anchor, timeZone: 'UTC' }
    write(openPoolEntries(pool, 'team', opened, planId, seats, anchor), anchor)
    for (const machine of machines) {
      const enrolled = deviceEntries(pool, machine.id, 'm')
      assert.ok(enrolled.ok)
      write(enrolled.data, anchor)
      act(machine, joining(machine.books, [], null), anchor)
    }
    useBefore()
    for (const machine of machines) machine.isOnline = false
    Object.assign(size, beforeMonth)
  }

  /** Machines that are in use were so before, each for its part, and connected some days ago. */
  function useBefore(): void {
    const { anchor, runs, spentBefore } = plan
    const lately = Math.max(anchor, STARTS_AT - 1 - (anchor % (3 * DAY_MS)))
    const shares = Map.groupBy(runs, ({ machine }) => machine)
    for (const at of [Math.max(anchor, lately - 10 * DAY_MS), lately]) {
      caretaker(at)
      for (const [place, machine] of machines.entries()) {
        const share = (shares.get(place)?.length ?? 0) / runs.length
        if (!share) continue
        connect(machine, at)
        const cost = Math.floor((spentBefore * share) / 2)
        if (cost > 0) run(machine, { machine: place, at, maximum: cost, cost }, at)
      }
    }
  }

  function play(): void {
    if (!size) return
    size.accounts += 1
    begin()
    const events = [
      ...plan.sittings.flatMap(({ machine, from, to, isOnline }) =>
        isOnline
          ? [
              { at: from, machine, what: 'connect' as const, to },
              { at: to, machine, what: 'disconnect' as const, to },
            ]
          : [],
      ),
      ...plan.runs.map((one) => ({ ...one, what: 'run' as const })),
      ...Array.from({ length: MONTH / DAY_MS }, (_, day) => {
        return { at: STARTS_AT + day * DAY_MS + 12 * HOUR, machine: 0, what: 'look' as const }
      }),
    ].sort((left, right) => left.at - right.at)
    for (const event of events) {
      caretaker(event.at)
      const machine = machines[event.machine]
      assert.ok(machine)
      if (event.what === 'connect') {
        connect(machine, event.at)
        tally.sat(event.at, event.to)
      } else if (event.what === 'disconnect') {
        lookSince(machine, event.at)
        machine.isOnline = false
      } else if (event.what === 'run') run(machine, event, event.at)
      else look(event.at)
    }
    size.work += works
    tally.stored.stateBytes += packPool(pool).length
  }

  return { play, work: () => works, minutes }
}

/** As long as a real one, for what is stored. */
const HASH = '0'.repeat(64)
