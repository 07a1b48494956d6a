/**
 * A purchase, from its first click to its last chargeback. It is a set of facts that only grows,
 * and its state is read from them, so repeated, late, lost and crossed messages all come to the
 * same. One row for each attempt; at most one grant for each.
 */

import type { Draw, Grant } from '../credits/grant.ts'
import type { Money } from '../credits/money.ts'
import type { Decline, DisputeStatus, TimedEvent } from './events.ts'
import type { OrderTerms } from './order.ts'

export const PURCHASE_STATES = [
  'created',
  'pending',
  'paid',
  'granted',
  'declined',
  'expired',
  'cancelled',
  'refunded',
  'disputed',
] as const
export type PurchaseState = (typeof PURCHASE_STATES)[number]

/** Credits that were taken back, because money was or may be taken back. */
export interface TakeBack {
  /** Unique in the purchase: what it is for. */
  readonly id: string
  readonly cause: 'refund' | 'dispute'
  /** The money it stands for, in minor units. */
  readonly money: number
  readonly draws: readonly Draw[]
  /** The grants are closed: what machines and runs had of them is taken as they give it back. */
  readonly closes?: true
  /** Everything was returned: nothing more can come. */
  readonly home?: true
  /** The part of the draws granted again so far. */
  readonly again?: readonly Draw[]
  /** Granted again, because the dispute was won or the refund could not be made. */
  readonly returned: boolean
}

/** A take-back recorded before it is done. */
export interface PlannedTake {
  readonly id: string
  readonly cause: TakeBack['cause']
  /** What it stands for; null where the buyer asked for whatever is unspent. */
  readonly money: number | null
}

export interface Dispute {
  readonly payment: string
  readonly amount: number
  readonly status: DisputeStatus
}

/** All that is known of a purchase. Nothing here is ever taken away again. */
export interface PurchaseFacts {
  readonly openedAt: number | null
  /** The last failed attempt. */
  readonly declined: { readonly at: number; readonly code: Decline } | null
  readonly ended: { readonly at: number; readonly how: 'expired' | 'cancelled' } | null
  readonly paid: {
    readonly at: number
    readonly payment: string
    readonly total: number
    readonly tax: number
  } | null
  /** Further payments of the same purchase: to be sent back. */
  readonly surplus: readonly { readonly payment: string; readonly sentBack: boolean }[]
  /** By payment: what went back of it, minor units. */
  readonly refunds: Readonly<Record<string, number>>
  /** By the processor's id. */
  readonly disputes: Readonly<Record<string, Dispute>>
  readonly granted: { readonly at: number; readonly grants: readonly Grant[] } | null
  readonly takenBack: readonly TakeBack[]
  /** Take-backs before they were done; absent where there was none. */
  readonly planned?: readonly PlannedTake[]
}

export const NO_FACTS: PurchaseFacts = {
  openedAt: null,
  declined: null,
  ended: null,
  paid: null,
  surplus: [],
  refunds: {},
  disputes: {},
  granted: null,
  takenBack: [],
}

export interface Purchase {
  readonly id: string
  readonly accountId: string
  /** Who bought it. */
  readonly memberId: string
  /** Bought by a person, by auto-refill, or charged again for an add-on. */
  readonly by: 'person' | 'auto-refill' | 'renewal'
  /** What was shown and accepted: granted as it stands, whatever a later catalog says. */
  readonly terms: OrderTerms
  readonly createdAt: number
  readonly facts: PurchaseFacts
}

export const priceOf = ({ terms }: Pick<Purchase, 'terms'>): Money => terms.price

/** What an event did to a purchase. */
export type Reception =
  | { readonly kind: 'applied' }
  /** It was known already. */
  | { readonly kind: 'repeated' }
  /** Kept, but overtaken: a page that expires after it was paid. */
  | { readonly kind: 'late' }
  /** Contradicts what was agreed: set aside for a person to look at; nothing follows from it. */
  | { readonly kind: 'refused'; readonly code: Refusal }

export type Refusal = 'amount_differs' | 'currency_differs' | 'paid_twice' | 'not_possible'

export interface Transition {
  readonly purchase: Purchase
  readonly reception: Reception
}

/** The state of a purchase, read from its facts. */
export function stateOf({ facts, terms }: Pick<Purchase, 'facts' | 'terms'>): PurchaseState {
  const { paid, granted, ended, declined, openedAt } = facts
  if (paid) {
    if (contested(facts) > 0) return 'disputed'
    // What cost nothing cannot come back.
    if (terms.price.amount > 0 && refunded(facts) >= paid.total) return 'refunded'
    return granted ? 'granted' : 'paid'
  }
  if (ended) return ended.how
  if (declined) return 'declined'
  return openedAt === null ? 'created' : 'pending'
}

/** Whether money may still come in for it. A declined page may be paid with another card. */
export function isOpen(state: PurchaseState): boolean {
  return state === 'created' || state === 'pending' || state === 'declined'
}

