/**
 * The cards that the sandbox takes: the test numbers that Stripe publishes, and what each does. No
 * other number is ever accepted, and none is kept: of a card stays its brand, its last four digits
 * and which of these it was.
 */

import type { Decline } from '#shared/purchase/events.ts'

export interface TestCard {
  readonly number: string
  readonly brand: string
  /** What it is for, on the page. */
  readonly label: string
  /** What happens when it is charged on the page. */
  readonly onPage: 'pays' | 'asks' | Decline
  /** What happens when it is charged later, with nobody there. */
  readonly later: 'pays' | Decline
  /** The payment is contested right away. */
  readonly disputed?: true
}

export const TEST_CARDS: readonly TestCard[] = [
  { number: '4242424242424242', brand: 'Visa', label: 'Pays', onPage: 'pays', later: 'pays' },
  {
    number: '5555555555554444',
    brand: 'Mastercard',
    label: 'Pays',
    onPage: 'pays',
    later: 'pays',
  },
  {
    number: '4000002500003155',
    brand: 'Visa',
    label: 'Asks for confirmation once',
    onPage: 'asks',
    later: 'pays',
  },
  {
    number: '4000002760003184',
    brand: 'Visa',
    label: 'Asks for confirmation every time',
    onPage: 'asks',
    later: 'authentication_required',
  },
  {
    number: '4000000000000341',
    brand: 'Visa',
    label: 'Can be saved, is declined later',
    onPage: 'pays',
    later: 'card_declined',
  },
  {
    number: '4000000000000002',
    brand: 'Visa',
    label: 'Is declined',
    onPage: 'card_declined',
    later: 'card_declined',
  },
  {
    number: '4000000000009995',
    brand: 'Visa',
    label: 'Has insufficient funds',
    onPage: 'insufficient_funds',
    later: 'insufficient_funds',
  },
  {
    number: '4000000000000069',
    brand: 'Visa',
    label: 'Has expired',
    onPage: 'expired_card',
    later: 'expired_card',
  },
  {
    number: '4000000000000127',
    brand: 'Visa',
    label: 'Has a wrong security code',
    onPage: 'incorrect_cvc',
    later: 'incorrect_cvc',
  },
  {
    number: '4000000000000119',
    brand: 'Visa',
    label: 'Cannot be processed',
    onPage: 'processing_error',
    later: 'processing_error',
  },
  {
    number: '4000000000000259',
    brand: 'Visa',
    label: 'Pays, and is contested at once',
    onPage: 'pays',
    later: 'pays',
    disputed: true,
  },
]

/** By its number, typed with spaces or dashes. */
export function findTestCard(typed: string): TestCard | null {
  const digits = typed.replaceAll(/[\s-]/g, '')
  return TEST_CARDS.find(({ number }) => number === digits) ?? null
}
