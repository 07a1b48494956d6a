/** Every call of the contract (src-shared/team/api.ts), answered. */

import { type Result, success } from '#shared/result.ts'
import type {
  OpenCallName,
  SessionCallName,
  TeamCallOutput,
  TeamCallParsed,
  TeamState,
} from '#shared/team/api.ts'
import type { Chance } from '../ports/chance.ts'
import { createChallenges } from './challenges.ts'
import { createCreators } from './creators.ts'
import { createEnrolments } from './enrolment.ts'
import type { Identity } from './identity.ts'
import { createInvites } from './invites.ts'
import { createMembers } from './members.ts'
import type { TeamDeps } from './ports.ts'
import { findDevice } from './rows.ts'
import { createSessions, deviceClosed, type Sessions } from './sessions.ts'
import { createTeam } from './team.ts'
import { createTeamTerms } from './terms.ts'

export interface ServiceDeps extends TeamDeps {
  readonly chance: Chance
  /** Whether the server goes by an address. */
  isOwnAddress(address: string): boolean
}

export interface Caller {
  readonly identity: Identity
  /** For closing its session; nothing else is made of it. */
  readonly token: string
}

export type OpenHandlers = {
  readonly [Name in OpenCallName]: (
    input: TeamCallParsed<Name>,
  ) => Promise<Result<TeamCallOutput<Name>>>
}

export type SessionHandlers = {
  readonly [Name in SessionCallName]: (
    input: TeamCallParsed<Name>,
    caller: Caller,
  ) => Promise<Result<TeamCallOutput<Name>>>
}

export interface Teams {
  readonly open: OpenHandlers
  readonly withSession: SessionHandlers
  readonly sessions: Pick<Sessions, 'identify'>
  /** A one-time way for a copy of a machine to enrol as one of its own (`Invites`). */
  ticketForCopy(identity: Identity, stream: string | null, closes: boolean): Promise<string>
}

export function createTeams(deps: ServiceDeps): Teams {
  const { database, clock } = deps
  const sessions = createSessions(deps)
  const challenges = createChallenges(deps)
  const enrolments = createEnrolments({ ...deps, challenges, sessions })
  const invites = createInvites(deps)
  const members = createMembers(deps)
  const team = createTeam(deps)
  const terms = createTeamTerms(deps)
  const creators = createCreators(deps, challenges)

  async function openSession({
    accountId,
    deviceId,
    proof,
    appVersion,
  }: TeamCallParsed<'session.open'>) {
    const proved = await challenges.check('session.open', proof)
    if (!proved.ok) return proved
    const { query } = database
    const device = await findDevice(query, accountId, deviceId)
    // A machine with another key is treated as unknown.
    if (device?.public_key !== proof.publicKey) {
      return deviceClosed()
    }
    await query(
      'UPDATE device SET app_version = ?, last_seen_at = ? WHERE account_id = ? AND id = ?',
      appVersion,
      clock.now(),
      accountId,
      deviceId,
    )
    const session = await sessions.open(query, accountId, deviceId)
    return success({ ...session, standing: device.standing })
  }

  /** The team after a change: what the page shows next. */
  async function then(
    { identity }: Caller,
    change: Promise<Result<null>>,
  ): Promise<Result<TeamState>> {
    const changed = await change
    return changed.ok ? success(await team.read(identity)) : changed
  }

  return {
    sessions,
    ticketForCopy: invites.ticketForCopy,
    open: {
      challenge: async ({ publicKey }) => success(challenges.issue(publicKey)),
      'team.create': enrolments.create,
      'team.join': enrolments.join,
      'session.open': openSession,
    },
    withSession: {
      'session.close': async (_input, { token }) => {
        await sessions.close(token)
        return success(null)
      },
      'team.read': async (_input, { identity }) => success(await team.read(identity)),
      'invite.create': (input, { identity }) => invites.create(identity, input),
      'invite.revoke': ({ inviteId }, caller) =>
        then(caller, invites.revoke(caller.identity, inviteId)),
      'member.setRole': ({ memberId, role }, caller) =>
        then(caller, members.setRole(caller.identity, memberId, role)),
      'member.remove': ({ memberId }, caller) =>
        then(caller, members.remove(caller.identity, memberId)),
      'device.revoke': ({ deviceId }, caller) =>
        then(caller, members.closeDevice(caller.identity, deviceId, 'revoked')),
      'device.lost': ({ deviceId }, caller) =>
        then(caller, members.closeDevice(caller.identity, deviceId, 'lost')),
      'team.leave': (_input, { identity }) => members.leave(identity),
      'team.dissolve': (_input, { identity }) => members.dissolve(identity),
      'cap.set': (input, { identity }) => terms.setCap(identity, input),
      'cap.remove': (input, { identity }) => terms.removeCap(identity, input),
      'webhook.read': (input, { identity }) => terms.readWebhook(identity, input),
      'webhook.set': (input, { identity }) => terms.setWebhook(identity, input),
      'webhook.remove': (input, { identity }) => terms.removeWebhook(identity, input),
      'webhook.test': (input, { identity }) => terms.testWebhook(identity, input),
      'creator.register': (input, { identity }) => creators.register(identity, input),
      'creator.earnings': async (_input, { identity }) =>
        success(await creators.earnings(identity)),
      'plan.change': (input, { identity }) => terms.changePlan(identity, input),
      'code.redeem': (input, { identity }) => terms.redeem(identity, input),
    },
  }
}
