/**
 * A month of one account under the real rules, as its server sees it: sittings that connect, records
 * that come, leases that are looked at, topped up, asked back. What is not played is what costs the
 * rules nothing: frames, documents, pings.
 */

import assert from 'node:assert/strict'
import { withCatalog } from '#shared/account/state.ts'
import { EMPTY_ACCOUNT } from '#shared/account/account.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import { millicredits, ZERO } from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import { spendableAt } from '#shared/lease/device-lease.ts'
import { deviceEntries, openPoolEntries } from '#shared/lease/enrol.ts'
import { DAY_MS } from '#shared/lease/policy.ts'
import { EMPTY_POOL } from '#shared/lease/pool.ts'
import { generalFree, generalTotal, isGeneral } from '#shared/lease/size.ts'
import { packPool } from '../../../src-server/authority/pool-state.ts'
import { ending, holding, joining } from '../../support/lease-machine.ts'
import { HOUR } from '../steps.ts'
import { createPlayedJournal } from './account-journal.ts'
import { act, lapse, type Machine, newMachine } from './machine.ts'
import { type AccountPlan, MONTH, type PlannedRun, planOf, STARTS_AT } from './population.ts'
import { createSessions } from './sessions.ts'
import {
  classOf,
  countSitting,
  countWork,
  type Refusal,
  type SizeClass,
  type Tally,
  type Work,
} from './tally.ts'

export function playAccount(tally: Tally, catalog: Catalog, seed: number, account: number): void {
  const plan = planOf(seed, account)
  const size = tally.classes[classOf(plan.machines)]
  assert.ok(size)
  const played = createAccount(tally, size, catalog, plan)
  played.play()
  const { work, minutes } = played
  if (work() <= tally.hottest.work) return
  const inOneMinute = Math.max(...minutes.values())
  tally.hottest = { account, machines: plan.machines, work: work(), inOneMinute }
}

function createAccount(tally: Tally, size: SizeClass, catalog: Catalog, plan: AccountPlan) {
  const begun = withCatalog(EMPTY_ACCOUNT, catalog, Number.MIN_SAFE_INTEGER)
  const minutes = new Map<number, number>()
  let works = 0

  const machines = Array.from({ length: plan.machines }, (_, at) =>
    newMachine(`device-${at}`, begun.catalogs),
  )
  const journal = createPlayedJournal(tally.stored, { ...EMPTY_POOL, account: begun }, (at) => {
    for (const machine of machines) machine.movedAt ??= at
  })
  const sessions = createSessions(journal, machines, tally.stored, count)

  function count(what: Work, at: number): void {
    if (what === 'lease') size.leases += 1
    countWork(tally, what, at)
    if (at < STARTS_AT) return
    works += 1
    const minute = Math.floor(at / 60_000)
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1)
  }

  function run(machine: Machine, { maximum, cost }: PlannedRun, at: number): void {
    lapse(machine, at)
    if (machine.isOnline) sessions.report(machine, at)
    const id = () => `run-${journal.length()}-${machine.sequence}`
    let held = holding(machine.books, id(), maximum, at)
    if (!held && machine.isOnline) {
      held = askFor(machine, id, maximum, at)
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
    sessions.report(machine, at)
    sessions.lease(machine, ZERO, at)
  }

  /** It asks for what it lacks; others give back, and the run is tried again. */
  function askFor(machine: Machine, id: () => string, maximum: number, at: number) {
    for (let tries = 0; tries < 2; tries++) {
      const { books, lease: leased } = machine.books
      const has = availableAt(spendableAt(books.balances, leased, books.account, at), at)
      sessions.lease(machine, millicredits(Math.max(0, maximum - has)), at)
      const held = holding(machine.books, id(), maximum, at)
      if (held) return held
    }
    return null
  }

  function whyRefused(machine: Machine, maximum: number, at: number): Refusal {
    const pool = journal.pool()
    const all = generalTotal(pool, { others: [] }, at)
    const untold = machines.flatMap((one) => one.untold.flatMap(({ spent }) => spent))
    const left = all - untold.reduce((sum, { amount }) => sum + amount, 0)
    if (left < maximum) return 'empty'
    const granted = [...pool.balances.values()].reduce((sum, { grant }) => {
      return isGeneral(grant, at) ? sum + grant.amount : sum
    }, 0)
    size.leftWhenRefused += left / granted
    return machine.isOnline ? 'others-away' : 'offline'
  }

  function look(at: number): void {
    const pool = journal.pool()
    const all = generalTotal(pool, { others: [] }, at)
    size.pooled += all
    size.parked += all - generalFree(pool, at)
  }

  function begin(): void {
    const { anchor, planId, seats } = plan
    const beforeMonth = { ...size, refused: { ...size.refused } }
    const opened = { startsAt: anchor, timeZone: 'UTC' }
    journal.write(openPoolEntries(journal.pool(), 'team', opened, planId, seats, anchor), anchor)
    for (const machine of machines) {
      const enrolled = deviceEntries(journal.pool(), machine.id, 'm')
      assert.ok(enrolled.ok)
      journal.write(enrolled.data, anchor)
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
      for (const machine of machines) machine.isOnline = false
      sessions.pass(at)
      for (const [place, machine] of machines.entries()) {
        const share = (shares.get(place)?.length ?? 0) / runs.length
        if (!share) continue
        sessions.connect(machine, at)
        const cost = Math.floor((spentBefore * share) / 2)
        if (cost > 0) run(machine, { machine: place, at, maximum: cost, cost }, at)
      }
    }
  }

  function play(): void {
    size.accounts += 1
    begin()
    for (const event of eventsOf(plan)) {
      sessions.pass(event.at)
      const machine = machines[event.machine]
      assert.ok(machine)
      if (event.what === 'connect') {
        sessions.connect(machine, event.at)
        countSitting(tally, event.at, event.to)
      } else if (event.what === 'disconnect') machine.isOnline = false
      else if (event.what === 'run') run(machine, event, event.at)
      else look(event.at)
    }
    size.work += works
    tally.stored.stateBytes += packPool(journal.pool()).length
  }

  return { play, work: () => works, minutes }
}

/** What happens in the month, in order: machines come and go and run, and at noon it is looked at. */
function eventsOf({ sittings, runs }: AccountPlan) {
  return [
    ...sittings.flatMap(({ machine, from, to, isOnline }) =>
      isOnline
        ? [
            { at: from, machine, what: 'connect' as const, to },
            { at: to, machine, what: 'disconnect' as const, to },
          ]
        : [],
    ),
    ...runs.map((one) => ({ ...one, what: 'run' as const })),
    ...Array.from({ length: MONTH / DAY_MS }, (_, day) => {
      return { at: STARTS_AT + day * DAY_MS + 12 * HOUR, machine: 0, what: 'look' as const }
    }),
  ].sort((left, right) => left.at - right.at)
}
