/**
 * What a machine that stood alone brings to a server (design: leases): where its credits are, and
 * what is in force for its account. Whether it adds up is for the lease rules to say.
 */

import { z } from 'zod'
import { entitlements, ownCap } from '../catalog/policies.ts'
import { MAX_AMOUNT, millicredits } from '../credits/amount.ts'
import { type Grant, GRANT_SOURCES } from '../credits/grant.ts'
import type { AccountSnapshot } from '../journal/account-snapshot.ts'
import type { GrantBalance } from '../journal/balance.ts'
import type { RecordHead } from '../journal/lease-facts.ts'
import type { Override } from '../journal/account-change.ts'

export interface Handover {
  /** Its records up to here are already reflected in `grants`. */
  readonly records: RecordHead
  readonly account: AccountSnapshot
  readonly grants: readonly GrantBalance[]
}

const MAX_GRANTS = 5_000
const MAX_LIST = 1_000

const id = z.string().min(1).max(200)
const text = z.string().max(200)
const moment = z.int().nonnegative()
const count = z.int().nonnegative()
const amount = z.int().min(0).max(MAX_AMOUNT).transform(millicredits)

const grant = z
  .strictObject({
    id,
    source: z.enum(GRANT_SOURCES),
    amount,
    effectiveAt: moment,
    expiresAt: moment.nullable(),
    priority: z.int(),
    label: text,
    catalogVersion: text,
    family: id.optional(),
    cycle: z.strictObject({ index: count, endsAt: moment }).optional(),
    operations: z.array(id).max(MAX_LIST).optional(),
  })
  // Absent fields are left out whole, which the schema's type does not say.
  .transform((value) => value as Grant)

const grantBalance = z
  .strictObject({
    grant,
    available: amount,
    held: amount,
    spent: amount,
    expired: amount,
    /** With a team it was in before. */
    elsewhere: amount,
  })
  .transform((balance): GrantBalance => balance)

const atZero = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pause') }),
  z.strictObject({ kind: z.literal('block') }),
  z.strictObject({ kind: z.literal('overage'), limit: amount }),
])

const override = z
  .strictObject({
    id,
    name: text,
    from: moment,
    until: moment.nullable(),
    allowance: amount.optional(),
    atZero: atZero.optional(),
    caps: z.array(ownCap).max(MAX_LIST).optional(),
    entitlements: entitlements.optional(),
  })
  .transform((value) => value as Override)

const rolloverRoom = z.strictObject({ cycle: count, room: amount })

const account = z.strictObject({
  account: z
    .strictObject({
      id,
      anchor: z.strictObject({ startsAt: moment, timeZone: z.string().max(60) }),
    })
    .nullable(),
  plans: z
    .array(z.strictObject({ planId: id, seats: z.int().min(1).max(100_000), from: moment }))
    .max(MAX_LIST),
  cycle: z.int().min(-1),
  allowed: amount,
  overrideMoments: count,
  subscriptions: z
    .array(
      z.strictObject({
        id,
        addOnId: id,
        quantity: z.int().min(1).max(100_000),
        endsFrom: moment.nullable(),
        renews: z.literal('when-paid').exactOptional(),
      }),
    )
    .max(MAX_LIST),
  overrides: z
    .array(z.strictObject({ override, begun: z.boolean(), over: z.boolean() }))
    .max(MAX_LIST),
  redeemed: z.array(z.tuple([text, count])).max(MAX_LIST),
  caps: z.array(ownCap).max(MAX_LIST),
  rooms: z.array(z.tuple([id, rolloverRoom])).max(MAX_LIST),
  closed: z.array(id).max(MAX_GRANTS),
})

/** As it travels: of each grant where its credits are with the machine; what is elsewhere an earlier team has. */
export const handoverSchema = z.strictObject({
  records: z
    .strictObject({ sequence: count, hash: z.string().regex(/^(?:[0-9a-f]{64})?$/) })
    .refine(({ sequence, hash }) => (sequence === 0) === (hash === ''), 'A head has a hash'),
  account,
  grants: z.array(grantBalance).max(MAX_GRANTS),
})
