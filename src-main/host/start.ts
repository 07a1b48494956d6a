/** Starts the host: opens its parts, keeps the ledger, answers the contract. */

import { failure, type Result, success } from '#shared/result.ts'
import type { CatalogRefusal } from '#shared/host/catalog-views.ts'
import type { NoticeView } from '#shared/host/views.ts'
import { openAccount } from '../authority/account.ts'
import { openCatalogs } from '../authority/catalog-store.ts'
import { ensurePrivateDirectory } from '../files/atomic-file.ts'
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
import { createPurchases, type Purchases } from '../purchase/purchases.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import { openRecipes } from '../recipes/recipes.ts'
import { createNotices } from '../settings/notices.ts'
import { createSettings } from '../settings/settings.ts'
import { watchConnectivity } from './connectivity.ts'
import { createEvents } from './events.ts'
import type { Host } from './host.ts'
import type { HostParts } from './parts.ts'
import { createRouter } from './router.ts'
import { findCharge } from './charge-report.ts'
import { createServices } from './services.ts'
import { keepWorkspace, type WorkspaceKeeper } from './workspace-keeper.ts'

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

/**
 * Starts the host. A ledger that does not open is not a failure: the window shows it, with what can
 * be done. Fails if there is no catalog to price by, or the data directory cannot be used at all.
 */
export async function startHost(options: HostOptions): Promise<Result<Host>> {
  const opened = openParts(options)
  if (!opened.ok) return opened
  const parts = opened.data
  const keeper = await keepWorkspace(parts)
  const purchases = openPurchases(parts, keeper)
  const router = createRouter(createServices(parts, keeper, purchases), { log: parts.log })
  let closed: Promise<void> | null = null

  async function close(): Promise<void> {
    parts.connectivity.close()
    parts.catalogs.close()
    await purchases.close()
    await keeper.close()
    parts.library.close()
  }

  return success({
    dispatch: router.dispatch,
    onEvent: parts.events.listen,
    media: (id) => parts.library.mediaFile(id),
    close: () => (closed ??= close()),
  })
}

/** Opens nothing before something was bought for the first time. */
function openPurchases(parts: HostParts, keeper: WorkspaceKeeper): Purchases {
  const { events, account, ledgerDirectory: directory, clock, timers, ids, log } = parts
  const purchases = createPurchases({
    ...{ directory, clock, timers, ids, log },
    accountId: account.accountId,
    open: () => standingAlone(keeper),
    findCharge: (_accountId, operationId) => findCharge(keeper, operationId),
    changed: (purchase) => events.emit({ type: 'purchase', purchase }),
    reported: (reportId) => events.emit({ type: 'charge.report', reportId }),
  })
  events.listen(({ type }) => {
    if (type === 'balance') purchases.balanceChanged()
  })
  return purchases
}

/** In a team this machine does not sell: what was begun before waits until it is alone again. */
function standingAlone(keeper: WorkspaceKeeper) {
  const workspace = keeper.current()
  if (!workspace.ok || workspace.data.ledger.issuer() === null) return workspace
  return failure('of_the_team', 'The credits of a team are bought and billed at its server.')
}

function openParts(options: HostOptions): Result<HostParts> {
  const { dataDirectory, log, secrets } = options
  const clock = options.clock ?? systemClock
  const timers = options.timers ?? systemTimers
  const ids = options.ids ?? systemIds
  ensurePrivateDirectory(dataDirectory)
  const timeZone = options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const events = createEvents(log)

  const notices = createNotices(dataDirectory, clock)
  const opened = openCatalogs({
    directory: dataDirectory,
    file: options.catalogFile,
    clock,
    timers,
    changed: () => catalogChanged(),
    refused(refusal) {
      log.error('A catalog was refused; the one in force stays', { refusal })
      const notice = refusedNotice(refusal)
      notices.dismiss(REFUSED_NOTICE)
      notices.add(notice)
      events.emit({ type: 'notice', notice })
    },
    accepted: () => notices.dismiss(REFUSED_NOTICE),
  })
  if (!opened.ok) return opened
  const catalogs = opened.data
  const { catalog } = catalogs

  const account = openAccount(dataDirectory, {
    clock,
    ids,
    timeZone,
    planId: catalog().defaultPlan,
  })
  if (!account.ok) return account
  const library = openLibrary(dataDirectory, { clock })
  if (!library.ok) return library
  const settings = createSettings({ directory: dataDirectory, defaultTimeZone: timeZone, clock })
  const providers = createProviders({
    directory: dataDirectory,
    secrets,
    operations: () => catalog().operations.map(({ id }) => id),
    clock,
    timers,
    fetch: options.fetch ?? globalThis.fetch,
    onChange: (list) => events.emit({ type: 'providers', providers: list }),
    practice: options.practice ?? createPracticeProvider({ timers, speak: createSystemSpeaker() }),
  })

  const recipes = openRecipes({
    directory: dataDirectory,
    secrets,
    operations: () => catalog().operations.map(({ id }) => id),
    clock,
    ids,
  })

  const kept = { library: library.data, settings, providers, recipes }
  for (const [part, { damage }] of Object.entries(kept)) {
    if (damage !== null) notices.add(damageNotice(part, damage, clock.now()))
  }
  const signer = openDeviceKey(secrets)
  if (!signer.ok) log.error('Backups cannot be signed', { code: signer.error.code })

  function catalogChanged(): void {
    events.emit({ type: 'catalog', version: catalog().version })
    events.emit({ type: 'providers', providers: providers.list() })
  }

  return success({
    version: options.version,
    door: options.door,
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
    catalogs,
    library: library.data,
    recipes,
    providers,
    settings,
    notices,
    events,
    connectivity: watchConnectivity(timers, (online) => events.emit({ type: 'online', online })),
    log,
    clock,
    timers,
    ids,
    random: options.random ?? Math.random,
    secrets,
    fetch: options.fetch ?? globalThis.fetch,
    notify: options.notify ?? (() => undefined),
    openExternal: options.openExternal,
  })
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
