/** How the end of an offer's credits reads. */

import type { Expiry } from '#shared/catalog/offers.ts'
import { plural } from '../kit/format.ts'

/** `12 months from the latest purchase`, `Does not expire`. */
export function expiryInWords(expiry: Expiry): string {
  switch (expiry.kind) {
    case 'never':
      return 'Does not expire'
    case 'months':
      return plural(expiry.months, 'month')
    case 'pool':
      return `${plural(expiry.months, 'month')} from the latest purchase`
    case 'date':
      return `Until ${expiry.date}`
  }
}
