/** The fields that catalogs are made of. Credits are decimal text, money whole minor units. */

import { z } from 'zod'
import { type Credits, MAX_AMOUNT, parseCredits } from '../credits/amount.ts'

/** The most plans, packs, operations and so on that one catalog lists. */
export const MAX_ENTRIES = 200

export const identifier = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, 'Use lower-case letters, digits, dots and dashes')
export const label = z.string().trim().min(1).max(120)

/** A non-negative decimal number of credits, read into millicredits. */
export const creditAmount = z.string().transform((text, context): Credits => {
  const amount = parseCredits(text)
  if (amount === null || amount < 0) {
    context.issues.push({
      code: 'custom',
      input: text,
      message: 'Expected credits of zero or more, with at most 3 decimals, like "12.5"',
    })
    return z.NEVER
  }
  if (amount > MAX_AMOUNT) {
    context.issues.push({
      code: 'custom',
      input: text,
      message: 'Too large: at most 1000000000 credits',
    })
    return z.NEVER
  }
  return amount
})
export const positiveCreditAmount = creditAmount.refine(
  (amount) => amount > 0,
  'Must be above zero',
)

export const money = z.strictObject({
  amount: z.int().min(0).max(1_000_000_000),
  currency: z.string().regex(/^[A-Z]{3}$/, 'Expected an ISO 4217 code such as USD'),
})

/** A day of the calendar, `2026-11-21`; it begins at midnight in the account's time zone. */
export const calendarDate = z.iso.date()

/** Operations by id, or all of them. */
export const operationChoice = z.union([
  z.literal('all'),
  z.array(identifier).min(1).max(MAX_ENTRIES),
])

/** Plans by id, or all of them. */
export const planChoice = z.union([z.literal('all'), z.array(identifier).min(1).max(MAX_ENTRIES)])

/** Reports a problem: the path into the JSON, and what is wrong there. */
export type Report = (path: readonly (string | number)[], message: string) => void
