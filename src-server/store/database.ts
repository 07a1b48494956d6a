/**
 * The server's store as its rooms see it: one SQL that SQLite and PostgreSQL both understand, with
 * `?` for parameters (design: the server). Rows are plain objects; integers are safe integers,
 * bytes are Uint8Array.
 */

export type SqlValue = string | number | null | Uint8Array

export interface Query {
  /** Runs one statement; rows of a SELECT or of RETURNING, else none. */
  <Row extends object>(sql: string, ...values: readonly SqlValue[]): Promise<readonly Row[]>
}

export interface Transaction {
  readonly query: Query
  /**
   * Keeps every other transaction from the row's account until this one ends: all writes of an
   * account are in one order. False when there is no such account.
   */
  lockAccount(accountId: string): Promise<boolean>
  /** Tells every process on this store, this one included, once the transaction has committed. */
  publish(channel: string, payload: string): void
}

export interface Database {
  readonly engine: 'sqlite' | 'postgres'
  readonly query: Query
  /**
   * All or nothing, durable when it returns. `work` may run again after a conflict, so it must do
   * nothing but query.
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>
  /** Hears what any process publishes; returns how to stop. */
  subscribe(channel: string, listener: (payload: string) => void): () => void
  close(): Promise<void>
}
