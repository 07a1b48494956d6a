/** Purchases in the store: one row for each attempt, changed by one transaction at a time. */

import type { SavedCard } from '#shared/host/purchase.ts'
import { isCalledBack } from '#shared/purchase/closed.ts'
import { plannedTake } from '#shared/purchase/planned.ts'
import { dueOf } from '#shared/purchase/due.ts'
import { NO_FACTS, type Purchase, type PurchaseState, stateOf } from '#shared/purchase/purchase.ts'
import type { Clock } from '#shared/ports/time.ts'
import type { Database, Query } from '../store/database.ts'
import type { Gateway, PurchaseKey } from './gateway.ts'

/** A purchase and what belongs to it at its processor. */
export interface PurchaseRecord {
  readonly purchase: Purchase
  readonly gateway: Gateway['name']
  readonly test: boolean
  /** The processor's name of the page; null before there is one, and where nothing was to be paid. */
  readonly reference: string | null
  readonly payUrl: string | null
  readonly payUntil: number | null
  readonly card: SavedCard | null
  readonly receiptUrl: string | null
  /** Why what was paid could not be carried out: its money goes back. */
  readonly problem: string | null
  readonly updatedAt: number
}

/** A purchase of which nothing is known yet but what was chosen. */
export function newPurchase(
  { gateway, clock }: { readonly gateway: Gateway; readonly clock: Clock },
  purchase: Omit<Purchase, 'facts'>,
): PurchaseRecord {
  return {
    purchase: { ...purchase, facts: NO_FACTS },
    gateway: gateway.name,
    test: gateway.test,
    reference: null,
    payUrl: null,
    payUntil: null,
    card: null,
    receiptUrl: null,
    problem: null,
    updatedAt: clock.now(),
  }
}

interface Row {
  readonly account_id: string
  readonly id: string
  readonly updated_at: number
  readonly body: string
}

const COLUMNS = 'account_id, id, updated_at, body'

function read({ body, updated_at: updatedAt }: Row): PurchaseRecord {
  return { ...(JSON.parse(body) as Omit<PurchaseRecord, 'updatedAt'>), updatedAt }
}

const written = ({ updatedAt: _, ...record }: PurchaseRecord) => JSON.stringify(record)

/** A free purchase, one whose money is to go back and one with something due are looked at again. */
function isDue({ purchase, problem }: PurchaseRecord): boolean {
  const owesSurplus = purchase.facts.surplus.some(({ sentBack }) => !sentBack)
  const owesAll = problem !== null && stateOf(purchase) !== 'refunded'
  const isPlanned = plannedTake(purchase) !== null
  return dueOf(purchase) !== null || isPlanned || owesSurplus || owesAll
}

export async function insertPurchase(query: Query, record: PurchaseRecord): Promise<void> {
  const { purchase, gateway, updatedAt } = record
  await query(
    `INSERT INTO purchase (account_id, id, gateway, state, by_whom, due, called_back, revision,
       created_at, updated_at, payment, body) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)`,
    purchase.accountId,
    purchase.id,
    gateway,
    stateOf(purchase),
    purchase.by,
    isDue(record) ? 1 : 0,
    isCalledBack(purchase) ? 1 : 0,
    purchase.createdAt,
    updatedAt,
    purchase.facts.paid?.payment ?? null,
    written(record),
  )
}

export async function findPurchase(
  query: Query,
  { accountId, purchaseId }: PurchaseKey,
): Promise<PurchaseRecord | null> {
  const sql = `SELECT ${COLUMNS} FROM purchase WHERE account_id = ? AND id = ?`
  const [row] = await query<Row>(sql, accountId, purchaseId)
  return row ? read(row) : null
}

/** Reads a purchase that nobody else changes until the transaction ends. */
export async function lockPurchase(
  query: Query,
  { accountId, purchaseId }: PurchaseKey,
): Promise<PurchaseRecord | null> {
  const sql = `UPDATE purchase SET revision = revision + 1 WHERE account_id = ? AND id = ?
    RETURNING ${COLUMNS}`
  const [row] = await query<Row>(sql, accountId, purchaseId)
  return row ? read(row) : null
}

export async function savePurchase(query: Query, record: PurchaseRecord): Promise<void> {
  const { purchase, updatedAt } = record
  await query(
    `UPDATE purchase SET state = ?, due = ?, called_back = ?, updated_at = ?, payment = ?, body = ?
     WHERE account_id = ? AND id = ?`,
    stateOf(purchase),
    isDue(record) ? 1 : 0,
    isCalledBack(purchase) ? 1 : 0,
    updatedAt,
    purchase.facts.paid?.payment ?? null,
    written(record),
    purchase.accountId,
    purchase.id,
  )
}

