/**
 * Counts uses of promo codes by everybody together. A use is taken with the purchase and returned
 * if that comes to nothing, so that a limit holds however many buy at once.
 */

import type { Promotion } from '#shared/catalog/offers.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Query } from '../store/database.ts'

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
