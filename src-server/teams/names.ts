/**
 * Who may give a name, by the members and machines that there are now; and the names as the tables
 * have them, which follow the account document (decision 0018).
 */

import { failure, type Result } from '#shared/result.ts'
import { mayName, type Named } from '#shared/team/names.ts'
import type { Actor, Subject } from '#shared/team/rules.ts'
import type { Query } from '../store/database.ts'
import { findDevice, findMember } from './rows.ts'

/** Fails with `not_allowed`, or with `name_unknown` where there is nothing to be named. */
export async function mayGiveName(
  query: Query,
  accountId: string,
  actor: Actor,
  named: Named,
): Promise<Result<null>> {
  const holder = await holderOf(query, accountId, actor, named)
  if (!holder) return failure('name_unknown', 'There is nothing in the team to give that name to.')
  return mayName(actor, named, holder)
}

async function holderOf(
  query: Query,
  accountId: string,
  actor: Actor,
  named: Named,
): Promise<Subject | null> {
  if (named.kind === 'team') return actor
  const memberId =
    named.kind === 'member' ? named.id : (await findDevice(query, accountId, named.id))?.member_id
  const member = memberId === undefined ? null : await findMember(query, accountId, memberId)
  return member && { memberId: member.id, role: member.role }
}

/** Takes over the name that the account document has now. */
export async function setName(
  query: Query,
  accountId: string,
  named: Named,
  name: string,
): Promise<void> {
  if (named.kind === 'team') {
    await query('UPDATE team SET name = ? WHERE account_id = ?', name, accountId)
  } else {
    const set = `UPDATE ${named.kind} SET name = ? WHERE account_id = ? AND id = ?`
    await query(set, name, accountId, named.id)
  }
}
