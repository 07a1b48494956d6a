/**
 * Recorded usage under another plan or catalog, by the rules that run a real account: cycles,
 * rollover, expiry and overage come from the account's engine, prices from the rate card, the order
 * of paying from burn-down. Incremental: one record at a time, in constant space but for the months.
 */

import { subscriptionFamily } from '../account/cycle-grants.ts'
import { type Cycle, type CycleAnchor, cycleAt, cycleOfIndex } from '../account/cycle.ts'
import { entriesDue } from '../account/due.ts'
import { openEntry } from '../account/open.ts'
import { type Books, EMPTY_ACCOUNT } from '../account/account.ts'
import { withCatalog, withEntries } from '../account/state.ts'
import { termsAt } from '../account/terms.ts'
import { type Catalog, findPlan } from '../catalog/catalog.ts'
import type { Plan } from '../catalog/plans.ts'
import type { Cap } from '../catalog/policies.ts'
import { type Credits, subtractCredits, ZERO } from '../credits/amount.ts'
import { type Grant, isRolledOver } from '../credits/grant.ts'
import { type Money, priceAtHundred } from '../credits/money.ts'
import { EMPTY_BALANCE } from '../journal/balance.ts'
import { accountEntry, grantEntry } from '../journal/entries.ts'
import type { EntryDraft } from '../journal/journal.ts'
import { createAdmission } from './admission.ts'
import { createCapWatch } from './caps.ts'
import { addMoney, type OpenMonth, openMonth, plus, totalsOf } from './month.ts'
import type { Simulation, WhenOut } from './outcome.ts'
import { buyPacks } from './packs.ts'
import { createPurse } from './purse.ts'
import type { UsageRecord } from './usage.ts'

export interface SimulationSetup {
  readonly catalog: Catalog
  readonly planId: string
  readonly seats?: number
  readonly whenOut?: WhenOut
  /**
   * What the cycles are computed from; if there is usage before it, cycles begin with the first
   * run.
   */
  readonly anchor: CycleAnchor
  /** Credits from elsewhere: packs, promotions, gifts; each in force by its own dates. */
  readonly grants?: readonly Grant[]
  /** Add-ons that renew with each cycle, where the plan may have them. */
  readonly subscriptions?: readonly { readonly addOnId: string; readonly quantity: number }[]
  /** People's own caps, which come on top of the catalog's and the plan's. */
  readonly caps?: readonly Cap[]
}

export interface RunningSimulation {
  /** Adds the next run. Throws a RangeError if it started before the previous one. */
  add(record: UsageRecord): void
  /** The result. Nothing may be added afterwards. */
  end(): Simulation
}

/** Simulates a list of usage, in order of time. */
export function simulate(setup: SimulationSetup, usage: Iterable<UsageRecord>): Simulation {
  const simulation = startSimulation(setup)
  for (const record of usage) simulation.add(record)
  return simulation.end()
}

const ACCOUNT = 'simulation'

