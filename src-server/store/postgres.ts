/** The store on PostgreSQL: a pool of connections, any number of server processes. */

import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Log } from '#shared/ports/log.ts'
import {
  type Database,
  OutcomeUnknown,
  type Query,
  type SqlValue,
  type Transaction,
} from './database.ts'
import { openNoticeBoard } from './postgres-notices.ts'
import { postgresTypes } from './postgres-types.ts'
import {
  type Aftermath,
  assertPublishable,
  assertStorable,
  numberParameters,
} from './statements.ts'

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

/** Throws PostgreSQL's errors, and when the database would confirm what it might still lose. */
export async function openPostgres(
  url: string,
  log: Log,
  { connections = 10 }: PostgresOptions = {},
): Promise<Database> {
  const connection = { connectionString: url, types: postgresTypes, ...limits }
  const pool = new pg.Pool({ ...connection, max: connections, application_name: 'tallystick' })
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

  async function ask<Row extends object>(
    client: pg.PoolClient,
    sql: string,
    values: readonly SqlValue[],
  ): Promise<readonly Row[]> {
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

  async function transact<T>(
    client: pg.PoolClient,
    work: (transaction: Transaction) => Promise<T>,
    { notices, afterwards }: Aftermath,
  ): Promise<T> {
    let open = true
    const query: Query = async (sql, ...values) => {
      if (!open) throw new Error('The transaction is over')
      return ask(client, sql, values)
    }
    await client.query('BEGIN')
    let result: T
    try {
      result = await within.run(true, () =>
        work({
          query,
          // Not FOR UPDATE: rows that refer to the account may still be added.
          lockAccount: async (accountId) => {
            const sql = 'SELECT 1 AS found FROM account WHERE id = ? FOR NO KEY UPDATE'
            return (await query(sql, accountId)).length > 0
          },
          publish(channel, payload) {
            assertPublishable({ channel, payload })
            notices.push({ channel, payload })
          },
          afterwards: (run) => afterwards.push(run),
        }),
      )
      open = false
    } catch (error) {
      open = false
      // A failing rollback means the connection is gone, and the transaction with it.
      await client.query('ROLLBACK').catch(() => undefined)
      throw error
    }
    await commit(client)
    return result
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
            return { result: await transact(client, work, aftermath), ...aftermath }
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

async function commit(client: pg.PoolClient): Promise<void> {
  let command: string
  try {
    command = (await client.query('COMMIT')).command
  } catch (error) {
    // The server's own refusal is an answer; a lost connection is none.
    if (isLost(error))
      throw new OutcomeUnknown('The database was lost while committing', { cause: error })
    throw error
  }
  // A transaction in which a statement failed ends so, even if the failure was caught.
  if (command !== 'COMMIT') throw new Error('The transaction had failed and was rolled back')
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

const codeOf = (error: unknown) => (error as { code?: string }).code ?? ''

/** Another process changed the schema under a prepared statement. */
function isStale(error: unknown): boolean {
  return codeOf(error) === '0A000' && String(error).includes('cached plan')
}

/** Serialization failure, deadlock: nothing happened and trying again may work. */
const CONFLICTS = new Set(['40001', '40P01'])
/** The server is shutting down or starting up, or the connection broke. */
const LOST = new Set([
  '57P01',
  '57P02',
  '57P03',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ECONNREFUSED',
])

function isLost(error: unknown): boolean {
  return LOST.has(codeOf(error)) || codeOf(error).startsWith('08') || isTerminated(error)
}

function isTerminated(error: unknown): boolean {
  return String(error).includes('Connection terminated')
}

function isPassing(error: unknown): boolean {
  if (error instanceof OutcomeUnknown) return false
  return CONFLICTS.has(codeOf(error)) || isStale(error) || isLost(error)
}

const leavesUnusable = (error: unknown) =>
  error instanceof OutcomeUnknown || isStale(error) || isLost(error)
