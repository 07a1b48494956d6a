/** The authority of a store, put together. */

import type { Clock } from '#shared/ports/time.ts'
import type { Database } from '../store/database.ts'
import { createAccountJournal } from './account-journal.ts'
import { type Accounts, type AccountWatcher, createAccounts } from './accounts.ts'
import type { Authority } from './authority.ts'
import { createAuthority } from './create-authority.ts'
import { createServerCatalogs, type ServerCatalogs } from './catalogs.ts'
import { claimStore, type ServerKey } from './server-key.ts'

export interface OpenAuthority {
  readonly accounts: Accounts
  readonly authority: Authority
  readonly catalogs: ServerCatalogs
}

export interface AuthoritySettings {
  readonly database: Database
  readonly clock: Pick<Clock, 'now'>
  readonly key: ServerKey
  /** IANA name: the days and cycles of accounts that begin here. */
  readonly timeZone: string
  readonly watchers?: readonly AccountWatcher[]
}

/** Throws when the store's devices know another key. */
export async function openAuthority(settings: AuthoritySettings): Promise<OpenAuthority> {
  const { database, clock, key, timeZone, watchers = [] } = settings
  await claimStore(database, key)
  const catalogs = createServerCatalogs(database, clock)
  const journal = createAccountJournal(catalogs)
  const accounts = createAccounts({ journal, catalogs, clock, watchers })
  return { accounts, catalogs, authority: createAuthority({ accounts, key, timeZone }) }
}
