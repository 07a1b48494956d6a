/**
 * The parts of the host that exist before a ledger is open: opened once, in this order, at start.
 */

import type { Account } from '../authority/account.ts'
import type { CatalogStore } from '../authority/catalog-store.ts'
import type { Library } from '../library/library.ts'
import type { LedgerPorts } from '../ledger/open.ts'
import type { Log } from '#shared/ports/log.ts'
import type { Ids } from '#shared/ports/ids.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import type { Recipes } from '../recipes/recipes.ts'
import type { Notify } from '../policies/alert-keeper.ts'
import type { Providers } from '../providers/providers.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import type { Notices } from '../settings/notices.ts'
import type { Settings } from '../settings/settings.ts'
import type { Connectivity } from './connectivity.ts'
import type { Events } from './events.ts'

export interface HostParts {
  readonly version: string
  readonly door: 'electron' | 'browser'
  readonly ledgerDirectory: string
  readonly ledgerPorts: LedgerPorts
  readonly account: Account
  readonly catalogs: CatalogStore
  readonly library: Library
  readonly recipes: Recipes
  readonly providers: Providers
  readonly settings: Settings
  readonly notices: Notices
  readonly events: Events
  readonly connectivity: Connectivity
  readonly log: Log
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  random(): number
  readonly secrets: SecretStore
  readonly fetch: typeof globalThis.fetch
  readonly notify: Notify
  /** Opens an https address, or a page of this app on this machine, in the system browser. */
  openExternal(url: string): Promise<boolean>
}
