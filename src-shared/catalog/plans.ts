/** Plans: what an account gets each month and may do with it. */

import { z } from 'zod'
import { creditAmount, identifier, label, MAX_ENTRIES, money } from './fields.ts'
import { alert, atZero, cap, entitlements, rollover } from './policies.ts'

export const plan = z.strictObject({
  id: identifier,
  name: label,
  description: z.string().max(300),
  /** Per month and, with `perSeat`, per seat; null is by agreement. */
  price: money.nullable(),
  /** A year paid at once; credits still come month by month. Null: not sold by the year. */
  annualPrice: money.nullable().default(null),
  /** Credits of each monthly cycle. */
  allowance: creditAmount,
  /** The allowance is for each seat; all seats spend from one pool. */
  perSeat: z.boolean(),
  /** Legacy plans are not offered: who has one keeps it and its terms. */
  offered: z.boolean().default(true),
  rollover: rollover.default({ cycles: 0, maximum: null }),
  atZero: atZero.default({ kind: 'pause' }),
  /** What may be bought on this plan. */
  packs: z.boolean(),
  addOns: z.boolean().default(false),
  entitlements: entitlements.default({ operations: 'all', models: 'all', trials: [] }),
  caps: z.array(cap).max(MAX_ENTRIES).default([]),
  /** Instead of the catalog's alerts. */
  alerts: z.array(alert).max(20).optional(),
})
export type Plan = z.output<typeof plan>
