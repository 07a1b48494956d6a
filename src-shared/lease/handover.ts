/**
 * What a machine that stood alone brings to a server (design: handover): its account and where its
 * credits are. Of another's making, so every field is checked.
 */

import { z } from 'zod'
import { entitlements, ownCap } from '../catalog/policies.ts'
import { MAX_AMOUNT, millicredits } from '../credits/amount.ts'
import { GRANT_SOURCES } from '../credits/grant.ts'
import { failure, type Result, success } from '../result.ts'
import type { Arrival } from './enrol.ts'

const moment = z.int().min(0).max(8_640_000_000_000_000)
const amount = z.int().min(0).max(MAX_AMOUNT).transform(millicredits)
const count = z.int().min(0).max(1_000_000)
const id = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/)
const text = z.string().max(200)

const atZero = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pause') }),
  z.strictObject({ kind: z.literal('block') }),
  z.strictObject({ kind: z.literal('overage'), limit: amount }),
])

const override = z.strictObject({
  id,
  name: text,
  from: moment,
  until: moment.nullable(),
  allowance: amount.exactOptional(),
  atZero: atZero.exactOptional(),
  caps: z.array(ownCap).max(200).exactOptional(),
  entitlements: entitlements.exactOptional(),
})

const room = z.strictObject({ cycle: count, room: amount })

const account = z.strictObject({
  account: z
    .strictObject({
      id,
      anchor: z.strictObject({ startsAt: moment, timeZone: z.string().min(1).max(60) }),
    })
    .nullable(),
  plans: z
    .array(z.strictObject({ planId: id, seats: z.int().min(1).max(100_000), from: moment }))
    .max(1_000),
  cycle: z.int().min(-1).max(1_000_000),
  allowed: amount,
  overrideMoments: count,
  subscriptions: z
    .array(z.strictObject({ id, addOnId: id, quantity: count, endsFrom: moment.nullable() }))
    .max(1_000),
  overrides: z
    .array(z.strictObject({ override, begun: z.boolean(), over: z.boolean() }))
    .max(1_000),
  redeemed: z.array(z.tuple([text, count])).max(1_000),
  caps: z.array(ownCap).max(1_000),
  rooms: z.array(z.tuple([text, room])).max(1_000),
  closed: z.array(id).max(10_000),
})

const grant = z.strictObject({
  id,
  source: z.enum(GRANT_SOURCES),
  amount,
  effectiveAt: moment,
  expiresAt: moment.nullable(),
  priority: z.int().min(0).max(1_000),
  label: text,
  catalogVersion: id,
  family: text.exactOptional(),
  cycle: z.strictObject({ index: count, endsAt: moment }).exactOptional(),
  operations: z.array(id).max(200).exactOptional(),
})

const balance = z.strictObject({
  grant,
  available: amount,
  held: amount,
  spent: amount,
  expired: amount,
  elsewhere: amount,
})

export const handoverSchema = z.strictObject({
  records: z
    .strictObject({ sequence: z.int().min(0), hash: z.string().regex(/^(?:[0-9a-f]{64})?$/) })
    .refine(({ sequence, hash }) => (sequence === 0) === (hash === ''), 'A head has a hash'),
  account,
  grants: z.array(balance).max(5_000),
})

/** All of an arrival but who it is, which only the server knows. */
export type Handover = Omit<Arrival, 'deviceId' | 'memberId'>

/** Fails with `handover_not_valid`, naming the first place that is wrong. */
export function readHandover(json: unknown): Result<Handover> {
  const parsed = handoverSchema.safeParse(json)
  if (parsed.success) return success(parsed.data)
  const [issue] = parsed.error.issues
  const place = issue?.path.map(String).join('.') ?? ''
  const message = 'The server cannot read what this machine brings along. Update the app.'
  return failure('handover_not_valid', message, { place, problem: issue?.message })
}
