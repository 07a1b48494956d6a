/** The shop of an app that stands alone: its own payments, for whoever uses it. */

import { success } from '#shared/result.ts'
import type { Payments } from '../../src-server/payments/payments.ts'
import type { Reports } from '../../src-server/payments/reports.ts'
import type { Shop } from './shop.ts'

export interface LocalShopDeps {
  readonly accountId: string
  readonly payments: Payments
  readonly reports: Reports
  /** A charge was reported, or the report answered. */
  reported(reportId: string): void
}

export function createLocalShop({ accountId, payments, reports, reported }: LocalShopDeps): Shop {
  const keyOf = ({ purchaseId }: { readonly purchaseId: string }) => ({ accountId, purchaseId })
  return {
    'purchase.panel': () => payments.panel(accountId),
    'purchase.quote': ({ order }) => payments.quote(accountId, order),
    'purchase.start': (input) => payments.start({ ...input, accountId, memberId: accountId }),
    'purchase.resume': (input) => payments.resume(keyOf(input)),
    'purchase.cancel': (input) => payments.cancel(keyOf(input)),
    'purchase.read': (input) => payments.read(keyOf(input)),
    'purchase.refund': (input) => payments.refund(keyOf(input)),
    'purchase.history': ({ before, limit }) => payments.history(accountId, before, limit),
    async 'card.setup'({ requestId }) {
      const page = await payments.setupCard(accountId, requestId)
      return page.ok ? success({ url: page.data.url }) : page
    },
    async 'card.portal'() {
      const page = await payments.portal(accountId)
      return page.ok ? success({ url: page.data }) : page
    },
    'card.remove': () => payments.removeCard(accountId),
    'autoRefill.set': (choice) => payments.setAutoRefill(accountId, choice),
    'addOn.end': ({ subscriptionId: purchaseId }) => payments.endAddOn({ accountId, purchaseId }),
    async 'charge.report'(draft) {
      const sent = await reports.send(accountId, accountId, draft)
      if (sent.ok) reported(sent.data.id)
      return sent
    },
    'charge.reports': async () => success(await reports.list(accountId, null)),
    'charge.open': ({ reportId }) => reports.open(accountId, reportId, null),
    // Alone, whoever uses the app looks after the account too.
    async 'charge.answer'({ reportId, ...answer }) {
      const given = await reports.answer(accountId, reportId, answer)
      if (given.ok) reported(reportId)
      return given
    },
  }
}
