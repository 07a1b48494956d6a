/** The books of an account under the real rules, held after every step against what must be true. */

import assert from 'node:assert/strict'
import { cycleAt } from '#shared/account/cycle.ts'
import { entriesDue } from '#shared/account/due.ts'
import { type Books, EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { withCatalog, withEntries } from '#shared/account/state.ts'
import { opened, termsAt } from '#shared/account/terms.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import { addCredits } from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import { isInForce } from '#shared/credits/grant.ts'
import { EMPTY_BALANCE } from '#shared/journal/balance.ts'
import { assertBalanced } from '#shared/journal/entries.ts'
import type { Entry, EntryDraft } from '#shared/journal/journal.ts'
import { type AlertChanges, nextAlerts, type Told } from '#shared/policy/alerts.ts'
import { policiesInForce } from '#shared/policy/in-force.ts'
import {
  chargedSince,
  countEntry,
  CYCLE_SPENDING,
  type Spending,
  startSpending,
} from '#shared/policy/spending.ts'

export type AccountBooks = ReturnType<typeof createAccountBooks>

export interface BooksOptions {
  /** Whether the journal is checked and alerts are told after every step, which takes its time. */
  readonly auditing?: boolean
}

/** The journal of an account, what it comes to, and the time it is. */
export function createAccountBooks(
  catalog: Catalog,
  timeZone: string,
  { auditing = true }: BooksOptions = {},
) {
  const journal: Entry[] = []
  let books: Books = {
    account: withCatalog(EMPTY_ACCOUNT, catalog, Number.MIN_SAFE_INTEGER),
    balances: EMPTY_BALANCE,
  }
  let now = 0
  let told: Told = []
  let news: string[] = []

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

  return {
    journal: (): readonly Entry[] => journal,
    books: () => books,
    now: () => now,
    /** Later, and brought up to date as the authority does. */
    goTo(at: number): void {
      now = at
      look()
    },
    /** A catalog that comes into force then. */
    publish(next: Catalog, from: number): void {
      books = { ...books, account: withCatalog(books.account, next, from) }
      look()
    },
    look,
    /** Entries of any making, and what is due by them. */
    write,
    audit,
    cycle,
    available,
    held,
    policies,
    spending,
    /** The alerts that fired and recovered since this was asked last. */
    news(): readonly string[] {
      const since = news
      news = []
      return since
    },
  }
}
