/** The authority of an app that stands alone, as payments see it. */

import { failure, type Result, success } from '#shared/result.ts'
import type { Issuer } from '#shared/purchase/issuer.ts'
import type { Authority } from '../authority/authority.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** The current books; a failure while the ledger is closed. */
export type OpenBooks = () => Result<{
  readonly authority: Authority
  readonly ledger: Pick<Ledger, 'now' | 'find'>
}>

/** Everything here is synchronous: nobody else writes in between. */
export function createLocalIssuer(accountId: string, open: OpenBooks): Issuer {
  function current(asked: string) {
    if (asked !== accountId) return failure('account_unknown', 'There is no such account here.')
    const opened = open()
    if (!opened.ok) return opened
    const upToDate = opened.data.authority.bringUpToDate()
    return upToDate.ok ? opened : upToDate
  }

  return {
    async read(asked) {
      const opened = current(asked)
      if (!opened.ok) return opened
      const { authority, ledger } = opened.data
      return success({ books: authority.books(), now: ledger.now() })
    },
    async issue(asked, once, decide) {
      const opened = current(asked)
      if (!opened.ok) return opened
      const { authority, ledger } = opened.data
      const now = ledger.now()
      const there = once.map((id) => ledger.find(id)).filter((entry) => entry !== null)
      if (there.length > 0) {
        return success({ books: authority.books(), now, entries: there, already: true })
      }
      const entries = decide({ books: authority.books(), now })
      if (!entries.ok) return entries
      const written = authority.write(entries.data)
      if (!written.ok) return written
      return success({ books: authority.books(), now, entries: entries.data, already: false })
    },
  }
}
