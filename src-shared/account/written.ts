/**
 * Grants and account changes written elsewhere, validated before any rule sees them. Fields of a
 * newer version are dropped.
 */

import { z } from 'zod'
import { ownCap } from '../catalog/policies.ts'
import { MAX_AMOUNT, millicredits } from '../credits/amount.ts'
import { type Grant, GRANT_SOURCES } from '../credits/grant.ts'
import type { AccountChange, Override } from '../journal/account-change.ts'
import { isTimeZone } from './cycle.ts'

const moment = z.int().min(0)
const id = z
  .string()
  .max(180)
  .regex(/^[\x21-\x7e]+$/)
const text = z.string().max(200)
const amount = z.int().min(0).max(MAX_AMOUNT).transform(millicredits)
const timeZone = z.string().max(60).refine(isTimeZone)
const seats = z.int().min(1).max(100_000)

export const grantSchema = z.object({
  id,
  source: z.enum(GRANT_SOURCES),
  amount,
  effectiveAt: moment,
  expiresAt: moment.nullable(),
  priority: z.int(),
  label: text,
  catalogVersion: text,
  family: id.exactOptional(),
  cycle: z.object({ index: z.int().min(0), endsAt: moment }).exactOptional(),
  operations: z.array(text).max(200).exactOptional(),
}) satisfies z.ZodType<Grant>

const overrideSchema = z.object({
  id: text,
  name: text,
  from: moment,
  until: moment.nullable(),
  allowance: amount.exactOptional(),
  atZero: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('pause') }),
      z.object({ kind: z.literal('block') }),
      z.object({ kind: z.literal('overage'), limit: amount }),
    ])
    .exactOptional(),
  caps: z.array(ownCap).max(200).exactOptional(),
  entitlements: z
    .object({
      operations: z.union([z.literal('all'), z.array(text)]),
      models: z.union([z.literal('all'), z.array(text)]),
      trials: z.array(
        z.object({ operation: text, runs: z.int().min(1), days: z.int().min(1).nullable() }),
      ),
    })
    .exactOptional(),
}) satisfies z.ZodType<Override>

const planTerm = { planId: text, seats, from: moment }

export const accountChangeSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('opened'),
    accountId: id,
    startsAt: moment,
    timeZone,
    planId: text,
    seats,
  }),
  z.object({ type: z.literal('plan'), ...planTerm, reason: z.enum(['chosen', 'migration']) }),
  z.object({
    type: z.literal('add-on'),
    subscriptionId: id,
    addOnId: text,
    quantity: z.int().min(1),
    renews: z.literal('when-paid').exactOptional(),
  }),
  z.object({ type: z.literal('add-on-ended'), subscriptionId: id, from: moment }),
  z.object({ type: z.literal('allowance'), cycle: z.int().min(0), allowed: amount }),
  z.object({ type: z.literal('override'), override: overrideSchema }),
  z.object({ type: z.literal('override-begun'), overrideId: text }),
  z.object({ type: z.literal('override-over'), overrideId: text }),
  z.object({ type: z.literal('redeemed'), code: text }),
  z.object({ type: z.literal('cap'), cap: ownCap }),
  z.object({ type: z.literal('cap-removed'), capId: text }),
]) satisfies z.ZodType<AccountChange>
