/** The calls of the Get credits panel, of the billing history and of contested charges. */

import type { CallName, CallParsed } from '#shared/host/calls.ts'
import type { CheckoutView, PageView, PurchaseView } from '#shared/host/purchase.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Purchases, Shop } from '../purchase/purchases.ts'
import { draftReport } from './charge-report.ts'
import type { Answer } from './opened.ts'
import type { HostParts } from './parts.ts'
import type { WorkspaceKeeper } from './workspace-keeper.ts'
import type { Workspace } from './workspace.ts'

export function purchaseServices(parts: HostParts, keeper: WorkspaceKeeper, purchases: Purchases) {
  const { account, ids, events } = parts
  const { accountId } = account

  /** A handler that runs with the ledger and the shop open. */
  function selling<Name extends CallName>(
    handler: (input: CallParsed<Name>, shop: Shop, workspace: Workspace) => Answer<Name>,
  ) {
    return async (input: CallParsed<Name>): Promise<Awaited<Answer<Name>>> => {
      const workspace = keeper.current()
      if (!workspace.ok) return workspace
      if (workspace.data.ledger.issuer() !== null) return teamBuys()
      const shop = await purchases.shop()
      return shop.ok ? handler(input, shop.data, workspace.data) : shop
    }
  }

  /** With the processor's page in front of the person, where there is one. */
  async function shown(purchase: Result<PurchaseView>): Promise<Result<CheckoutView>> {
    if (!purchase.ok) return purchase
    const { payUrl } = purchase.data
    const opened = payUrl === null ? false : await parts.openExternal(payUrl)
    return success({ purchase: purchase.data, opened })
  }

  const shownPage = async (url: string): Promise<Result<PageView>> =>
    success({ url, opened: await parts.openExternal(url) })

  const panel = ({ payments }: Shop) => payments.panel(accountId)
  const key = ({ purchaseId }: { readonly purchaseId: string }) => ({ accountId, purchaseId })

  return {
    'purchase.panel': selling<'purchase.panel'>((_input, shop) => panel(shop)),
    'purchase.quote': selling<'purchase.quote'>(({ order }, { payments }) =>
      payments.quote(accountId, order),
    ),
    'purchase.start': selling<'purchase.start'>(async (input, { payments }) =>
      shown(await payments.start({ ...input, accountId, memberId: accountId })),
    ),
    'purchase.resume': selling<'purchase.resume'>(async (input, { payments }) =>
      shown(await payments.resume(key(input))),
    ),
    'purchase.cancel': selling<'purchase.cancel'>((input, { payments }) =>
      payments.cancel(key(input)),
    ),
    'purchase.read': selling<'purchase.read'>((input, { payments }) => payments.read(key(input))),
    'purchase.history': selling<'purchase.history'>(({ before, limit }, { payments }) =>
      payments.history(accountId, before ?? null, limit),
    ),
    'purchase.refund': selling<'purchase.refund'>((input, { payments }) =>
      payments.refund(key(input)),
    ),
    'card.setup': selling<'card.setup'>(async (_input, { payments }) => {
      const page = await payments.setupCard(accountId, ids.next())
      return page.ok ? shownPage(page.data.url) : page
    }),
    'card.portal': selling<'card.portal'>(async (_input, { payments }) => {
      const page = await payments.portal(accountId)
      return page.ok ? shownPage(page.data) : page
    }),
    'card.remove': selling<'card.remove'>(async (_input, shop) => {
      const removed = await shop.payments.removeCard(accountId)
      return removed.ok ? panel(shop) : removed
    }),
    'autoRefill.set': selling<'autoRefill.set'>(async (choice, shop) => {
      const set = await shop.payments.setAutoRefill(accountId, choice)
      return set.ok ? panel(shop) : set
    }),
    'charge.report': selling<'charge.report'>(async (input, { reports }, workspace) => {
      const draft = draftReport(parts, workspace, input)
      const sent = await reports.send(accountId, accountId, draft)
      if (sent.ok) events.emit({ type: 'charge.report', reportId: sent.data.id })
      return sent
    }),
    'charge.reports': selling<'charge.reports'>(async (_input, { reports }) =>
      success(await reports.list(accountId, null)),
    ),
    'charge.open': selling<'charge.open'>(({ reportId }, { reports }) =>
      reports.open(accountId, reportId, null),
    ),
    // Alone, whoever uses the app looks after the account too.
    'charge.answer': selling<'charge.answer'>(async ({ reportId, ...answer }, { reports }) => {
      const given = await reports.answer(accountId, reportId, answer)
      if (given.ok) events.emit({ type: 'charge.report', reportId })
      return given
    }),
  }
}

const teamBuys = () =>
  failure('team_buys', 'This machine’s credits come from its team: they are bought there.')
