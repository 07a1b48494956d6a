/**
 * An account under the real rules, with a calendar that a test turns. The journal is kept, and held
 * after every step against what must be true of any journal. Amounts are whole or decimal credits.
 */

import assert from 'node:assert/strict'
import { Temporal } from 'temporal-polyfill'
import { cycleAt } from '#shared/account/cycle.ts'
import { entriesDue } from '#shared/account/due.ts'
import { adjustmentEntry, openEntry, overrideEntry } from '#shared/account/open.ts'
import { changePlan, type PlanChangeEffect } from '#shared/account/plan-change.ts'
import { redeem } from '#shared/account/promotion.ts'
import {
  endSubscription,
  purchaseEntries,
  type PurchaseQuote,
  quotePurchase,
} from '#shared/account/purchase.ts'
import { refundEntries } from '#shared/account/refund.ts'
import { type Books, EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { returnedAt, withCatalog, withEntries } from '#shared/account/state.ts'
import { catalogAt, opened, type Terms, termsAt } from '#shared/account/terms.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import type { OperationRate } from '#shared/catalog/rates.ts'
import {
  addCredits,
  type Credits,
  MILLICREDITS_PER_CREDIT,
  millicredits,
} from '#shared/credits/amount.ts'
import { availableAt, drawFrom } from '#shared/credits/burn-down.ts'
import { type Draw, type Grant, type GrantSource, isInForce } from '#shared/credits/grant.ts'
import type { Units } from '#shared/credits/units.ts'
import type { Override } from '#shared/journal/account-change.ts'
import { EMPTY_BALANCE } from '#shared/journal/balance.ts'
import { concludeRun } from '#shared/journal/conclusion.ts'
import type { RecipeRun } from '#shared/journal/earnings.ts'
import { earningGrant, recipeRunOf } from '#shared/journal/earnings.ts'
import {
  assertBalanced,
  drawsInto,
  grantEntry,
  holdEntry,
  settleEntry,
  voidEntry,
} from '#shared/journal/entries.ts'
import type { Entry, EntryDraft, OperationFacts, RecipeFacts } from '#shared/journal/journal.ts'
import { type AlertChanges, nextAlerts, type Told } from '#shared/policy/alerts.ts'
import { standstillOf } from '#shared/policy/at-zero.ts'
import { checkCaps } from '#shared/policy/caps.ts'
import { checkEntitlement } from '#shared/policy/entitlements.ts'
import { policiesInForce } from '#shared/policy/in-force.ts'
import {
  chargedSince,
  countEntry,
  CYCLE_SPENDING,
  runScope,
  type Spending,
  startSpending,
} from '#shared/policy/spending.ts'
import { countTrial, NO_TRIALS } from '#shared/policy/trials.ts'
import { calendarAt } from '#shared/policy/windows.ts'
import { quotedPrice, quoteOperation } from '#shared/pricing/rate-card.ts'
import { failure, type Result, success } from '#shared/result.ts'

export interface RunOptions {
  /** The most it may use; what it uses unless given. */
  readonly most?: Units
  readonly subject?: string
  readonly modelId?: string
  readonly memberId?: string
  readonly recipe?: RecipeFacts
}

/** A run that holds credits and has not ended. */
export interface OpenRun {
  readonly id: string
  readonly held: readonly Draw[]
  finish(units: Units): RunResult
  void(): void
}

export interface RunResult {
  readonly id: string
  readonly charge: number
  /** By the source of what paid, in paying order. */
  readonly paid: readonly (readonly [GrantSource, number])[]
  readonly recipeRun: RecipeRun | null
}

/** What a grant still has, as a person reads it. */
export interface Bucket {
  readonly source: GrantSource
  readonly label: string
  readonly left: number
  /** Local date and time of its end, `2025-11-01T00:00`; null for never. */
  readonly ends: string | null
}

export type AccountWorld = ReturnType<typeof createAccountWorld>

/** `creatorId` of recipes made by the account itself. */
export const ownRecipes = (accountId: string) => `creator:${accountId}`

/** `auditing` checks the journal and tells alerts after every step, which takes its time. */
export function createAccountWorld(
  catalog: Catalog,
  timeZone = 'UTC',
  accountId = 'a1',
  { auditing = true } = {},
) {
  const journal: Entry[] = []
  let books: Books = {
    account: withCatalog(EMPTY_ACCOUNT, catalog, Number.MIN_SAFE_INTEGER),
    balances: EMPTY_BALANCE,
  }
  let now = 0
  let made = 0
  let told: Told = []
  let news: string[] = []

  const nextId = (kind: string) => `${kind}-${++made}`
  const moment = (local: string) =>
    Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).epochMilliseconds
  const localTime = (at: number) =>
    Temporal.Instant.fromEpochMilliseconds(at)
      .toZonedDateTimeISO(timeZone)
      .toPlainDateTime()
      .toString({ smallestUnit: 'minute' })

  function append(drafts: readonly EntryDraft[]): void {
    for (const draft of drafts) assertBalanced(draft)
    books = withEntries(books, drafts)
    for (const draft of drafts) journal.push({ ...draft, sequence: journal.length + 1, at: now })
  }

  /** What the authority does whenever it looks, as after every step. */
  function look(): void {
    append(entriesDue(books, now))
    if (!auditing) return
    audit()
    if (books.account.account) tell()
  }

  /** Alerts that fire or recover by what just happened. */
  function tell(): void {
    const {
      fired,
      recovered,
      told: next,
    }: AlertChanges = nextAlerts(
      policies().alerts,
      { used: chargedSince(spending(), cycle().startsAt), left: left() },
      told,
    )
    told = next
    news.push(...fired.map(({ id }) => id), ...recovered.map((id) => `${id} recovered`))
  }

  const cycle = () => cycleAt(opened(books.account).anchor, now)
  const available = (operation: string | null = null) =>
    availableAt(books.balances.values(), now, operation)
  const held = () => addCredits(...[...books.balances.values()].map((balance) => balance.held))
  /** What alerts go by: overage is no credit that anybody has. */
  const left = () =>
    addCredits(
      ...[...books.balances.values()]
        .filter(({ grant }) => grant.source !== 'overage' && isInForce(grant, now))
        .map((balance) => addCredits(balance.available, balance.held)),
    )

  function policies() {
    const { catalog: inForce, plan, overrides } = termsAt(books.account, now)
    const own = [...books.account.caps.values()]
    return policiesInForce({ catalog: inForce, plan, overrides, caps: own })
  }

  function spending(): Spending {
    const shapes = [CYCLE_SPENDING, ...policies().caps.map(({ cap }) => cap)]
    return journal.reduce(countEntry, startSpending(timeZone, shapes))
  }

  function write(drafts: readonly EntryDraft[]): void {
    append(drafts)
    look()
  }

  /** What must be true whatever happened. */
  function audit(): void {
    assert.equal(new Set(journal.map(({ id }) => id)).size, journal.length, 'an entry came twice')
    const { catalogs } = books.account
    const start: Books = { account: { ...EMPTY_ACCOUNT, catalogs }, balances: EMPTY_BALANCE }
    assert.deepEqual(withEntries(start, journal), books, 'the state is not the fold of the journal')
    for (const { grant, available, held, spent, expired } of books.balances.values()) {
      assert.ok(Math.min(available, held, spent, expired) >= 0, `${grant.id} is overdrawn`)
      assert.equal(available + held + spent + expired, grant.amount, `${grant.id} is not whole`)
    }
    assert.deepEqual(entriesDue(books, now), [], 'something is still due')
  }

  /** Holds what a run may cost, if everything in force allows it. */
  function start(operation: string, units: Units, options: RunOptions = {}): Result<OpenRun> {
    const { most = units, subject = '', modelId = 'model', memberId, recipe } = options
    const { catalog: inForce } = termsAt(books.account, now)
    const { entitlements, caps, atZero } = policies()
    const trials = journal.reduce(countTrial, NO_TRIALS)
    const entitled = checkEntitlement(entitlements, trials, { operation, modelId }, now, inForce)
    if (!entitled.ok) return failure(entitled.refusal.reason, 'The plan does not include it.')
    const isOwn = recipe?.creatorId === ownRecipes(accountId)
    const premium = recipe && !isOwn ? inForce.creators.premiumPercent : 0
    const quoted = quoteOperation(inForce, operation, units, most, premium)
    if (!quoted.ok) return failure(quoted.code, 'It is not quoted.')
    const facts: OperationFacts = {
      operationId: nextId('run'),
      studio: 'chat',
      providerId: 'practice',
      providerName: 'Practice',
      modelId,
      modelName: modelId,
      subject,
      deviceId: 'device-1',
      quote: quotedPrice(quoted.quote),
      ...(memberId === undefined ? {} : { memberId }),
      ...(recipe ? { recipe } : {}),
      ...(entitled.trial ? { trial: true } : {}),
    }
    const { maximum } = facts.quote
    const calendar = calendarAt(timeZone, now, cycle())
    const watched = { spending: spending(), calendar }
    const hard = caps.map(({ cap }) => cap)
    const capped = checkCaps(hard, watched, runScope(facts), maximum, now)
    if (!capped.ok) return failure('cap_reached', capped.refusal.name)
    const drawn = drawFrom(books.balances.values(), maximum, now, operation)
    if (!drawn.ok) {
      const { available: fits } = drawn
      const resetsAt = cycle().endsAt
      const shortfall = { needed: maximum, available: fits, held: held(), resetsAt }
      const standstill = standstillOf(atZero, shortfall)
      return failure(standstill.kind, 'The credits do not cover it.', { standstill })
    }
    write([holdEntry(facts, drawn.draws)])
    return success(openRun(facts, quoted.quote.rate, drawn.draws))
  }

  function openRun(facts: OperationFacts, rate: OperationRate, held: readonly Draw[]): OpenRun {
    const { operationId, quote } = facts
    return {
      id: operationId,
      held,
      finish(units) {
        look()
        const delivery = { units, usageSource: 'provider' } as const
        const conclusion = concludeRun(rate, quote, delivery, 'completed', null)
        assert.ok(conclusion.kind === 'settle')
        const { kind: _kind, ...settled } = conclusion
        const entry = settleEntry({ operationId, ...settled }, held, returnedAt(books, now))
        write([entry])
        assert.ok(entry.facts.kind === 'settle')
        return {
          id: operationId,
          charge: toNumber(settled.charge.amount),
          paid: drawsInto(entry, 'spent').map(({ grantId, amount }) => {
            return [books.balances.get(grantId)!.grant.source, toNumber(amount)] as const
          }),
          recipeRun: recipeRunOf(facts, entry.facts),
        }
      },
      void() {
        look()
        const cancelled = { operationId, outcome: 'failed', reason: 'provider_failed' } as const
        write([voidEntry(cancelled, held, returnedAt(books, now))])
      },
    }
  }

  function run(operation: string, units: Units, options: RunOptions = {}): Result<RunResult> {
    const started = start(operation, units, options)
    return started.ok ? success(started.data.finish(units)) : started
  }

  return {
    accountId,
    now: () => now,
    books: () => books,
    journal: (): readonly Entry[] => journal,
    terms: (): Terms => termsAt(books.account, now),
    catalog: () => catalogAt(books.account, now),
    moment,
    /** Entries of an operator's own making. */
    write,
    audit,

    /** Goes on to a local time, and brings the account up to date as the authority does. */
    at(local: string): void {
      const to = moment(local)
      assert.ok(to >= now, `Time runs forward: ${local} is past`)
      now = to
      look()
    },
    wait(milliseconds: number): void {
      now += milliseconds
      look()
    },
    /** A catalog that comes into force now, or at a local time or moment. */
    publish(next: Catalog, from: string | number = now): void {
      const at = typeof from === 'number' ? from : moment(from)
      books = { ...books, account: withCatalog(books.account, next, at) }
      look()
    },
    open(planId: string, seats = 1): void {
      write([openEntry(accountId, { startsAt: now, timeZone }, planId, seats)])
    },
    /** A purchase that is paid at once; see `quote` and `pay` for the steps. */
    buy(offerId: string, quantity = 1, promoCode: string | null = null): Result<PurchaseQuote> {
      const quoted = this.quote(offerId, quantity, promoCode)
      if (quoted.ok) this.pay(quoted.data)
      return quoted
    },
    quote(offerId: string, quantity = 1, promoCode: string | null = null): Result<PurchaseQuote> {
      const request = { purchaseId: '', offerId, quantity, promoCode }
      return quotePurchase(books, request, 0, now)
    },
    pay(quote: PurchaseQuote, purchaseId = nextId('purchase')): string {
      write(purchaseEntries(books, purchaseId, quote, now))
      return purchaseId
    },
    unsubscribe(subscriptionId: string): void {
      write(required(endSubscription(books, subscriptionId)))
    },
    redeem(code: string): Result<Grant> {
      const redeemed = redeem(books, code, 0, now)
      if (!redeemed.ok) return redeemed
      write(redeemed.data.entries)
      return success(redeemed.data.grant)
    },
    changePlan(planId: string, seats = 1): Result<PlanChangeEffect> {
      const changed = changePlan(books, { changeId: nextId('change'), planId, seats }, now)
      if (changed.ok) write(changed.data.entries)
      return changed
    },
    override(terms: Partial<Override>): void {
      const override = { id: nextId('override'), name: 'By agreement', from: now, until: null }
      write([overrideEntry(override.id, { ...override, ...terms })])
    },
    give(credits: number, label: string): void {
      const adjustment = { id: nextId('gift'), source: 'adjustment', expiresAt: null } as const
      const amount = toCredits(credits)
      write([adjustmentEntry(books.account, { ...adjustment, amount, label }, now)])
    },
    /** Makes good a run's charge, or a part of it. */
    refund(operationId: string, credits: number, reason: string): Result<null> {
      const end = journal.find(({ id }) => id === `${operationId}:end`)!
      const refunds = journal.flatMap(({ facts }) =>
        facts.kind === 'refund' && facts.operationId === operationId ? [facts.amount] : [],
      )
      const refunded = refundEntries(
        books,
        {
          refundId: nextId('refund'),
          operationId,
          paid: drawsInto(end, 'spent'),
          refunded: addCredits(...refunds),
          amount: toCredits(credits),
          reason,
        },
        now,
      )
      if (!refunded.ok) return refunded
      write(refunded.data)
      return success(null)
    },
    /** What the account earned by somebody's run of its recipe. */
    earn(recipeRun: RecipeRun): void {
      const { version, priorities } = catalogAt(books.account, now)
      const priority = priorities.earnings
      const terms = { at: now, expiresAt: null, priority, catalogVersion: version }
      const grant = earningGrant(recipeRun, terms)
      if (grant) write([grantEntry(grant)])
    },

    start,
    run,
    /** Runs an operation as large as makes it cost exactly `credits`. */
    spend(credits: number, operation: string): RunResult {
      const rate = catalogAt(books.account, now).operations.find(({ id }) => id === operation)!
      const { unit, price, per } = rate.components[0]!
      const units = { [unit]: Number((BigInt(toCredits(credits)) * BigInt(per)) / BigInt(price)) }
      const result = required(run(operation, units))
      assert.equal(result.charge, credits)
      return result
    },

    /** What may be spent now. */
    balance: (operation: string | null = null): number => toNumber(available(operation)),
    /** Grants in force with something left, in the order in which they were given. */
    buckets: (): readonly Bucket[] =>
      [...books.balances.values()]
        .filter(({ grant, available }) => available > 0 && isInForce(grant, now))
        .map(({ grant: { source, label, expiresAt }, available }) => ({
          source,
          label,
          left: toNumber(available),
          ends: expiresAt === null ? null : localTime(expiresAt),
        })),
    /** The alerts that fired and recovered since this was asked last. */
    news(): readonly string[] {
      const since = news
      news = []
      return since
    },
    /** When a refused run would be possible by itself. */
    resumesAt(result: Result<unknown>): string | null {
      const { standstill } = (result.ok ? {} : (result.error.details ?? {})) as {
        readonly standstill?: { readonly resumesAt: number | null }
      }
      return standstill?.resumesAt ? localTime(standstill.resumesAt) : null
    },
    /** Local start and end of the cycle that runs. */
    cycle(): readonly [string, string] {
      const { startsAt, endsAt } = cycle()
      return [localTime(startsAt), localTime(endsAt)]
    },
    /** Of a source, everything ever spent. */
    spentFrom: (source: GrantSource): number =>
      [...books.balances.values()]
        .filter(({ grant }) => grant.source === source)
        .reduce((sum, { spent }) => sum + toNumber(spent), 0),
  }
}

export const toNumber = (amount: Credits): number => amount / MILLICREDITS_PER_CREDIT

export const toCredits = (credits: number): Credits =>
  millicredits(Math.round(credits * MILLICREDITS_PER_CREDIT))

/** The data of a result that must be one. */
export function required<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? '' : `${result.error.code}: ${result.error.message}`)
  return result.data
}

/** What went wrong, or `ok`. */
export const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.error.code)
