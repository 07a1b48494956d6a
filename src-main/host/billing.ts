/** Plan & billing as the window shows it: computed by the account's rules; writes nothing. */

import { monthsAfter } from '#shared/account/calendar.ts'
import { renewalGrant, subscriptionFamily } from '#shared/account/cycle-grants.ts'
import type { PlanChangeEffect, PlanChoice } from '#shared/account/plan-change.ts'
import { offersFor } from '#shared/account/purchase-quote.ts'
import type { AccountState, Books } from '#shared/account/account.ts'
import { withEntries } from '#shared/account/state.ts'
import { addOnTerms, catalogAt, opened, scheduledPlan, termsAt } from '#shared/account/terms.ts'
import { type Cycle, cycleOfIndex, nextCycle } from '#shared/account/cycle.ts'
import {
  addCredits,
  type Credits,
  millicredits,
  subtractCredits,
  ZERO,
} from '#shared/credits/amount.ts'
import { availableAt, burnOrder } from '#shared/credits/burn-down.ts'
import { isInForce } from '#shared/credits/grant.ts'
import type {
  BillingView,
  OfferView,
  OverageView,
  PlanPreview,
  ScheduledChange,
  SubscriptionView,
} from '#shared/host/billing.ts'
import type { Subscription } from '#shared/journal/account-snapshot.ts'
import type { BucketBalance } from '#shared/usage/views.ts'
import { pastInvoices } from './invoices.ts'

/** What the view is read from; the books must be up to date. */
export interface BillingSource {
  readonly books: Books
  readonly now: number
  readonly nextRefill: BillingView['nextRefill']
  /** Every grant of overage and add-ons ever made, as it stands. */
  readonly cycleGrants: readonly BucketBalance[]
}

export function readBilling({ books, now, nextRefill, cycleGrants }: BillingSource): BillingView {
  const { account } = books
  const { plan, seats, allowance } = termsAt(account, now)
  const { anchor } = opened(account)
  const cycle = cycleOfIndex(anchor, account.cycle)
  const catalog = catalogAt(account, now)
  const mayBuy = offersFor(account, now)
  return {
    now,
    plan,
    seats,
    allowance,
    cycle: { startsAt: cycle.startsAt, endsAt: cycle.endsAt },
    available: spendable(books, now),
    nextRefill,
    scheduled: scheduledChange(account, now),
    subscriptions: subscriptionViews(books, now, nextCycle(anchor, cycle)),
    overrides: [...account.overrides.values()]
      .map(({ override }) => override)
      .filter(({ until }) => until === null || now < until),
    buckets: shownBuckets(books, now),
    overage: overageView(books, now),
    invoices: pastInvoices(account, cycleGrants),
    plans: listedPlans(catalog.plans, plan),
    packs: eligible(catalog.packs, mayBuy.packs),
    addOns: eligible(catalog.addOns, mayBuy.addOns),
  }
}

/** What can still pay, and what the current cycle was given, in the order they pay. */
function shownBuckets({ account, balances }: Books, now: number): readonly BucketBalance[] {
  const ofCycle = ({ grant }: BucketBalance) =>
    grant.cycle?.index === account.cycle && isInForce(grant, now)
  return [...balances.values()]
    .filter((bucket) => bucket.available > 0 || bucket.held > 0 || ofCycle(bucket))
    .sort((left, right) => burnOrder(left.grant, right.grant))
}

/** What can be spent without going into overage. */
function spendable({ balances }: Books, now: number): Credits {
  const paid = [...balances.values()].filter(({ grant }) => grant.source !== 'overage')
  return availableAt(paid, now)
}

function scheduledChange(account: AccountState, now: number): ScheduledChange | null {
  const next = scheduledPlan(account, now)
  if (!next) return null
  const { planId, seats, from } = next
  return { planId, planName: termsAt(account, from).plan.name, seats, from }
}

function subscriptionViews(books: Books, now: number, next: Cycle): readonly SubscriptionView[] {
  const { account } = books
  return [...account.subscriptions.values()]
    .filter(({ endsFrom }) => endsFrom === null || now < endsFrom)
    .map((subscription) => {
      const { id, addOnId, quantity } = subscription
      const addOn = addOnTerms(account, addOnId, now)
      return {
        id,
        name: addOn?.name ?? addOnId,
        quantity,
        credits: millicredits((addOn?.credits ?? 0) * quantity),
        renewsAt: renewsAt(books, subscription, next),
      }
    })
}

/** One that renews when it is paid is charged again a month after the last time. */
function renewsAt(
  { account, balances }: Books,
  subscription: Subscription,
  next: Cycle,
): number | null {
  const { id, endsFrom, renews } = subscription
  if (renews !== 'when-paid') {
    return renewalGrant(account, subscription, next) ? next.startsAt : null
  }
  const family = subscriptionFamily(id)
  const came = [...balances.values()].filter(({ grant }) => grant.family === family)
  if (endsFrom !== null || came.length === 0) return null
  const last = Math.max(...came.map(({ grant }) => grant.effectiveAt))
  return monthsAfter(last, 1, opened(account).anchor.timeZone)
}

function overageView({ account, balances }: Books, now: number): OverageView | null {
  const { atZero } = termsAt(account, now)
  const grants = [...balances.values()].filter(
    ({ grant }) => grant.source === 'overage' && grant.cycle?.index === account.cycle,
  )
  const used = addCredits(...grants.flatMap(({ spent, held }) => [spent, held]))
  if (atZero.kind !== 'overage' && used === 0) return null
  return { used, limit: atZero.kind === 'overage' ? atZero.limit : used }
}

/** The plans on offer, and the account's own if it is a legacy one. */
function listedPlans(plans: readonly BillingView['plan'][], present: BillingView['plan']) {
  const offered = plans.filter(({ offered: isOffered, id }) => isOffered || id === present.id)
  return offered.some(({ id }) => id === present.id) ? offered : [present, ...offered]
}

function eligible<Item>(all: readonly Item[], may: readonly Item[]): readonly OfferView<Item>[] {
  return all.map((item) => ({ item, onThisPlan: may.includes(item) }))
}

/** What a choice of plan would do at `now`, as the window shows it; `effect` is the choice's. */
export function planPreview(
  books: Books,
  { planId, seats }: Pick<PlanChoice, 'planId' | 'seats'>,
  { from, allowance, nextCycleAt, entries }: PlanChangeEffect,
  now: number,
): PlanPreview {
  const after = withEntries(books, entries)
  return {
    planId,
    seats,
    from,
    atOnce: from <= now,
    gets: [...after.balances.values()]
      .filter(({ grant }) => !books.balances.has(grant.id) && grant.source !== 'overage')
      .map(({ grant: { label, amount, expiresAt } }) => ({ label, amount, expiresAt })),
    ends: [...books.balances.values()]
      .filter(({ grant }) => grant.source !== 'overage')
      .map(({ grant, available }) => ({
        label: grant.label,
        amount: subtractCredits(available, after.balances.get(grant.id)?.available ?? ZERO),
      }))
      .filter(({ amount }) => amount > 0),
    availableNow: spendable(books, now),
    availableAfter: spendable(after, now),
    refill: { at: nextCycleAt, amount: allowance },
  }
}
