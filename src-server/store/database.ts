/**
 * The server's store as its rooms see it: one SQL that SQLite and PostgreSQL both understand, with
 * `?` for parameters (design: the server). Rows are plain objects; integers are safe integers (one
 * beyond throws), bytes are Uint8Array, booleans are 0 and 1. Text holds no NUL and sorts by its
 * bytes.
 */

export type SqlValue = string | number | null | Uint8Array

/** Runs one statement; rows of a SELECT or of RETURNING, else none. */
export type Query = <Row extends object>(
  sql: string,
  ...values: readonly SqlValue[]
) => Promise<readonly Row[]>

export interface Transaction {
  /**
   * In order. One that gives no rows may not have run yet when this returns: where it fails, so does
   * the transaction, here or later.
   */
  readonly query: Query
  /**
   * Keeps every other transaction from the row's account until this one ends: all writes of an
   * account are in one order. False when there is no such account. Only what is read after it stays
   * as it was read: other rows may be changed by others between two statements.
   */
  lockAccount(accountId: string): Promise<boolean>
  /**
   * Tells every process on this store, this one included, once the transaction has committed. A hint
   * to look, not a record: it may be lost with the process. At most 4,000 characters.
   */
  publish(channel: string, payload: string): void
  /** Runs in this process once the transaction has committed; what it throws is a mistake. */
  afterwards(run: () => void): void
}

/** Hears a payload; null when some may have been missed and it should look for itself. */
export type Listener = (payload: string | null) => void

export interface Database {
  readonly engine: 'sqlite' | 'postgres'
  /** A statement by itself. Within a transaction use the transaction's own. */
  readonly query: Query
  /**
   * All or nothing, durable when it returns. `work` may run again after a conflict, so it must do
   * nothing but query.
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>
  /** Hears what any process publishes; returns how to stop. */
  subscribe(channel: string, listener: Listener): () => void
  /**
   * Copies the whole store into a new file while it is in use. Fails where the database has tools of
   * its own for that.
   */
  backup(file: string): Promise<void>
  /** After what is under way; closing twice is no error. */
  close(): Promise<void>
}

/** The store holds what a newer version of the server wrote. Nothing was changed. */
export class StoreIsNewer extends Error {
  readonly version: number
  constructor(version: number, known: number) {
    super(
      `The database has format ${version}; this server knows formats up to ${known}. Start a newer server.`,
    )
    this.version = version
  }
}

/**
 * The connection was lost while committing: whether the transaction happened is not known. Doing it
 * again is safe where its entries have ids of their own.
 */
export class OutcomeUnknown extends Error {}
