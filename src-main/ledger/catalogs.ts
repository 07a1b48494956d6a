/** The catalogs that the journal holds, read when a rate of theirs is needed. */

import type { DatabaseSync } from 'node:sqlite'
import { type Catalog, findOperation, readCatalog } from '#shared/catalog/catalog.ts'
import type { OperationRate } from '#shared/catalog/rates.ts'
import { catalogEntryId } from '#shared/journal/entries.ts'
import type { CatalogSource, Entry } from '#shared/journal/journal.ts'
import type { QuotedPrice } from '#shared/pricing/rate-card.ts'
import { type EntryRecord, readEntry } from './entry-chain.ts'

export interface CatalogReader {
  /** A catalog as it was published; null if the journal has no such version. */
  source(version: string): CatalogSource | null
  /** A catalog as today's schema reads it; null if the journal has no such version. */
  catalog(version: string): Catalog | null
  /** The rate a quote was made with; null if the journal does not have it. */
  rate(quote: Pick<QuotedPrice, 'catalogVersion' | 'operation'>): OperationRate | null
}

/** Parsed catalogs kept in memory; they may be large, and few are needed at a time. */
const MOST_KEPT = 4

/** Reads catalogs through `find`, which gives a journal entry by its id. */
export function createCatalogReader(find: (id: string) => Entry | null): CatalogReader {
  const kept = new Map<string, Catalog>()

  function source(version: string): CatalogSource | null {
    const entry = find(catalogEntryId(version))
    return entry?.facts.kind === 'catalog' ? entry.facts.source : null
  }

  function catalog(version: string): Catalog | null {
    const known = kept.get(version)
    if (known) return known
    const published = source(version)
    if (!published) return null
    const read = parseSource(published)
    for (const oldest of kept.keys()) {
      if (kept.size < MOST_KEPT) break
      kept.delete(oldest)
    }
    kept.set(version, read)
    return read
  }

  return {
    source,
    catalog,
    rate({ catalogVersion, operation }) {
      const known = catalog(catalogVersion)
      return (known && findOperation(known, operation)) ?? null
    },
  }
}

/** Throws on a catalog that this app cannot read: what was once in force must stay readable. */
export function parseSource(source: CatalogSource): Catalog {
  const read = readCatalog(source)
  if (read.ok) return read.catalog
  const [problem] = read.problems
  throw new Error(
    `Catalog ${source.version} cannot be read: ${problem?.path ?? ''} ${problem?.message ?? ''}`,
  )
}

/** Finds entries through the derived tables, over any connection. */
export function findIn(db: DatabaseSync): (id: string) => Entry | null {
  const select = db.prepare(
    'SELECT entry.* FROM entry_place JOIN entry USING (sequence) WHERE entry_place.id = ?',
  )
  return (id) => {
    const record = select.get(id) as EntryRecord | undefined
    return record ? readEntry(record) : null
  }
}
