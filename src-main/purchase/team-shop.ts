/** The shop of a team: its server, and what to show while that cannot be reached. */

import { availableAt } from '#shared/credits/burn-down.ts'
import { formatCredits } from '#shared/credits/format.ts'
import type { AutoRefillView, PurchasePanelView } from '#shared/purchase/views.ts'
import { type Result, success } from '#shared/result.ts'
import {
  type BuyingCallName,
  buyingCalls,
  type BuyingInput,
  type BuyingOutput,
} from '#shared/team/buying.ts'
import { offersView } from '../../src-server/payments/offer-views.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { RefillTold } from './refill-told.ts'
import type { Shop } from './shop.ts'

export interface TeamShopDeps {
  /** Asks the server in this machine’s name. */
  call<Name extends BuyingCallName>(
    name: Name,
    input: BuyingInput<Name>,
  ): Promise<Result<BuyingOutput<Name>>>
  readonly ledger: OpenLedger
  readonly refill: RefillTold
}

type OpenLedger = Pick<Ledger, 'books' | 'spendable' | 'now' | 'issuer'>

export function createTeamShop({ call, ledger, refill }: TeamShopDeps): Shop {
  const names = Object.keys(buyingCalls) as BuyingCallName[]
  const asked = names.map((name) => [name, (input: BuyingInput<typeof name>) => call(name, input)])
  return {
    // Each is the call of its own name, which the compiler cannot follow.
    ...(Object.fromEntries(asked) as Shop),
    async 'purchase.panel'() {
      const panel = await call('purchase.panel', {})
      const accountId = ledger.issuer()?.accountId ?? ''
      if (panel.ok) refill.keep(accountId, panel.data.autoRefill, panel.data.now)
      if (panel.ok || panel.error.code !== 'server_unreachable') return panel
      return success(offlinePanel(ledger, refill.read(accountId)))
    },
  }
}

/** What the catalog sells, to choose from for later; nothing can be bought now. */
function offlinePanel(
  { books, spendable, now: clock }: OpenLedger,
  autoRefill: AutoRefillView | null,
): PurchasePanelView {
  const now = clock()
  const available = availableAt(spendable(), now)
  const offers = offersView(books(), now)
  return {
    ...offers,
    now,
    processor: 'none',
    test: false,
    needsNetwork: true,
    available,
    card: null,
    autoRefill,
    pending: [],
    block: {
      code: 'offline',
      message: `Buying needs your team’s server, which cannot be reached. ${formatCredits(available)} credits are left on this machine.`,
      helps: { plans: [], people: [], refillAt: offers.refillAt },
    },
  }
}
