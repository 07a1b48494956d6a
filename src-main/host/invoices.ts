/** What past cycles cost by the catalog's prices, for whoever is billed for them. */

import { subscriptionFamily } from '#shared/account/cycle-grants.ts'
import { cycleOfIndex } from '#shared/account/cycle.ts'
import type { AccountState } from '#shared/account/account.ts'
import { addOnTerms, opened, termsAt } from '#shared/account/terms.ts'
import { addCredits } from '#shared/credits/amount.ts'
import { priceAtHundred } from '#shared/credits/money.ts'
import type { InvoiceLine, InvoiceView } from '#shared/host/billing.ts'
import type { BucketBalance } from '#shared/usage/views.ts'

const MOST_CYCLES = 24

/** The last two years of past cycles, newest first, from the terms each began with. */
export function pastInvoices(
  account: AccountState,
  cycleGrants: readonly BucketBalance[],
): readonly InvoiceView[] {
  const { anchor } = opened(account)
  const count = Math.max(0, Math.min(account.cycle, MOST_CYCLES))
  return Array.from({ length: count }, (_, back) => {
    const { index, startsAt, endsAt } = cycleOfIndex(anchor, account.cycle - 1 - back)
    const grants = cycleGrants.filter(({ grant }) => grant.cycle?.index === index)
    const lines = [
      planLine(account, startsAt),
      ...addOnLines(account, grants, startsAt),
      ...overageLines(account, grants, endsAt - 1),
    ]
    return { startsAt, endsAt, lines }
  })
}

function planLine(account: AccountState, at: number): InvoiceLine {
  const { plan, seats, allowance } = termsAt(account, at)
  const quantity = plan.perSeat ? seats : 1
  const price = plan.price && { ...plan.price, amount: plan.price.amount * quantity }
  return { kind: 'plan', name: plan.name, quantity, credits: allowance, price }
}

function addOnLines(
  account: AccountState,
  grants: readonly BucketBalance[],
  at: number,
): readonly InvoiceLine[] {
  return [...account.subscriptions.values()].flatMap(({ id, addOnId, quantity }) => {
    const bought = grants.filter(({ grant }) => grant.family === subscriptionFamily(id))
    const addOn = addOnTerms(account, addOnId, at)
    return bought.map(({ grant: { label: name, amount: credits } }) => {
      const price = addOn && { ...addOn.price, amount: addOn.price.amount * quantity }
      return { kind: 'add-on', name, quantity, credits, price } as const
    })
  })
}

/** By the price that held as the cycle ended. */
function overageLines(
  account: AccountState,
  grants: readonly BucketBalance[],
  at: number,
): readonly InvoiceLine[] {
  const overage = grants.filter(({ grant }) => grant.source === 'overage')
  const credits = addCredits(...overage.map(({ spent }) => spent))
  if (credits === 0) return []
  const { atZero } = termsAt(account, at)
  const hundred = atZero.kind === 'overage' ? atZero.pricePerHundred : undefined
  const price = hundred === undefined ? null : priceAtHundred(credits, hundred)
  return [{ kind: 'overage', name: 'Beyond the balance', quantity: 1, credits, price }]
}
