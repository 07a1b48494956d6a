/** Add-ons: bought as subscriptions, and charged for again by processors that do so by themselves. */

import type { OrderTerms } from '#shared/purchase/order.ts'
import type { Gateway } from './gateway.ts'

export const isAddOn = (terms: OrderTerms) =>
  terms.kind === 'offer' && terms.quote.kind === 'add-on'

/**
 * Whether the processor charges for it each month by itself, also where a code makes its first month
 * free. What costs nothing ever it does not know of.
 */
export const isChargedAgain = ({ renews }: Gateway, terms: OrderTerms) =>
  renews && isAddOn(terms) && terms.listPrice.amount > 0
