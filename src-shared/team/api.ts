/**
 * The contract between a machine and the server over HTTP: `POST /v1/<name>` with a JSON body that is
 * the input; the answer is a `Result`. What has no session is proved by a signed challenge; the rest
 * carries a session's token (`authorization: Bearer …`), and the server alone knows whose it is.
 *
 * Calls that write carry an id made by the machine: the same call again gives the same answer and
 * changes nothing. Every failure is one of `API_ERRORS`, or of the rule that the call runs.
 */

import { z } from 'zod'
import { ownCap } from '../catalog/policies.ts'
import type { Credits } from '../credits/amount.ts'
import type { AccountSnapshot } from '../journal/account-snapshot.ts'
import type { RecipeEarnings } from '../journal/earnings.ts'
import type { Issuer } from '../journal/lease-facts.ts'
import type { SignedLease } from '../lease/statement.ts'
import { call } from '../ports/contract.ts'
import type { OutputOf } from '../ports/contract.ts'
import { handoverSchema } from './handover.ts'
import { proofSchema, publicKeySchema } from './keys.ts'
import { nameSchema } from './names.ts'
import {
  type DeviceStanding,
  type DeviceView,
  type InviteView,
  type MemberView,
  type Role,
  ROLES,
} from './members.ts'

const nothing = z.strictObject({})
const uuid = z.uuid()
const id = z.string().min(1).max(200)
const role = z.enum(ROLES)

export const MAX_BODY_BYTES = 64 * 1024
/** What enrolment may bring along: the journal of grants of a machine that stood alone. */
export const MAX_HANDOVER_BYTES = 4 * 1024 * 1024
export const MAX_INVITE_DAYS = 30
export const MAX_INVITE_USES = 100

/** What a machine says of itself; names for people, nothing is decided by it. */
const machine = z.strictObject({
  name: nameSchema,
  platform: z.string().trim().min(1).max(60),
  appVersion: z.string().trim().min(1).max(40),
})

const enrolment = {
  /** Made by the machine before it asks, so that asking twice enrols once. */
  enrolmentId: uuid,
  proof: proofSchema,
  memberName: nameSchema,
  machine,
}

/** A right to call for a while. The server keeps only a hash of the token. */
export interface Session {
  readonly token: string
  readonly expiresAt: number
}

export interface Enrolment {
  readonly issuer: Issuer
  readonly session: Session
}

/** What a machine goes on with by itself. */
export interface Departure {
  /** Its account from here on. */
  readonly account: AccountSnapshot
  /** Its last, without end; null when nothing is left of what its member brought. */
  readonly lease: SignedLease | null
}

/** What a machine may spend without asking, as the server last stated it. */
export interface DeviceLeaseView {
  /** Of its lease and not yet reported as spent or given back; what may pay now. */
  readonly outstanding: Credits
  /** The same of credits that are not in force yet, as of the next cycle. */
  readonly toCome: Credits
  /** When it ends; then what is unreported is taken back after some days. */
  readonly expiresAt: number
  /** Taken back unreported; what the machine spent of it will still count. */
  readonly reclaimed: Credits
}

export interface EnrolledDevice extends DeviceView {
  /** Null before its first, and once it is closed and settled. */
  readonly lease: DeviceLeaseView | null
}

/** Where the team's credits are that may pay now. */
export interface PoolState {
  /** With no machine. */
  readonly available: Credits
  readonly leased: Credits
  /** Spending that nothing has paid yet. */
  readonly debt: Credits
}

export interface TeamState {
  readonly account: { readonly id: string; readonly name: string; readonly createdAt: number }
  /** Who asks. */
  readonly me: { readonly memberId: string; readonly deviceId: string; readonly role: Role }
  /** Those who left are listed too: their usage stays. */
  readonly members: readonly MemberView[]
  readonly devices: readonly EnrolledDevice[]
  /** Those one may see: of everybody for whoever may invite, else for machines of one's own. */
  readonly invites: readonly InviteView[]
  readonly pool: PoolState
}

export interface NewInvite {
  readonly invite: InviteView
  /** Shown once: the server keeps a hash of it. */
  readonly code: string
}

/** The address that is told when the team's credits run low; docs/server.md says what it is told. */
export interface WebhookView {
  readonly url: string
  readonly setAt: number
  /** Of the latest message: what became of it so far; null before the first. */
  readonly last: {
    readonly at: number
    readonly state: 'waiting' | 'sent' | 'dead'
    readonly attempts: number
    /** What its address answered last, for people: `status 500`; null before the first attempt. */
    readonly outcome: string | null
  } | null
  /** Messages that are to be sent yet, and those that were given up lately. */
  readonly waiting: number
  readonly dead: number
}

