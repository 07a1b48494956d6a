import { describe, expect, it } from 'vitest'
import type { Result } from '#shared/result.ts'
import { ROLES, type Role } from '#shared/team/members.ts'
import {
  mayChangePlan,
  mayChangeRole,
  mayDissolve,
  mayHandleInvite,
  mayInvite,
  mayLeave,
  mayManageDevice,
  mayRemove,
  mayRenameMember,
  mayRenameTeam,
  maySetCaps,
} from '#shared/team/rules.ts'

const me = (role: Role) => ({ memberId: 'me', role })
const other = (role: Role) => ({ memberId: 'other', role })
const said = (result: Result<null>) => (result.ok ? 'yes' : result.error.code)

/** Each role's answer, in the order owner, admin, member. */
const byRole = (ask: (role: Role) => Result<null>) => ROLES.map((role) => said(ask(role)))

describe('rights in a team', () => {
  it('lets owners and admins invite people, and only owners invite owners', () => {
    const person = (role: Role) => ({ kind: 'person', role }) as const
    expect(byRole((role) => mayInvite(me(role), person('member')))).toEqual([
      'yes',
      'yes',
      'not_allowed',
    ])
    expect(byRole((role) => mayInvite(me(role), person('admin')))).toEqual([
      'yes',
      'yes',
      'not_allowed',
    ])
    expect(byRole((role) => mayInvite(me(role), person('owner')))).toEqual([
      'yes',
      'not_allowed',
      'not_allowed',
    ])
  })

  it('lets everyone bring another machine of their own and take that invite back', () => {
    expect(byRole((role) => mayInvite(me(role), { kind: 'machine' }))).toEqual([
      'yes',
      'yes',
      'yes',
    ])
    expect(byRole((role) => mayHandleInvite(me(role), { memberId: 'me' }))).toEqual([
      'yes',
      'yes',
      'yes',
    ])
    expect(byRole((role) => mayHandleInvite(me(role), { memberId: 'other' }))).toEqual([
      'yes',
      'yes',
      'not_allowed',
    ])
  })

  it('keeps owners out of the hands of those below them', () => {
    for (const may of [
      (role: Role) => mayRenameMember(me(role), other('owner')),
      (role: Role) => mayManageDevice(me(role), other('owner')),
      (role: Role) => mayRemove(me(role), other('owner'), 2),
      (role: Role) => mayChangeRole(me(role), other('owner'), 'member', 2),
      (role: Role) => mayChangeRole(me(role), other('member'), 'owner', 2),
    ]) {
      expect(byRole(may)).toEqual(['yes', 'not_allowed', 'not_allowed'])
    }
  })

  it('lets owners and admins see to members, and members to themselves', () => {
    for (const may of [
      (role: Role) => mayRenameMember(me(role), other('member')),
      (role: Role) => mayManageDevice(me(role), other('member')),
      (role: Role) => mayRemove(me(role), other('admin'), 1),
      (role: Role) => mayChangeRole(me(role), other('member'), 'admin', 1),
      (role: Role) => mayRenameTeam(me(role)),
      (role: Role) => maySetCaps(me(role)),
      (role: Role) => mayChangePlan(me(role)),
    ]) {
      expect(byRole(may)).toEqual(['yes', 'yes', 'not_allowed'])
    }
    expect(byRole((role) => mayRenameMember(me(role), me(role)))).toEqual(['yes', 'yes', 'yes'])
    expect(byRole((role) => mayManageDevice(me(role), me(role)))).toEqual(['yes', 'yes', 'yes'])
    expect(said(mayChangeRole(me('member'), me('member'), 'admin', 1))).toBe('not_allowed')
  })

  it('never leaves a team without an owner', () => {
    expect(said(mayChangeRole(me('owner'), me('owner'), 'member', 1))).toBe('last_owner')
    expect(said(mayChangeRole(me('owner'), me('owner'), 'member', 2))).toBe('yes')
    expect(said(mayRemove(me('owner'), me('owner'), 1))).toBe('last_owner')
    expect(said(mayLeave(me('owner'), 1, 2))).toBe('last_owner')
    expect(said(mayLeave(me('owner'), 2, 2))).toBe('yes')
    expect(said(mayLeave(me('owner'), 1, 1))).toBe('yes')
    expect(said(mayLeave(me('member'), 1, 2))).toBe('yes')
  })

  it('lets an owner who is alone dissolve the team', () => {
    expect(byRole((role) => mayDissolve(me(role), 1))).toEqual([
      'yes',
      'not_allowed',
      'not_allowed',
    ])
    expect(said(mayDissolve(me('owner'), 2))).toBe('not_alone')
  })
})
