/** The calls of the Get credits panel, of the billing history and of contested charges. */

import type { CallName, CallParsed } from '#shared/host/calls.ts'
import type { CheckoutView, PageView, PurchaseView } from '#shared/host/purchase.ts'
import { type Result, success } from '#shared/result.ts'
import type { Purchases } from '../purchase/purchases.ts'
import { createRefillTold } from '../purchase/refill-told.ts'
import type { Shop } from '../purchase/shop.ts'
import { createTeamShop } from '../purchase/team-shop.ts'
import { readBillingNow } from './billing-services.ts'
import { draftReport } from './charge-report.ts'
import type { Answer } from './opened.ts'
import type { HostParts } from './parts.ts'
import type { WorkspaceKeeper } from './workspace-keeper.ts'
import type { Workspace } from './workspace.ts'

export function purchaseServices(parts: HostParts, keeper: WorkspaceKeeper, purchases: Purchases) {
  const { ids, ledgerDirectory, log } = parts
  const refill = createRefillTold(ledgerDirectory, log)

  function teamShop({ ledger, team }: Workspace): Shop {
    return createTeamShop({ call: team.call, ledger, refill })
  }

  /** A handler that needs the ledger and the current shop open. */
  function selling<Name extends CallName>(
    handler: (input: CallParsed<Name>, shop: Shop, workspace: Workspace) => Answer<Name>,
  ) {
    return async (input: CallParsed<Name>): Promise<Awaited<Answer<Name>>> => {
      const workspace = keeper.current()
      if (!workspace.ok) return workspace
      const isOfTeam = workspace.data.ledger.issuer() !== null
      const shop = isOfTeam ? success(teamShop(workspace.data)) : await purchases.shop()
      return shop.ok ? handler(input, shop.data, workspace.data) : shop
    }
  }

  /** One that is the shop's own. */
  function shops<Name extends SameCall>(name: Name) {
    return selling<Name>((input, shop) => shop[name](input as never) as Answer<Name>)
  }

  /** Opens the processor's page for the person, if there is one. */
  async function shown(purchase: Result<PurchaseView>): Promise<Result<CheckoutView>> {
    if (!purchase.ok) return purchase
    const { payUrl } = purchase.data
    const opened = payUrl === null ? false : await open(payUrl)
    return success({ purchase: purchase.data, opened })
  }

  async function shownPage(page: Result<{ readonly url: string }>): Promise<Result<PageView>> {
    if (!page.ok) return page
    const { url } = page.data
    return success({ url, opened: await open(url) })
  }

  const open = async (url: string) => isPage(url) && parts.openExternal(url)

  return {
    'purchase.panel': selling<'purchase.panel'>((_input, shop) => shop['purchase.panel']({})),
    'purchase.quote': shops('purchase.quote'),
    'purchase.start': selling<'purchase.start'>(async (input, shop) =>
      shown(await shop['purchase.start'](input)),
    ),
    'purchase.resume': selling<'purchase.resume'>(async (input, shop) =>
      shown(await shop['purchase.resume'](input)),
    ),
    'purchase.cancel': shops('purchase.cancel'),
    'purchase.read': shops('purchase.read'),
    'purchase.history': selling<'purchase.history'>(({ before, limit }, shop) =>
      shop['purchase.history']({ before: before ?? null, limit }),
    ),
    'purchase.refund': shops('purchase.refund'),
    'card.setup': selling<'card.setup'>(async (_input, shop) =>
      shownPage(await shop['card.setup']({ requestId: ids.next() })),
    ),
    'card.portal': selling<'card.portal'>(async (_input, shop) =>
      shownPage(await shop['card.portal']({})),
    ),
    'card.remove': selling<'card.remove'>(async (_input, shop) => {
      const removed = await shop['card.remove']({})
      return removed.ok ? shop['purchase.panel']({}) : removed
    }),
    'autoRefill.set': selling<'autoRefill.set'>(async (choice, shop) => {
      const set = await shop['autoRefill.set'](choice)
      return set.ok ? shop['purchase.panel']({}) : set
    }),
    'addOn.end': selling<'addOn.end'>(async (input, shop, workspace) => {
      const ended = await shop['addOn.end'](input)
      return ended.ok ? readBillingNow(workspace) : ended
    }),
    'charge.report': selling<'charge.report'>((input, shop, workspace) =>
      shop['charge.report'](draftReport(parts, workspace, input)),
    ),
    'charge.reports': shops('charge.reports'),
    'charge.open': shops('charge.open'),
    'charge.answer': shops('charge.answer'),
  }
}

/** What the window asks as the shop answers it. */
type SameCall =
  | 'purchase.quote'
  | 'purchase.cancel'
  | 'purchase.read'
  | 'purchase.refund'
  | 'charge.reports'
  | 'charge.open'
  | 'charge.answer'

/** An address to pay at that comes from a server must be a web page. */
function isPage(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname, username } = new URL(address)
  if (username !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname))
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']