/** Throws a RangeError when the catalog has no such plan. */
export function startSimulation(setup: SimulationSetup): RunningSimulation {
  const { catalog, planId, seats = 1, whenOut = 'as-the-plan-says', grants = [] } = setup
  const { subscriptions = [], caps: own = [] } = setup
  const plan = findPlan(catalog, planId)
  if (!plan) throw new RangeError(`Catalog ${catalog.version} has no plan "${planId}"`)
  const admission = createAdmission(catalog, plan)
  const watch = createCapWatch([...catalog.caps, ...plan.caps, ...own], setup.anchor.timeZone)
  const purse = createPurse()
  const months: OpenMonth[] = []
  let books: Books = { account: EMPTY_ACCOUNT, balances: EMPTY_BALANCE }
  let anchor = setup.anchor
  let month: OpenMonth | null = null
  let cycle: Cycle | null = null
  let last = Number.NEGATIVE_INFINITY
  let runs = 0
  let purchases = 0
  let cappedRuns = 0

  /** The account as it is just before the cycle of the first run. */
  function begin(at: number): void {
    if (at < anchor.startsAt) anchor = { ...anchor, startsAt: at }
    const opening = openEntry(ACCOUNT, anchor, planId, seats)
    const account = withCatalog(EMPTY_ACCOUNT, catalog, Number.MIN_SAFE_INTEGER)
    books = withEntries({ account, balances: EMPTY_BALANCE }, [opening])
    const { index, startsAt } = cycleAt(anchor, at)
    books = { ...books, account: { ...books.account, cycle: index - 1 } }
    books = withEntries(books, grants.map(grantEntry))
    const subscribed = subscriptions.map(({ addOnId, quantity }, place) =>
      accountEntry(`add-on:${place}`, {
        type: 'add-on',
        subscriptionId: `${place}`,
        addOnId,
        quantity,
      }),
    )
    books = withEntries(books, subscribed)
    bringUpTo(startsAt)
  }

  /** Writes what is due by a moment, and adds it to the months' totals. */
  function bringUpTo(at: number): void {
    const balances = purse.emptyInto(books.balances)
    books = { ...books, balances }
    const drafts = entriesDue(books, at)
    for (const draft of drafts) note(draft)
    books = withEntries(books, drafts)
    if (month?.startsAt === at) month.rolledOver = rolledOverAt(books, at)
    purse.fill(books.balances.values(), at, cycleAt(anchor, at).endsAt)
  }

  function note({ facts, postings }: EntryDraft): void {
    if (facts.kind === 'account' && facts.change.type === 'allowance') {
      enter(cycleOfIndex(anchor, facts.change.cycle))
    } else if (facts.kind === 'grant' && facts.grant.source === 'plan' && month) {
      month.allowance = plus(month.allowance, facts.grant.amount)
    } else if (facts.kind === 'grant' && facts.grant.source === 'add-on' && month) {
      month.addOnCredits = plus(month.addOnCredits, facts.grant.amount)
      month.money = addMoney(month.money, priceOfAddOn(facts.grant))
    }
    for (const { grantId, bucket, amount } of postings) {
      const source = books.balances.get(grantId)?.grant.source
      // Unused overage was never anybody's credits.
      if (bucket !== 'expired' || !month || source === 'overage') continue
      month.expired = plus(month.expired, amount)
    }
  }

  /** Of one renewal; its grant's family names the subscription. */
  function priceOfAddOn({ family }: Grant): Money | null {
    const at = subscriptions.findIndex((_one, place) => subscriptionFamily(`${place}`) === family)
    const subscription = subscriptions[at]
    const price = catalog.addOns.find(({ id }) => id === subscription?.addOnId)?.price
    return price && subscription ? { ...price, amount: price.amount * subscription.quantity } : null
  }

  function enter(cycle: Cycle): void {
    month = openMonth(cycle, termsAt(books.account, cycle.startsAt).plan, seats)
    months.push(month)
  }

  function pay(record: UsageRecord, amount: Credits, current: OpenMonth): void {
    const { operation, at } = record
    if (!watch.allows(record, amount, cycleNow(at))) {
      cappedRuns++
      refuse(amount, current)
      return
    }
    const { own, all } = purse.available(operation)
    if (own < amount) {
      current.ranOut = true
      if (whenOut === 'buy-packs') buy(operation, subtractCredits(amount, own), at, current)
    }
    if (all < amount && purse.available(operation).all < amount) {
      refuse(amount, current)
      return
    }
    watch.count(record, amount)
    const { overage } = purse.spend(operation, amount)
    current.used = plus(current.used, amount)
    current.overage = plus(current.overage, overage)
  }

  function refuse(amount: Credits, current: OpenMonth): void {
    current.refused = plus(current.refused, amount)
    current.refusedRuns++
  }

  function cycleNow(at: number): Cycle {
    if (!cycle || at >= cycle.endsAt) cycle = cycleAt(anchor, at)
    return cycle
  }

  function buy(operation: string, missing: Credits, at: number, current: OpenMonth): void {
    books = { ...books, balances: purse.emptyInto(books.balances) }
    const bought = buyPacks(books, `${++purchases}`, { operation, missing, at })
    if (bought) {
      books = withEntries(books, bought.entries)
      current.packs += bought.packs
      current.packCredits = plus(current.packCredits, bought.credits)
      current.money = bought.addTo(current.money)
    }
    purse.fill(books.balances.values(), at, current.endsAt)
  }

  return {
    add(record) {
      const { at } = record
      if (at < last) throw new RangeError('Usage must be in the order of its times')
      if (runs === 0) begin(at)
      last = at
      runs++
      while (purse.until() <= at) bringUpTo(purse.until())
      const amount = admission.price(record)
      if (amount !== null && month) pay(record, amount, month)
    },
    end() {
      if (month) {
        // What ends with the last cycle belongs to it; the next cycle is not shown.
        const shown = months.length
        bringUpTo(month.endsAt)
        months.length = shown
      }
      for (const one of months) one.money = withOverage(one, plan)
      return {
        planId,
        planName: plan.name,
        catalogName: catalog.name,
        catalogVersion: catalog.version,
        months: months.map(({ ranOut: _ranOut, ...shown }) => shown),
        runs,
        ...totalsOf(months),
        leftOut: admission.leftOut(),
        cappedRuns,
      }
    },
  }
}

/** A month's money including its overage, if that has a price. */
function withOverage({ money, overage }: OpenMonth, { atZero }: Plan): Money | null {
  if (overage === 0 || atZero.kind !== 'overage' || !atZero.pricePerHundred) return money
  return addMoney(money, priceAtHundred(overage, atZero.pricePerHundred))
}

function rolledOverAt({ balances }: Books, at: number): Credits {
  let sum = ZERO
  for (const { grant, available } of balances.values()) {
    if (isRolledOver(grant, at)) sum = plus(sum, available)
  }
  return sum
}
