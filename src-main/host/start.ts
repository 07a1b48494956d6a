/** Starts the host: opens its parts, keeps the ledger, answers the contract. */

import { failure, type Result, success } from '#shared/result.ts'
import { createPurchases, type Purchases } from '../purchase/purchases.ts'
import { findCharge } from './charge-report.ts'
import type { Host } from './host.ts'
import { type HostOptions, openParts } from './open-parts.ts'
import type { HostParts } from './parts.ts'
import { createRouter } from './router.ts'
import { createServices } from './services.ts'
import { keepWorkspace, type WorkspaceKeeper } from './workspace-keeper.ts'

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
