/**
 * Delivers webhook messages: each at least once, always under the same id, retried at growing
 * intervals and given up in the end. Every process does so; a message is taken by one of them at a
 * time.
 */

import type { Log } from '#shared/ports/log.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import type { Chance } from '../ports/chance.ts'
import type { Metrics } from '../ports/metrics.ts'
import { startRounds } from '../ports/rounds.ts'
import type { Database } from '../store/database.ts'
import {
  claim,
  conclude,
  dueMessages,
  forgetOver,
  type Message,
  WEBHOOKS_CHANNEL,
} from './outbox.ts'
import type { Post } from './post.ts'
import { secretOf, signedHeaders } from './signature.ts'

export interface Delivery {
  /** Sends what is due now; returns how many messages were tried. */
  sweep(): Promise<number>
  close(): Promise<void>
}

export interface DeliveryDeps {
  readonly database: Database
  /** The server's own: see `secretOf`. */
  readonly secret: Uint8Array
  readonly post: Post
  readonly clock: Pick<Clock, 'now'>
  readonly timers: Timers
  readonly chance: Chance
  readonly log: Log
  readonly metrics: Metrics
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/**
 * The pause after each attempt; after the last one a message is given up, about four days in all.
 */
export const RETRY_AFTER = [
  30 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
  24 * HOUR,
] as const
const EVERY_MS = 5 * SECOND
const AT_ONCE = 16
const KEPT_MS = 30 * 24 * HOUR

export function createDelivery(deps: DeliveryDeps): Delivery {
  const { database, secret, post, clock, timers, chance, log } = deps
  const sent = deps.metrics.counter('webhook_attempts_total', 'Messages to webhooks', ['outcome'])
  let closed = false
  const rounds = startRounds({
    timers,
    everyMs: EVERY_MS,
    firstMs: EVERY_MS,
    work: sweep,
    failed: (error) => log.error('Webhooks cannot be told', { error: String(error) }),
  })
  const stopHearing = database.subscribe(WEBHOOKS_CHANNEL, () => rounds.soon())

  async function sweep(): Promise<number> {
    let tried = 0
    for (;;) {
      const due = await dueMessages(database.query, clock.now(), AT_ONCE)
      if (due.length === 0 || closed) break
      const accounts = Map.groupBy(due, ({ account_id: accountId }) => accountId)
      const done = await Promise.all([...accounts.values()].map(deliverInOrder))
      tried += done.reduce((sum, count) => sum + count, 0)
    }
    await forgetOver(database, clock.now() - KEPT_MS)
    return tried
  }

  /** With ±10 % jitter, so that what failed together does not come back together. */
  function pauseAfter(attempts: number): number {
    const pause = RETRY_AFTER[Math.min(attempts, RETRY_AFTER.length - 1)] ?? HOUR
    const [byte = 0] = chance.bytes(1)
    return Math.round(pause * (0.9 + byte / 1_280))
  }

  /** Delivers one account's messages one by one: in order, as long as each arrives. */
  async function deliverInOrder(messages: readonly Message[]): Promise<number> {
    let tried = 0
    for (const message of messages) if (await deliver(message)) tried += 1
    return tried
  }

  async function deliver(message: Message): Promise<boolean> {
    const { account_id: accountId, id, body, attempts, url } = message
    const isOurs = await claim(database.query, message, clock.now() + pauseAfter(attempts))
    if (!isOurs) return false
    const key = secretOf(secret, accountId, message.change_id)
    const posted = await post(url, signedHeaders(key, { id, body }, clock.now()), body)
    const outcome = 'status' in posted ? `status ${posted.status}` : posted.failed
    const isTold = 'status' in posted && posted.status >= 200 && posted.status < 300
    const isLast = attempts + 1 >= RETRY_AFTER.length
    const state = isTold ? 'sent' : isLast ? 'dead' : 'waiting'
    await conclude(database.query, message, state, outcome)
    sent.add(1, { outcome: isTold ? 'delivered' : isLast ? 'given-up' : 'failed' })
    if (!isTold)
      log.warn('A webhook was not told', { accountId, id, outcome, attempts: attempts + 1 })
    return true
  }

  return {
    sweep,
    async close() {
      closed = true
      stopHearing()
      await rounds.close()
    },
  }
}
