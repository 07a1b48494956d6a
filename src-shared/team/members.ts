/** Who belongs to a team and what each may do. */

export const ROLES = ['owner', 'admin', 'member'] as const
export type Role = (typeof ROLES)[number]

const ADMINS_RIGHTS = [
  'invite',
  'manage-members',
  'manage-devices',
  'set-caps',
  'change-plan',
  'buy',
  'answer-reports',
] as const

/** What a role may do beyond using the pool. */
const RIGHTS = {
  owner: [...ADMINS_RIGHTS, 'manage-owners'],
  admin: ADMINS_RIGHTS,
  member: [],
} as const satisfies Readonly<Record<Role, readonly string[]>>
export type Right = (typeof RIGHTS)['owner'][number]

/** Whether a role has a right. */
export function hasRight(role: Role, right: Right): boolean {
  return (RIGHTS[role] as readonly Right[]).includes(right)
}

export interface MemberView {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly joinedAt: number
  /** When they left or were removed; null while they belong. */
  readonly leftAt: number | null
}

export type DeviceStanding = 'active' | 'revoked' | 'lost' | 'left' | 'copied'

export interface DeviceView {
  readonly id: string
  readonly memberId: string
  readonly name: string
  readonly platform: string
  readonly appVersion: string
  readonly enrolledAt: number
  readonly lastSeenAt: number
  readonly standing: DeviceStanding
  readonly connected: boolean
}

export interface InviteView {
  readonly id: string
  readonly role: Role
  /** For another machine of this member; null invites a new one. */
  readonly memberId: string | null
  readonly createdAt: number
  readonly expiresAt: number
  readonly uses: number
  readonly maximumUses: number
  readonly revokedAt: number | null
}
