/** Invites: for new people, or for another machine of one's own. */

import { failure, type Result, success } from '#shared/result.ts'
import type { NewInvite, TeamCallParsed } from '#shared/team/api.ts'
import { codeOf } from '#shared/team/invite-code.ts'
import { mayHandleInvite, mayInvite } from '#shared/team/rules.ts'
import type { Query, Transaction } from '../store/database.ts'
import { claimCode, codeHash } from './directory.ts'
import { sealOf } from './hashes.ts'
import type { Identity } from './identity.ts'
import { tellTeamChanged } from './news.ts'
import type { TeamDeps } from './ports.ts'
import {
  type DeviceRow,
  findDevice,
  findInvite,
  findMember,
  type InviteRow,
  inviteView,
} from './rows.ts'
import { deviceClosed } from './sessions.ts'
import { transact, writeAs } from './writing.ts'

export interface Invites {
  create(identity: Identity, input: TeamCallParsed<'invite.create'>): Promise<Result<NewInvite>>
  revoke(identity: Identity, inviteId: string): Promise<Result<null>>
  /**
   * The code of an invite for a copy of a machine to enrol as one of its own; `stream` of records that
   * the copy wrote is listed among the machines, as copied; with `closes` the machine itself is, too.
   * Throws when the member or the machine is out of the team, or has made too many.
   */
  ticketForCopy(identity: Identity, stream: string | null, closes: boolean): Promise<string>
}

const DAY_MS = 86_400_000
/** A copy asks at once; unless it is shut just then. */
const TICKET_DAYS = 30
/** The most usable invites of one member. */
const MAX_OPEN_INVITES = 100

export function createInvites({ database, authority, clock, ids, secret }: TeamDeps): Invites {
  /** Derived from its id, so that asking again shows the same; the store has only a hash. */
  const codeFor = (accountId: string, inviteId: string) =>
    codeOf(sealOf(secret, ['invite', accountId, inviteId]))

  async function openInvites(query: Query, accountId: string, memberId: string): Promise<number> {
    const [row] = await query<{ count: number }>(
      `SELECT COUNT(*) AS count FROM invite
       WHERE account_id = ? AND created_by = ? AND revoked_at IS NULL
         AND uses < maximum_uses AND expires_at > ?`,
      accountId,
      memberId,
      clock.now(),
    )
    return row?.count ?? 0
  }

  /** Gives its code. Fails with `too_many_invites`. */
  async function add(
    { query, publish }: Pick<Transaction, 'query' | 'publish'>,
    accountId: string,
    invitation: Pick<
      InviteRow,
      'id' | 'role' | 'member_id' | 'created_by' | 'expires_at' | 'maximum_uses'
    >,
  ): Promise<Result<NewInvite>> {
    const open = await openInvites(query, accountId, invitation.created_by)
    if (open >= MAX_OPEN_INVITES) return tooManyInvites()
    const row = { ...invitation, created_at: clock.now(), uses: 0, revoked_at: null }
    const code = codeFor(accountId, row.id)
    await query(
      `INSERT INTO invite (account_id, id, code_hash, role, member_id, created_by, created_at,
         expires_at, uses, maximum_uses) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`,
      accountId,
      row.id,
      codeHash(code),
      row.role,
      row.member_id,
      row.created_by,
      row.created_at,
      row.expires_at,
      row.maximum_uses,
    )
    if (!(await claimCode(query, code, { accountId, id: row.id }))) {
      throw new Error('Two invites have one code')
    }
    tellTeamChanged({ publish }, accountId)
    return success({ invite: inviteView(row), code })
  }

  /** It has no key and no session: what it did is already reported. */
  async function listCopy(
    query: Query,
    accountId: string,
    { member_id, name, platform, app_version }: DeviceRow,
    stream: string,
  ): Promise<void> {
    const now = clock.now()
    await query(
      `INSERT INTO device (account_id, id, member_id, public_key, name, platform, app_version,
         enrolled_at, last_seen_at, standing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'copied')
       ON CONFLICT (account_id, id) DO NOTHING`,
      accountId,
      stream,
      member_id,
      // Nobody's key, and no other's.
      stream,
      name,
      platform,
      app_version,
      now,
      now,
    )
  }

  /** Its session continues: over it the machine is told. */
  async function closeAsCopied(
    transaction: Transaction,
    accountId: string,
    deviceId: string,
  ): Promise<void> {
    await authority.close(transaction, accountId, deviceId, 'copied')
    await transaction.query(
      "UPDATE device SET standing = 'copied' WHERE account_id = ? AND id = ?",
      accountId,
      deviceId,
    )
  }

  return {
    create: (identity, input) =>
      writeAs(database, identity, async (transaction, actor) => {
        const { query } = transaction
        const { accountId } = identity
        const allowed = mayInvite(actor, input.for)
        if (!allowed.ok) return allowed
        const known = await findInvite(query, accountId, input.inviteId)
        if (known) {
          return known.created_by === actor.memberId
            ? success({ invite: inviteView(known), code: codeFor(accountId, known.id) })
            : failure('invite_exists', 'Somebody else made this invite.')
        }
        const isForPerson = input.for.kind === 'person'
        return add(transaction, accountId, {
          id: input.inviteId,
          role: input.for.kind === 'person' ? input.for.role : actor.role,
          member_id: isForPerson ? null : actor.memberId,
          created_by: actor.memberId,
          expires_at: clock.now() + input.days * DAY_MS,
          maximum_uses: input.maximumUses,
        })
      }),

    revoke: (identity, inviteId) =>
      writeAs(database, identity, async (transaction, actor) => {
        const { query } = transaction
        const { accountId } = identity
        const invite = await findInvite(query, accountId, inviteId)
        if (!invite) return failure('invite_unknown', 'There is no such invite.')
        const allowed = mayHandleInvite(actor, { memberId: invite.member_id })
        if (!allowed.ok) return allowed
        await query(
          'UPDATE invite SET revoked_at = ? WHERE account_id = ? AND id = ? AND revoked_at IS NULL',
          clock.now(),
          accountId,
          inviteId,
        )
        tellTeamChanged(transaction, accountId)
        return success(null)
      }),

    async ticketForCopy({ accountId, memberId, deviceId }, stream, closes) {
      const made = await transact(database, async (transaction) => {
        const { query } = transaction
        await transaction.lockAccount(accountId)
        const member = await findMember(query, accountId, memberId)
        const device = await findDevice(query, accountId, deviceId)
        const isIn = device?.standing === 'active' || device?.standing === 'copied'
        if (member?.left_at !== null || !isIn) return deviceClosed()
        if (closes) await closeAsCopied(transaction, accountId, deviceId)
        if (stream !== null) await listCopy(query, accountId, device, stream)
        return add(transaction, accountId, {
          id: ids.next(),
          role: member.role,
          member_id: memberId,
          created_by: memberId,
          expires_at: clock.now() + TICKET_DAYS * DAY_MS,
          maximum_uses: 1,
        })
      })
      if (!made.ok) throw new Error(made.error.message)
      return made.data.code
    },
  }
}

function tooManyInvites() {
  return failure(
    'too_many_invites',
    `${MAX_OPEN_INVITES} invites of yours are open. Take one back first.`,
  )
}
