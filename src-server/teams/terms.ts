/** The calls about what a team is given and may spend, and who is alerted, checked by role. */

import { type Result, success } from '#shared/result.ts'
import type { SessionCallName, TeamCallOutput, TeamCallParsed } from '#shared/team/api.ts'
import { type Actor, mayChangePlan, maySetAlerts, maySetCaps } from '#shared/team/rules.ts'
import type { Transaction } from '../store/database.ts'
import type { Identity } from './identity.ts'
import { tried } from '../store/promo-tries.ts'
import type { TeamDeps } from './ports.ts'
import { writeAs } from './writing.ts'

type Change<Name extends SessionCallName> = (
  identity: Identity,
  input: TeamCallParsed<Name>,
) => Promise<Result<TeamCallOutput<Name>>>

export interface TeamTerms {
  readonly setCap: Change<'cap.set'>
  readonly removeCap: Change<'cap.remove'>
  readonly changePlan: Change<'plan.change'>
  readonly redeem: Change<'code.redeem'>
  readonly readWebhook: Change<'webhook.read'>
  readonly setWebhook: Change<'webhook.set'>
  readonly removeWebhook: Change<'webhook.remove'>
  readonly testWebhook: Change<'webhook.test'>
}

export function createTeamTerms({ database, authority, webhooks, clock }: TeamDeps): TeamTerms {
  /** A call for those whom `may` lets, in the account's order. */
  function forThose<Name extends SessionCallName>(
    may: (actor: Actor) => Result<null>,
    work: (
      transaction: Transaction,
      accountId: string,
      input: TeamCallParsed<Name>,
    ) => Promise<Result<TeamCallOutput<Name>>>,
  ): Change<Name> {
    return (identity, input) =>
      writeAs(database, identity, async (transaction, actor) => {
        const allowed = may(actor)
        return allowed.ok ? work(transaction, identity.accountId, input) : allowed
      })
  }

  const redeem = forThose<'code.redeem'>(
    mayChangePlan,
    (transaction, accountId, { requestId, code }) =>
      authority.redeem(transaction, accountId, requestId, code),
  )

  return {
    setCap: forThose<'cap.set'>(maySetCaps, (transaction, accountId, { changeId, cap }) =>
      authority.setCap(transaction, accountId, changeId, cap),
    ),
    removeCap: forThose<'cap.remove'>(maySetCaps, (transaction, accountId, { changeId, capId }) =>
      authority.removeCap(transaction, accountId, changeId, capId),
    ),
    changePlan: forThose<'plan.change'>(mayChangePlan, authority.changePlan),
    redeem: (identity, input) =>
      tried(database.query, identity.accountId, clock.now(), () => redeem(identity, input)),
    readWebhook: forThose<'webhook.read'>(maySetAlerts, async ({ query }, accountId) =>
      success(await webhooks.read(query, accountId)),
    ),
    setWebhook: forThose<'webhook.set'>(maySetAlerts, (transaction, accountId, { changeId, url }) =>
      webhooks.set(transaction, accountId, changeId, url),
    ),
    removeWebhook: forThose<'webhook.remove'>(maySetAlerts, async (transaction, accountId) => {
      await webhooks.remove(transaction, accountId)
      return success(null)
    }),
    testWebhook: forThose<'webhook.test'>(maySetAlerts, (transaction, accountId, { testId }) =>
      webhooks.test(transaction, accountId, testId),
    ),
  }
}
