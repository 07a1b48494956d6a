/** Guessing promo codes: an account may try so many an hour that do not exist, bought with or redeemed. */

import { failure, type Result, success } from '#shared/result.ts'
import type { Query } from './database.ts'

const HOUR_MS = 60 * 60_000
const MOST_MISSES = 10

const hourOf = (now: number) => Math.floor(now / HOUR_MS)

/**
 * Takes a try before a code is looked up, so that many at once are no more than one after the other.
 * Fails with `promo_too_many_tries`, be the code right or wrong.
 */
async function takeTry(query: Query, accountId: string, now: number): Promise<Result<null>> {
  const hour = hourOf(now)
  await query('DELETE FROM promo_miss WHERE account_id = ? AND hour < ?', accountId, hour)
  const taken = await query(
    `INSERT INTO promo_miss (account_id, hour, misses) VALUES (?, ?, 1)
     ON CONFLICT (account_id, hour) DO UPDATE SET misses = promo_miss.misses + 1
     WHERE promo_miss.misses < ? RETURNING misses`,
    accountId,
    hour,
    MOST_MISSES,
  )
  if (taken.length > 0) return success(null)
  const message = 'Too many codes that do not exist were tried. Try again in an hour.'
  return failure('promo_too_many_tries', message, { until: (hour + 1) * HOUR_MS })
}

/** The code was one that exists: only others count. */
async function giveTryBack(query: Query, accountId: string, now: number): Promise<void> {
  await query(
    'UPDATE promo_miss SET misses = misses - 1 WHERE account_id = ? AND hour = ? AND misses > 0',
    accountId,
    hourOf(now),
  )
}

/** Looks a code up with a try taken; it counts where `promo_unknown` comes of it. */
export async function tried<T>(
  query: Query,
  accountId: string,
  now: number,
  look: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const taken = await takeTry(query, accountId, now)
  if (!taken.ok) return taken
  const found = await look()
  if (found.ok || found.error.code !== 'promo_unknown') await giveTryBack(query, accountId, now)
  return found
}
