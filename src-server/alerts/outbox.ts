/**
 * The outbox of webhook messages, written in the transaction they are about and kept until
 * delivered.
 */

import type { Database, Query, Transaction } from '../store/database.ts'

/** Published when there is something to send. */
export const WEBHOOKS_CHANNEL = 'webhooks'

export interface WebhookEvent {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A message and where it goes. */
export interface Message {
  readonly account_id: string
  readonly id: string
  readonly body: string
  /** How often it was tried. */
  readonly attempts: number
  readonly url: string
  readonly change_id: string
}

/**
 * Queues a message, to be sent once the transaction has committed. `place` is unique in the
 * account.
 */
export async function enqueue(
  transaction: Transaction,
  accountId: string,
  place: string,
  { type, data }: WebhookEvent,
  now: number,
): Promise<void> {
  await transaction.query(
    `INSERT INTO webhook_message (account_id, id, created_at, body, state, attempts, next_at, outcome)
     VALUES (?, ?, ?, ?, 'waiting', 0, ?, NULL) ON CONFLICT (account_id, id) DO NOTHING`,
    accountId,
    `msg_${accountId}_${place}`,
    now,
    JSON.stringify({ type, timestamp: new Date(now).toISOString(), data }),
    now,
  )
  transaction.publish(WEBHOOKS_CHANNEL, accountId)
}

/** Messages that are due, longest waiting first. */
export function dueMessages(query: Query, now: number, limit: number): Promise<readonly Message[]> {
  return query<Message>(
    `SELECT message.account_id, message.id, message.body, message.attempts, webhook.url,
            webhook.change_id
     FROM webhook_message message JOIN webhook ON webhook.account_id = message.account_id
     WHERE message.state = 'waiting' AND message.next_at <= ?
     ORDER BY message.next_at, message.id LIMIT ?`,
    now,
    limit,
  )
}

/**
 * Claims a message for this process, which counts as an attempt; false if another was quicker.
 * Whatever happens to this process, it is retried at `again`.
 */
export async function claim(
  query: Query,
  { account_id: accountId, id, attempts }: Message,
  again: number,
): Promise<boolean> {
  const taken = await query(
    `UPDATE webhook_message SET attempts = attempts + 1, next_at = ?
     WHERE account_id = ? AND id = ? AND state = 'waiting' AND attempts = ? RETURNING id`,
    again,
    accountId,
    id,
    attempts,
  )
  return taken.length > 0
}

/** Records the outcome of an attempt. A delivered message stays delivered. */
export async function conclude(
  query: Query,
  { account_id: accountId, id }: Message,
  state: 'waiting' | 'sent' | 'dead',
  outcome: string,
): Promise<void> {
  await query(
    `UPDATE webhook_message SET state = ?, outcome = ?
     WHERE account_id = ? AND id = ? AND state <> 'sent'`,
    state,
    outcome,
    accountId,
    id,
  )
}

/** Deletes messages that are done and older than `before`. */
export async function forgetOver({ query }: Database, before: number): Promise<void> {
  await query("DELETE FROM webhook_message WHERE state <> 'waiting' AND created_at < ?", before)
}
