/** Test money and real money never meet in one store. */

import { failure, type Result, success } from '#shared/result.ts'
import type { Database } from '../store/database.ts'
import type { Gateway } from './gateway.ts'

/**
 * Records which kind of money a store has, the first time; fails with `money_mixed` for the other
 * kind.
 */
export async function claimMoney(
  { query }: Database,
  { test }: Pick<Gateway, 'test'>,
): Promise<Result<null>> {
  const kind = test ? 'test' : 'real'
  await query(
    "INSERT INTO payment_money (id, kind) VALUES ('money', ?) ON CONFLICT (id) DO NOTHING",
    kind,
  )
  const [row] = await query<{ kind: string }>("SELECT kind FROM payment_money WHERE id = 'money'")
  if (row?.kind === kind) return success(null)
  return failure(
    'money_mixed',
    test
      ? 'This server has taken real money: it does not take test money beside it.'
      : 'This server has sold for test money: start with an empty database to take real money.',
  )
}
