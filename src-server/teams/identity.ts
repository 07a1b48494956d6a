import type { DeviceStanding, Role } from '#shared/team/members.ts'

/** Whose session it is: looked up by the server from its token, never claimed by the machine. */
export interface Identity {
  readonly accountId: string
  readonly memberId: string
  readonly deviceId: string
  readonly role: Role
  /**
   * A closed machine may still report what it spent, over sync, and nothing else: it gets no
   * credits and nothing of the team's.
   */
  readonly standing: DeviceStanding
}
