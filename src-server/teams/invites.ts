/** Invites: for new people, or for another machine of one's own. */

import { failure, type Result, success } from '#shared/result.ts'
import type { NewInvite, TeamCallParsed } from '#shared/team/api.ts'
import { codeOf } from '#shared/team/invite-code.ts'
import { mayHandleInvite, mayInvite } from '#shared/team/rules.ts'
import type { Query } from '../store/database.ts'
import { claimCode, codeHash } from './directory.ts'
import { sealOf } from './hashes.ts'
import type { Identity } from './identity.ts'
import { tellTeamChanged } from './news.ts'
import type { TeamDeps } from './ports.ts'
import { findInvite, type InviteRow, inviteView } from './rows.ts'
import { writeAs } from './writing.ts'

export interface Invites {
  create(identity: Identity, input: TeamCallParsed<'invite.create'>): Promise<Result<NewInvite>>
  revoke(identity: Identity, inviteId: string): Promise<Result<null>>
}

const DAY_MS = 86_400_000
/** That can still be used, of one account. */
const MAX_OPEN_INVITES = 100

export function createInvites({ database, clock, secret }: TeamDeps): Invites {
  /** Follows from its id, so that asking again shows the same; the store has only a hash. */
  const codeFor = (accountId: string, inviteId: string) =>
    codeOf(sealOf(secret, ['invite', accountId, inviteId]))

  async function openInvites(query: Query, accountId: string): Promise<number> {
    const [row] = await query<{ count: number }>(
      `SELECT COUNT(*) AS count FROM invite
       WHERE account_id = ? AND revoked_at IS NULL AND uses < maximum_uses AND expires_at > ?`,
      accountId,
      clock.now(),
    )
    return row?.count ?? 0
  }

  async function insert(
    query: Query,
    accountId: string,
    code: string,
    row: InviteRow,
  ): Promise<void> {
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
  }

  return {
    create: (identity, input) =>
      writeAs(database, identity, async (transaction, actor) => {
        const { query } = transaction
        const { accountId } = identity
        const allowed = mayInvite(actor, input.for)
        if (!allowed.ok) return allowed
        const code = codeFor(accountId, input.inviteId)
        const known = await findInvite(query, accountId, input.inviteId)
        if (known) {
          return known.created_by === actor.memberId
            ? success({ invite: inviteView(known), code })
            : failure('invite_exists', 'Somebody else made this invite.')
        }
        if ((await openInvites(query, accountId)) >= MAX_OPEN_INVITES) return tooManyInvites()
        const now = clock.now()
        const row: InviteRow = {
          id: input.inviteId,
          role: input.for.kind === 'person' ? input.for.role : actor.role,
          member_id: input.for.kind === 'person' ? null : actor.memberId,
          created_by: actor.memberId,
          created_at: now,
          expires_at: now + input.days * DAY_MS,
          uses: 0,
          maximum_uses: input.maximumUses,
          revoked_at: null,
        }
        await insert(query, accountId, code, row)
        if (!(await claimCode(query, code, { accountId, id: row.id }))) {
          throw new Error('Two invites have one code')
        }
        tellTeamChanged(transaction, accountId)
        return success({ invite: inviteView(row), code })
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
  }
}

function tooManyInvites() {
  return failure(
    'too_many_invites',
    `There are ${MAX_OPEN_INVITES} open invites. Take one back first.`,
  )
}
