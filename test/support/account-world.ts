/**
 * An account under the real rules, with a calendar that a test turns. The journal is kept, and held
 * after every step against what must be true of any journal. Amounts are whole or decimal credits.
 */

import assert from 'node:assert/strict'
import { Temporal } from 'temporal-polyfill'
import { adjustmentEntry, openEntry, overrideEntry } from '#shared/account/open.ts'
import { changePlan, type PlanChangeEffect } from '#shared/account/plan-change.ts'
import { redeem } from '#shared/account/promotion.ts'
import { type PurchaseQuote, quotePurchase } from '#shared/account/purchase-quote.ts'
import { purchaseEntries } from '#shared/account/purchase.ts'
import { endSubscription } from '#shared/account/subscription.ts'
import { refundEntries } from '#shared/account/refund.ts'
import { catalogAt, type Terms, termsAt } from '#shared/account/terms.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import { addCredits } from '#shared/credits/amount.ts'
import { type Grant, type GrantSource, isInForce } from '#shared/credits/grant.ts'
import type { Override } from '#shared/journal/account-change.ts'
import { type RecipeRun, earningGrant } from '#shared/journal/earnings.ts'
import { drawsInto, grantEntry } from '#shared/journal/entries.ts'
import { type Result, success } from '#shared/result.ts'
import { type BooksOptions, createAccountBooks } from './account-books.ts'
import { createAccountRuns, type RunResult } from './account-runs.ts'
import { toCredits, toNumber } from './credits.ts'
import { unwrap } from './results.ts'

/** What a grant still has, as a person reads it. */
export interface Bucket {
  readonly source: GrantSource
  readonly label: string
  readonly left: number
  /** Local date and time of its end, `2025-11-01T00:00`; null for never. */
  readonly ends: string | null
}

export type AccountWorld = ReturnType<typeof createAccountWorld>

