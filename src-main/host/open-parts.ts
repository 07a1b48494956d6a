/** Opens the parts of the host that need no ledger. */

import { failure, type Result, success } from '#shared/result.ts'
import type { CatalogRefusal } from '#shared/host/catalog-views.ts'
import type { NoticeView } from '#shared/host/views.ts'
import { openAccount } from '../authority/account.ts'
import { type CatalogStore, openCatalogs } from '../authority/catalog-store.ts'
import { ensurePrivateDirectory, systemErrorCode } from '../files/atomic-file.ts'
import { isDiskFull } from '../files/storage-trouble.ts'
import { openDeviceKey } from '../ledger/device-key.ts'
import { openLibrary } from '../library/library.ts'
import type { Log } from '#shared/ports/log.ts'
import type { Ids } from '#shared/ports/ids.ts'
import { systemIds } from '../ports/ids.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import { systemClock, systemTimers } from '../ports/time.ts'
import type { Notify } from '../policies/alert-keeper.ts'
import { createProviders } from '../providers/providers.ts'
import { createPracticeProvider } from '../providers/practice/practice-provider.ts'
import { createSystemSpeaker } from '../providers/practice/system-speaker.ts'
import type { Provider } from '../providers/provider.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import { openRecipes } from '../recipes/recipes.ts'
import { createNotices } from '../settings/notices.ts'
import { createSettings } from '../settings/settings.ts'
import { watchConnectivity } from './connectivity.ts'
import { createEvents } from './events.ts'
import type { HostParts } from './parts.ts'

export interface HostOptions {
  readonly version: string
  readonly door: 'electron' | 'browser'
  /** The folder of everything the host owns. */
  readonly dataDirectory: string
  /** The catalog to bring into force. */
  readonly catalogFile: string
  readonly secrets: SecretStore
  readonly log: Log
  /** The worker that reads the ledger's history. */
  readonly readerUrl: URL
  /** Opens an https address in the system browser; false when that failed. */
  openExternal(url: string): Promise<boolean>
  /** Shows a system notification; absent if only the window does. */
  readonly notify?: Notify
  /** IANA name; the machine's own when absent. */
  readonly timeZone?: string
  /** Absent: practice at its usual pace. */
  readonly practice?: Provider
  readonly clock?: Clock
  readonly timers?: Timers
  readonly ids?: Ids
  readonly random?: () => number
  readonly fetch?: typeof globalThis.fetch
}

/** Fails if there is no catalog to price by, or the data directory cannot be used at all. */
export function openParts(options: HostOptions): Result<HostParts> {
  try {
    return openInDirectory(options)
  } catch (error) {
    const cause = systemErrorCode(error)
    if (cause === undefined) throw error
    return directoryFailure(options.dataDirectory, cause)
  }
}

function directoryFailure(directory: string, cause: string) {
  if (isDiskFull(cause)) {
    return failure('disk_full', 'The disk is full. Free some space and start Tallystick again.')
  }
  return failure(
    'data_directory_unusable',
    `The data folder ${directory} cannot be used (${cause}). Check that it is a folder and that you may read and write everything in it, then start Tallystick again.`,
  )
}

