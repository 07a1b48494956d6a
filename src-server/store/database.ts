/**
 * The server's store: one SQL dialect that SQLite and PostgreSQL both understand, with `?` for
 * parameters (design: the server). Rows are plain objects; integers are safe integers (anything
 * beyond throws), bytes are Uint8Array, booleans are 0 and 1. Text contains no NUL and sorts by its
 * bytes.
 */

export type SqlValue = string | number | null | Uint8Array

/** Runs one statement; returns the rows of a SELECT or RETURNING, otherwise none. */
export type Query = <Row extends object>(
  sql: string,
  ...values: readonly SqlValue[]
) => Promise<readonly Row[]>

export interface Transaction {
  /**
   * Runs statements in order. One that returns no rows may not have run yet when this resolves: if
   * it fails, the transaction fails too, here or later.
   */
  readonly query: Query
  /**
   * Locks the account until this transaction ends, so that all writes of an account are in one
   * order. False if there is no such account. Only what is read after it stays as it was read:
   * other rows may be changed by others between two statements.
   */
  lockAccount(accountId: string): Promise<boolean>
  /**
   * Notifies every process on this store, this one included, once the transaction has committed. A
   * hint to look, not a record: it may be lost with the process. At most 4,000 characters.
   */
  publish(channel: string, payload: string): void
  /** Runs in this process once the transaction has committed; it must not throw. */
  afterwards(run: () => void): void
}

/** Receives a payload; null when some may have been missed and it should look for itself. */
export type Listener = (payload: string | null) => void

export interface Database {
  readonly engine: 'sqlite' | 'postgres'
  /** Runs a statement by itself. Within a transaction, use the transaction's own. */
  readonly query: Query
  /**
   * All or nothing, and durable when it resolves. `work` may run again after a conflict, so it must
   * do nothing but query.
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>
  /** Listens to what any process publishes; returns the unsubscribe. */
  subscribe(channel: string, listener: Listener): () => void
  /**
   * Copies the whole store into a new file while it is in use. Fails if the database has its own
   * tools for that.
   */
  backup(file: string): Promise<void>
  /** Closes after what is in progress; closing twice is not an error. */
  close(): Promise<void>
}

/** The store was written by a newer version of the server. Nothing was changed. */
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
 * The connection was lost while committing, so it is unknown whether the transaction happened.
 * Repeating it is safe if its entries have ids of their own.
 */
export class OutcomeUnknown extends Error {}
