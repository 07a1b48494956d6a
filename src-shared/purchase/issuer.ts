/**
 * Whoever may write into an account's journal, as payments see it: the authority of the server, or of
 * an app that stands alone.
 */

import type { Books } from '../account/account.ts'
import type { EntryDraft } from '../journal/journal.ts'
import type { Result } from '../result.ts'

export interface AccountNow {
  /** Up to date: what is due at `now` has been written. */
  readonly books: Books
  readonly now: number
}

export interface Issued extends AccountNow {
  /** Written now; if they were written earlier, those of `once` that exist. */
  readonly entries: readonly EntryDraft[]
  /** Whether an earlier call wrote them. */
  readonly already: boolean
}

export interface Issuer {
  /** Fails with `account_unknown`, or as its journal does. */
  read(accountId: string): Promise<Result<AccountNow>>
  /**
   * Decides on entries by the account's books and writes them, all or none, with nothing in between.
   * If the journal already has one of the entries `once`, nothing is decided or written. If `decide`
   * fails, its failure is returned and nothing is written.
   */
  issue(
    accountId: string,
    once: readonly string[],
    decide: (account: AccountNow) => Result<readonly EntryDraft[]>,
  ): Promise<Result<Issued>>
}
