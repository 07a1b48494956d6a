/** Turns rows of the store into what people and machines see. */

import type {
  DeviceStanding,
  DeviceView,
  InviteView,
  MemberView,
  Role,
} from '#shared/team/members.ts'
import type { Query } from '../store/database.ts'

export interface MemberRow {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly joined_at: number
  readonly left_at: number | null
}

export interface DeviceRow {
  readonly id: string
  readonly member_id: string
  readonly public_key: string
  readonly enrolment_id: string
  readonly name: string
  readonly platform: string
  readonly app_version: string
  readonly enrolled_at: number
  readonly last_seen_at: number
  readonly connected_until: number
  readonly standing: DeviceStanding
}

export interface InviteRow {
  readonly id: string
  readonly role: Role
  readonly member_id: string | null
  readonly created_by: string
  readonly created_at: number
  readonly expires_at: number
  readonly uses: number
  readonly maximum_uses: number
  readonly revoked_at: number | null
}

const MEMBER_COLUMNS = 'id, name, role, joined_at, left_at'
export const DEVICE_COLUMNS =
  'id, member_id, public_key, enrolment_id, name, platform, app_version, enrolled_at, last_seen_at, connected_until, standing'
export const INVITE_COLUMNS =
  'id, role, member_id, created_by, created_at, expires_at, uses, maximum_uses, revoked_at'

export function memberView(row: MemberRow): MemberView {
  const { id, name, role, joined_at: joinedAt, left_at: leftAt } = row
  return { id, name, role, joinedAt, leftAt }
}

export function deviceView(row: DeviceRow, now: number): DeviceView {
  return {
    id: row.id,
    memberId: row.member_id,
    name: row.name,
    platform: row.platform,
    appVersion: row.app_version,
    enrolledAt: row.enrolled_at,
    lastSeenAt: row.last_seen_at,
    standing: row.standing,
    connected: row.standing === 'active' && row.connected_until > now,
  }
}

export function inviteView(row: InviteRow): InviteView {
  return {
    id: row.id,
    role: row.role,
    memberId: row.member_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    uses: row.uses,
    maximumUses: row.maximum_uses,
    revokedAt: row.revoked_at,
  }
}

export async function findMember(
  query: Query,
  accountId: string,
  memberId: string,
): Promise<MemberRow | null> {
  const [row] = await query<MemberRow>(
    `SELECT ${MEMBER_COLUMNS} FROM member WHERE account_id = ? AND id = ?`,
    accountId,
    memberId,
  )
  return row ?? null
}

/** Everybody who ever belonged to the team. */
export function allMembers(query: Query, accountId: string): Promise<readonly MemberRow[]> {
  return query<MemberRow>(
    `SELECT ${MEMBER_COLUMNS} FROM member WHERE account_id = ? ORDER BY joined_at, id`,
    accountId,
  )
}

/** Every machine that ever was in the team. */
export function allDevices(query: Query, accountId: string): Promise<readonly DeviceRow[]> {
  return query<DeviceRow>(
    `SELECT ${DEVICE_COLUMNS} FROM device WHERE account_id = ? ORDER BY enrolled_at, id`,
    accountId,
  )
}

/** Those who belong to the team now. */
export function presentMembers(query: Query, accountId: string): Promise<readonly MemberRow[]> {
  return query<MemberRow>(
    `SELECT ${MEMBER_COLUMNS} FROM member WHERE account_id = ? AND left_at IS NULL`,
    accountId,
  )
}

export async function findDevice(
  query: Query,
  accountId: string,
  deviceId: string,
): Promise<DeviceRow | null> {
  const [row] = await query<DeviceRow>(
    `SELECT ${DEVICE_COLUMNS} FROM device WHERE account_id = ? AND id = ?`,
    accountId,
    deviceId,
  )
  return row ?? null
}

export async function findInvite(
  query: Query,
  accountId: string,
  inviteId: string,
): Promise<InviteRow | null> {
  const [row] = await query<InviteRow>(
    `SELECT ${INVITE_COLUMNS} FROM invite WHERE account_id = ? AND id = ?`,
    accountId,
    inviteId,
  )
  return row ?? null
}
