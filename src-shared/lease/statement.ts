/**
 * A lease as the authority states it: signed, complete, and repeatable. Lines are totals, so a
 * statement that arrives twice or late changes nothing (design: leases).
 */

import { z } from 'zod'
import { millicredits } from '../credits/amount.ts'
import type { LeaseLine } from '../journal/lease-facts.ts'

export interface LeaseStatement {
  readonly accountId: string
  readonly deviceId: string
  /** Grows with each statement for the device. */
  readonly version: number
  /** The authority's time, epoch milliseconds: a device's time is never before it. */
  readonly issuedAt: number
  readonly expiresAt: number
  /** How far the device must have read the authority's entries before it can take this up. */
  readonly entries: number
  readonly lines: readonly LeaseLine[]
}

/** A statement with the issuer's Ed25519 signature over `statementText`, base64url. */
export interface SignedLease {
  readonly statement: LeaseStatement
  readonly signature: string
}

/** The most lines of a lease; an account has far fewer live grants. */
export const MAX_LINES = 1_000

const moment = z.int().nonnegative()
const amount = z.int().nonnegative().transform(millicredits)
const id = z.string().min(1).max(200)

export const leaseStatement = z.strictObject({
  accountId: id,
  deviceId: id,
  version: z.int().positive(),
  issuedAt: moment,
  expiresAt: moment,
  entries: moment,
  lines: z
    .array(z.strictObject({ grantId: id, granted: amount, until: moment.nullable() }))
    .max(MAX_LINES),
})

/**
 * The canonical text that is signed, prefixed with its purpose so that the signature can stand for
 * nothing else.
 */
export function statementText(statement: LeaseStatement): string {
  const { accountId, deviceId, version, issuedAt, expiresAt, entries, lines } = statement
  const parts = lines.map(({ grantId, granted, until }) => [grantId, granted, until])
  const content = [accountId, deviceId, version, issuedAt, expiresAt, entries, parts]
  return `tallystick lease 1\n${JSON.stringify(content)}\n`
}
