/**
 * Grants creators what they earned, in their own accounts. An earning is stored with the account
 * whose run it was and granted in a transaction of the creator's: each step happens once, whichever
 * process does it, and no transaction locks two accounts.
 */

import { catalogAt } from '#shared/account/terms.ts'
import { millicredits } from '#shared/credits/amount.ts'
import { earningGrant } from '#shared/journal/earnings.ts'
import { grantEntry, grantEntryId, revokeEntry, revokeEntryId } from '#shared/journal/entries.ts'
import type { Pool } from '#shared/lease/pool.ts'
import type { Log } from '#shared/ports/log.ts'
import type { Timers } from '#shared/ports/time.ts'
import { success } from '#shared/result.ts'
import type { Authority } from '../authority/authority.ts'
import type { Metrics } from '../ports/metrics.ts'
import { startRounds } from '../ports/rounds.ts'
import type { Database, Transaction } from '../store/database.ts'
import { EARNINGS_CHANNEL } from './intake.ts'

export interface EarningPayer {
  /** Grants and takes back what is due; returns how many it did. */
  sweep(): Promise<number>
  close(): Promise<void>
}

export interface EarningPayerDeps {
  readonly database: Database
  readonly authority: Pick<Authority, 'change'>
  readonly timers: Timers
  readonly log: Log
  readonly metrics: Metrics
}

const EVERY_MS = 60_000
const BATCH = 100

interface Earning {
  readonly account_id: string
  readonly operation_id: string
  readonly creator: string
  readonly recipe_id: string
  readonly recipe_name: string
  readonly premium: number
  /** The account of the creator. */
  readonly payee: string
}

type Step = (transaction: Transaction, earning: Earning) => Promise<boolean>

const COLUMNS = 'earning.account_id, operation_id, creator, recipe_id, recipe_name, premium'
/** Of runs whose creator is known. */
const TO_GRANT = `SELECT ${COLUMNS}, creator.account_id AS payee FROM earning
  JOIN creator ON creator.public_key = earning.creator
  WHERE state = 'new' ORDER BY at, operation_id LIMIT ${BATCH}`
const TO_TAKE_BACK = `SELECT ${COLUMNS}, paid_to AS payee FROM earning
  WHERE state = 'owed' ORDER BY at, operation_id LIMIT ${BATCH}`

export function createEarningPayer(deps: EarningPayerDeps): EarningPayer {
  const { database, authority, timers, log } = deps
  const counted = deps.metrics.counter('earnings_total', 'Earnings of creators', ['step'])
  let closed = false
  const rounds = startRounds({
    timers,
    everyMs: EVERY_MS,
    firstMs: 0,
    work: sweep,
    failed: (error) => log.error('Earnings cannot be granted', { error: String(error) }),
  })
  const stopHearing = database.subscribe(EARNINGS_CHANNEL, () => rounds.soon())

  async function sweep(): Promise<number> {
    const granted = await each(TO_GRANT, 'granted', grant)
    return granted + (await each(TO_TAKE_BACK, 'taken-back', takeBack))
  }

  async function each(sql: string, step: string, work: Step): Promise<number> {
    let done = 0
    for (;;) {
      const found = await database.query<Earning>(sql)
      let fresh = 0
      for (const earning of found) {
        if (closed) return done
        if (await attempt(earning, work)) fresh += 1
      }
      counted.add(fresh, { step })
      done += fresh
      // If nothing moved, another process is doing it, or something prevents it until later.
      if (found.length < BATCH || fresh === 0) return done
    }
  }

  /** A failure does not hold up the others, and is retried. */
  async function attempt(earning: Earning, work: Step): Promise<boolean> {
    try {
      return await database.transaction(async (transaction) => {
        if (!(await transaction.lockAccount(earning.payee))) return false
        return work(transaction, earning)
      })
    } catch (error) {
      const { account_id: accountId, operation_id: operationId } = earning
      log.error('An earning cannot be granted', { accountId, operationId, error: String(error) })
      return false
    }
  }

  async function grant(transaction: Transaction, earning: Earning): Promise<boolean> {
    const { payee, operation_id: operationId } = earning
    if (!(await move(transaction, earning, 'new', 'paid'))) return false
    const entryId = grantEntryId(`earnings:${operationId}`)
    const done = await authority.change(transaction, payee, entryId, (pool, now) => {
      const made = grantOf(earning, pool, now)
      return success(made ? [grantEntry(made)] : [])
    })
    if (!done.ok) throw new Error(done.error.message)
    return true
  }

  async function takeBack(transaction: Transaction, earning: Earning): Promise<boolean> {
    const { payee, operation_id: operationId } = earning
    if (!(await move(transaction, earning, 'owed', 'taken-back'))) return false
    const grantId = `earnings:${operationId}`
    const id = 'refunded'
    const entryId = revokeEntryId(id, grantId)
    const done = await authority.change(transaction, payee, entryId, ({ balances }) => {
      const balance = balances.get(grantId)
      // Fully spent and forgotten since: what was used is not taken back.
      if (!balance) return success([])
      const rest = { grantId, amount: balance.available }
      return success([revokeEntry(id, rest, 'The run was refunded', true)])
    })
    if (!done.ok) throw new Error(done.error.message)
    return true
  }

  return {
    sweep,
    async close() {
      closed = true
      stopHearing()
      await rounds.close()
    },
  }
}

/** Advances an earning, unless somebody else has done so meanwhile. */
async function move(
  { query }: Transaction,
  { account_id: accountId, operation_id: operationId, payee }: Earning,
  from: string,
  to: string,
): Promise<boolean> {
  const moved = await query(
    `UPDATE earning SET state = ?, paid_to = ?
     WHERE account_id = ? AND operation_id = ? AND state = ? RETURNING state`,
    to,
    payee,
    accountId,
    operationId,
    from,
  )
  return moved.length > 0
}

function grantOf(earning: Earning, { account }: Pool, now: number) {
  const { version, priorities } = catalogAt(account, now)
  const run = {
    operationId: earning.operation_id,
    recipe: { id: earning.recipe_id, name: earning.recipe_name, creatorId: earning.creator },
    premium: millicredits(earning.premium),
  }
  const { earnings: priority } = priorities
  return earningGrant(run, { at: now, expiresAt: null, priority, catalogVersion: version })
}
