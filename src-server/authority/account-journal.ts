/** An account's journal and its fold, in the store. */

import { withCatalog } from '#shared/account/state.ts'
import {
  continuesChain,
  type EntryRecord,
  GENESIS,
  type Head,
  headAfter,
  readEntry,
  sealEntry,
} from '#shared/journal/chain.ts'
import type { Entry, EntryDraft, EntryFacts } from '#shared/journal/journal.ts'
import { applyToPool } from '#shared/lease/follow.ts'
import { EMPTY_POOL, outstanding, type Pool } from '#shared/lease/pool.ts'
import { sha256 } from '../ports/sha256.ts'
import type { Query } from '../store/database.ts'
import { insertRows } from '../store/statements.ts'
import type { ServerCatalogs } from './catalogs.ts'
import { packPool, unpackPool } from './pool-state.ts'
import { createRecentPools } from './recent-pools.ts'

export interface AccountBooks {
  readonly head: Head
  readonly pool: Pool
  /** When something falls due by itself; null for never. */
  readonly dueAt: number | null
  /** The stored state of its alerts; null if nobody is to be told. */
  readonly alerts: string | null
}

export interface Verification {
  /** The number of entries found sound. */
  readonly entries: number
  /** Empty when all is well. */
  readonly problems: readonly string[]
}

export interface AccountJournal {
  create(query: Query, accountId: string, now: number): Promise<void>
  /** Null when there is no such account. */
  load(query: Query, accountId: string): Promise<AccountBooks | null>
  /** Appends entries at time `at`, in order, and stores their fold. */
  append(
    query: Query,
    accountId: string,
    books: AccountBooks,
    drafts: readonly EntryDraft[],
    at: number,
  ): Promise<AccountBooks>
  /** The pool after catalogs were added to it. */
  follow(query: Query, pool: Pool, entries: readonly EntryDraft[]): Promise<Pool>
  /** Records when to look at the account again, if that changed. */
  setDue(
    query: Query,
    accountId: string,
    before: number | null,
    after: number | null,
  ): Promise<void>
  find(query: Query, accountId: string, ids: readonly string[]): Promise<readonly Entry[]>
  /** At most `limit` of the entries after a position, in order. */
  entriesAfter(
    query: Query,
    accountId: string,
    sequence: number,
    limit: number,
  ): Promise<readonly Entry[]>
  /** Folds the whole journal anew and compares the result with the stored fold. */
  verify(query: Query, accountId: string): Promise<Verification>
}

/** A catalog's content is stored once for all accounts; a journal names it by version and hash. */
type StoredFacts =
  | Exclude<EntryFacts, { kind: 'catalog' }>
  | {
      readonly kind: 'catalog'
      readonly from: number
      readonly source: { readonly version: string; readonly name: string; readonly sha256: string }
    }

type StoredDraft = Omit<EntryDraft, 'facts'> & { readonly facts: StoredFacts }

interface AccountRow extends Head {
  readonly state: string
  readonly due_at: number | null
  readonly alerts: string | null
}

/** What the team's machines hold, of all grants. */
function leasedOut({ devices }: Pool): number {
  let sum = 0
  for (const { closed, lines } of devices.values()) {
    if (closed === 'left') continue
    for (const line of lines.values()) sum += outstanding(line)
  }
  return sum
}

const ENTRY = 'sequence, id, at, body, hash'
const COLUMNS = ['account_id', 'sequence', 'id', 'at', 'body', 'hash']
const BATCH = 500

