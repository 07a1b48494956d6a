/**
 * Sessions: the right to call for a while. The store keeps a hash of the token, never the token.
 */

import type { Clock } from '#shared/ports/time.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Session } from '#shared/team/api.ts'
import type { DeviceStanding, Role } from '#shared/team/members.ts'
import type { Chance } from '../ports/chance.ts'
import type { Database, Query } from '../store/database.ts'
import { hashOf } from './hashes.ts'
import type { Identity } from './identity.ts'

export interface SessionDeps {
  readonly database: Database
  readonly clock: Pick<Clock, 'now'>
  readonly chance: Chance
}

export interface Sessions {
  /** A session for a machine that has proved itself. */
  open(query: Query, accountId: string, deviceId: string): Promise<Session>
  /** Whose token it is now. Fails with `session_invalid`. */
  identify(token: string): Promise<Result<Identity>>
  close(token: string): Promise<void>
}

const LIFETIME_MS = 60 * 60_000
/** The account it belongs to, then 256 bits. */
const TOKEN = /^session_([\w-]{1,200})\.[\w-]{43}$/

interface Found {
  readonly expires_at: number
  readonly device_id: string
  readonly standing: DeviceStanding
  readonly member_id: string
  readonly role: Role
}

export function createSessions({ database, clock, chance }: SessionDeps): Sessions {
  function find(accountId: string, token: string): Promise<readonly Found[]> {
    return database.query<Found>(
      `SELECT session.expires_at, session.device_id, device.standing, device.member_id,
              member.role
       FROM session
       JOIN device ON device.account_id = session.account_id AND device.id = session.device_id
       JOIN member ON member.account_id = device.account_id AND member.id = device.member_id
       WHERE session.account_id = ? AND session.token_hash = ?`,
      accountId,
      hashOf(token),
    )
  }

  return {
    async open(query, accountId, deviceId) {
      const secret = Buffer.from(chance.bytes(32)).toString('base64url')
      const token = `session_${accountId}.${secret}`
      const now = clock.now()
      const expiresAt = now + LIFETIME_MS
      await query('DELETE FROM session WHERE account_id = ? AND expires_at <= ?', accountId, now)
      await query(
        `INSERT INTO session (account_id, token_hash, device_id, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?)`,
        accountId,
        hashOf(token),
        deviceId,
        now,
        expiresAt,
      )
      return { token, expiresAt }
    },
    async identify(token) {
      const accountId = TOKEN.exec(token)?.[1]
      const [found] = accountId === undefined ? [] : await find(accountId, token)
      if (accountId === undefined || !found || found.expires_at <= clock.now()) {
        return sessionInvalid()
      }
      const { member_id: memberId, device_id: deviceId, role, standing } = found
      return success({ accountId, memberId, deviceId, role, standing })
    },
    async close(token) {
      const accountId = TOKEN.exec(token)?.[1]
      if (accountId === undefined) return
      await database.query(
        'DELETE FROM session WHERE account_id = ? AND token_hash = ?',
        accountId,
        hashOf(token),
      )
    },
  }
}

/** Ends every session of a machine. */
export async function endSessions(
  query: Query,
  accountId: string,
  deviceId: string,
): Promise<void> {
  await query('DELETE FROM session WHERE account_id = ? AND device_id = ?', accountId, deviceId)
}

export function sessionInvalid() {
  return failure('session_invalid', 'The session has ended. Open a new one.')
}

export function deviceClosed() {
  return failure(
    'device_closed',
    'This machine is no longer part of the team. Ask for an invite to join again.',
  )
}
