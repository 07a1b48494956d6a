/** The secret shared by all processes on a store, made by the first of them. */

import type { Chance } from '../ports/chance.ts'
import type { Database } from '../store/database.ts'

const BYTES = 32

/** What seals challenges and makes invite codes. Losing it ends invites that are not used yet. */
export async function sharedSecret(database: Database, chance: Chance): Promise<Uint8Array> {
  const made = Buffer.from(chance.bytes(BYTES)).toString('base64url')
  await database.query(
    `INSERT INTO server_secret (name, value) VALUES ('teams', ?) ON CONFLICT (name) DO NOTHING`,
    made,
  )
  const [row] = await database.query<{ value: string }>(
    `SELECT value FROM server_secret WHERE name = 'teams'`,
  )
  if (!row) throw new Error('The store did not keep the secret')
  return Buffer.from(row.value, 'base64url')
}
