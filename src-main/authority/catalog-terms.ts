/** The catalogs of a ledger in order of time, and as the window sees them. */

import { type CatalogChange, diffCatalogs } from '#shared/catalog/diff.ts'
import type { CatalogNewsView, CatalogVersionView } from '#shared/host/catalog-views.ts'
import type { CatalogPlace } from '../ledger/state.ts'
import type { Ledger } from '../ledger/ledger.ts'

type CatalogLedger = Pick<Ledger, 'catalog' | 'catalogs'>

/** The number of versions whose changes are shown. */
const MOST_NEWS = 20

/** Ordered by when they come into force; of equal dates the last published wins. */
export function byDate(ledger: CatalogLedger): readonly CatalogPlace[] {
  return ledger.catalogs().toSorted((left, right) => left.from - right.from)
}

export function inForceOf(terms: readonly CatalogPlace[], now: number): CatalogPlace | undefined {
  return terms.findLast(({ from }) => from <= now) ?? terms[0]
}

export function viewOf({ version, name, from, at }: CatalogPlace): CatalogVersionView {
  return { version, name, from, journaledAt: at }
}

export function newsOf(ledger: CatalogLedger): readonly CatalogNewsView[] {
  const terms = byDate(ledger).slice(-MOST_NEWS - 1)
  return terms
    .slice(1)
    .map((place, index) => {
      const [before, after] = [terms[index], place].map((one) => one && ledger.catalog(one.version))
      const changes: readonly CatalogChange[] = before && after ? diffCatalogs(before, after) : []
      return { ...viewOf(place), changes }
    })
    .reverse()
}
