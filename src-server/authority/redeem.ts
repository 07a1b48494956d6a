/** Promo codes that give credits at once, counted over all accounts of the server. */

import { redeem } from '#shared/account/promotion.ts'
import { type Result, success } from '#shared/result.ts'
import type { Query, Transaction } from '../store/database.ts'
import type { Accounts } from './accounts.ts'

/** Redeems a code, once for each `requestId`. Fails as the rule does. */
export async function redeemCode(
  accounts: Accounts,
  transaction: Transaction,
  accountId: string,
  requestId: string,
  code: string,
): Promise<Result<null>> {
  const { query } = transaction
  if (await wasUsed(query, accountId, requestId)) return success(null)
  const typed = code.trim().toUpperCase()
  const looked = await accounts.look(query, accountId)
  // Codes that do not exist must leave no row behind.
  const first = looked && redeem(looked.pool, typed, 0, looked.now)
  if (first && !first.ok) return first
  const used = await countUses(query, typed)
  const done = await accounts.run(transaction, accountId, (pool, now) => {
    const redeemed = redeem(pool, typed, used, now)
    return redeemed.ok ? success({ entries: redeemed.data.entries, answer: null }) : redeemed
  })
  if (!done.ok) return done
  await query('UPDATE promo_count SET used = used + 1 WHERE code = ?', typed)
  await query(
    'INSERT INTO promo_use (account_id, use_id, code, at) VALUES (?, ?, ?, ?)',
    accountId,
    requestId,
    typed,
    done.data.now,
  )
  return success(null)
}

async function wasUsed(query: Query, accountId: string, useId: string): Promise<boolean> {
  const sql = 'SELECT code FROM promo_use WHERE account_id = ? AND use_id = ?'
  return (await query(sql, accountId, useId)).length > 0
}

/** How often all accounts together used a code; locked until the transaction ends. */
async function countUses(query: Query, code: string): Promise<number> {
  await query(
    'INSERT INTO promo_count (code, used) VALUES (?, 0) ON CONFLICT (code) DO NOTHING',
    code,
  )
  const [row] = await query<{ used: number }>(
    'UPDATE promo_count SET used = used WHERE code = ? RETURNING used',
    code,
  )
  return row?.used ?? 0
}
