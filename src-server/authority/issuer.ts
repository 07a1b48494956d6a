/** Writing into accounts as payments do: one account at a time, each thing once. */

import type { Books } from '#shared/account/account.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import { type Result, success } from '#shared/result.ts'
import type { Database } from '../store/database.ts'
import { type Accounts, accountUnknown, withAccount } from './accounts.ts'

interface AccountNow {
  readonly books: Books
  readonly now: number
}

interface Issued extends AccountNow {
  /** Written now; of an earlier time those of `once` that are there. */
  readonly entries: readonly EntryDraft[]
  /** By an earlier call. */
  readonly already: boolean
}

export interface AccountIssuer {
  /** As of now, whether or not what is due is written. Fails with `account_unknown`. */
  read(accountId: string): Promise<Result<AccountNow>>
  /**
   * Reckons entries from the account's books and writes them, all or none. Where the journal has one
   * of the entries `once` already, it reckons and writes nothing. Fails as `reckon` does.
   */
  issue(
    accountId: string,
    once: readonly string[],
    reckon: (account: AccountNow) => Result<readonly EntryDraft[]>,
  ): Promise<Result<Issued>>
}

export function createIssuer(database: Database, accounts: Accounts): AccountIssuer {
  async function read(accountId: string): Promise<Result<AccountNow>> {
    const looked = await accounts.look(database.query, accountId)
    return looked ? success({ books: looked.pool, now: looked.now }) : accountUnknown(accountId)
  }

  return {
    read,
    issue: (accountId, once, reckon) =>
      withAccount(database, accountId, async (transaction): Promise<Result<Issued>> => {
        const known = await accounts.find(transaction.query, accountId, once)
        const done = await accounts.run(transaction, accountId, (pool, now) => {
          if (known.length > 0) return success({ entries: [], answer: known })
          const reckoned = reckon({ books: pool, now })
          if (!reckoned.ok) return reckoned
          return success({ entries: reckoned.data, answer: reckoned.data })
        })
        if (!done.ok) return done
        const { answer: entries, pool: books, now } = done.data
        return success({ books, now, entries, already: known.length > 0 })
      }),
  }
}
