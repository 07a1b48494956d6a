/** How purchases, refused cards and auto-refill are told of. */

import { formatMoney } from '#shared/credits/format.ts'
import type {
  Decline,
  PurchaseView,
  ReceiptView,
  RefillReason,
  SavedCard,
} from '#shared/host/purchase.ts'
import { creditsInWords, formatCount, formatTime } from '../kit/format.ts'

const DECLINES: Readonly<Record<Decline, string>> = {
  card_declined: 'The bank refused the card. Try another one, or ask the bank.',
  insufficient_funds: 'There is not enough on the card. Try another one, or a smaller pack.',
  expired_card: 'The card has expired. Use another one.',
  incorrect_cvc: 'The security code was not right. Try again.',
  authentication_required: 'The bank wants you to confirm the payment. Open the page and do so.',
  authentication_failed:
    'The bank could not confirm that it was you. Try again or use another card.',
  no_card: 'No card is saved. Add one first.',
  processing_error: 'The payment could not be processed. Nothing was charged; try again.',
}

const declineWords = (decline: Decline): string => DECLINES[decline]

/** `1 to 1,000 at a time`; null where it is always one. */
export function quantityWords(quantity: {
  readonly minimum: number
  readonly maximum: number
}): string | null {
  const { minimum, maximum } = quantity
  if (maximum === 1) return null
  return `${formatCount(minimum)} to ${formatCount(maximum)} at a time`
}

/** `Visa ending in 4242`. */
export const cardWords = ({ brand, lastFour }: Pick<SavedCard, 'brand' | 'lastFour'>): string =>
  `${brand} ending in ${lastFour}`

/** `Receipt TS-8F3A2C: $20, Visa ending in 4242`. */
export function receiptWords({ number, total, card }: ReceiptView): string {
  return `Receipt ${number}: ${formatMoney(total)}${card ? `, ${cardWords(card)}` : ''}`
}

const STATES: Readonly<Record<PurchaseView['state'], string>> = {
  created: 'Not opened yet',
  pending: 'Waiting for payment',
  paid: 'Paid, credits on their way',
  granted: 'Paid',
  declined: 'Refused',
  expired: 'Not paid in time',
  cancelled: 'Given up',
  refunded: 'Refunded',
  disputed: 'Contested at the bank',
}

/** A purchase's state in a word or two. */
export const stateWord = ({ state, contest }: Pick<PurchaseView, 'state' | 'contest'>): string =>
  state === 'disputed' && contest === 'lost' ? 'Given back by the bank' : STATES[state]

/** What is happening with a purchase, and what to do, in a sentence. */
export function purchaseSentence(purchase: PurchaseView, timeZone: string): string {
  const { state, decline, slow, payUntil, credits, bonus } = purchase
  switch (state) {
    case 'created':
    case 'pending': {
      if (slow) {
        return 'The processor takes longer than usual. If you paid, the credits come by themselves.'
      }
      const until =
        payUntil === null ? '' : ` It can be paid until ${formatTime(payUntil, timeZone)}.`
      return `Pay on the page in your browser; the credits then come by themselves.${until}`
    }
    case 'paid':
      return 'It is paid. The credits come by themselves.'
    case 'granted': {
      const more = bonus > 0 ? `, ${creditsInWords(bonus)} of them as a bonus` : ''
      return `${creditsInWords((credits + bonus) as typeof credits)} have arrived${more}.`
    }
    case 'declined':
      return decline === null ? 'The card was refused.' : declineWords(decline)
    case 'expired':
      return 'It was not paid in time. Nothing was charged.'
    case 'cancelled':
      return 'You gave it up. Nothing was charged.'
    case 'refunded':
      return `${formatMoney(purchase.refunded)} went back to your card.`
    case 'disputed':
      return purchase.contest === 'lost'
        ? 'The bank gave the money back to the card. What was unspent of it is gone.'
        : 'The payment is contested at the bank. Its unspent credits wait for the outcome.'
  }
}

const REASONS: Readonly<Record<RefillReason, string>> = {
  off: 'Off.',
  enough: 'On. There is enough at present.',
  no_card: 'It needs a saved card.',
  not_possible: 'Your plan does not sell what it is to buy. Choose another pack.',
  in_progress: 'A purchase is on its way.',
  disputed: 'It waits while a payment is contested.',
  cooling_down: 'It has just bought; it waits a little before it buys again.',
  declined: 'The card was refused; it tries again later.',
  stopped:
    'The card was refused several times, or the bank gave a payment back. Check it and switch this on again.',
  monthly_limit: 'This month’s limit is reached.',
}

/** Why auto-refill does or does not buy now. */
export function refillWords(
  waits: { readonly reason: RefillReason; readonly until: number | null } | null,
  timeZone: string,
): string {
  if (waits === null) return 'On. It buys as soon as credits run low.'
  const until = waits.until === null ? '' : ` Until ${formatTime(waits.until, timeZone)}.`
  return `${REASONS[waits.reason]}${until}`
}
