/** What the panel offers, in one list: packs, add-ons and larger plans. */

import type { Credits } from '#shared/credits/amount.ts'
import { formatMoney } from '#shared/credits/format.ts'
import type { Money } from '#shared/credits/money.ts'
import type { Order, PurchaseBlock, PurchasePanelView } from '#shared/host/purchase.ts'
import { expiryInWords } from '../../words/expiry-words.ts'

export interface Choice {
  /** Of the offer or plan. */
  readonly id: string
  readonly kind: 'pack' | 'add-on' | 'plan'
  readonly name: string
  /** Of one. */
  readonly credits: Credits
  readonly price: Money | null
  /** How long it is good, or that it renews. */
  readonly terms: string
  readonly quantity: { readonly minimum: number; readonly maximum: number }
  readonly block: PurchaseBlock | null
}

export const CHOICE_KINDS = [
  { kind: 'pack', title: 'Packs' },
  { kind: 'add-on', title: 'Add-ons' },
  { kind: 'plan', title: 'Larger plans' },
] as const

const ONE = { minimum: 1, maximum: 1 }

export function choicesOf({ packs, addOns, plans }: PurchasePanelView): readonly Choice[] {
  return [
    ...packs.map((pack) => offered('pack', pack, expiryInWords(pack.item.expiry))),
    ...addOns.map((addOn) => offered('add-on', addOn, 'Renews each month')),
    ...plans.map(({ plan, price, credits, block }): Choice => {
      const terms = plan.price === null ? '' : `${formatMoney(plan.price)} a month`
      return {
        id: plan.id,
        kind: 'plan',
        name: plan.name,
        credits,
        price,
        terms,
        quantity: ONE,
        block,
      }
    }),
  ]
}

type Offered = (PurchasePanelView['packs'] | PurchasePanelView['addOns'])[number]

function offered(kind: 'pack' | 'add-on', { item, block }: Offered, terms: string): Choice {
  const { id, name, credits, price, quantity } = item
  return { id, kind, name, credits, price, terms, quantity, block }
}

/** The one to begin with: the one asked for, else the first that may be bought. */
export function firstChoice(choices: readonly Choice[], wanted: string | null): Choice | null {
  const open = choices.filter(({ block }) => block === null)
  return open.find(({ id }) => id === wanted) ?? open[0] ?? null
}

/** As the host is asked for it; a promo code is for packs and add-ons. */
export function orderOf(choice: Choice, quantity: number, promoCode: string, seats: number): Order {
  if (choice.kind === 'plan') return { kind: 'plan', planId: choice.id, seats }
  const code = promoCode.trim()
  return { kind: 'offer', offerId: choice.id, quantity, promoCode: code === '' ? null : code }
}
