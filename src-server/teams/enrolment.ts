/**
 * Enrols machines in a team: a new one, or by an invite. A key belongs to one machine for good;
 * asking again with the same `enrolmentId` gives the first answer.
 */

import { failure, type Result, success } from '#shared/result.ts'
import type { Enrolment, TeamCallParsed } from '#shared/team/api.ts'
import { readCode } from '#shared/team/invite-code.ts'
import type { Role } from '#shared/team/members.ts'
import { mayInvite } from '#shared/team/rules.ts'
import type { Machine } from '../authority/authority.ts'
import type { Query, Transaction } from '../store/database.ts'
import type { Challenges } from './challenges.ts'
import { claimKey, findInviteByCode, findKey } from './directory.ts'
import { tellTeamChanged } from './news.ts'
import type { TeamDeps } from './ports.ts'
import { findDevice, findInvite, findMember, type InviteRow } from './rows.ts'
import { deviceClosed, type Sessions } from './sessions.ts'
import { transact } from './writing.ts'

type Creation = TeamCallParsed<'team.create'>
type Joining = TeamCallParsed<'team.join'>

export interface Enrolments {
  create(input: Creation): Promise<Result<Enrolment>>
  /** Fails with what is wrong with the invite: `invite_unknown`, `…_expired`, `…_used`, `…_revoked`. */
  join(input: Joining): Promise<Result<Enrolment>>
}

export interface EnrolmentDeps extends TeamDeps {
  readonly challenges: Challenges
  readonly sessions: Sessions
}

