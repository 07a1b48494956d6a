/** The webhook of an account: one address that is called when credits run low. */

import { cycleOfIndex } from '#shared/account/cycle.ts'
import { opened } from '#shared/account/terms.ts'
import { ZERO } from '#shared/credits/amount.ts'
import { type CycleUse, followUse } from '#shared/lease/level.ts'
import type { Pool } from '#shared/lease/pool.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { NewWebhook, WebhookView } from '#shared/team/api.ts'
import type { Accounts } from '../authority/accounts.ts'
import type { Query, Transaction } from '../store/database.ts'
import { readWebhookUrl } from './addresses.ts'
import { enqueue } from './outbox.ts'
import { secretOf } from './signature.ts'
import { tellChanges } from './watch.ts'

/** All within a transaction that has locked the account. */
export interface Webhooks {
  /** Null where there is none. */
  read(query: Query, accountId: string): Promise<WebhookView | null>
  /**
   * Sets or replaces it, with a new secret for each `changeId`. Thresholds already crossed are
   * announced at once if there was no webhook before. Fails as `readWebhookUrl` does.
   */
  set(
    transaction: Transaction,
    accountId: string,
    changeId: string,
    url: string,
  ): Promise<Result<NewWebhook>>
  /** Removes it; queued messages are no longer sent. Removing none is not an error. */
  remove(transaction: Transaction, accountId: string): Promise<void>
  /** Queues a test message, once for each `testId`. Fails with `webhook_unknown`. */
  test(transaction: Transaction, accountId: string, testId: string): Promise<Result<null>>
}

export interface WebhookDeps {
  readonly accounts: Pick<Accounts, 'run' | 'entriesAfter'>
  /** The server's own: see `secretOf`. */
  readonly secret: Uint8Array
  /** Whether they may go into the server's own networks. */
  readonly mayBePrivate: boolean
  readonly clock: { now(): number }
}

const PAGE = 500

export function createWebhooks({ accounts, secret, mayBePrivate, clock }: WebhookDeps): Webhooks {
  /** What this cycle's runs were charged, from the journal. */
  async function useSoFar(query: Query, accountId: string, pool: Pool): Promise<CycleUse> {
    const { account } = pool
    const { startsAt } = cycleOfIndex(opened(account).anchor, account.cycle)
    const [first] = await query<{ before: number }>(
      `SELECT coalesce(min(sequence), 1) - 1 AS before FROM account_entry
       WHERE account_id = ? AND at >= ?`,
      accountId,
      startsAt,
    )
    let use: CycleUse = { cycle: account.cycle, used: ZERO }
    for (let position = first?.before ?? 0; ; position += PAGE) {
      const entries = await accounts.entriesAfter(query, accountId, position, PAGE)
      use = entries.reduce((so, entry) => followUse(so, entry, pool), use)
      if (entries.length < PAGE) return use
    }
  }

  /** Begins to follow the account's level, and announces what is already crossed. */
  async function follow(transaction: Transaction, accountId: string): Promise<Result<null>> {
    const { query } = transaction
    const now = await accounts.run(transaction, accountId, () => success(NOTHING))
    if (!now.ok) return now
    const [row] = await query<{ alerts: string | null }>(
      'SELECT alerts FROM account WHERE id = ?',
      accountId,
    )
    if (row?.alerts != null) return success(null)
    const use = await useSoFar(query, accountId, now.data.pool)
    const stand = { ...now.data, accountId, alerts: null }
    await tellChanges(transaction, stand, { ...use, told: [] })
    return success(null)
  }

  return {
    read: readWebhook,

    async set(transaction, accountId, changeId, text) {
      const url = readWebhookUrl(text, mayBePrivate)
      if (!url.ok) return url
      const { query } = transaction
      await query(
        `INSERT INTO webhook (account_id, url, change_id, set_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (account_id) DO UPDATE SET url = excluded.url, set_at = excluded.set_at,
           change_id = excluded.change_id
         WHERE webhook.change_id <> excluded.change_id`,
        accountId,
        url.data,
        changeId,
        clock.now(),
      )
      const followed = await follow(transaction, accountId)
      if (!followed.ok) return followed
      const webhook = await readWebhook(query, accountId)
      if (!webhook) throw new Error('The store did not keep the webhook')
      return success({ webhook, secret: secretOf(secret, accountId, changeId) })
    },

    async remove({ query }, accountId) {
      await query('DELETE FROM webhook WHERE account_id = ?', accountId)
      await query('DELETE FROM webhook_message WHERE account_id = ?', accountId)
      await query('UPDATE account SET alerts = NULL WHERE id = ?', accountId)
    },

    async test(transaction, accountId, testId) {
      if (!(await readWebhook(transaction.query, accountId))) {
        return failure('webhook_unknown', 'There is no address to call. Set one first.')
      }
      const event = { type: 'test', data: { account: accountId } }
      await enqueue(transaction, accountId, `test.${testId}`, event, clock.now())
      return success(null)
    },
  }
}

const NOTHING = { entries: [], answer: null } as const

interface Row {
  readonly url: string
  readonly set_at: number
}

interface LastRow {
  readonly at: number
  readonly state: 'waiting' | 'sent' | 'dead'
  readonly attempts: number
  readonly outcome: string | null
}

async function readWebhook(query: Query, accountId: string): Promise<WebhookView | null> {
  const [row] = await query<Row>('SELECT url, set_at FROM webhook WHERE account_id = ?', accountId)
  if (!row) return null
  const [last] = await query<LastRow>(
    `SELECT created_at AS at, state, attempts, outcome FROM webhook_message
     WHERE account_id = ? ORDER BY created_at DESC, id DESC LIMIT 1`,
    accountId,
  )
  const counts = await query<{ state: string; count: number }>(
    'SELECT state, count(*) AS count FROM webhook_message WHERE account_id = ? GROUP BY state',
    accountId,
  )
  const countOf = (state: string) => counts.find((one) => one.state === state)?.count ?? 0
  return {
    url: row.url,
    setAt: row.set_at,
    last: last ? { ...last } : null,
    waiting: countOf('waiting'),
    dead: countOf('dead'),
  }
}
