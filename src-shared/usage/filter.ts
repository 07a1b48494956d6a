/**
 * Selects operations of the usage history. Every part narrows the selection; an absent part does
 * not.
 */

import { z } from 'zod'
import { STUDIOS } from '../credits/studios.ts'

export const USAGE_STATUSES = ['running', 'settled', 'voided'] as const
export type UsageStatus = (typeof USAGE_STATUSES)[number]

export const USAGE_GROUPINGS = ['day', 'operation', 'model', 'subject', 'status'] as const
export type UsageGrouping = (typeof USAGE_GROUPINGS)[number]

const text = z.string().max(200)
const list = z.array(text).max(100)

export const usageFilterSchema = z.strictObject({
  /** Epoch milliseconds; inclusive. */
  from: z.int().min(0).optional(),
  /** Epoch milliseconds; exclusive. */
  to: z.int().min(0).optional(),
  studios: z.array(z.enum(STUDIOS)).max(STUDIOS.length).optional(),
  operations: list.optional(),
  models: list.optional(),
  subjects: list.optional(),
  statuses: z.array(z.enum(USAGE_STATUSES)).max(USAGE_STATUSES.length).optional(),
  /** Words looked for in operation, model, provider, subject and operation id, without case. */
  search: text.optional(),
})

export type UsageFilter = z.output<typeof usageFilterSchema>
