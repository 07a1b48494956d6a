/**
 * Announces that a team's credits run low, or have recovered, in the same transaction that makes it
 * so (design: alerts). Its state stands beside the account's journal, and only if somebody is to be
 * told.
 */

import { termsAt } from '#shared/account/terms.ts'
import type { AlertRule } from '#shared/catalog/policies.ts'
import { creditsToDecimal } from '#shared/credits/amount.ts'
import { type CycleUse, followUse, levelOf } from '#shared/lease/level.ts'
import type { Pool } from '#shared/lease/pool.ts'
import { type CreditLevel, nextAlerts, type Told } from '#shared/policy/alerts.ts'
import { policiesInForce } from '#shared/policy/in-force.ts'
import type { AccountWatcher, Written } from '../authority/accounts.ts'
import type { Transaction } from '../store/database.ts'
import { enqueue } from './outbox.ts'

/** The stored state of an account's alerts. Plain JSON. */
export interface KeptAlerts extends CycleUse {
  readonly told: Told
}

/** Follows the accounts that have a webhook. */
export const watchAlerts: AccountWatcher = async (transaction, written) => {
  if (written.alerts === null) return
  const kept = JSON.parse(written.alerts) as KeptAlerts
  const { entries, pool } = written
  const use = entries.reduce<CycleUse>((so, entry) => followUse(so, entry, pool), kept)
  await tellChanges(transaction, written, { ...use, told: kept.told })
}

/** Records which alerts fire and which recover now, and queues the messages. */
export async function tellChanges(
  transaction: Transaction,
  { accountId, pool, now, position, alerts }: Omit<Written, 'entries'>,
  { cycle, used, told }: KeptAlerts,
): Promise<void> {
  const level = levelOf(pool, { cycle, used }, now)
  const { fired, recovered, told: next } = nextAlerts(rulesOf(pool, now), level, told)
  const kept = JSON.stringify({ cycle, used, told: next } satisfies KeptAlerts)
  if (kept !== alerts) {
    await transaction.query('UPDATE account SET alerts = ? WHERE id = ?', kept, accountId)
  }
  const events = [
    ...recovered.map((id) => ({ type: 'credits.recovered', alert: { id } })),
    ...fired.map((rule) => ({ type: 'credits.low', alert: alertOf(rule) })),
  ]
  for (const [at, { type, alert }] of events.entries()) {
    const event = { type, data: { account: accountId, alert, ...amountsOf(level) } }
    await enqueue(transaction, accountId, `${position}.${at}`, event, now)
  }
}

function rulesOf({ account }: Pool, now: number): readonly AlertRule[] {
  const { catalog, plan, overrides } = termsAt(account, now)
  return policiesInForce({ catalog, plan, overrides, caps: [] }).alerts
}

function alertOf(rule: AlertRule) {
  const { id, kind } = rule
  return rule.kind === 'used'
    ? { id, kind, percent: rule.percent }
    : { id, kind, credits: creditsToDecimal(rule.credits) }
}

function amountsOf({ used, left }: CreditLevel) {
  return { used: creditsToDecimal(used), left: creditsToDecimal(left) }
}