export interface NewWebhook {
  readonly webhook: WebhookView
  /** `whsec_…`: what its messages are signed with. Shown once; setting it anew makes another. */
  readonly secret: string
}

export const teamCalls = {
  /** Something fresh to sign. Anyone may ask; nothing is kept of it. */
  challenge: call<{ readonly challenge: string; readonly expiresAt: number }>()(
    z.strictObject({ publicKey: publicKeySchema }),
  ),
  'team.create': call<Enrolment>()(
    z.strictObject({ ...enrolment, teamName: nameSchema, handover: handoverSchema.nullable() }),
  ),
  'team.join': call<Enrolment>()(
    z.strictObject({
      ...enrolment,
      code: z.string().min(1).max(60),
      handover: handoverSchema.nullable(),
    }),
  ),
  /**
   * `standing` other than `active`: the session is for telling over sync what the machine spent, and
   * for nothing else.
   */
  'session.open': call<Session & { readonly standing: DeviceStanding }>()(
    z.strictObject({
      /** Where to look; the proof decides whether it is this machine. */
      accountId: id,
      deviceId: id,
      proof: proofSchema,
      appVersion: machine.shape.appVersion,
    }),
  ),
  'session.close': call<null>()(nothing),

  'team.read': call<TeamState>()(nothing),
  'invite.create': call<NewInvite>()(
    z.strictObject({
      inviteId: uuid,
      /** For a new person of this role, or for another machine of one's own. */
      for: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('person'), role }),
        z.strictObject({ kind: z.literal('machine') }),
      ]),
      days: z.int().min(1).max(MAX_INVITE_DAYS),
      maximumUses: z.int().min(1).max(MAX_INVITE_USES),
    }),
  ),
  'invite.revoke': call<TeamState>()(z.strictObject({ inviteId: uuid })),
  'member.setRole': call<TeamState>()(z.strictObject({ memberId: id, role })),
  /** Closes all their machines. What these had leased is taken back; what they spent still counts. */
  'member.remove': call<TeamState>()(z.strictObject({ memberId: id })),
  /** No more leases, no more sessions; its lease is taken back at once. */
  'device.revoke': call<TeamState>()(z.strictObject({ deviceId: id })),
  /** As revoking, for a machine that may still be spending its lease in other hands. */
  'device.lost': call<TeamState>()(z.strictObject({ deviceId: id })),
  /**
   * This machine leaves; with a member's last one, so does the member. It must have told all its
   * records and given everything back: `leave_returns_first`.
   */
  'team.leave': call<Departure>()(nothing),
  /** The last member ends the team; the account goes on with their machine. */
  'team.dissolve': call<Departure>()(nothing),

  'cap.set': call<null>()(z.strictObject({ changeId: uuid, cap: ownCap })),
  'cap.remove': call<null>()(z.strictObject({ changeId: uuid, capId: id })),
  'webhook.read': call<WebhookView | null>()(nothing),
  'webhook.set': call<NewWebhook>()(
    z.strictObject({ changeId: uuid, url: z.string().trim().min(1).max(500) }),
  ),
  'webhook.remove': call<null>()(nothing),
  /** Sends a message that says nothing. */
  'webhook.test': call<null>()(z.strictObject({ testId: uuid })),
  /**
   * Says which creator's key is this member's, so that what their recipes earn comes to this account.
   * The proof is the creator key's own, for `creatorCall`.
   */
  'creator.register': call<null>()(z.strictObject({ proof: proofSchema })),
  /** What one's own recipes earned on this server: counts and credits. */
  'creator.earnings': call<readonly RecipeEarnings[]>()(nothing),
  'plan.change': call<null>()(
    z.strictObject({ changeId: uuid, planId: id, seats: z.int().min(1).max(100_000) }),
  ),
  'code.redeem': call<null>()(
    z.strictObject({ requestId: uuid, code: z.string().trim().min(1).max(60) }),
  ),
} as const

/** The call that a creator's key signs for: of one machine, so that no other can use it. */
export const creatorCall = (deviceId: string) => `creator.register ${deviceId}`

export type TeamCalls = typeof teamCalls
export type TeamCallName = keyof TeamCalls
export type TeamCallInput<Name extends TeamCallName> = z.input<TeamCalls[Name]['input']>
export type TeamCallParsed<Name extends TeamCallName> = z.output<TeamCalls[Name]['input']>
export type TeamCallOutput<Name extends TeamCallName> = OutputOf<TeamCalls[Name]>

/** The calls that need no session: each proves by itself who asks, or needs nobody to. */
export const OPEN_CALLS = ['challenge', 'team.create', 'team.join', 'session.open'] as const
export type OpenCallName = (typeof OPEN_CALLS)[number]
export type SessionCallName = Exclude<TeamCallName, OpenCallName>
