/**
 * Stores what processors send as it came, before anything is done with it, so that nothing is lost
 * if the process ends in between, and a message that fails is retried.
 */

import type { Query } from '../store/database.ts'
import type { Gateway } from './gateway.ts'

/** `unmatched`: about something not known yet. `ignored`: of a kind we do not handle. */
export type MessageState = 'new' | 'done' | 'unmatched' | 'ignored' | 'refused'

/** How a message ended, and the payment it is about. */
export interface MessageEnd {
  readonly state: MessageState
  readonly note: string | null
  readonly payment: string | null
}

export interface StoredMessage {
  readonly id: string
  readonly type: string
  readonly received_at: number
  readonly body: string
}

/** One that was kept before. */
export interface KnownMessage extends StoredMessage {
  /** The payment it is about, as purchases name it. */
  readonly payment: string | null
  readonly note: string | null
}

/** Keeps a message; false where it is there already. */
export async function keepMessage(
  query: Query,
  gateway: Gateway['name'],
  message: StoredMessage,
): Promise<boolean> {
  const rows = await query(
    `INSERT INTO payment_event (gateway, id, type, received_at, state, body)
     VALUES (?, ?, ?, ?, 'new', ?) ON CONFLICT (gateway, id) DO NOTHING RETURNING id`,
    gateway,
    message.id,
    message.type,
    message.received_at,
    message.body,
  )
  return rows.length > 0
}

export function markMessage(
  query: Query,
  gateway: Gateway['name'],
  id: string,
  { state, note, payment }: MessageEnd,
): Promise<unknown> {
  return query(
    'UPDATE payment_event SET state = ?, note = ?, payment = ? WHERE gateway = ? AND id = ?',
    state,
    note,
    payment,
    gateway,
    id,
  )
}

const MESSAGE = 'SELECT id, type, received_at, body, payment, note FROM payment_event'

export async function findMessage(
  query: Query,
  gateway: Gateway['name'],
  id: string,
): Promise<KnownMessage | null> {
  const sql = `${MESSAGE} WHERE gateway = ? AND id = ? AND state IN ('new', 'unmatched')`
  const [row] = await query<KnownMessage>(sql, gateway, id)
  return row ?? null
}

/** Messages to be worked on, oldest first. */
export async function messagesIn(
  query: Query,
  gateway: Gateway['name'],
  state: 'new' | 'unmatched',
  since: number,
  limit: number,
): Promise<readonly StoredMessage[]> {
  const sql = `${MESSAGE} WHERE gateway = ? AND state = ? AND received_at >= ?
    ORDER BY received_at, id LIMIT ?`
  return query<StoredMessage>(sql, gateway, state, since, limit)
}

/** Those that wait for a payment to be known. */
export async function messagesAbout(
  query: Query,
  gateway: Gateway['name'],
  payment: string,
): Promise<readonly StoredMessage[]> {
  const sql = `${MESSAGE} WHERE gateway = ? AND payment = ? AND state = 'unmatched'
    ORDER BY received_at, id`
  return query<StoredMessage>(sql, gateway, payment)
}
