/** What a team is given and may spend: asked for here, by role, and written by the authority. */

import type { Result } from '#shared/result.ts'
import type { TeamCallParsed } from '#shared/team/api.ts'
import { mayChangePlan, maySetCaps } from '#shared/team/rules.ts'
import type { Identity } from './identity.ts'
import type { TeamDeps } from './ports.ts'
import { writeAs } from './writing.ts'

type Change<Name extends 'cap.set' | 'cap.remove' | 'plan.change' | 'code.redeem'> = (
  identity: Identity,
  input: TeamCallParsed<Name>,
) => Promise<Result<null>>

export interface TeamTerms {
  readonly setCap: Change<'cap.set'>
  readonly removeCap: Change<'cap.remove'>
  readonly changePlan: Change<'plan.change'>
  readonly redeem: Change<'code.redeem'>
}

export function createTeamTerms({ database, authority }: TeamDeps): TeamTerms {
  return {
    setCap: (identity, { changeId, cap }) =>
      writeAs(database, identity, async (transaction, actor) => {
        const allowed = maySetCaps(actor)
        return allowed.ok
          ? authority.setCap(transaction, identity.accountId, changeId, cap)
          : allowed
      }),
    removeCap: (identity, { changeId, capId }) =>
      writeAs(database, identity, async (transaction, actor) => {
        const allowed = maySetCaps(actor)
        return allowed.ok
          ? authority.removeCap(transaction, identity.accountId, changeId, capId)
          : allowed
      }),
    changePlan: (identity, choice) =>
      writeAs(database, identity, async (transaction, actor) => {
        const allowed = mayChangePlan(actor)
        return allowed.ok ? authority.changePlan(transaction, identity.accountId, choice) : allowed
      }),
    redeem: (identity, { requestId, code }) =>
      writeAs(database, identity, async (transaction, actor) => {
        const allowed = mayChangePlan(actor)
        return allowed.ok
          ? authority.redeem(transaction, identity.accountId, requestId, code)
          : allowed
      }),
  }
}
