/** Writing into accounts as payments do: one account at a time, each thing once. */

import type { AccountNow, Issued, Issuer } from '#shared/purchase/issuer.ts'
import { type Result, success } from '#shared/result.ts'
import type { Database, Transaction } from '../store/database.ts'
import { type Accounts, accountUnknown, withAccount } from './accounts.ts'

/** The journals are in the store: what belongs to a grant can be written with it. */
export interface StoreIssuer extends Issuer {
  /** `issue` in a transaction that has locked the account. */
  issueWithin(
    transaction: Transaction,
    ...[accountId, once, reckon]: Parameters<Issuer['issue']>
  ): ReturnType<Issuer['issue']>
}

export function createIssuer(database: Database, accounts: Accounts): StoreIssuer {
  /** What is due is reckoned, whether or not it is written yet. */
  async function read(accountId: string): Promise<Result<AccountNow>> {
    const looked = await accounts.look(database.query, accountId)
    return looked ? success({ books: looked.pool, now: looked.now }) : accountUnknown(accountId)
  }

  const issueWithin: StoreIssuer['issueWithin'] = async (transaction, accountId, once, reckon) => {
    const known = await accounts.find(transaction.query, accountId, once)
    const done = await accounts.run(transaction, accountId, (pool, now) => {
      if (known.length > 0) return success({ entries: [], answer: known })
      const reckoned = reckon({ books: pool, now })
      if (!reckoned.ok) return reckoned
      return success({ entries: reckoned.data, answer: reckoned.data })
    })
    if (!done.ok) return done
    const { answer: entries, pool: books, now } = done.data
    return success<Issued>({ books, now, entries, already: known.length > 0 })
  }

  return {
    read,
    issueWithin,
    issue: (accountId, ...rest) =>
      withAccount(database, accountId, (transaction) =>
        issueWithin(transaction, accountId, ...rest),
      ),
  }
}