export function createAccountJournal(catalogs: ServerCatalogs): AccountJournal {
  const recent = createRecentPools()

  /** Leaves out the state if the journal still ends at the hash `known`. */
  async function findRow(
    query: Query,
    accountId: string,
    known: string | null = null,
  ): Promise<AccountRow | null> {
    const [row] = await query<AccountRow>(
      `SELECT sequence, at, hash, due_at, alerts,
              CASE WHEN hash = ? THEN '' ELSE state END AS state
       FROM account WHERE id = ?`,
      known,
      accountId,
    )
    return row ?? null
  }

  async function poolOf(query: Query, accountId: string, row: AccountRow): Promise<Pool> {
    const catalogOf = async (version: string) => (await catalogs.byVersion(query, version)).catalog
    const pool = await unpackPool(row.state, catalogOf)
    return pool ?? (await fold(query, accountId, row.sequence)).pool
  }

  /** The pool after one more entry. Catalogs are added here, since the rules do not read them. */
  async function follow(query: Query, pool: Pool, entry: EntryDraft): Promise<Pool> {
    const after = applyToPool(pool, entry)
    const { facts } = entry
    if (facts.kind !== 'catalog') return after
    const { catalog } = await catalogs.byVersion(query, facts.source.version)
    return { ...after, account: withCatalog(after.account, catalog, facts.from) }
  }

  async function stored(query: Query, draft: EntryDraft): Promise<StoredDraft> {
    const { facts } = draft
    if (facts.kind !== 'catalog') return { ...draft, facts }
    const { version, name } = facts.source
    const { sha256: content } = await catalogs.byVersion(query, version)
    return { ...draft, facts: { ...facts, source: { version, name, sha256: content } } }
  }

  async function restored(query: Query, record: EntryRecord): Promise<Entry> {
    const entry = readEntry(record)
    const facts = entry.facts as StoredFacts
    if (facts.kind !== 'catalog') return entry
    const { source, sha256: content } = await catalogs.byVersion(query, facts.source.version)
    if (content !== facts.source.sha256) {
      throw new Error(`Catalog ${source.version} is not the one that entry ${entry.id} names`)
    }
    return { ...entry, facts: { kind: 'catalog', from: facts.from, source } }
  }

  function records(
    query: Query,
    accountId: string,
    after: number,
    limit: number,
  ): Promise<readonly EntryRecord[]> {
    return query<EntryRecord>(
      `SELECT ${ENTRY} FROM account_entry
       WHERE account_id = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
      accountId,
      after,
      limit,
    )
  }

  /** Folds every entry in order, checking the chain. Throws if one does not follow. */
  async function fold(
    query: Query,
    accountId: string,
    last: number,
    progress: (head: Head) => void = () => undefined,
  ): Promise<Pick<AccountBooks, 'head' | 'pool'>> {
    let books = { head: GENESIS, pool: EMPTY_POOL }
    while (books.head.sequence < last) {
      const next = await records(query, accountId, books.head.sequence, BATCH)
      if (next.length === 0) throw new Error('The journal is shorter than its end says')
      for (const record of next) {
        if (!continuesChain(sha256, books.head, record)) {
          throw new Error(`Entry ${record.sequence} does not continue the chain`)
        }
        const entry = await restored(query, record)
        books = { head: headAfter(record), pool: await follow(query, books.pool, entry) }
        progress(books.head)
      }
    }
    return books
  }

  return {
    async create(query, accountId, now) {
      await query(
        'INSERT INTO account (id, created_at, sequence, at, hash, state) VALUES (?, ?, ?, ?, ?, ?)',
        accountId,
        now,
        GENESIS.sequence,
        GENESIS.at,
        GENESIS.hash,
        packPool(EMPTY_POOL),
      )
    },

    async load(query, accountId) {
      const last = recent.get(accountId)
      const row = await findRow(query, accountId, last?.hash)
      if (!row) return null
      const { sequence, at, hash, due_at: dueAt, alerts } = row
      const pool = hash === last?.hash ? last.pool : await poolOf(query, accountId, row)
      recent.keep(accountId, { hash, pool })
      return { head: { sequence, at, hash }, pool, dueAt, alerts }
    },

    async append(query, accountId, books, drafts, at) {
      let { head, pool } = books
      const rows: (readonly (string | number)[])[] = []
      for (const draft of drafts) {
        pool = await follow(query, pool, draft)
        const record = sealEntry(sha256, head, await stored(query, draft), at)
        head = headAfter(record)
        rows.push([accountId, record.sequence, record.id, at, record.body, record.hash])
      }
      await insertRows(query, 'account_entry', COLUMNS, rows)
      await query(
        `UPDATE account SET sequence = ?, at = ?, hash = ?, state = ?, leased = ?, debt = ?
         WHERE id = ?`,
        head.sequence,
        head.at,
        head.hash,
        packPool(pool),
        leasedOut(pool),
        pool.debt,
        accountId,
      )
      recent.keep(accountId, { hash: head.hash, pool })
      return { ...books, head, pool }
    },

    async follow(query, pool, entries) {
      let current = pool
      for (const entry of entries) current = await follow(query, current, entry)
      return current
    },

    async setDue(query, accountId, before, after) {
      if (before === after) return
      await query('UPDATE account SET due_at = ? WHERE id = ?', after, accountId)
    },

    async find(query, accountId, ids) {
      const found: Entry[] = []
      for (const id of ids) {
        const sql = `SELECT ${ENTRY} FROM account_entry WHERE account_id = ? AND id = ?`
        const [record] = await query<EntryRecord>(sql, accountId, id)
        if (record) found.push(await restored(query, record))
      }
      return found
    },

    async entriesAfter(query, accountId, sequence, limit) {
      const entries: Entry[] = []
      for (const record of await records(query, accountId, sequence, limit)) {
        entries.push(await restored(query, record))
      }
      return entries
    },

    async verify(query, accountId) {
      const row = await findRow(query, accountId)
      if (!row) return { entries: 0, problems: ['There is no such account'] }
      let sound = 0
      try {
        const { head, pool } = await fold(query, accountId, row.sequence, ({ sequence }) => {
          sound = sequence
        })
        const problems: string[] = []
        if (head.hash !== row.hash || head.at !== row.at || head.sequence !== row.sequence) {
          problems.push('The end of the journal is not the one that the account names')
        }
        if (packPool(pool) !== row.state) {
          problems.push('What is kept of the account does not follow from its journal')
        }
        return { entries: sound, problems }
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        return { entries: sound, problems: [`After entry ${sound}: ${why}`] }
      }
    },
  }
}
