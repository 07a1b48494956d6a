/** Promo codes, counted over all accounts of the server. */

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
  if (await wasAnswered(query, accountId, requestId)) return success(null)
  const typed = code.trim().toUpperCase()
  const looked = await accounts.look(query, accountId)
  // Codes that are none must leave no row behind.
  const first = looked && redeem(looked.pool, typed, 0, looked.now)
  if (first && !first.ok) return first
  const uses = await countUses(query, typed)
  const done = await accounts.run(transaction, accountId, (pool, now) => {
    const redeemed = redeem(pool, typed, uses, now)
    return redeemed.ok ? success({ entries: redeemed.data.entries, answer: null }) : redeemed
  })
  if (!done.ok) return done
  await query('UPDATE promotion_use SET uses = uses + 1 WHERE code = ?', typed)
  await query('INSERT INTO answered_request (account_id, id) VALUES (?, ?)', accountId, requestId)
  return success(null)
}

async function wasAnswered(query: Query, accountId: string, requestId: string): Promise<boolean> {
  const sql = 'SELECT 1 AS found FROM answered_request WHERE account_id = ? AND id = ?'
  return (await query(sql, accountId, requestId)).length > 0
}

/** How often all accounts used a code; nobody else counts on until the transaction ends. */
async function countUses(query: Query, code: string): Promise<number> {
  await query(
    'INSERT INTO promotion_use (code, uses) VALUES (?, 0) ON CONFLICT (code) DO NOTHING',
    code,
  )
  const [row] = await query<{ uses: number }>(
    'UPDATE promotion_use SET uses = uses WHERE code = ? RETURNING uses',
    code,
  )
  return row?.uses ?? 0
}
