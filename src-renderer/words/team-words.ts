/** How a team is told of. */

import type { HostError } from '#shared/result.ts'
import type { SyncRemedy, SyncStatus, TeamDeviceView } from '#shared/host/team.ts'
import type { DeviceStanding, InviteView, Role } from '#shared/team/members.ts'
import { formatTime, plural } from '../kit/format.ts'

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  owner: 'Owner',
  admin: 'Admin',
  member: 'Member',
}

export const ROLE_TEXTS: Readonly<Record<Role, string>> = {
  owner: 'Everything, also who else is an owner',
  admin: 'Invites people, looks after machines, caps and the plan',
  member: 'Uses the credits of the team',
}

const STANDINGS: Readonly<Record<Exclude<DeviceStanding, 'active'>, string>> = {
  revoked: 'Revoked',
  lost: 'Lost',
  left: 'Left',
  copied: 'Copy of another machine',
}

/** What a machine is doing: `Connected`, `Offline since 3 Dec, 10:40`, `Revoked`. */
export function deviceWords(
  { standing, connected, lastSeenAt }: TeamDeviceView,
  timeZone: string,
): string {
  if (standing !== 'active') return STANDINGS[standing]
  return connected ? 'Connected' : `Offline since ${formatTime(lastSeenAt, timeZone)}`
}

/** What became of an invite, or until when it is good. */
export function inviteWords(invite: InviteView, now: number, timeZone: string): string {
  const { revokedAt, uses, maximumUses, expiresAt } = invite
  if (revokedAt !== null) return 'Revoked'
  if (uses >= maximumUses) return 'Used'
  if (expiresAt <= now) return 'Expired'
  const left = plural(maximumUses - uses, 'use')
  return `${left} until ${formatTime(expiresAt, timeZone)}`
}

export function isOpen({ revokedAt, uses, maximumUses, expiresAt }: InviteView, now: number) {
  return revokedAt === null && uses < maximumUses && expiresAt > now
}

const REMEDIES: Readonly<Record<SyncRemedy, string>> = {
  wait: 'It is tried again by itself.',
  retry: 'Try again now.',
  join: 'Ask for a new invite and join again.',
  update: 'Update Tallystick on this machine.',
  'check-clock': 'Check the date and time of this machine.',
  'ask-admin': 'Ask an admin of your team.',
}

/** What is wrong and what helps, in two sentences. */
export function troubleWords({ message }: HostError, remedy: SyncRemedy): string {
  return `${message} ${REMEDIES[remedy]}`
}

/** One word or two for the badge; null where there is no team. */
export function syncWord(status: SyncStatus): string | null {
  switch (status.state) {
    case 'alone':
      return null
    case 'offline':
      return 'Offline'
    case 'syncing':
      return 'Syncing'
    case 'synced':
      return 'In step'
    case 'trouble':
      return 'Sync trouble'
  }
}
