/** Writes into accounts on behalf of payments: one account at a time, each thing once. */

import type { AccountNow, Issued, Issuer } from '#shared/purchase/issuer.ts'
import { type Result, success } from '#shared/result.ts'
import type { Database, Transaction } from '../store/database.ts'
import { type Accounts, accountUnknown, withAccount } from './accounts.ts'

export type StoreIssuer = ReturnType<typeof createIssuer>

export function createIssuer(database: Database, accounts: Accounts) {
  /** Includes what is due, whether or not it is written yet. */
  async function read(accountId: string): Promise<Result<AccountNow>> {
    const looked = await accounts.look(database.query, accountId)
    return looked ? success({ books: looked.pool, now: looked.now }) : accountUnknown(accountId)
  }

  /** `issue` in a transaction that has locked the account: what belongs to it is written with it. */
  async function issueWithin(
    transaction: Transaction,
    ...[accountId, once, decide]: Parameters<Issuer['issue']>
  ): Promise<Result<Issued>> {
    const known = await accounts.find(transaction.query, accountId, once)
    const done = await accounts.run(transaction, accountId, (pool, now) => {
      if (known.length > 0) return success({ entries: [], answer: known })
      const decided = decide({ books: pool, now })
      if (!decided.ok) return decided
      return success({ entries: decided.data, answer: decided.data })
    })
    if (!done.ok) return done
    const { answer: entries, pool: books, now } = done.data
    return success<Issued>({ books, now, entries, already: known.length > 0 })
  }

  return {
    read,
    issueWithin,
    issue: (...[accountId, ...rest]: Parameters<Issuer['issue']>) =>
      withAccount(database, accountId, (transaction) =>
        issueWithin(transaction, accountId, ...rest),
      ),
  }
}
