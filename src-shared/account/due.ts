/**
 * What the authority owes an account by now: each cycle's credits, what is not carried over, what
 * expires, what a new catalog or an override brings (design: account). Computed moment by moment,
 * so that catching up after a year away gives what looking every day would have given.
 */

import { addCredits, minCredits, subtractCredits } from '../credits/amount.ts'
import { hasExpired } from '../credits/grant.ts'
import { accountEntry, expireEntry, grantEntry } from '../journal/entries.ts'
import type { EntryDraft } from '../journal/journal.ts'
import { allowanceEntry, conformEntries, openGrants, takeBack } from './conform.ts'
import { PLAN_FAMILY, planGrant, renewalGrant } from './cycle-grants.ts'
import { type Cycle, cycleOfIndex } from './cycle.ts'
import { migrationEntries, migrationsAfter } from './migration.ts'
import { rolloverEntries } from './rollover.ts'
import type { Books } from './account.ts'
import { withEntries } from './state.ts'
import { opened, type Terms, termsAt } from './terms.ts'

/** Something due: when, and what it writes. */
export interface Due {
  readonly at: number
  entries(books: Books): readonly EntryDraft[]
}

/** Ten years away are some hundred moments; more than this means a rule that never finishes. */
export const MOST_MOMENTS = 10_000

/**
 * Every entry due at `now`, in order; none if the account is up to date or not opened yet. After
 * they are written, asking again gives none.
 */
export function entriesDue(books: Books, now: number): readonly EntryDraft[] {
  const written: EntryDraft[] = []
  let current = books
  for (let moments = 0; moments < MOST_MOMENTS; moments++) {
    const next = nextDue(current, now)
    if (!next) return written
    const entries = next.entries(current)
    current = withEntries(current, entries)
    written.push(...entries)
  }
  throw new Error('The account does not come up to date')
}

/**
 * The earliest thing due at `now`; null if the account is up to date or not opened yet. Within one
 * moment: endings, then beginnings, then changes.
 */
export function nextDue(books: Books, now: number): Due | null {
  if (!books.account.account) return null
  const candidates = [
    ...expiriesBy(books, now),
    ...cycleBy(books, now),
    ...migrationsBy(books, now),
    ...overridesBy(books, now),
  ]
  return candidates.reduce<Due | null>(
    (first, candidate) => (first && first.at <= candidate.at ? first : candidate),
    null,
  )
}

function expiriesBy({ balances }: Books, now: number): readonly Due[] {
  return [...balances.values()]
    .filter(({ grant, available }) => available > 0 && hasExpired(grant, now))
    .map(({ grant, available }) => ({
      at: grant.expiresAt ?? now,
      entries: () => [expireEntry(grant.id, available)],
    }))
}

function cycleBy({ account }: Books, now: number): readonly Due[] {
  const cycle = cycleOfIndex(opened(account).anchor, account.cycle + 1)
  if (cycle.startsAt > now) return []
  return [{ at: cycle.startsAt, entries: (books) => cycleStart(books, cycle) }]
}

/** What the beginning of a cycle writes. */
function cycleStart(books: Books, cycle: Cycle): readonly EntryDraft[] {
  const at = cycle.startsAt
  const terms = termsAt(books.account, at)
  const begun = [
    ...rolloverEntries(books, cycle),
    ...allowanceEntries(books, terms, cycle),
    ...subscriptionEntries(books, cycle),
  ]
  return [...begun, ...conformEntries(withEntries(books, begun), terms, cycle, at)]
}

/**
 * The plan's allowance, less what devices were leased of it in advance (design: leases). If that
 * exceeds what the plan gives by now, the part nobody has leased is taken back.
 */
function allowanceEntries(books: Books, terms: Terms, cycle: Cycle): readonly EntryDraft[] {
  const { account } = books
  const { allowance } = terms
  const early = openGrants(books, PLAN_FAMILY, cycle)
  const advanced = addCredits(...early.map(({ grant }) => grant.amount))
  const rest = subtractCredits(allowance, minCredits(allowance, advanced))
  const excess = subtractCredits(advanced, minCredits(allowance, advanced))
  const changeId = `advance:${opened(account).id}:${cycle.index}`
  const { taken, entries } = takeBack(early, excess, changeId, 'More than the plan gives')
  const allowed = addCredits(allowance, subtractCredits(excess, taken))
  const grant = planGrant(account, terms, cycle, cycle.startsAt, rest, '')
  return [...entries, allowanceEntry(books, cycle, allowed), grantEntry(grant)]
}

/** Subscriptions renew, or are recorded as ended if they no longer can. */
function subscriptionEntries({ account }: Books, cycle: Cycle): readonly EntryDraft[] {
  const at = cycle.startsAt
  return [...account.subscriptions.values()].flatMap((subscription) => {
    const { id: subscriptionId, endsFrom, renews } = subscription
    if ((endsFrom !== null && endsFrom <= at) || renews === 'when-paid') return []
    const grant = renewalGrant(account, subscription, cycle)
    if (grant) return [grantEntry(grant)]
    const ended = { type: 'add-on-ended', subscriptionId, from: at } as const
    return [accountEntry(`add-on-ended:${subscriptionId}`, ended)]
  })
}

function migrationsBy({ account }: Books, now: number): readonly Due[] {
  if (account.cycle < 0) return []
  return migrationsAfter(account, now).map((migration) => ({
    at: migration.from,
    entries: (books) => migrationEntries(books, migration),
  }))
}

/** Beginnings and ends of overrides that have not been recorded yet. */
function overridesBy({ account }: Books, now: number): readonly Due[] {
  if (account.cycle < 0) return []
  return [...account.overrides.values()].flatMap(({ override, begun, over }) => {
    const { id: overrideId, from, until } = override
    if (!begun && from <= now) return [overrideMoment('override-begun', overrideId, from)]
    const isOver = begun && !over && until !== null && until <= now
    return isOver ? [overrideMoment('override-over', overrideId, until)] : []
  })
}

function overrideMoment(
  type: 'override-begun' | 'override-over',
  overrideId: string,
  at: number,
): Due {
  return {
    at,
    entries(books) {
      const { account } = books
      const id = `override:${opened(account).id}:${account.overrideMoments}`
      const followed = accountEntry(id, { type, overrideId })
      const cycle = cycleOfIndex(opened(account).anchor, account.cycle)
      const moment = Math.max(at, cycle.startsAt)
      return [followed, ...conformEntries(books, termsAt(account, moment), cycle, moment)]
    },
  }
}
