/** The names that people give to what is the team's: the keys of the account document. */

import { hasRight, type Role } from './members.ts'

/** The most characters of any of them. */
export const MAX_NAME = 60

export const TEAM_NAME = 'team'
export const memberName = (memberId: string) => `member:${memberId}`
export const deviceName = (deviceId: string) => `device:${deviceId}`

/** Whether somebody may give a name: their own machine's and their own, and by their rights others. */
export function mayEditName(
  by: { readonly role: Role; readonly memberId: string; readonly deviceId: string },
  key: string,
): boolean {
  if (key === TEAM_NAME) return hasRight(by.role, 'manage-members')
  if (key === memberName(by.memberId) || key === deviceName(by.deviceId)) return true
  if (key.startsWith('member:')) return hasRight(by.role, 'manage-members')
  if (key.startsWith('device:')) return hasRight(by.role, 'manage-devices')
  return false
}
