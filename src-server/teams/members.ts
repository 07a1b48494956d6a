/** The people of a team and their machines. */

import { failure, type Result, success } from '#shared/result.ts'
import type { Departure } from '#shared/team/api.ts'
import type { DeviceStanding, Role } from '#shared/team/members.ts'
import {
  type Actor,
  mayChangeRole,
  mayDissolve,
  mayLeave,
  mayManageDevice,
  mayRemove,
} from '#shared/team/rules.ts'
import { forgetCreator } from '../earnings/creators.ts'
import type { Query, Transaction } from '../store/database.ts'
import type { Identity } from './identity.ts'
import { tellClosed, tellTeamChanged } from './news.ts'
import type { TeamDeps } from './ports.ts'
import {
  DEVICE_COLUMNS,
  type DeviceRow,
  findDevice,
  findMember,
  type MemberRow,
  presentMembers,
} from './rows.ts'
import { deviceClosed, endSessions } from './sessions.ts'
import { transact, writeAs } from './writing.ts'

export interface Members {
  setRole(identity: Identity, memberId: string, role: Role): Promise<Result<null>>
  remove(identity: Identity, memberId: string): Promise<Result<null>>
  closeDevice(
    identity: Identity,
    deviceId: string,
    reason: 'revoked' | 'lost',
  ): Promise<Result<null>>
  /**
   * The calling machine leaves; with its member's last one, so does the member. Asking again gives
   * the same answer.
   */
  leave(identity: Identity): Promise<Result<Departure>>
  dissolve(identity: Identity): Promise<Result<Departure>>
}

