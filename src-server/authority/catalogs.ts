/**
 * The server's catalogs. Each is stored once; an account's journal names those it follows, by
 * version and content.
 */

import { isDeepStrictEqual } from 'node:util'
import { type Catalog, type CatalogProblem, readCatalog } from '#shared/catalog/catalog.ts'
import type { AccountState } from '#shared/account/account.ts'
import { catalogEntry } from '#shared/journal/entries.ts'
import type { CatalogSource, EntryDraft } from '#shared/journal/journal.ts'
import type { Clock } from '#shared/ports/time.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { sha256 } from '../ports/sha256.ts'
import type { Database, Query } from '../store/database.ts'

/** A catalog as the server keeps it. */
export interface PublishedCatalog {
  readonly source: CatalogSource
  readonly catalog: Catalog
  /** SHA-256 of its text as stored, hex. */
  readonly sha256: string
  /** In force from then on, epoch milliseconds. */
  readonly from: number
}

export interface CatalogInfo {
  readonly version: string
  readonly name: string
  readonly from: number
  readonly publishedAt: number
}

export interface ServerCatalogs {
  /** In the order of publication; read again once somebody has published. */
  all(query: Query): Promise<readonly PublishedCatalog[]>
  /** Throws when the store has none of this version. */
  byVersion(query: Query, version: string): Promise<PublishedCatalog>
  /** Null if no such version was published. */
  find(query: Query, version: string): Promise<PublishedCatalog | null>
  list(): Promise<readonly CatalogInfo[]>
  /**
   * Publishes a catalog, in force from `from` or at once. Publishing the same again changes
   * nothing. Fails with `catalog_invalid` (details: problems) or `catalog_version_used`.
   */
  publish(json: unknown, from: number | null): Promise<Result<null>>
  close(): void
}

/** Whoever has devices connected brings their accounts up to date when it hears this. */
const CATALOGS_CHANNEL = 'catalogs'

interface Row {
  readonly version: string
  readonly effective_at: number
  readonly source: string
}

export function createServerCatalogs(
  database: Database,
  clock: Pick<Clock, 'now'>,
): ServerCatalogs {
  const known = new Map<string, PublishedCatalog>()
  let order: readonly PublishedCatalog[] | null = null
  const stop = database.subscribe(CATALOGS_CHANNEL, () => (order = null))

  async function read(query: Query): Promise<readonly PublishedCatalog[]> {
    // Recorded before asking, so that what is published meanwhile causes another look.
    let published = 0
    const forget = database.subscribe(CATALOGS_CHANNEL, () => (published += 1))
    try {
      const rows = await query<{ version: string }>('SELECT version FROM catalog ORDER BY sequence')
      const list: PublishedCatalog[] = []
      for (const { version } of rows) list.push(await byVersion(query, version))
      if (published === 0) order = list
      return list
    } finally {
      forget()
    }
  }

  async function find(query: Query, version: string): Promise<PublishedCatalog | null> {
    const kept = known.get(version)
    if (kept) return kept
    const [row] = await query<Row>(
      'SELECT version, effective_at, source FROM catalog WHERE version = ?',
      version,
    )
    if (!row) return null
    const published = parse(row)
    known.set(version, published)
    return published
  }

  async function byVersion(query: Query, version: string): Promise<PublishedCatalog> {
    const found = await find(query, version)
    if (!found) throw new Error(`The store has no catalog ${version}`)
    return found
  }

  async function insert(
    query: Query,
    { version }: Pick<Catalog, 'version'>,
    json: unknown,
    from: number,
  ): Promise<Result<null>> {
    const [row] = await query<Row>('SELECT * FROM catalog WHERE version = ?', version)
    if (row) {
      return isDeepStrictEqual(JSON.parse(row.source), json) ? success(null) : versionUsed(version)
    }
    await query(
      `INSERT INTO catalog (version, sequence, effective_at, published_at, source)
       SELECT ?, coalesce(max(sequence), 0) + 1, ?, ?, ? FROM catalog`,
      version,
      from,
      clock.now(),
      JSON.stringify(json),
    )
    return success(null)
  }

  return {
    all: async (query) => order ?? read(query),
    byVersion,
    find,
    async list() {
      const rows = await database.query<Row & { readonly published_at: number }>(
        'SELECT version, effective_at, source, published_at FROM catalog ORDER BY sequence',
      )
      return rows.map(({ version, effective_at: from, published_at: publishedAt, source }) => {
        const { name } = JSON.parse(source) as CatalogSource
        return { version, name, from, publishedAt }
      })
    },
    async publish(json, from) {
      const checked = readCatalog(json)
      if (!checked.ok) return invalid(checked.problems)
      return database.transaction(async ({ query, publish }) => {
        publish(CATALOGS_CHANNEL, checked.catalog.version)
        const now = clock.now()
        return insert(query, checked.catalog, json, Math.max(from ?? now, now))
      })
    },
    close: stop,
  }
}

/** Throws if this server cannot read it: what was once in force must stay readable. */
function parse({ version, effective_at: from, source: text }: Row): PublishedCatalog {
  const source = JSON.parse(text) as CatalogSource
  const read = readCatalog(source)
  if (!read.ok) {
    const [problem] = read.problems
    throw new Error(`Catalog ${version} cannot be read: ${problem?.path} ${problem?.message}`)
  }
  return { source, catalog: read.catalog, sha256: sha256(text), from }
}

/**
 * The catalogs an account does not follow yet, as entries. A new account begins with the one in
 * force; a late one applies from when the account was last written, since the past is not
 * rewritten.
 */
export function catalogEntries(
  { catalogs }: AccountState,
  published: readonly PublishedCatalog[],
  writtenAt: number,
  now: number,
): readonly EntryDraft[] {
  const followed = new Set(catalogs.map(({ catalog }) => catalog.version))
  if (followed.size === published.length) return []
  const first =
    published.find(({ catalog }) => followed.has(catalog.version)) ?? inForce(published, now)
  if (!first) return []
  const place = published.indexOf(first)
  // What had ended before the account began never applied to it.
  return published
    .filter((one, index) => index >= place || one.from > first.from)
    .filter(({ catalog }) => !followed.has(catalog.version))
    .map(({ source, from }) => catalogEntry(source, Math.max(from, writtenAt)))
}

function inForce(
  published: readonly PublishedCatalog[],
  now: number,
): PublishedCatalog | undefined {
  const byDate = published.toSorted((left, right) => left.from - right.from)
  return byDate.findLast(({ from }) => from <= now) ?? byDate[0]
}

function invalid(problems: readonly CatalogProblem[]) {
  return failure('catalog_invalid', 'The catalog has mistakes; nothing was changed.', { problems })
}

function versionUsed(version: string) {
  const message = `Version "${version}" is already published; give this one a new version.`
  return failure('catalog_version_used', message, { version })
}
