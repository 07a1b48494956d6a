/** Writes of a team: all of it or, if it is refused, nothing. */

import type { Result } from '#shared/result.ts'
import type { Actor } from '#shared/team/rules.ts'
import type { Database, Transaction } from '../store/database.ts'
import type { Identity } from './identity.ts'
import { findDevice, findMember } from './rows.ts'
import { deviceClosed, sessionInvalid } from './sessions.ts'

/** Carries a refusal out of a transaction, so that it is rolled back. */
class Refused extends Error {
  readonly result: Result<never>
  constructor(result: Result<never>) {
    super('refused')
    this.result = result
  }
}

/** Commits if `work` succeeds, and rolls back if it fails. */
export async function transact<T>(
  database: Database,
  work: (transaction: Transaction) => Promise<Result<T>>,
): Promise<Result<T>> {
  try {
    return await database.transaction(async (transaction) => {
      const result = await work(transaction)
      if (!result.ok) throw new Refused(result)
      return result
    })
  } catch (error) {
    if (error instanceof Refused) return error.result
    throw error
  }
}

/**
 * A write by somebody with a session, in the account's order. Who they are and what they may do is
 * read again under the lock: it may have changed since the session was looked at.
 */
export function writeAs<T>(
  database: Database,
  identity: Identity,
  work: (transaction: Transaction, actor: Actor) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { accountId, memberId, deviceId } = identity
  return transact(database, async (transaction) => {
    if (!(await transaction.lockAccount(accountId))) return sessionInvalid()
    const member = await findMember(transaction.query, accountId, memberId)
    const device = await findDevice(transaction.query, accountId, deviceId)
    if (member?.left_at !== null || device?.standing !== 'active') return deviceClosed()
    return work(transaction, { memberId, role: member.role })
  })
}
