/**
 * How often promo codes were used, by everybody together. A use is taken with the purchase and given
 * back when that comes to nothing, so that a limit holds however many buy at once.
 */

import type { Promotion } from '#shared/catalog/offers.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Database, Query } from '../store/database.ts'

/** How often all accounts together used a code or are about to. */
export async function usesOf(query: Query, code: string): Promise<number> {
  const sql = 'SELECT used FROM promo_count WHERE code = ?'
  const [row] = await query<{ used: number }>(sql, code)
  return row?.used ?? 0
}

/**
 * Takes a use within a transaction that has the account's payer locked; the same `useId` takes one.
 * Fails with `promo_used_up` or `promo_used`.
 */
export async function takeUse(
  query: Query,
  { code, total, perAccount }: Pick<Promotion, 'code' | 'total' | 'perAccount'>,
  { accountId, useId, at }: { accountId: string; useId: string; at: number },
): Promise<Result<null>> {
  const [known] = await query(
    'SELECT use_id FROM promo_use WHERE account_id = ? AND use_id = ?',
    accountId,
    useId,
  )
  if (known) return success(null)
  const [own] = await query<{ times: number }>(
    'SELECT count(*) AS times FROM promo_use WHERE account_id = ? AND code = ?',
    accountId,
    code,
  )
  if ((own?.times ?? 0) >= perAccount) {
    return failure('promo_used', 'You have used this code already.', { code })
  }
  await query(
    'INSERT INTO promo_count (code, used) VALUES (?, 0) ON CONFLICT (code) DO NOTHING',
    code,
  )
  // One statement: two that race for the last use cannot both have it.
  const taken = await query(
    'UPDATE promo_count SET used = used + 1 WHERE code = ? AND used < ? RETURNING used',
    code,
    total ?? Number.MAX_SAFE_INTEGER,
  )
  if (taken.length === 0) {
    return failure('promo_used_up', 'This code has been used as often as it may be.', { code })
  }
  await query(
    'INSERT INTO promo_use (account_id, use_id, code, at) VALUES (?, ?, ?, ?)',
    accountId,
    useId,
    code,
    at,
  )
  return success(null)
}

/** Gives a use back; giving it back twice is once. */
export async function giveUseBack(query: Query, accountId: string, useId: string): Promise<void> {
  const [gone] = await query<{ code: string }>(
    'DELETE FROM promo_use WHERE account_id = ? AND use_id = ? RETURNING code',
    accountId,
    useId,
  )
  if (gone) await query('UPDATE promo_count SET used = used - 1 WHERE code = ?', gone.code)
}

const HOUR_MS = 60 * 60_000
/** Wrong codes an account may try in an hour. */
export const MOST_MISSES = 10

const hourOf = (now: number) => Math.floor(now / HOUR_MS)

/** Fails with `promo_too_many_tries` while an account has guessed too often, right or wrong. */
export async function mayTry(query: Query, accountId: string, now: number): Promise<Result<null>> {
  const sql = 'SELECT misses FROM promo_miss WHERE account_id = ? AND hour = ?'
  const [row] = await query<{ misses: number }>(sql, accountId, hourOf(now))
  if ((row?.misses ?? 0) < MOST_MISSES) return success(null)
  const message = 'That were too many codes that do not exist. Try again in an hour.'
  return failure('promo_too_many_tries', message, { until: (hourOf(now) + 1) * HOUR_MS })
}

/** Counts a code that does not exist. */
export async function noteMiss(database: Database, accountId: string, now: number): Promise<void> {
  const hour = hourOf(now)
  await database.transaction(async ({ query }) => {
    await query('DELETE FROM promo_miss WHERE account_id = ? AND hour < ?', accountId, hour)
    await query(
      `INSERT INTO promo_miss (account_id, hour, misses) VALUES (?, ?, 1)
       ON CONFLICT (account_id, hour) DO UPDATE SET misses = promo_miss.misses + 1`,
      accountId,
      hour,
    )
  })
}
