/** Records earnings with the records of runs, in the transaction that receives them. */

import type { RecipeRun } from '#shared/journal/earnings.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import { earnedBy, earningCatalog } from '#shared/records/earned.ts'
import type { AccountWatcher } from '../authority/accounts.ts'
import type { Authority } from '../authority/authority.ts'
import type { ServerCatalogs } from '../authority/catalogs.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Query, Transaction } from '../store/database.ts'

/** Published when there is something to grant or to take back. */
export const EARNINGS_CHANNEL = 'earnings'

/** One charged run of somebody else's recipe, as a machine reported it. */
export interface EarnedRun extends RecipeRun {
  /** When it ended. */
  readonly at: number
}

export interface EarningIntake {
  /**
   * What records earned others, read before they are accounted for: only runs paid by the account's
   * own credits count, so none from before the machine joined.
   */
  earned(
    query: Query,
    machine: { readonly accountId: string; readonly deviceId: string },
    records: readonly DeviceRecord[],
    isCopy: boolean,
  ): Promise<readonly EarnedRun[]>
  /** Stores them, once for each run of the account, in the transaction that reported them. */
  note(transaction: Transaction, accountId: string, earned: readonly EarnedRun[]): Promise<void>
}

export interface EarningIntakeDeps {
  readonly authority: Pick<Authority, 'reported'>
  readonly catalogs: Pick<ServerCatalogs, 'find'>
  readonly metrics: Metrics
}

export function createEarningIntake(deps: EarningIntakeDeps): EarningIntake {
  const { authority, catalogs, metrics } = deps
  const refused = metrics.counter('earnings_refused_total', 'Premiums that do not follow from runs')

  return {
    async earned(query, { accountId, deviceId }, records, isCopy) {
      const candidates = records.filter((record) => earningCatalog(record) !== null)
      if (candidates.length === 0) return []
      const head = isCopy ? null : await authority.reported(query, accountId, deviceId)
      const runs: EarnedRun[] = []
      for (const record of candidates) {
        if (record.sequence <= (head?.sequence ?? 0)) continue
        const published = await catalogs.find(query, earningCatalog(record) ?? '')
        const run = published && earnedBy(record, published.catalog)
        if (run) runs.push({ ...run, at: record.at })
        else refused.add()
      }
      return runs
    },

    async note({ query, publish }, accountId, earned) {
      for (const { operationId, recipe, premium, at } of earned) {
        await query(
          `INSERT INTO earning (account_id, operation_id, creator, recipe_id, recipe_name, premium,
             at, state, paid_to)
           VALUES (?, ?, ?, ?, ?, ?, ?, 'new', NULL) ON CONFLICT (account_id, operation_id) DO NOTHING`,
          accountId,
          operationId,
          recipe.creatorId,
          recipe.id,
          recipe.name,
          premium,
          at,
        )
      }
      if (earned.length > 0) publish(EARNINGS_CHANNEL, accountId)
    },
  }
}

/** A refunded run earns nothing: what it earned is taken back, or never granted. */
export const watchRefunds: AccountWatcher = async (transaction, { accountId, entries }) => {
  for (const { facts } of entries) {
    if (facts.kind !== 'refund') continue
    const [earning] = await transaction.query<{ state: string }>(
      `UPDATE earning SET state = CASE WHEN state = 'paid' THEN 'owed' ELSE 'void' END
       WHERE account_id = ? AND operation_id = ? AND state IN ('new', 'paid') RETURNING state`,
      accountId,
      facts.operationId,
    )
    if (earning) transaction.publish(EARNINGS_CHANNEL, accountId)
  }
}
