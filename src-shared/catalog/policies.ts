/** The policies of a catalog: how the same engine runs different credit systems, as data. */

import { z } from 'zod'
import { type Credits, MAX_AMOUNT, millicredits } from '../credits/amount.ts'
import { STUDIOS } from '../credits/studios.ts'
import {
  creditAmount,
  identifier,
  label,
  MAX_ENTRIES,
  money,
  operationChoice,
  positiveCreditAmount,
} from './fields.ts'

/**
 * What becomes of the unspent credits of a cycle: they end with it (`cycles: 0`), or last so many
 * cycles more, all of them or at most `maximum` (of a plan per seat: for each seat; of an add-on: for
 * each one subscribed), oldest lost first.
 */
export const rollover = z.strictObject({
  /** Further cycles; null is for good. */
  cycles: z.int().min(0).max(120).nullable(),
  maximum: creditAmount.nullable().default(null),
})
export type Rollover = z.output<typeof rollover>

/**
 * What happens at zero (conformance: schematic 3): `pause`: AI waits and goes on by itself when
 * credits arrive; `block`: new runs are refused; `overage`: runs go on up to `limit` a cycle, and
 * what they use is recorded for the invoice, at `pricePerHundred` credits where that is agreed here.
 */
export const atZero = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pause') }),
  z.strictObject({ kind: z.literal('block') }),
  z.strictObject({
    kind: z.literal('overage'),
    limit: positiveCreditAmount,
    pricePerHundred: money.exactOptional(),
  }),
])
export type AtZero = z.output<typeof atZero>

export const CAP_WINDOWS = ['hour', 'day', 'week', 'month', 'cycle', 'rolling'] as const
export type CapWindow = (typeof CAP_WINDOWS)[number]

/**
 * A limit on what may be spent in a stretch of time. It counts what its scope names: a field left
 * out counts everything together, a named value only that one, `each` every value by itself.
 */
function capWith<Limit extends z.ZodType<Credits>>(limit: Limit) {
  return z
    .strictObject({
      id: identifier,
      name: label,
      limit,
      /** `hard` refuses the run, `soft` only warns. */
      kind: z.enum(['hard', 'soft']),
      window: z.enum(CAP_WINDOWS),
      /** Length of a rolling window, in minutes. */
      minutes: z.int().min(1).max(44_640).optional(),
      scope: z
        .strictObject({
          member: z.string().max(60).optional(),
          device: z.string().max(60).optional(),
          operation: z.string().max(64).optional(),
          subject: z.string().max(60).optional(),
        })
        .default({}),
    })
    .refine(({ window, minutes }) => (window === 'rolling') === (minutes !== undefined), {
      path: ['minutes'],
      message: 'A rolling window has minutes, and no other window does',
    })
}

/** As catalogs write it: the limit as decimal text. */
export const cap = capWith(creditAmount)
/** As a person's own is handed over: the limit in millicredits. */
export const ownCap = capWith(z.int().min(0).max(MAX_AMOUNT).transform(millicredits))
export type Cap = z.output<typeof cap>
/** The value of a scope field that counts every member, device … by itself. */
export const EACH = 'each'

/** Which operations and models a plan may use; models by `*` patterns on their id. */
export const entitlements = z.strictObject({
  operations: operationChoice.default('all'),
  models: z.union([z.literal('all'), z.array(z.string().min(1).max(200)).max(200)]).default('all'),
  /** Operations outside `operations` that may be tried: so many runs in all, from the first on. */
  trials: z
    .array(
      z.strictObject({
        operation: identifier,
        runs: z.int().min(1).max(10_000),
        /** Days from the first run; null for as long as the plan lasts. */
        days: z.int().min(1).max(3_650).nullable().default(null),
      }),
    )
    .max(MAX_ENTRIES)
    .default([]),
})
export type Entitlements = z.output<typeof entitlements>

/** When a plan changes in mid-cycle. A higher allowance is an upgrade. */
export const planChange = z.strictObject({
  /**
   * `fresh`: the new plan's whole allowance at once, the rest of the old one ends. `difference`:
   * what the new plan allows more. `prorated`: that difference by the share of the cycle left,
   * rounded down to whole millicredits.
   */
  upgrade: z.enum(['fresh', 'difference', 'prorated']),
  /** `next-cycle`: the old plan's credits last the cycle. `now`: at once, cut to the new allowance. */
  downgrade: z.enum(['next-cycle', 'now']),
})
export type PlanChange = z.output<typeof planChange>

/**
 * Moves everyone on one plan to another when the catalog comes into force; to itself, where only its
 * limits change (conformance: tooljet 9).
 */
export const migration = z.strictObject({
  from: identifier,
  to: identifier,
  /** `fresh`: a fresh set under the new limits at once; `keep`: the new limits from the next cycle. */
  credits: z.enum(['fresh', 'keep']),
})
export type Migration = z.output<typeof migration>

/** Tells when credits run low: at so many percent used, or when so much is left. */
export const alert = z.discriminatedUnion('kind', [
  z.strictObject({
    id: identifier,
    kind: z.literal('used'),
    percent: z.int().min(1).max(100),
  }),
  z.strictObject({ id: identifier, kind: z.literal('left'), credits: creditAmount }),
])
export type AlertRule = z.output<typeof alert>

/** How a charge that should not have been is made good (conformance: coding-agent 6). */
export const refunds = z.strictObject({
  /** `refill`: the buckets that paid, as far as they still last; `grant`: a new grant. */
  kind: z.enum(['refill', 'grant']),
  /** How long a refund grant lasts; null for good. */
  months: z.int().min(1).max(120).nullable(),
})

/** What running somebody else's recipe costs on top, and goes to its creator. */
export const creators = z.strictObject({
  /** Percent of the base charge; 0 turns rewards off. */
  premiumPercent: z.int().min(0).max(100),
})

/** Studios whose identical requests may be served from the library, at no charge. */
export const resultCache = z.strictObject({
  studios: z.array(z.enum(STUDIOS)).max(STUDIOS.length),
})
