/** What the window sees of the catalogs. Times are epoch milliseconds. */

import type { CatalogProblem } from '../catalog/catalog.ts'
import type { CatalogChange } from '../catalog/diff.ts'

/** A catalog of the journal. */
export interface CatalogVersionView {
  readonly version: string
  readonly name: string
  /** When it came, or comes, into force. */
  readonly from: number
  /** When it was published. */
  readonly journaledAt: number
}

export interface CatalogsView {
  readonly inForce: CatalogVersionView
  /** Soonest first. */
  readonly upcoming: readonly CatalogVersionView[]
  /** Those that were in force before, newest first. */
  readonly past: readonly CatalogVersionView[]
  /** The catalog file, where it was last refused; null when all is well. */
  readonly refusal: CatalogRefusal | null
}

export interface CatalogRefusal {
  readonly file: string
  readonly at: number
  readonly problems: readonly CatalogProblem[]
}

/** What publishing a text would do. */
export interface CatalogCheckView {
  /** Empty when it may be published. */
  readonly problems: readonly CatalogProblem[]
  /** Against the catalog in force; empty while there are problems with the text itself. */
  readonly changes: readonly CatalogChange[]
}

/** What one version changed of the one before it. */
export interface CatalogNewsView extends CatalogVersionView {
  readonly changes: readonly CatalogChange[]
}
