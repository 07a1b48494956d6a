/**
 * Finds the account of a machine's key or an invite's code. Kept apart from the accounts, so that
 * these can be spread over many stores.
 */

import type { Query } from '../store/database.ts'
import { hashOf } from './hashes.ts'

export interface Place {
  readonly accountId: string
  /** Of the machine or the invite. */
  readonly id: string
}

async function find(query: Query, hash: string): Promise<Place | null> {
  const [row] = await query<{ account_id: string; id: string }>(
    'SELECT account_id, id FROM directory WHERE hash = ?',
    hash,
  )
  return row ? { accountId: row.account_id, id: row.id } : null
}

/** False when somebody has it. */
async function claim(query: Query, hash: string, place: Place): Promise<boolean> {
  const [row] = await query(
    `INSERT INTO directory (hash, account_id, id) VALUES (?, ?, ?)
     ON CONFLICT (hash) DO NOTHING RETURNING hash`,
    hash,
    place.accountId,
    place.id,
  )
  return row !== undefined
}

const keyHash = (publicKey: string) => hashOf(`key ${publicKey}`)
export const codeHash = (code: string) => hashOf(`invite ${code}`)

export function findKey(query: Query, publicKey: string): Promise<Place | null> {
  return find(query, keyHash(publicKey))
}

export function claimKey(query: Query, publicKey: string, place: Place): Promise<boolean> {
  return claim(query, keyHash(publicKey), place)
}

export function findInviteByCode(query: Query, code: string): Promise<Place | null> {
  return find(query, codeHash(code))
}

export function claimCode(query: Query, code: string, place: Place): Promise<boolean> {
  return claim(query, codeHash(code), place)
}
