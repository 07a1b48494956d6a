/** How an account pays: its customer at the processor, the saved card, auto-refill. */

import type { SavedCard } from '#shared/host/purchase.ts'
import type { AutoRefillSettings } from '#shared/purchase/auto-refill.ts'
import type { Database, Query } from '../store/database.ts'

export interface Payer {
  readonly customer: string | null
  readonly card: SavedCard | null
  readonly refill: AutoRefillSettings | null
}

interface Row {
  readonly customer: string | null
  readonly card: string | null
  readonly refill: string | null
}

const NOBODY: Payer = { customer: null, card: null, refill: null }

const read = ({ customer, card, refill }: Row): Payer => ({
  customer,
  card: card === null ? null : (JSON.parse(card) as SavedCard),
  refill: refill === null ? null : (JSON.parse(refill) as AutoRefillSettings),
})

export async function findPayer(query: Query, accountId: string): Promise<Payer> {
  const sql = 'SELECT customer, card, refill FROM payer WHERE account_id = ?'
  const [row] = await query<Row>(sql, accountId)
  return row ? read(row) : NOBODY
}

/** Reads a payer; until the transaction ends no other transaction comes past this for the account. */
export async function lockPayer(query: Query, accountId: string): Promise<Payer> {
  const [row] = await query<Row>(
    `INSERT INTO payer (account_id, revision) VALUES (?, 1)
     ON CONFLICT (account_id) DO UPDATE SET revision = payer.revision + 1
     RETURNING customer, card, refill`,
    accountId,
  )
  return row ? read(row) : NOBODY
}

/** Changes what is given, with nothing in between. */
export function changePayer(
  database: Database,
  accountId: string,
  patch: Partial<Payer>,
): Promise<Payer> {
  return database.transaction(async ({ query }) => {
    const next = { ...(await lockPayer(query, accountId)), ...patch }
    const { customer, card, refill } = next
    await query(
      'UPDATE payer SET customer = ?, card = ?, refill = ? WHERE account_id = ?',
      customer,
      card && JSON.stringify(card),
      refill && JSON.stringify(refill),
      accountId,
    )
    return next
  })
}

/** By the processor's name of it; null where it is no customer of this store. */
export async function accountOfCustomer(query: Query, customer: string): Promise<string | null> {
  const sql = 'SELECT account_id FROM payer WHERE customer = ?'
  const [row] = await query<{ account_id: string }>(sql, customer)
  return row?.account_id ?? null
}

/** Accounts whose auto-refill is on, in pages by id. */
export async function refillingAccounts(
  query: Query,
  after: string,
  limit: number,
): Promise<readonly string[]> {
  const sql = `SELECT account_id FROM payer WHERE refill LIKE '%"enabled":true%' AND account_id > ?
    ORDER BY account_id LIMIT ?`
  const rows = await query<{ account_id: string }>(sql, after, limit)
  return rows.map(({ account_id: id }) => id)
}