export function createEnrolments(deps: EnrolmentDeps): Enrolments {
  const { database, authority, challenges, clock, ids, sessions } = deps

  async function enrolled(query: Query, machine: Machine): Promise<Enrolment> {
    const session = await sessions.open(query, machine.accountId, machine.deviceId)
    return { issuer: { ...machine, publicKey: authority.publicKey }, session }
  }

  /** The answer to an earlier call with this key; null if there was none. */
  async function before(
    query: Query,
    { enrolmentId, proof }: Creation | Joining,
  ): Promise<Result<Enrolment> | null> {
    const known = await findKey(query, proof.publicKey)
    const device = known && (await findDevice(query, known.accountId, known.id))
    if (!known || !device) return null
    if (device.standing !== 'active') return deviceClosed()
    if (device.enrolment_id !== enrolmentId) return deviceEnrolled()
    const { accountId } = known
    const machine = { accountId, memberId: device.member_id, deviceId: device.id }
    return success(await enrolled(query, machine))
  }

  async function insertMember(
    query: Query,
    { accountId, memberId }: Machine,
    name: string,
    role: Role,
  ): Promise<void> {
    await query(
      'INSERT INTO member (account_id, id, name, role, joined_at) VALUES (?, ?, ?, ?, ?)',
      accountId,
      memberId,
      name,
      role,
      clock.now(),
    )
  }

  /** Fails with `device_enrolled` when the key was taken by another call at the same time. */
  async function insertDevice(
    query: Query,
    { accountId, memberId, deviceId }: Machine,
    { enrolmentId, machine, proof }: Creation | Joining,
  ): Promise<Result<null>> {
    const isOurs = await claimKey(query, proof.publicKey, { accountId, id: deviceId })
    if (!isOurs) return deviceEnrolled()
    const now = clock.now()
    await query(
      `INSERT INTO device (account_id, id, member_id, public_key, enrolment_id, name, platform,
         app_version, enrolled_at, last_seen_at, connected_until, standing)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 'active')`,
      accountId,
      deviceId,
      memberId,
      proof.publicKey,
      enrolmentId,
      machine.name,
      machine.platform,
      machine.appVersion,
      now,
      now,
    )
    return success(null)
  }

  async function openTeam(transaction: Transaction, input: Creation): Promise<Result<Enrolment>> {
    const { query } = transaction
    const machine = { accountId: ids.next(), memberId: ids.next(), deviceId: ids.next() }
    const opened = await authority.open(transaction, machine, input.handover)
    if (!opened.ok) return opened
    await query(
      'INSERT INTO team (account_id, name, dissolved_at) VALUES (?, ?, NULL)',
      machine.accountId,
      input.teamName,
    )
    await insertMember(query, machine, input.memberName, 'owner')
    const inserted = await insertDevice(query, machine, input)
    return inserted.ok ? success(await enrolled(query, machine)) : inserted
  }

  /** The member an invite is for: the one who asked for another machine, or somebody new. */
  async function memberFor(
    query: Query,
    accountId: string,
    invite: InviteRow,
    name: string,
  ): Promise<Result<string>> {
    const inviter = await findMember(query, accountId, invite.member_id ?? invite.created_by)
    if (inviter?.left_at !== null) return inviteRevoked()
    if (invite.member_id !== null) return success(invite.member_id)
    // An invite is worth no more than the present rights of whoever made it.
    const invitation = { kind: 'person', role: invite.role } as const
    if (!mayInvite({ memberId: inviter.id, role: inviter.role }, invitation).ok) {
      return inviteRevoked()
    }
    const memberId = ids.next()
    await insertMember(query, { accountId, memberId, deviceId: '' }, name, invite.role)
    return success(memberId)
  }

  async function joinTeam(transaction: Transaction, input: Joining): Promise<Result<Enrolment>> {
    const { query } = transaction
    const code = readCode(input.code)
    const found = code === null ? null : await findInviteByCode(query, code)
    if (!found) return inviteUnknown()
    const { accountId, id: inviteId } = found
    if (!(await transaction.lockAccount(accountId))) return inviteUnknown()
    const invite = await findInvite(query, accountId, inviteId)
    const wrong = invite ? refuse(invite, clock.now()) : inviteUnknown()
    if (!invite || wrong) return wrong ?? inviteUnknown()

    const member = await memberFor(query, accountId, invite, input.memberName)
    if (!member.ok) return member
    const machine = { accountId, memberId: member.data, deviceId: ids.next() }
    const inserted = await insertDevice(query, machine, input)
    if (!inserted.ok) return inserted
    await query(
      'UPDATE invite SET uses = uses + 1 WHERE account_id = ? AND id = ?',
      accountId,
      inviteId,
    )
    const taken = await authority.enrol(transaction, machine, input.handover)
    if (!taken.ok) return taken
    tellTeamChanged(transaction, accountId)
    return success(await enrolled(query, machine))
  }

  /** Once proved: what the first call with this key gave, or what `come` gives. */
  async function once<Input extends Creation | Joining>(
    call: string,
    input: Input,
    come: (transaction: Transaction, input: Input) => Promise<Result<Enrolment>>,
  ): Promise<Result<Enrolment>> {
    const proved = await challenges.check(call, input.proof)
    if (!proved.ok) return proved
    return transact(
      database,
      async (transaction) =>
        (await before(transaction.query, input)) ?? (await come(transaction, input)),
    )
  }

  return {
    create: (input) => once('team.create', input, openTeam),
    join: (input) => once('team.join', input, joinTeam),
  }
}

function refuse(invite: InviteRow, now: number) {
  if (invite.revoked_at !== null) return inviteRevoked()
  if (invite.uses >= invite.maximum_uses) {
    return failure('invite_used', 'This invite has been used. Ask for a new one.')
  }
  if (invite.expires_at <= now) {
    return failure('invite_expired', 'This invite has expired. Ask for a new one.')
  }
  return null
}

function inviteUnknown() {
  return failure(
    'invite_unknown',
    'There is no such invite here. Check that the link or code is complete.',
  )
}

function inviteRevoked() {
  return failure('invite_revoked', 'This invite was taken back. Ask for a new one.')
}

function deviceEnrolled() {
  return failure('device_enrolled', 'This machine is in a team already. Leave that one first.')
}
