/** A grant as the authority makes it at a given moment, by the catalog in force. */

import type { Grant } from '../credits/grant.ts'
import type { AccountState } from './account.ts'
import { catalogAt } from './terms.ts'

/** What is particular to a grant; the rest follows from the moment and the catalog. */
export type GivenGrant = Pick<Grant, 'id' | 'source' | 'amount' | 'expiresAt' | 'label'> &
  Partial<Pick<Grant, 'family'>> & {
    /** What it may pay for, in the catalog's terms; absent for everything. */
    readonly operations?: 'all' | readonly string[]
  }

/** A grant in force from `now` on, with the priority of its source. */
export function grantNow(account: AccountState, given: GivenGrant, now: number): Grant {
  const { version, priorities } = catalogAt(account, now)
  const { operations, ...named } = given
  return {
    ...named,
    effectiveAt: now,
    priority: priorities[given.source],
    catalogVersion: version,
    ...(operations === undefined || operations === 'all' ? {} : { operations }),
  }
}
