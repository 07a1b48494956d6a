/** One transaction on one connection of PostgreSQL, with no more waiting than its work needs. */

import type { AsyncLocalStorage } from 'node:async_hooks'
import type pg from 'pg'
import { OutcomeUnknown, type Query, type SqlValue, type Transaction } from './database.ts'
import { followsFailure, isLost } from './postgres-errors.ts'
import { type Aftermath, assertPublishable, assertStorable } from './statements.ts'

/** Runs one statement on a connection and returns its rows. */
export type Ask = <Row extends object>(
  client: pg.PoolClient,
  sql: string,
  values: readonly SqlValue[],
) => Promise<readonly Row[]>

/**
 * Runs `work` between BEGIN and COMMIT. Statements that return no rows are sent without waiting: if
 * one fails, the whole transaction fails with its error, since the connection refuses everything
 * after it. Throws OutcomeUnknown if the connection is lost once COMMIT was sent.
 */
export async function transact<T>(
  client: pg.PoolClient,
  ask: Ask,
  within: AsyncLocalStorage<true>,
  work: (transaction: Transaction) => Promise<T>,
  { notices, afterwards }: Aftermath,
): Promise<T> {
  let open = true
  const sent: Promise<unknown>[] = []
  const send = (asked: Promise<unknown>) => {
    // Looked at when the transaction fails.
    asked.catch(() => undefined)
    sent.push(asked)
  }
  const query: Query = async (sql, ...values) => {
    if (!open) throw new Error('The transaction is over')
    assertStorable(values)
    if (givesRows(sql)) return ask(client, sql, values)
    send(ask(client, sql, values))
    return []
  }
  send(client.query('BEGIN'))
  try {
    const result = await within.run(true, () =>
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
    await commit(client)
    return result
  } catch (error) {
    // Nobody knows whether it happened: a retry might do it twice.
    if (error instanceof OutcomeUnknown) throw error
    // A failing rollback means the connection is gone, and the transaction with it.
    if (open) await client.query('ROLLBACK').catch(() => undefined)
    open = false
    throw await causeOf(sent, error)
  }
}

async function commit(client: pg.PoolClient): Promise<void> {
  let command: string
  try {
    command = (await client.query('COMMIT')).command
  } catch (error) {
    // A refusal by the server is an answer; a lost connection is not.
    if (isLost(error))
      throw new OutcomeUnknown('The database was lost while committing', { cause: error })
    throw error
  }
  // A transaction in which a statement failed ends this way, even if the failure was caught.
  if (command !== 'COMMIT') throw new RolledBack('The transaction had failed and was rolled back')
}

class RolledBack extends Error {}

/**
 * Why the transaction failed: if `error` only says that it did, an earlier statement has the
 * reason.
 */
async function causeOf(sent: readonly Promise<unknown>[], error: unknown): Promise<unknown> {
  if (!(error instanceof RolledBack) && !followsFailure(error)) return error
  for (const answer of await Promise.allSettled(sent)) {
    if (answer.status === 'rejected') return answer.reason
  }
  return error
}

const givesRows = (sql: string) =>
  !/^\s*(INSERT|UPDATE|DELETE)\b/i.test(sql) || /\bRETURNING\b/i.test(sql)
