/** The fields of a whole catalog. */

import { z } from 'zod'
import { GRANT_SOURCES, type GrantSource } from '../credits/grant.ts'
import { identifier, label, MAX_ENTRIES } from './fields.ts'
import { addOn, pack, promotion } from './offers.ts'
import { plan } from './plans.ts'
import { alert, cap, creators, migration, planChange, refunds, resultCache } from './policies.ts'
import { operationRate } from './rates.ts'

const priority = z.int().min(0).max(1_000)

export const catalogShape = z.strictObject({
  format: z.literal(1),
  version: identifier,
  name: label,
  defaultPlan: identifier,
  plans: z.array(plan).min(1).max(MAX_ENTRIES),
  packs: z.array(pack).max(MAX_ENTRIES),
  addOns: z.array(addOn).max(MAX_ENTRIES).default([]),
  promotions: z.array(promotion).max(MAX_ENTRIES).default([]),
  /** Lower pays first (design: burn-down). */
  priorities: z.strictObject(
    Object.fromEntries(GRANT_SOURCES.map((source) => [source, priority])) as Record<
      GrantSource,
      typeof priority
    >,
  ),
  planChange: planChange.default({ upgrade: 'difference', downgrade: 'next-cycle' }),
  migrations: z.array(migration).max(MAX_ENTRIES).default([]),
  /** Apply to every plan, in addition to the plan's own. */
  caps: z.array(cap).max(MAX_ENTRIES).default([]),
  alerts: z.array(alert).max(20).default([]),
  refunds: refunds.default({ kind: 'grant', months: 12 }),
  creators: creators.default({ premiumPercent: 0 }),
  resultCache: resultCache.default({ studios: [] }),
  /** Suggested labels for what work is for. */
  subjects: z.array(z.string().trim().min(1).max(60)).max(50).default([]),
  operations: z.array(operationRate).min(1).max(MAX_ENTRIES),
})

export type Catalog = z.output<typeof catalogShape>
