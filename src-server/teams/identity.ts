import type { Role } from '#shared/team/members.ts'

/** Whose session it is: found by the server from its token, never told by the machine. */
export interface Identity {
  readonly accountId: string
  readonly memberId: string
  readonly deviceId: string
  readonly role: Role
}