export function createAccountWorld(
  catalog: Catalog,
  timeZone = 'UTC',
  accountId = 'a1',
  options: BooksOptions = {},
) {
  const account = createAccountBooks(catalog, timeZone, options)
  const { start, run } = createAccountRuns(account, accountId, timeZone)
  const { books, now, write } = account
  let made = 0

  const nextId = (kind: string) => `${kind}-${++made}`
  const moment = (local: string) =>
    Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).epochMilliseconds
  const localTime = (at: number) =>
    Temporal.Instant.fromEpochMilliseconds(at)
      .toZonedDateTimeISO(timeZone)
      .toPlainDateTime()
      .toString({ smallestUnit: 'minute' })

  return {
    accountId,
    now,
    books,
    journal: account.journal,
    terms: (): Terms => termsAt(books().account, now()),
    catalog: () => catalogAt(books().account, now()),
    moment,
    /** Entries of an operator's own making. */
    write,
    audit: account.audit,

    /** Goes on to a local time, and brings the account up to date as the authority does. */
    at(local: string): void {
      const to = moment(local)
      assert.ok(to >= now(), `Time runs forward: ${local} is past`)
      account.goTo(to)
    },
    wait(milliseconds: number): void {
      account.goTo(now() + milliseconds)
    },
    /** A catalog that comes into force now, or at a local time or moment. */
    publish(next: Catalog, from: string | number = now()): void {
      account.publish(next, typeof from === 'number' ? from : moment(from))
    },
    open(planId: string, seats = 1): void {
      write([openEntry(accountId, { startsAt: now(), timeZone }, planId, seats)])
    },
    /** A purchase that is paid at once; see `quote` and `pay` for the steps. */
    buy(offerId: string, quantity = 1, promoCode: string | null = null): Result<PurchaseQuote> {
      const quoted = this.quote(offerId, quantity, promoCode)
      if (quoted.ok) this.pay(quoted.data)
      return quoted
    },
    quote(offerId: string, quantity = 1, promoCode: string | null = null): Result<PurchaseQuote> {
      const request = { purchaseId: '', offerId, quantity, promoCode }
      return quotePurchase(books(), request, 0, now())
    },
    pay(quote: PurchaseQuote, purchaseId = nextId('purchase')): string {
      write(purchaseEntries(books(), purchaseId, quote, now()))
      return purchaseId
    },
    unsubscribe(subscriptionId: string): void {
      write(unwrap(endSubscription(books(), subscriptionId)))
    },
    redeem(code: string): Result<Grant> {
      const redeemed = redeem(books(), code, 0, now())
      if (!redeemed.ok) return redeemed
      write(redeemed.data.entries)
      return success(redeemed.data.grant)
    },
    changePlan(planId: string, seats = 1): Result<PlanChangeEffect> {
      const changed = changePlan(books(), { changeId: nextId('change'), planId, seats }, now())
      if (changed.ok) write(changed.data.entries)
      return changed
    },
    override(terms: Partial<Override>): void {
      const override = { id: nextId('override'), name: 'By agreement', from: now(), until: null }
      write([overrideEntry(override.id, { ...override, ...terms })])
    },
    give(credits: number, label: string): void {
      const adjustment = { id: nextId('gift'), source: 'adjustment', expiresAt: null } as const
      const amount = toCredits(credits)
      write([adjustmentEntry(books().account, { ...adjustment, amount, label }, now())])
    },
    /** Makes good a run's charge, or a part of it. */
    refund(operationId: string, credits: number, reason: string): Result<null> {
      const end = account.journal().find(({ id }) => id === `${operationId}:end`)!
      const refunds = account
        .journal()
        .flatMap(({ facts }) =>
          facts.kind === 'refund' && facts.operationId === operationId ? [facts.amount] : [],
        )
      const refunded = refundEntries(
        books(),
        {
          refundId: nextId('refund'),
          operationId,
          paid: drawsInto(end, 'spent'),
          refunded: addCredits(...refunds),
          amount: toCredits(credits),
          reason,
        },
        now(),
      )
      if (!refunded.ok) return refunded
      write(refunded.data)
      return success(null)
    },
    /** What the account earned by somebody's run of its recipe. */
    earn(recipeRun: RecipeRun): void {
      const { version, priorities } = catalogAt(books().account, now())
      const priority = priorities.earnings
      const terms = { at: now(), expiresAt: null, priority, catalogVersion: version }
      const grant = earningGrant(recipeRun, terms)
      if (grant) write([grantEntry(grant)])
    },

    start,
    run,
    /** Runs an operation as large as makes it cost exactly `credits`. */
    spend(credits: number, operation: string): RunResult {
      const rate = catalogAt(books().account, now()).operations.find(({ id }) => id === operation)!
      const { unit, price, per } = rate.components[0]!
      const units = { [unit]: Number((BigInt(toCredits(credits)) * BigInt(per)) / BigInt(price)) }
      const result = unwrap(run(operation, units))
      assert.equal(result.charge, credits)
      return result
    },

    /** What may be spent now. */
    balance: (operation: string | null = null): number => toNumber(account.available(operation)),
    /** Grants in force with something left, in the order in which they were given. */
    buckets: (): readonly Bucket[] =>
      [...books().balances.values()]
        .filter(({ grant, available }) => available > 0 && isInForce(grant, now()))
        .map(({ grant: { source, label, expiresAt }, available }) => ({
          source,
          label,
          left: toNumber(available),
          ends: expiresAt === null ? null : localTime(expiresAt),
        })),
    /** The alerts that fired and recovered since this was asked last. */
    news: account.news,
    /** When a refused run would be possible by itself. */
    resumesAt(result: Result<unknown>): string | null {
      const { standstill } = (result.ok ? {} : (result.error.details ?? {})) as {
        readonly standstill?: { readonly resumesAt: number | null }
      }
      return standstill?.resumesAt ? localTime(standstill.resumesAt) : null
    },
    /** Local start and end of the cycle that runs. */
    cycle(): readonly [string, string] {
      const { startsAt, endsAt } = account.cycle()
      return [localTime(startsAt), localTime(endsAt)]
    },
    /** Of a source, everything ever spent. */
    spentFrom: (source: GrantSource): number =>
      [...books().balances.values()]
        .filter(({ grant }) => grant.source === source)
        .reduce((sum, { spent }) => sum + toNumber(spent), 0),
  }
}
