/** The team page and the sync badge: what the window asks and is told. Times are epoch milliseconds. */

import { z } from 'zod'
import type { Credits } from '../credits/amount.ts'
import { call } from '../ports/contract.ts'
import type { HostError } from '../result.ts'
import {
  type DeviceLeaseView,
  MAX_INVITE_DAYS,
  MAX_INVITE_USES,
  type NewWebhook,
  type WebhookView,
} from '../team/api.ts'
import { namedSchema, nameSchema } from '../team/names.ts'
import {
  type DeviceView,
  type InviteView,
  type MemberView,
  type Role,
  ROLES,
} from '../team/members.ts'

export interface TeamMemberView extends MemberView {
  /** The person at this machine. */
  readonly own: boolean
}

export interface TeamDeviceView extends DeviceView {
  /** This machine. */
  readonly own: boolean
  /** What it may spend by itself, as far as the server knows; null while it has no lease. */
  readonly lease: DeviceLeaseView | null
  /**
   * What it was charged and has not told the server. Known of this machine only: of another one, cut
   * off, it is told when it connects, and is at most its lease.
   */
  readonly spentOffline: Credits | null
}

export interface TeamView {
  readonly accountId: string
  readonly name: string
  readonly createdAt: number
  readonly serverUrl: string
  /** Who this machine is there. */
  readonly memberId: string
  readonly deviceId: string
  readonly role: Role
  /** Those who left come last: their usage stays. */
  readonly members: readonly TeamMemberView[]
  readonly devices: readonly TeamDeviceView[]
  /** Those one may see: of everybody for whoever may invite, else for machines of one's own. */
  readonly invites: readonly InviteView[]
  /** When the server said all this: cut off, it is as it was then. */
  readonly asOf: number
}

/** What one machine's runs came to; its member is the one who ran them. */
export interface MachineUsage {
  /** Empty where it is not known. */
  readonly memberId: string
  readonly deviceId: string
  readonly thisCycle: RunTotal
  readonly allTime: RunTotal
  /** What else it told that only a newer version of the app knows; its credits are counted. */
  readonly newer: number
}

export interface RunTotal {
  readonly runs: number
  readonly credits: Credits
}

/** An invite as it was made: the code is shown once and kept nowhere. */
export interface MadeInvite {
  readonly invite: InviteView
  /** `7K3M-9QXP-04TN-B2VD-6HRA` */
  readonly code: string
  readonly link: string
}

/** What helps: `wait` needs nothing of the person, `join` a new invite, `update` a newer app. */
export type SyncRemedy = 'wait' | 'retry' | 'join' | 'update' | 'check-clock' | 'ask-admin'

export type SyncStatus =
  /** There is no team. */
  | { readonly state: 'alone' }
  /** Not connected; everything goes on from the lease. */
  | { readonly state: 'offline'; readonly since: number }
  | { readonly state: 'syncing' }
  /** Everything is told and heard. */
  | { readonly state: 'synced'; readonly at: number }
  | { readonly state: 'trouble'; readonly error: HostError; readonly remedy: SyncRemedy }

/** What this machine may spend while it is cut off. */
export interface LeaseView {
  /** The number that gates: as in the balance. */
  readonly available: Credits
  /** From then on nothing can be started until the server is reached; null while there is no lease. */
  readonly expiresAt: number | null
}

export interface SyncView {
  readonly status: SyncStatus
  /** Runs, names and whatever else this machine tells that the server has not taken yet. */
  readonly pending: number
  /** Null before the first time. */
  readonly lastContactAt: number | null
  readonly lease: LeaseView | null
  readonly elsewhere: ElsewhereView | null
  /** Spending of the team that nothing has paid yet, as the server last said. */
  readonly debt: Credits
}

/** What the team has beyond this machine: with the server and with other machines. */
export interface ElsewhereView {
  readonly amount: Credits
  /** When the server said so. */
  readonly asOf: number
}

const nothing = z.strictObject({})
const id = z.string().min(1).max(200)
/** `https://team.example`; plain http only on this very machine, else `server_not_secure`. */
const serverUrl = z.url({ protocol: /^https?$/ }).max(300)
const ownNames = { memberName: nameSchema, deviceName: nameSchema }

/**
 * All but `team.read`, `team.rename`, `sync.read` and leaving without the server need the network: they fail with
 * `server_unreachable`, or as the server's own calls do (`API_ERRORS`).
 */
export const teamCalls = {
  /** As last heard from the server; null where there is no team. */
  'team.read': call<TeamView | null>()(nothing),
  /** Usage and credits of this machine come along. `team_exists` when it is in one. */
  'team.create': call<TeamView>()(z.strictObject({ ...ownNames, serverUrl, teamName: nameSchema })),
  /** With a bare code the server's address must be given: `server_missing`; `invite_unreadable`. */
  'team.join': call<TeamView>()(
    z.strictObject({
      ...ownNames,
      invite: z.string().trim().min(1).max(400),
      serverUrl: serverUrl.nullable(),
    }),
  ),
  /**
   * Of the machines that ran anything, as far as heard; empty where there is no team. Of others the
   * cycle begins with its first day, UTC.
   */
  'team.usage': call<readonly MachineUsage[]>()(nothing),
  /**
   * Gives the team, a member or a machine a name, also without the network: it merges with those that
   * others give. `not_allowed`, `name_unknown`.
   */
  'team.rename': call<TeamView>()(z.strictObject({ named: namedSchema, name: nameSchema })),
  'team.invite': call<MadeInvite>()(
    z.strictObject({
      /** For a new person of this role, or for another machine of one's own. */
      for: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('person'), role: z.enum(ROLES) }),
        z.strictObject({ kind: z.literal('machine') }),
      ]),
      days: z.int().min(1).max(MAX_INVITE_DAYS).default(7),
      maximumUses: z.int().min(1).max(MAX_INVITE_USES).default(1),
    }),
  ),
  'team.revokeInvite': call<TeamView>()(z.strictObject({ inviteId: id })),
  'team.setRole': call<TeamView>()(z.strictObject({ memberId: id, role: z.enum(ROLES) })),
  'team.removeMember': call<TeamView>()(z.strictObject({ memberId: id })),
  'team.revokeDevice': call<TeamView>()(z.strictObject({ deviceId: id })),
  /** As revoking, for a machine that may still be spending its lease in other hands. */
  'team.loseDevice': call<TeamView>()(z.strictObject({ deviceId: id })),
  /**
   * This machine goes on alone with what its member brought and is unspent. `withoutServer` is for
   * when the server is gone for good or has closed this machine: then it takes nothing along.
   */
  'team.leave': call<null>()(z.strictObject({ withoutServer: z.boolean() })),

  /** The address that is told when credits run low, for whoever may set caps; null where none is set. */
  'team.webhook': call<WebhookView | null>()(nothing),
  /** With a secret of its own, shown once. `webhook_url_wrong`, `webhook_not_public`. */
  'team.setWebhook': call<NewWebhook>()(z.strictObject({ url: z.string().trim().min(1).max(500) })),
  'team.removeWebhook': call<null>()(nothing),
  'team.testWebhook': call<null>()(nothing),

  'sync.read': call<SyncView>()(nothing),
  /** Tries to reach the server now. */
  'sync.retry': call<SyncView>()(nothing),
} as const
