/** Starts the host: opens its parts, keeps the ledger, answers the contract. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { failure, type Result, success } from '#shared/host/result.ts'
import { openAccount } from '../authority/account.ts'
import { openCatalog } from '../authority/catalog-store.ts'
import { openLibrary } from '../library/library.ts'
import type { Log } from '../logging.ts'
import { type Ids, systemIds } from '../ports/ids.ts'
import { type Clock, systemClock, systemTimers, type Timers } from '../ports/time.ts'
import { createProviders } from '../providers/registry.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import { createNotices } from '../settings/notices.ts'
import { createSettings } from '../settings/settings.ts'
import { watchConnectivity } from './connectivity.ts'
import { createEvents } from './events.ts'
import type { Host } from './host.ts'
import type { HostParts } from './parts.ts'
import { createRouter } from './router.ts'
import { createServices } from './services.ts'
import { keepWorkspace } from './workspace-keeper.ts'

export interface HostOptions {
  readonly version: string
  readonly door: 'electron' | 'browser'
  /** Where everything the host owns lives. */
  readonly dataDirectory: string
  /** The catalog to bring into force. */
  readonly catalogFile: string
  readonly secrets: SecretStore
  readonly log: Log
  /** The worker that reads the ledger's history. */
  readonly readerUrl: URL
  openExternal(url: string): Promise<boolean>
  readonly clock?: Clock
  readonly timers?: Timers
  readonly ids?: Ids
  readonly random?: () => number
}