export function createMembers({ database, authority, clock }: TeamDeps): Members {
  async function presentMember(
    query: Query,
    accountId: string,
    memberId: string,
  ): Promise<MemberRow | null> {
    const member = await findMember(query, accountId, memberId)
    return member?.left_at === null ? member : null
  }

  async function owners(query: Query, accountId: string): Promise<number> {
    const members = await presentMembers(query, accountId)
    return members.filter(({ role }) => role === 'owner').length
  }

  async function setStanding(
    transaction: Transaction,
    accountId: string,
    deviceId: string,
    standing: DeviceStanding,
  ): Promise<void> {
    const { query } = transaction
    await query(
      'UPDATE device SET standing = ?, connected_until = 0 WHERE account_id = ? AND id = ?',
      standing,
      accountId,
      deviceId,
    )
    await endSessions(query, accountId, deviceId)
    tellClosed(transaction, { accountId, deviceId })
  }

  async function close(
    transaction: Transaction,
    accountId: string,
    deviceId: string,
    reason: 'revoked' | 'lost',
  ): Promise<void> {
    await authority.close(transaction, accountId, deviceId, reason)
    await setStanding(transaction, accountId, deviceId, reason)
  }

  function activeDevices(
    query: Query,
    accountId: string,
    memberId: string,
  ): Promise<readonly DeviceRow[]> {
    return query<DeviceRow>(
      `SELECT ${DEVICE_COLUMNS} FROM device
       WHERE account_id = ? AND member_id = ? AND standing = 'active'`,
      accountId,
      memberId,
    )
  }

  async function endMembership(query: Query, accountId: string, memberId: string): Promise<void> {
    await forgetCreator(query, { accountId, memberId })
    await query(
      'UPDATE member SET left_at = ? WHERE account_id = ? AND id = ?',
      clock.now(),
      accountId,
      memberId,
    )
  }

  /** A machine the actor may manage. Fails with `device_unknown` or `not_allowed`. */
  async function managed(
    query: Query,
    accountId: string,
    deviceId: string,
    actor: Actor,
  ): Promise<Result<DeviceRow>> {
    const device = await findDevice(query, accountId, deviceId)
    const holder = device && (await findMember(query, accountId, device.member_id))
    if (!device || !holder) return deviceUnknown()
    const allowed = mayManageDevice(actor, { memberId: holder.id, role: holder.role })
    return allowed.ok ? success(device) : allowed
  }

  /** The asking machine goes, by itself; its member with it where it was their last. */
  async function depart(
    transaction: Transaction,
    { accountId, memberId, deviceId }: Identity,
    isLast: boolean,
  ): Promise<Result<Departure>> {
    const { query } = transaction
    const left = await authority.leave(transaction, accountId, deviceId, isLast)
    if (!left.ok) return left
    await setStanding(transaction, accountId, deviceId, 'left')
    const others = await activeDevices(query, accountId, memberId)
    if (others.length === 0) await endMembership(query, accountId, memberId)
    tellTeamChanged(transaction, accountId)
    return left
  }

  /** Those who have left are told again what they left with. */
  function leaving(
    identity: Identity,
    work: Parameters<typeof writeAs<Departure>>[2],
  ): Promise<Result<Departure>> {
    if (identity.standing !== 'left') return writeAs(database, identity, work)
    const { accountId, deviceId } = identity
    return transact(database, async (transaction) => {
      await transaction.lockAccount(accountId)
      return authority.leave(transaction, accountId, deviceId, false)
    })
  }

  return {
    setRole: (identity, memberId, role) =>
      writeAs(database, identity, async (transaction, actor) => {
        const { query } = transaction
        const { accountId } = identity
        const member = await presentMember(query, accountId, memberId)
        if (!member) return memberUnknown()
        const subject = { memberId, role: member.role }
        const allowed = mayChangeRole(actor, subject, role, await owners(query, accountId))
        if (!allowed.ok) return allowed
        await query(
          'UPDATE member SET role = ? WHERE account_id = ? AND id = ?',
          role,
          accountId,
          memberId,
        )
        tellTeamChanged(transaction, accountId)
        return success(null)
      }),

    remove: (identity, memberId) =>
      writeAs(database, identity, async (transaction, actor) => {
        const { query } = transaction
        const { accountId } = identity
        const member = await findMember(query, accountId, memberId)
        if (!member) return memberUnknown()
        if (member.left_at !== null) return success(null)
        const subject = { memberId, role: member.role }
        const allowed = mayRemove(actor, subject, await owners(query, accountId))
        if (!allowed.ok) return allowed
        for (const { id } of await activeDevices(query, accountId, memberId)) {
          await close(transaction, accountId, id, 'revoked')
        }
        await endMembership(query, accountId, memberId)
        tellTeamChanged(transaction, accountId)
        return success(null)
      }),

    closeDevice: (identity, deviceId, reason) =>
      writeAs(database, identity, async (transaction, actor) => {
        const { query } = transaction
        const { accountId } = identity
        const device = await managed(query, accountId, deviceId, actor)
        if (!device.ok) return device
        const { standing } = device.data
        // Closed already, whichever way: there is nothing left to take back.
        if (standing === 'revoked' || standing === 'lost') return success(null)
        if (standing !== 'active') return deviceClosed()
        await close(transaction, accountId, deviceId, reason)
        tellTeamChanged(transaction, accountId)
        return success(null)
      }),

    leave: (identity) =>
      leaving(identity, async (transaction, actor) => {
        const { query } = transaction
        const { accountId, memberId } = identity
        const members = await presentMembers(query, accountId)
        const machines = await activeDevices(query, accountId, memberId)
        const ownerCount = members.filter(({ role }) => role === 'owner').length
        const allowed = mayLeave(actor, ownerCount, members.length)
        if (machines.length === 1 && !allowed.ok) return allowed
        return depart(transaction, identity, members.length === 1 && machines.length === 1)
      }),

    dissolve: (identity) =>
      leaving(identity, async (transaction, actor) => {
        const { query } = transaction
        const { accountId, memberId, deviceId } = identity
        const allowed = mayDissolve(actor, (await presentMembers(query, accountId)).length)
        if (!allowed.ok) return allowed
        for (const { id } of await activeDevices(query, accountId, memberId)) {
          if (id !== deviceId) await close(transaction, accountId, id, 'revoked')
        }
        await query('UPDATE team SET dissolved_at = ? WHERE account_id = ?', clock.now(), accountId)
        return depart(transaction, identity, true)
      }),
  }
}

function memberUnknown() {
  return failure('member_unknown', 'There is nobody like that in the team.')
}

function deviceUnknown() {
  return failure('device_unknown', 'There is no such machine in the team.')
}
