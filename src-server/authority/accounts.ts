/**
 * Commands on an account: each applies a rule of `src-shared` to the pool as it stands and writes
 * the result together with what was due, in one transaction that locks the account (design: the
 * server).
 */

import type { Entry, EntryDraft } from '#shared/journal/journal.ts'
import { applyAllToPool } from '#shared/lease/follow.ts'
import { nextPoolMoment, poolDue } from '#shared/lease/pool-due.ts'
import type { Pool } from '#shared/lease/pool.ts'
import type { Clock } from '#shared/ports/time.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Database, Query, Transaction } from '../store/database.ts'
import type { AccountBooks, AccountJournal, Verification } from './account-journal.ts'
import { catalogEntries, type ServerCatalogs } from './catalogs.ts'

/** What a command writes, and its answer. */
export interface Effect<T> {
  readonly entries: readonly EntryDraft[]
  readonly answer: T
}

/** Applied to a pool that is up to date at `now`; may be called again, so it must be pure. */
export type Command<T> = (pool: Pool, now: number) => Result<Effect<T>>

/** An account after a command, up to the end of its journal. */
export interface Done<T> {
  readonly answer: T
  readonly pool: Pool
  readonly now: number
  /** Entries in its journal. */
  readonly position: number
}

export interface Accounts {
  create(transaction: Transaction, accountId: string): Promise<void>
  /** Fails as the command does, or with `account_unknown`; what was due is written either way. */
  run<T>(transaction: Transaction, accountId: string, command: Command<T>): Promise<Result<Done<T>>>
  /** Like `run`, but does nothing if the account's journal already has the entry `entryId`. */
  runOnce(
    transaction: Transaction,
    accountId: string,
    entryId: string,
    command: Command<null>,
  ): Promise<Result<null>>
  /** Those of the entries with these ids that the account's journal has. */
  find(query: Query, accountId: string, ids: readonly string[]): Promise<readonly Entry[]>
  /**
   * The account as it would be if everything due were written, and whether anything is. Null if
   * there is no such account.
   */
  look(
    query: Query,
    accountId: string,
  ): Promise<(Omit<Done<null>, 'answer'> & { readonly isDue: boolean }) | null>
  /** The account as its journal has it. Null if there is no such account. */
  stand(query: Query, accountId: string): Promise<Omit<Done<null>, 'answer'> | null>
  entriesAfter(
    query: Query,
    accountId: string,
    position: number,
    limit: number,
  ): Promise<readonly Entry[]>
  verify(query: Query, accountId: string): Promise<Verification>
}

/** What was written to an account. */
export interface Written {
  readonly accountId: string
  readonly entries: readonly EntryDraft[]
  /** After it. */
  readonly pool: Pool
  readonly now: number
  /** Entries in its journal. */
  readonly position: number
  /** The stored state of its alerts; null if nobody is to be told. */
  readonly alerts: string | null
}

/**
 * Reacts to what is written, in the same transaction: for modules that keep something beside the
 * credits.
 */
export type AccountWatcher = (transaction: Transaction, written: Written) => Promise<void>

/** The channel for news of an account, published with its journal's position. */
export const accountChannel = (accountId: string) => `account:${accountId}`

/** Whatever the rules say, an account does not fall due again at once. */
const LOOK_AGAIN_MS = 1_000

export interface AccountsDeps {
  readonly journal: AccountJournal
  readonly catalogs: ServerCatalogs
  readonly clock: Pick<Clock, 'now'>
  readonly watchers?: readonly AccountWatcher[]
}

export function createAccounts(deps: AccountsDeps): Accounts {
  const { journal, catalogs, clock, watchers = [] } = deps

  /** Time of an account never goes back, whichever process writes. */
  const nowOf = ({ head }: AccountBooks) => Math.max(clock.now(), head.at)

  /** What is due by now, and the pool after it. */
  async function due(query: Query, books: AccountBooks, now: number) {
    const published = await catalogs.all(query)
    const { pool, head } = books
    const news = catalogEntries(pool.account, published, head.at, now)
    let current = pool
    if (news.length > 0) current = await journal.follow(query, pool, news)
    const rest = poolDue(current, now)
    return { entries: [...news, ...rest], pool: applyAllToPool(current, rest) }
  }

  async function run<T>(
    transaction: Transaction,
    accountId: string,
    command: Command<T>,
  ): Promise<Result<Done<T>>> {
    const { query } = transaction
    const books = await journal.load(query, accountId)
    if (!books) return accountUnknown(accountId)
    const now = nowOf(books)
    const upToDate = await due(query, books, now)
    const effect = command(upToDate.pool, now)
    const drafts = [...upToDate.entries, ...(effect.ok ? effect.data.entries : [])]
    let after = books
    if (drafts.length > 0) {
      after = await journal.append(query, accountId, books, drafts, now)
      await journal.setDue(query, accountId, books.dueAt, dueAt(after.pool, now))
      transaction.publish(accountChannel(accountId), String(after.head.sequence))
      const { pool, head, alerts } = after
      const position = head.sequence
      const written = { accountId, entries: drafts, pool, now, position, alerts }
      for (const watch of watchers) await watch(transaction, written)
    } else if (books.dueAt !== null && books.dueAt <= now) {
      await journal.setDue(query, accountId, books.dueAt, dueAt(after.pool, now))
    }
    if (!effect.ok) return effect
    const { answer } = effect.data
    return success({ answer, pool: after.pool, now, position: after.head.sequence })
  }

  return {
    create: ({ query }, accountId) => journal.create(query, accountId, clock.now()),
    run,
    async runOnce(transaction, accountId, entryId, command) {
      const known = await journal.find(transaction.query, accountId, [entryId])
      if (known.length > 0) return success(null)
      const done = await run(transaction, accountId, command)
      return done.ok ? success(null) : done
    },
    find: journal.find,
    async look(query, accountId) {
      const books = await journal.load(query, accountId)
      if (!books) return null
      const now = nowOf(books)
      const { pool, entries } = await due(query, books, now)
      return { pool, now, position: books.head.sequence, isDue: entries.length > 0 }
    },
    async stand(query, accountId) {
      const books = await journal.load(query, accountId)
      return books && { pool: books.pool, now: nowOf(books), position: books.head.sequence }
    },
    entriesAfter: journal.entriesAfter,
    verify: journal.verify,
  }
}

function dueAt(pool: Pool, now: number): number | null {
  const next = nextPoolMoment(pool, now)
  return next === null ? null : Math.max(next, now + LOOK_AGAIN_MS)
}

export function accountUnknown(accountId: string) {
  return failure('account_unknown', 'There is no such account on this server.', { accountId })
}

/**
 * Locks an account and does something with it, in a transaction of its own. `work` must find out by
 * itself if there is no such account. The lock is not waited for: what is asked after it is
 * answered after it.
 */
export function withAccount<T>(
  database: Database,
  accountId: string,
  work: (transaction: Transaction) => Promise<Result<T>>,
): Promise<Result<T>> {
  return database.transaction(async (transaction) => {
    const [isThere, done] = await Promise.all([
      transaction.lockAccount(accountId),
      work(transaction),
    ])
    return isThere ? done : accountUnknown(accountId)
  })
}
