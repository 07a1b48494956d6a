/** The catalogs of a ledger in their order in time, and as the window is told of them. */

import { type CatalogChange, diffCatalogs } from '#shared/catalog/diff.ts'
import type { CatalogNewsView, CatalogVersionView } from '#shared/host/catalog-views.ts'
import type { CatalogPlace } from '../ledger/state.ts'
import type { Ledger } from '../ledger/ledger.ts'

type CatalogLedger = Pick<Ledger, 'catalog' | 'catalogs'>

/** Versions whose changes are told. */
const MOST_NEWS = 20

/** By the moment from which they are in force; of one moment the last published wins. */
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