/** What went back of the payment, minor units. */
export function refunded({ paid, refunds }: PurchaseFacts): number {
  return paid ? Math.min(paid.total, refunds[paid.payment] ?? 0) : 0
}

/** The part of the payment that is contested or was lost that way, minor units. */
export function contested({ paid, disputes }: PurchaseFacts): number {
  if (!paid) return 0
  const sum = Object.values(disputes)
    .filter(({ payment, status }) => payment === paid.payment && status !== 'won')
    .reduce((total, { amount }) => total + amount, 0)
  return Math.min(paid.total, sum)
}

/** The state at the bank; null if nothing is contested, or all of it was won. */
export type Contest = 'open' | 'lost' | null

export function contestOf({ paid, disputes }: PurchaseFacts): Contest {
  const statuses = Object.values(disputes)
    .filter(({ payment }) => payment === paid?.payment)
    .map(({ status }) => status)
  if (statuses.includes('open')) return 'open'
  return statuses.includes('lost') ? 'lost' : null
}

/** Applies an event of the processor. Pure; the same event again changes nothing. */
export function receive(purchase: Purchase, event: TimedEvent): Transition {
  const refusal = refuse(purchase, event)
  if (refusal) return { purchase, reception: { kind: 'refused', code: refusal } }
  const facts = join(purchase.facts, event)
  if (facts === purchase.facts) return { purchase, reception: { kind: 'repeated' } }
  if (isSurplus(purchase.facts, event)) {
    const reception = { kind: 'refused', code: 'paid_twice' } as const
    return { purchase: { ...purchase, facts }, reception }
  }
  const next = { ...purchase, facts }
  const isEnding = ['opened', 'declined', 'expired', 'cancelled'].includes(event.type)
  const late = isEnding && purchase.facts.paid !== null
  return { purchase: next, reception: { kind: late ? 'late' : 'applied' } }
}

const isWhole = (amount: number) => Number.isSafeInteger(amount) && amount >= 0

/** A message that cannot belong to this purchase. */
function refuse({ terms }: Purchase, event: TimedEvent): Refusal | null {
  switch (event.type) {
    case 'paid': {
      if (!isWhole(event.total) || !isWhole(event.tax)) return 'not_possible'
      if (event.currency !== terms.price.currency) return 'currency_differs'
      return event.total - event.tax === terms.price.amount ? null : 'amount_differs'
    }
    case 'refunded':
      return isWhole(event.total) ? null : 'not_possible'
    case 'disputed':
      return isWhole(event.amount) ? null : 'not_possible'
    default:
      return null
  }
}

const isSurplus = ({ paid }: PurchaseFacts, event: TimedEvent) =>
  event.type === 'paid' && paid !== null && paid.payment !== event.payment

/** An open dispute ends once, either way; it does not open again. */
const RANK: Readonly<Record<DisputeStatus, number>> = { open: 0, won: 1, lost: 2 }

/** The facts with one more; the same object if it adds nothing. */
function join(facts: PurchaseFacts, event: TimedEvent): PurchaseFacts {
  const { at } = event
  switch (event.type) {
    case 'opened':
      return facts.openedAt !== null && facts.openedAt <= at ? facts : { ...facts, openedAt: at }
    case 'declined': {
      const known = facts.declined
      const isNews = !known || known.at < at || (known.at === at && known.code < event.code)
      return isNews ? { ...facts, declined: { at, code: event.code } } : facts
    }
    case 'expired':
    case 'cancelled': {
      const known = facts.ended
      const isNews = !known || at < known.at || (at === known.at && event.type < known.how)
      return isNews ? { ...facts, ended: { at, how: event.type } } : facts
    }
    case 'paid':
      return withPayment(facts, event)
    case 'refunded': {
      const known = facts.refunds[event.payment] ?? 0
      if (event.total <= known) return facts
      return { ...facts, refunds: { ...facts.refunds, [event.payment]: event.total } }
    }
    case 'disputed':
      return withDispute(facts, event)
  }
}

function withPayment(
  facts: PurchaseFacts,
  { at, payment, total, tax }: Extract<TimedEvent, { type: 'paid' }>,
): PurchaseFacts {
  if (!facts.paid) return { ...facts, paid: { at, payment, total, tax } }
  const isKnown = facts.surplus.some((one) => one.payment === payment)
  if (facts.paid.payment === payment || isKnown) return facts
  return { ...facts, surplus: [...facts.surplus, { payment, sentBack: false }] }
}

function withDispute(
  facts: PurchaseFacts,
  { disputeId, payment, amount, status }: Extract<TimedEvent, { type: 'disputed' }>,
): PurchaseFacts {
  const known = facts.disputes[disputeId]
  if (known && RANK[status] <= RANK[known.status]) return facts
  const dispute = { payment, amount: Math.max(amount, known?.amount ?? 0), status }
  return { ...facts, disputes: { ...facts.disputes, [disputeId]: dispute } }
}