/** Changes a purchase with nothing in between; null where there is none. */
export function changePurchase(
  database: Database,
  key: PurchaseKey,
  now: number,
  step: (record: PurchaseRecord) => PurchaseRecord,
): Promise<PurchaseRecord | null> {
  return database.transaction(async ({ query }) => {
    const known = await lockPurchase(query, key)
    if (!known) return null
    const next = step(known)
    if (next === known) return known
    const record = { ...next, updatedAt: now }
    await savePurchase(query, record)
    return record
  })
}

export async function keyOfPayment(
  query: Query,
  gateway: Gateway['name'],
  payment: string,
): Promise<PurchaseKey | null> {
  const sql = 'SELECT account_id, id FROM purchase WHERE gateway = ? AND payment = ?'
  const [row] = await query<Pick<Row, 'account_id' | 'id'>>(sql, gateway, payment)
  return row ? { accountId: row.account_id, purchaseId: row.id } : null
}

const list = (states: readonly PurchaseState[]) => states.map(() => '?').join(', ')

/** Of an account, newest first. */
export async function purchasesIn(
  query: Query,
  accountId: string,
  states: readonly PurchaseState[],
  limit: number,
): Promise<readonly PurchaseRecord[]> {
  const sql = `SELECT ${COLUMNS} FROM purchase WHERE account_id = ? AND state IN (${list(states)})
    ORDER BY created_at DESC, id DESC LIMIT ?`
  return (await query<Row>(sql, accountId, ...states, limit)).map(read)
}

/** The auto-refills of an account since a moment, and its last ones whenever they were. */
export async function refillsOf(
  query: Query,
  accountId: string,
  since: number,
): Promise<readonly PurchaseRecord[]> {
  const sql = (more: string) => `SELECT ${COLUMNS} FROM purchase
    WHERE account_id = ? AND by_whom = 'auto-refill' ${more}`
  const recent = await query<Row>(sql('AND created_at >= ?'), accountId, since)
  const last = await query<Row>(sql('ORDER BY created_at DESC, id DESC LIMIT 8'), accountId)
  const rows = new Map([...recent, ...last].map((row) => [row.id, row]))
  return [...rows.values()].map(read)
}

export async function historyPage(
  query: Query,
  accountId: string,
  before: PurchaseRecord | null,
  limit: number,
): Promise<readonly PurchaseRecord[]> {
  const from = before ? 'AND (created_at < ? OR (created_at = ? AND id < ?))' : ''
  const { createdAt = 0, id = '' } = before?.purchase ?? {}
  const values = before ? [createdAt, createdAt, id] : []
  const sql = `SELECT ${COLUMNS} FROM purchase WHERE account_id = ? ${from}
    ORDER BY created_at DESC, id DESC LIMIT ?`
  return (await query<Row>(sql, accountId, ...values, limit)).map(read)
}

/** Those with something to do, longest untouched first. */
export async function purchasesDue(
  query: Query,
  limit: number,
): Promise<readonly PurchaseRecord[]> {
  const sql = `SELECT ${COLUMNS} FROM purchase WHERE due = 1 ORDER BY updated_at LIMIT ?`
  return (await query<Row>(sql, limit)).map(read)
}

/** Those of an account that wait for machines or runs to give something back. */
export async function purchasesCalledBack(
  query: Query,
  accountId: string,
): Promise<readonly PurchaseRecord[]> {
  const sql = `SELECT ${COLUMNS} FROM purchase WHERE account_id = ? AND called_back = 1 ORDER BY id`
  return (await query<Row>(sql, accountId)).map(read)
}

/** Accounts that have such, in pages by id. */
export async function accountsCalledBack(
  query: Query,
  after: string,
  limit: number,
): Promise<readonly string[]> {
  const sql = `SELECT DISTINCT account_id FROM purchase WHERE called_back = 1 AND account_id > ?
    ORDER BY account_id LIMIT ?`
  const rows = await query<Pick<Row, 'account_id'>>(sql, after, limit)
  return rows.map(({ account_id: accountId }) => accountId)
}

/** Those in a state that were last touched at or after `since`, in pages by account and id. */
export async function purchasesSince(
  query: Query,
  states: readonly PurchaseState[],
  since: number,
  after: PurchaseKey | null,
  limit: number,
): Promise<readonly PurchaseRecord[]> {
  const sql = `SELECT ${COLUMNS} FROM purchase WHERE state IN (${list(states)}) AND updated_at >= ?
    AND (account_id > ? OR (account_id = ? AND id > ?)) ORDER BY account_id, id LIMIT ?`
  const { accountId, purchaseId } = after ?? { accountId: '', purchaseId: '' }
  const from = [accountId, accountId, purchaseId]
  return (await query<Row>(sql, ...states, since, ...from, limit)).map(read)
}
