/** Every call of buying (src-shared/team/buying.ts), answered for whoever asks, as their role allows. */

import type {
  PurchaseBlock,
  PurchaseOffer,
  PurchasePanelView,
  PurchaseView,
} from '#shared/purchase/views.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { BuyingCallName, BuyingOutput, BuyingParsed } from '#shared/team/buying.ts'
import { hasRight } from '#shared/team/members.ts'
import type { Payments } from '../payments/payments.ts'
import type { FindCharge, Reports } from '../payments/reports.ts'
import type { Database } from '../store/database.ts'
import type { Identity } from '../teams/identity.ts'
import { presentMembers } from '../teams/rows.ts'
import { checkEvidence } from './evidence.ts'

export type BuyingHandlers = {
  readonly [Name in BuyingCallName]: (
    input: BuyingParsed<Name>,
    identity: Identity,
  ) => Promise<Result<BuyingOutput<Name>>>
}

export interface HandlerDeps {
  readonly database: Pick<Database, 'query'>
  readonly payments: Payments
  readonly reports: Reports
  readonly findCharge: FindCharge
  /** A report was sent or answered. */
  reported(accountId: string, reportId: string): void
}

const mayBuy = ({ role }: Identity) => hasRight(role, 'buy')
const mayAnswer = ({ role }: Identity) => hasRight(role, 'answer-reports')

export function createBuyingHandlers(deps: HandlerDeps): BuyingHandlers {
  const { payments, reports } = deps
  const { query } = deps.database

  /** Who may buy, by name. */
  async function buyersOf(accountId: string): Promise<readonly string[]> {
    const members = await presentMembers(query, accountId)
    return members.filter(({ role }) => hasRight(role, 'buy')).map(({ name }) => name)
  }

  async function notABuyer({ accountId }: Identity): Promise<Result<never>> {
    const people = await buyersOf(accountId)
    return failure('not_a_buyer', NOT_A_BUYER, { people })
  }

  /** A handler for those who may buy; others are told who may. */
  function forBuyers<Name extends BuyingCallName>(
    handler: BuyingHandlers[Name],
  ): BuyingHandlers[Name] {
    return (async (input: BuyingParsed<Name>, identity: Identity) =>
      mayBuy(identity) ? handler(input, identity) : notABuyer(identity)) as BuyingHandlers[Name]
  }

  async function panel(identity: Identity): Promise<Result<PurchasePanelView>> {
    const { accountId } = identity
    const read = await payments.panel(accountId)
    if (!read.ok || mayBuy(identity)) return read
    return success(panelOfMember(read.data, await buyersOf(accountId)))
  }

  /** Whose reports one may see: null for everybody's. */
  const seenBy = (identity: Identity) => (mayAnswer(identity) ? null : identity.memberId)

  const keyOf = ({ purchaseId }: { readonly purchaseId: string }, { accountId }: Identity) => ({
    accountId,
    purchaseId,
  })

  return {
    'purchase.panel': (_input, identity) => panel(identity),
    'purchase.quote': forBuyers<'purchase.quote'>(({ order }, { accountId }) =>
      payments.quote(accountId, order),
    ),
    'purchase.start': forBuyers<'purchase.start'>((input, { accountId, memberId }) =>
      payments.start({ ...input, accountId, memberId }),
    ),
    'purchase.resume': forBuyers<'purchase.resume'>((input, identity) =>
      payments.resume(keyOf(input, identity)),
    ),
    'purchase.cancel': forBuyers<'purchase.cancel'>((input, identity) =>
      payments.cancel(keyOf(input, identity)),
    ),
    'purchase.refund': forBuyers<'purchase.refund'>((input, identity) =>
      payments.refund(keyOf(input, identity)),
    ),
    async 'purchase.read'(input, identity) {
      const read = await payments.read(keyOf(input, identity))
      return read.ok && !mayBuy(identity) ? success(purchaseOfMember(read.data)) : read
    },
    async 'purchase.history'({ before, limit }, identity) {
      const read = await payments.history(identity.accountId, before, limit)
      if (!read.ok || mayBuy(identity)) return read
      const { purchases, nextBefore } = read.data
      return success({ purchases: purchases.map(purchaseOfMember), nextBefore })
    },
    'card.setup': forBuyers<'card.setup'>(async ({ requestId }, { accountId }) => {
      const page = await payments.setupCard(accountId, requestId)
      return page.ok ? success({ url: page.data.url }) : page
    }),
    'card.portal': forBuyers<'card.portal'>(async (_input, { accountId }) => {
      const page = await payments.portal(accountId)
      return page.ok ? success({ url: page.data }) : page
    }),
    'card.remove': forBuyers<'card.remove'>((_input, { accountId }) =>
      payments.removeCard(accountId),
    ),
    'autoRefill.set': forBuyers<'autoRefill.set'>((choice, { accountId }) =>
      payments.setAutoRefill(accountId, choice),
    ),
    'addOn.end': forBuyers<'addOn.end'>(({ subscriptionId }, { accountId }) =>
      payments.endAddOn({ accountId, purchaseId: subscriptionId }),
    ),

    async 'charge.report'(draft, identity) {
      const { accountId, memberId } = identity
      const charge = await deps.findCharge(accountId, draft.operationId)
      if (!charge.ok) return charge
      const genuine = await checkEvidence(query, identity, draft, charge.data)
      if (!genuine.ok) return genuine
      const sent = await reports.send(accountId, memberId, draft)
      if (sent.ok) deps.reported(accountId, sent.data.id)
      return sent
    },
    'charge.reports': async (_input, identity) =>
      success(await reports.list(identity.accountId, seenBy(identity))),
    'charge.open': ({ reportId }, identity) =>
      reports.open(identity.accountId, reportId, seenBy(identity)),
    async 'charge.answer'({ reportId, ...answer }, identity) {
      if (!mayAnswer(identity)) {
        return failure('not_allowed', 'Your role in the team does not let you answer reports.')
      }
      const given = await reports.answer(identity.accountId, reportId, answer)
      if (given.ok) deps.reported(identity.accountId, reportId)
      return given
    },
  }
}

const NOT_A_BUYER = 'Your role in the team does not let you buy.'

/** What there is to see for somebody who may not buy: everything but how it is paid. */
function panelOfMember(panel: PurchasePanelView, people: readonly string[]): PurchasePanelView {
  const refillAt = panel.block?.helps.refillAt ?? panel.refillAt
  const block = {
    code: 'not_a_buyer',
    message: NOT_A_BUYER,
    helps: { plans: [], people, refillAt },
  }
  const blocked = <Item>({ item }: PurchaseOffer<Item>) => ({ item, block })
  return {
    ...panel,
    packs: panel.packs.map(blocked),
    addOns: panel.addOns.map(blocked),
    plans: panel.plans.map((upgrade) => ({ ...upgrade, block: block satisfies PurchaseBlock })),
    card: null,
    pending: panel.pending.map(purchaseOfMember),
    block,
  }
}

function purchaseOfMember(purchase: PurchaseView): PurchaseView {
  const { receipt } = purchase
  const refundable = { ...purchase.refundable, amount: 0 }
  return {
    ...purchase,
    payUrl: null,
    refundable,
    receipt: receipt && { ...receipt, card: null, url: null },
  }
}
