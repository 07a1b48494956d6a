/**
 * Who may do what in a team. Nobody acts on someone above them: what concerns an owner is for
 * owners.
 */

import { failure, type Result, success } from '../result.ts'
import { hasRight, type Right, type Role } from './members.ts'

/** Who is asking, as the server knows them. */
export interface Actor {
  readonly memberId: string
  readonly role: Role
}

/** Whom it concerns. */
export type Subject = Actor

const YES = success(null)

function notAllowed(what: string) {
  return failure('not_allowed', `Your role in the team does not let you ${what}.`)
}

function needs(actor: Actor, right: Right, what: string): Result<null> {
  return hasRight(actor.role, right) ? YES : notAllowed(what)
}

/**
 * Whether the actor has `right` over somebody else; over an owner only owners have any. Over
 * oneself no right is needed.
 */
function over(actor: Actor, subject: Subject, right: Right, what: string): Result<null> {
  if (subject.memberId === actor.memberId) return YES
  if (subject.role === 'owner' && !hasRight(actor.role, 'manage-owners')) return notAllowed(what)
  return needs(actor, right, what)
}

export type Invitation =
  { readonly kind: 'person'; readonly role: Role } | { readonly kind: 'machine' }

/** Another machine of one's own needs no right; inviting an owner is for owners. */
export function mayInvite(actor: Actor, invitation: Invitation): Result<null> {
  if (invitation.kind === 'machine') return YES
  if (invitation.role === 'owner') return needs(actor, 'manage-owners', 'invite an owner')
  return needs(actor, 'invite', 'invite people')
}

/** Whether one sees and may revoke an invite; `memberId` as in `InviteView`. */
export function mayHandleInvite(
  actor: Actor,
  invite: { readonly memberId: string | null },
): Result<null> {
  if (invite.memberId === actor.memberId) return YES
  return needs(actor, 'invite', 'take back invites of others')
}

export function mayRenameMember(actor: Actor, member: Subject): Result<null> {
  return over(actor, member, 'manage-members', 'rename others')
}

/** Fails with `not_allowed`, or `last_owner` when nobody would own the team. */
export function mayChangeRole(
  actor: Actor,
  member: Subject,
  role: Role,
  owners: number,
): Result<null> {
  if (role === member.role) return YES
  const concernsOwners = role === 'owner' || member.role === 'owner'
  const right = concernsOwners ? 'manage-owners' : 'manage-members'
  const allowed = needs(actor, right, 'change this role')
  if (!allowed.ok) return allowed
  return member.role === 'owner' && owners === 1 ? lastOwner() : YES
}

/** Fails with `not_allowed`, or `last_owner`. */
export function mayRemove(actor: Actor, member: Subject, owners: number): Result<null> {
  const allowed = over(actor, member, 'manage-members', 'remove others')
  if (!allowed.ok) return allowed
  return member.role === 'owner' && owners === 1 ? lastOwner() : YES
}

/** One's own machines need no right. */
export function mayManageDevice(actor: Actor, holder: Subject): Result<null> {
  return over(actor, holder, 'manage-devices', 'change machines of others')
}

/** Fails with `last_owner` while others stay and nobody else owns the team. */
export function mayLeave(actor: Actor, owners: number, members: number): Result<null> {
  return actor.role === 'owner' && owners === 1 && members > 1 ? lastOwner() : YES
}

/** Fails with `not_allowed` or, while others are in it, `not_alone`. */
export function mayDissolve(actor: Actor, members: number): Result<null> {
  const allowed = needs(actor, 'manage-owners', 'dissolve it')
  if (!allowed.ok) return allowed
  return members === 1
    ? YES
    : failure('not_alone', 'Others are still in the team. Remove them first, or leave it to them.')
}

export function mayRenameTeam(actor: Actor): Result<null> {
  return needs(actor, 'manage-members', 'rename it')
}

/** Caps for the team and for anybody in it. */
export function maySetCaps(actor: Actor): Result<null> {
  return needs(actor, 'set-caps', 'set caps')
}

/** Which address is told when credits run low. */
export function maySetAlerts(actor: Actor): Result<null> {
  return needs(actor, 'set-caps', 'say who is told when credits run low')
}

/** The plan, and whatever else changes what the team is given or owes. */
export function mayChangePlan(actor: Actor): Result<null> {
  return needs(actor, 'change-plan', 'change the plan')
}

function lastOwner() {
  return failure('last_owner', 'A team needs an owner. Make somebody else one first.')
}
