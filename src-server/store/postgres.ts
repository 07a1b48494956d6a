/** The store on PostgreSQL: a pool of connections, any number of server processes. */

import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Log } from '#shared/ports/log.ts'
import type { Database, SqlValue } from './database.ts'
import { isPassing, isStale, leavesUnusable } from './postgres-errors.ts'
import { openNoticeBoard } from './postgres-notices.ts'
import { gatheringSocket } from './postgres-socket.ts'
import { type Ask, transact } from './postgres-transaction.ts'
import { postgresTypes } from './postgres-types.ts'
import { type Aftermath, assertStorable, numberParameters } from './statements.ts'

const MOST_ATTEMPTS = 10
/** Statements kept prepared on each connection. */
const MOST_STATEMENTS = 1_000

/** Limits that keep one stuck statement or process from holding up an account for good. */
const limits = {
  connectionTimeoutMillis: 10_000,
  statement_timeout: 60_000,
  lock_timeout: 30_000,
  idle_in_transaction_session_timeout: 60_000,
  keepAlive: true,
}

export interface PostgresOptions {
  /** Connections of this process. */
  readonly connections?: number
}

/** Throws PostgreSQL's errors, or if the database would confirm commits it might still lose. */
export async function openPostgres(
  url: string,
  log: Log,
  { connections = 10 }: PostgresOptions = {},
): Promise<Database> {
  const connection = { connectionString: url, types: postgresTypes, ...limits }
  const pool = new pg.Pool({
    ...connection,
    stream: gatheringSocket,
    max: connections,
    application_name: 'tallystick',
    // A transaction's statements need not wait for each other's answers.
    pipeline: true,
  })
  // A connection that breaks while idle is replaced at the next use.
  pool.on('error', (error) => log.warn('A connection was lost', { error: error.message }))
  const statements = new Map<string, { readonly name?: string; readonly text: string }>()
  const within = new AsyncLocalStorage<true>()

  function statement(sql: string) {
    const known = statements.get(sql)
    if (known) return known
    const text = numberParameters(sql)
    if (statements.size >= MOST_STATEMENTS) return { text }
    const named = { name: `s${statements.size}`, text }
    statements.set(sql, named)
    return named
  }

  const ask: Ask = async <Row extends object>(
    client: pg.PoolClient,
    sql: string,
    values: readonly SqlValue[],
  ) => {
    assertStorable(values)
    const { rows } = await client.query<Row>({ ...statement(sql), values: [...values] })
    return rows
  }

  async function withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    if (within.getStore()) {
      throw new Error('Within a transaction, only its own statements may run')
    }
    const client = await pool.connect()
    let broken: Error | undefined
    const onError = (error: Error) => (broken = error)
    client.on('error', onError)
    try {
      return await work(client)
    } catch (error) {
      if (leavesUnusable(error)) broken = error as Error
      throw error
    } finally {
      client.off('error', onError)
      client.release(broken)
    }
  }

  const [durability] = await pool
    .query<{ level: string }>("SELECT current_setting('synchronous_commit') AS level")
    .then(({ rows }) => rows)
    .catch(async (error: unknown) => {
      await pool.end()
      throw error
    })
  if (durability?.level === 'off') {
    await pool.end()
    throw new Error('PostgreSQL is not durable here: set synchronous_commit to on')
  }
  const board = await openNoticeBoard(connection, pool, log)

  return {
    engine: 'postgres',
    query: (sql, ...values) =>
      retrying(() => withClient((client) => ask(client, sql, values)), isStale),
    async transaction(work) {
      const { result, notices, afterwards } = await retrying(
        () =>
          withClient(async (client) => {
            const aftermath: Aftermath = { notices: [], afterwards: [] }
            return { result: await transact(client, ask, within, work, aftermath), ...aftermath }
          }),
        isPassing,
      )
      board.publish(notices)
      for (const run of afterwards) run()
      return result
    },
    subscribe: board.subscribe,
    backup: () => Promise.reject(new Error('Use pg_dump or pg_basebackup for PostgreSQL')),
    async close() {
      if (pool.ending) return
      await board.close()
      await pool.end()
    },
  }
}

async function retrying<T>(work: () => Promise<T>, again: (error: unknown) => boolean): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !again(error)) throw error
      await sleep(Math.random() * 2 ** attempt * 2)
    }
  }
}
