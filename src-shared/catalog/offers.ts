/** What can be bought or redeemed: packs, add-ons, promo codes. */

import { z } from 'zod'
import {
  calendarDate,
  creditAmount,
  identifier,
  label,
  money,
  operationChoice,
  planChoice,
  positiveCreditAmount,
} from './fields.ts'
import { rollover } from './policies.ts'

/**
 * When credits end. `months` after they were granted; on a `date`; `pool`: months after the latest
 * purchase, for everything ever bought of the pool together (conformance: tooljet 4).
 */
export const expiry = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('never') }),
  z.strictObject({ kind: z.literal('months'), months: z.int().min(1).max(120) }),
  z.strictObject({ kind: z.literal('pool'), months: z.int().min(1).max(120) }),
  z.strictObject({ kind: z.literal('date'), date: calendarDate }),
])
export type Expiry = z.output<typeof expiry>

/** How many of an offer one purchase may take. */
const quantity = z
  .strictObject({
    minimum: z.int().min(1).max(1_000_000),
    maximum: z.int().min(1).max(1_000_000),
  })
  .refine(({ minimum, maximum }) => minimum <= maximum, {
    path: ['maximum'],
    message: 'The maximum is below the minimum',
  })
  .default({ minimum: 1, maximum: 1 })

/** Bought once. A pack of 100 that may be taken many times sells credits in multiples of 100. */
export const pack = z.strictObject({
  id: identifier,
  name: label,
  /** Where its grants come from, which decides when they pay. */
  source: z.enum(['pack', 'add-on']).default('pack'),
  credits: positiveCreditAmount,
  price: money,
  quantity,
  expiry,
  /** What its credits may pay for. */
  operations: operationChoice.default('all'),
  plans: planChoice.default('all'),
})
export type Pack = z.output<typeof pack>

/** Bought as a subscription: so many credits with each cycle of the account. */
export const addOn = z.strictObject({
  id: identifier,
  name: label,
  credits: positiveCreditAmount,
  /** Per month. */
  price: money,
  quantity,
  rollover: rollover.default({ cycles: 0, maximum: null }),
  operations: operationChoice.default('all'),
  plans: planChoice.default('all'),
})
export type AddOn = z.output<typeof addOn>

/** A promo code: a grant of its own, or something off a purchase. */
export const promotion = z.strictObject({
  /** As typed; compared without case. */
  code: z
    .string()
    .regex(/^[A-Z0-9-]{3,40}$/, 'Use capital letters, digits and dashes, 3 to 40 of them'),
  name: label,
  gives: z.discriminatedUnion('kind', [
    /** Credits at once, of a source that is not paid for. */
    z.strictObject({
      kind: z.literal('credits'),
      credits: positiveCreditAmount,
      source: z.enum(['promo', 'trial', 'referral']).default('promo'),
      expiry,
      operations: operationChoice.default('all'),
    }),
    /** So many percent more credits with a purchase, as a grant of their own. */
    z.strictObject({ kind: z.literal('bonus'), percent: z.int().min(1).max(1_000), expiry }),
    z.strictObject({ kind: z.literal('percent-off'), percent: z.int().min(1).max(100) }),
    z.strictObject({ kind: z.literal('amount-off'), off: money }),
  ]),
  /** First and last day on which it may be redeemed. */
  from: calendarDate.nullable().default(null),
  until: calendarDate.nullable().default(null),
  perAccount: z.int().min(1).max(1_000).default(1),
  /** Redemptions by all accounts together; null is without limit. */
  total: z.int().min(1).max(1_000_000_000).nullable().default(null),
  plans: planChoice.default('all'),
  /** Least a purchase must come to. */
  minimumCredits: creditAmount.optional(),
})
export type Promotion = z.output<typeof promotion>
