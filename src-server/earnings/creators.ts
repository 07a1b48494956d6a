/** Who a creator's key belongs to, and what it earned. */

import { millicredits } from '#shared/credits/amount.ts'
import type { RecipeEarnings } from '#shared/journal/earnings.ts'
import type { Query, Transaction } from '../store/database.ts'
import { EARNINGS_CHANNEL } from './intake.ts'

interface Member {
  readonly accountId: string
  readonly memberId: string
}

/** A key belongs to one member: the latest to prove it. Until then what it earns waits. */
export async function registerCreator(
  { query, publish }: Transaction,
  { accountId, memberId }: Member,
  publicKey: string,
  now: number,
): Promise<void> {
  await query(
    `INSERT INTO creator (public_key, account_id, member_id, registered_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (public_key) DO UPDATE SET account_id = excluded.account_id,
       member_id = excluded.member_id, registered_at = excluded.registered_at`,
    publicKey,
    accountId,
    memberId,
    now,
  )
  publish(EARNINGS_CHANNEL, accountId)
}

/**
 * Those who leave take their key along: what it earns from then on waits until it is proved again.
 */
export async function forgetCreator(query: Query, { accountId, memberId }: Member): Promise<void> {
  await query('DELETE FROM creator WHERE account_id = ? AND member_id = ?', accountId, memberId)
}

interface Row {
  readonly recipe_id: string
  readonly creator: string
  readonly recipe_name: string
  readonly runs: number
  readonly credits: number
}

/**
 * What a member's keys earned, across all accounts of the server, by recipe, highest first. Runs
 * that were refunded count and earned nothing. Counts and credits only: nothing about who ran what.
 */
export async function earningsOf(
  query: Query,
  { accountId, memberId }: Member,
): Promise<readonly RecipeEarnings[]> {
  const rows = await query<Row>(
    `SELECT recipe_id, creator, max(recipe_name) AS recipe_name, count(*) AS runs,
       CAST(sum(CASE WHEN state IN ('new', 'paid') THEN premium ELSE 0 END) AS BIGINT) AS credits
     FROM earning JOIN creator ON creator.public_key = earning.creator
     WHERE creator.account_id = ? AND creator.member_id = ?
     GROUP BY recipe_id, creator ORDER BY credits DESC, recipe_id`,
    accountId,
    memberId,
  )
  return rows.map(({ recipe_id: recipeId, recipe_name: recipeName, creator, runs, credits }) => {
    return {
      recipeId,
      recipeName,
      creatorId: creator,
      runs,
      credits: millicredits(credits),
    }
  })
}
