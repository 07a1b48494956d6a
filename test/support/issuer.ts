/** An issuer of credits as a device meets one: entries in order, and signed leases. */

import { generateKeyPairSync, sign } from 'node:crypto'
import type { Grant } from '#shared/credits/grant.ts'
import type { AccountChange } from '#shared/journal/account-change.ts'
import type { Issuer, LeaseLine } from '#shared/journal/lease-facts.ts'
import { LEASE_TERM } from '#shared/lease/policy.ts'
import { type LeaseStatement, type SignedLease, statementText } from '#shared/lease/statement.ts'
import { millicredits } from '#shared/credits/amount.ts'
import type { IssuerEntry, IssuerNews } from '../../src-main/ledger/issuer-entries.ts'
import { NOON } from './ledger.ts'

export interface TestIssuer {
  readonly issuer: Issuer
  /** Adds entries to its journal; gives those as news. */
  news(...facts: readonly IssuerEntry['facts'][]): IssuerNews
  /** A lease as totals of whole credits by grant, the next version. */
  lease(lines: Readonly<Record<string, number>>, more?: LeaseOptions): SignedLease
  sign(statement: LeaseStatement): SignedLease
}

export interface LeaseOptions {
  readonly at?: number
  readonly expiresAt?: number
  readonly until?: Readonly<Record<string, number>>
}

export function createTestIssuer(deviceId = 'device-1'): TestIssuer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  const issuer = { accountId: 'team-1', memberId: 'member-1', deviceId, publicKey: x }
  let position = 0
  let version = 0

  const signed = (statement: LeaseStatement): SignedLease => ({
    statement,
    signature: sign(null, Buffer.from(statementText(statement)), privateKey).toString('base64url'),
  })

  return {
    issuer,
    sign: signed,
    news(...facts) {
      const after = position
      const entries = facts.map((one) => {
        const sequence = ++position
        return { sequence, id: `entry:${sequence}`, at: NOON, facts: one }
      })
      return { after, to: position, entries }
    },
    lease(lines, { at = NOON, expiresAt = at + LEASE_TERM, until = {} } = {}) {
      const { accountId } = issuer
      const stated = Object.entries(lines).map(([grantId, credits]): LeaseLine => ({
        grantId,
        granted: millicredits(credits * 1_000),
        until: until[grantId] ?? null,
      }))
      const statement = { accountId, deviceId, issuedAt: at, expiresAt, entries: position }
      return signed({ ...statement, version: ++version, lines: stated })
    },
  }
}

export const granting = (grant: Grant) => ({ kind: 'grant', grant })
export const changing = (change: AccountChange) => ({ kind: 'account', change })

/** What opens the account of a team. */
export const opening = (startsAt = 0) =>
  changing({
    type: 'opened',
    accountId: 'team-1',
    startsAt,
    timeZone: 'UTC',
    planId: 'free',
    seats: 1,
  })