function openInDirectory(options: HostOptions): Result<HostParts> {
  const { version, door, dataDirectory, log, secrets, openExternal } = options
  ensurePrivateDirectory(dataDirectory)
  const system = systemOf(options)
  const { clock, timers, ids, timeZone } = system
  const events = createEvents(log)
  const notices = createNotices(dataDirectory, clock)
  const told = { ...system, events, notices }
  const catalogs = openPrices(options, told)
  if (!catalogs.ok) return catalogs
  const planId = catalogs.data.catalog().defaultPlan
  const account = openAccount(dataDirectory, { clock, ids, timeZone, planId })
  if (!account.ok) return account
  const kept = openKept(options, catalogs.data, told)
  if (!kept.ok) return kept
  const signer = openDeviceKey(secrets)
  if (!signer.ok) log.error('Backups cannot be signed', { code: signer.error.code })
  const { settings, providers } = kept.data

  events.listen(({ type }) => {
    // Which operations a provider's models serve is said by the catalog.
    if (type === 'catalog') events.emit({ type: 'providers', providers: providers.list() })
  })
  return success({
    ...{ version, door, log, secrets, openExternal, events, notices, ...kept.data },
    ...{ clock, timers, ids, random: system.random, fetch: system.fetch },
    ledgerDirectory: dataDirectory,
    ledgerPorts: {
      clock,
      timers,
      get timeZone() {
        return settings.read().timeZone
      },
      readerUrl: options.readerUrl,
      signer: signer.ok ? signer.data : null,
    },
    account: account.data,
    catalogs: catalogs.data,
    connectivity: watchConnectivity(timers, (online) => events.emit({ type: 'online', online })),
    notify: options.notify ?? (() => undefined),
  })
}

/** What the host is given of the world around it. */
function systemOf(options: HostOptions) {
  return {
    clock: options.clock ?? systemClock,
    timers: options.timers ?? systemTimers,
    ids: options.ids ?? systemIds,
    random: options.random ?? Math.random,
    fetch: options.fetch ?? globalThis.fetch,
    timeZone: options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  }
}

type Told = ReturnType<typeof systemOf> & Pick<HostParts, 'events' | 'notices'>

/** The catalogs; a refused one is a notice until another is accepted. */
function openPrices(
  { dataDirectory: directory, catalogFile: file, log }: HostOptions,
  { clock, timers, events, notices }: Told,
): Result<CatalogStore> {
  const opened = openCatalogs({
    ...{ directory, file, clock, timers },
    changed() {
      if (opened.ok) events.emit({ type: 'catalog', version: opened.data.catalog().version })
    },
    refused(refusal) {
      log.error('A catalog was refused; the one in force stays', { refusal })
      const notice = refusedNotice(refusal)
      notices.dismiss(REFUSED_NOTICE)
      notices.add(notice)
      events.emit({ type: 'notice', notice })
    },
    accepted: () => notices.dismiss(REFUSED_NOTICE),
  })
  return opened
}

/** What is kept in files of its own; what of it was damaged is a notice. */
function openKept(
  options: HostOptions,
  { catalog }: CatalogStore,
  { clock, timers, ids, fetch, timeZone, events, notices }: Told,
): Result<Pick<HostParts, 'library' | 'settings' | 'providers' | 'recipes'>> {
  const { dataDirectory: directory, secrets } = options
  const operations = () => catalog().operations.map(({ id }) => id)
  const library = openLibrary(directory, { clock })
  if (!library.ok) return library
  const kept = {
    library: library.data,
    settings: createSettings({ directory, defaultTimeZone: timeZone, clock }),
    providers: createProviders({
      ...{ directory, secrets, operations, clock, timers, fetch },
      onChange: (list) => events.emit({ type: 'providers', providers: list }),
      practice:
        options.practice ?? createPracticeProvider({ timers, speak: createSystemSpeaker() }),
    }),
    recipes: openRecipes({ directory, secrets, operations, clock, ids }),
  }
  for (const [part, { damage }] of Object.entries(kept)) {
    if (damage !== null) notices.add(damageNotice(part, damage, clock.now()))
  }
  return success(kept)
}

const REFUSED_NOTICE = 'catalog-refused'

function refusedNotice({ file, at, problems }: CatalogRefusal): NoticeView {
  const [first] = problems
  const place = first ? `${first.path} ${first.message}`.trim() : ''
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  const message = `The catalog ${file} was not taken: ${place}${more}. The one in force stays.`
  return { id: REFUSED_NOTICE, kind: 'catalog-refused', at, message, operationId: null }
}

function damageNotice(part: string, message: string, at: number): NoticeView {
  return { id: `damage:${part}:${at}`, kind: 'damage-repaired', at, message, operationId: null }
}
