/** The shop of a team: its server, and what there is to say while that cannot be reached. */

import { availableAt } from '#shared/credits/burn-down.ts'
import { formatCredits } from '#shared/credits/format.ts'
import type { PurchasePanelView } from '#shared/purchase/views.ts'
import { type Result, success } from '#shared/result.ts'
import {
  type BuyingCallName,
  buyingCalls,
  type BuyingInput,
  type BuyingOutput,
} from '#shared/team/buying.ts'
import { offersView } from '../../src-server/payments/offer-views.ts'
import { suggestedRefill } from '../../src-server/payments/panel.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Shop } from './shop.ts'

export interface TeamShopDeps {
  /** Asks the server in this machine’s name. */
  call<Name extends BuyingCallName>(
    name: Name,
    input: BuyingInput<Name>,
  ): Promise<Result<BuyingOutput<Name>>>
  readonly ledger: OpenLedger
}

type OpenLedger = Pick<Ledger, 'books' | 'spendable' | 'now'>

export function createTeamShop({ call, ledger }: TeamShopDeps): Shop {
  const names = Object.keys(buyingCalls) as BuyingCallName[]
  const asked = names.map((name) => [name, (input: BuyingInput<typeof name>) => call(name, input)])
  return {
    // Each is the call of its own name, which the compiler cannot follow.
    ...(Object.fromEntries(asked) as Shop),
    async 'purchase.panel'() {
      const panel = await call('purchase.panel', {})
      if (panel.ok || panel.error.code !== 'server_unreachable') return panel
      return success(offlinePanel(ledger))
    },
  }
}

/** What the catalog sells, to choose from for later; nothing of it can be bought now. */
function offlinePanel({ books, spendable, now: clock }: OpenLedger): PurchasePanelView {
  const now = clock()
  const available = availableAt(spendable(), now)
  const { changedAt: _, ...refill } = suggestedRefill({ books: books(), now })
  const offers = offersView(books(), now)
  return {
    ...offers,
    now,
    processor: 'none',
    test: false,
    needsNetwork: true,
    available,
    card: null,
    autoRefill: {
      ...refill,
      price: null,
      usedThisMonth: { ...refill.monthlyLimit, amount: 0 },
      lastAt: null,
      waits: null,
    },
    pending: [],
    block: {
      code: 'offline',
      message: `Buying needs your team’s server, which cannot be reached. ${formatCredits(available)} credits are left on this machine.`,
      helps: { plans: [], people: [], refillAt: offers.refillAt },
    },
  }
}
