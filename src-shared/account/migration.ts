/** A new catalog migrates accounts from an old plan (conformance: tooljet 9). */

import type { Migration } from '../catalog/policies.ts'
import { accountEntry, grantEntry } from '../journal/entries.ts'
import type { EntryDraft } from '../journal/journal.ts'
import { allowanceEntry, conformEntries, endPlanGrants } from './conform.ts'
import { planGrant } from './cycle-grants.ts'
import { cycleOfIndex } from './cycle.ts'
import type { PlanTerm } from '../journal/account-snapshot.ts'
import type { AccountState, Books } from './account.ts'
import { withEntries } from './state.ts'
import { opened, planTermAt, termsAt } from './terms.ts'

/** A migration of the account's plan, by the catalog that comes into force at `from`. */
export interface DueMigration {
  readonly version: string
  readonly from: number
  readonly migration: Migration
}

/**
 * The migrations that catalogs in force by `now` demand and that have not happened yet: of accounts
 * that had the plan before the catalog came.
 */
export function migrationsAfter(account: AccountState, now: number): readonly DueMigration[] {
  return account.catalogs.flatMap(({ catalog, from }) => {
    if (from > now) return []
    const term = planTermAt(account, from)
    if (term.from >= from) return []
    const migration = catalog.migrations.find((candidate) => candidate.from === term.planId)
    return migration ? [{ version: catalog.version, from, migration }] : []
  })
}

/**
 * What a migration writes: the new plan, and with `fresh` its limits at once, with the whole
 * allowance.
 */
export function migrationEntries(
  books: Books,
  { version, from, migration }: DueMigration,
): readonly EntryDraft[] {
  const { account } = books
  const { id, anchor } = opened(account)
  const { seats } = planTermAt(account, from)
  const later = account.plans.filter((term) => term.from > from)
  const moved = [{ planId: migration.to, seats, from }, ...later].map((term, place) =>
    planEntry(`migration:${id}:${version}:${place}`, term),
  )
  if (migration.credits === 'keep') return moved
  const cycle = cycleOfIndex(anchor, account.cycle)
  const terms = termsAt(withEntries(books, moved).account, from)
  const renewed = [
    ...moved,
    ...endPlanGrants(books, cycle, `migration:${id}:${version}`),
    allowanceEntry(books, cycle, terms.allowance),
    grantEntry(planGrant(account, terms, cycle, from, terms.allowance, version)),
  ]
  return [...renewed, ...conformEntries(withEntries(books, renewed), terms, cycle, from)]
}

function planEntry(id: string, term: PlanTerm): EntryDraft {
  return accountEntry(id, { type: 'plan', ...term, reason: 'migration' })
}
