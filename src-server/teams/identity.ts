import type { DeviceStanding, Role } from '#shared/team/members.ts'

/** Whose session it is: found by the server from its token, never told by the machine. */
export interface Identity {
  readonly accountId: string
  readonly memberId: string
  readonly deviceId: string
  readonly role: Role
  /**
   * A machine that is closed may still tell what it spent, over sync, and nothing else: no credits,
   * nothing of the team's is for it.
   */
  readonly standing: DeviceStanding
}
