/** What the sandbox keeps, in the place of a processor's own database. */

import type { Money } from '#shared/credits/money.ts'
import type { SavedCard } from '#shared/host/purchase.ts'
import type { TimedEvent } from '#shared/purchase/events.ts'
import type { Database, Query } from '../../store/database.ts'
import type { PurchaseKey } from '../gateway.ts'

/** A page. Its id is the secret of its address. */
export interface Session {
  readonly id: string
  readonly kind: 'payment' | 'setup'
  readonly about: PurchaseKey | null
  readonly accountId: string
  readonly customer: string
  readonly name: string
  readonly price: Money | null
  readonly renews: boolean
  readonly createdAt: number
  readonly expiresAt: number
  readonly state: 'open' | 'complete' | 'expired'
  /** A card that waits to be confirmed, by its place in the list of test cards. */
  readonly asks: number | null
  /** What the last try came to, for the page. */
  readonly message: string | null
}

/** What happened to one purchase, in order; what is not told by a message is told when asked. */
export interface PaymentRecord {
  /** `accountId/purchaseId` */
  readonly id: string
  readonly session: string | null
  readonly payment: string | null
  readonly total: number
  readonly currency: string
  readonly refunded: number
  /** Keys of refunds that were made: asked for again they are not made again. */
  readonly refundKeys: readonly string[]
  readonly events: readonly TimedEvent[]
  readonly card: SavedCard | null
}

export interface CustomerRecord {
  readonly id: string
  readonly accountId: string
  readonly card: SavedCard | null
  /** Its place in the list of test cards. */
  readonly testCard: number | null
}

interface Kinds {
  readonly session: Session
  readonly payment: PaymentRecord
  readonly customer: CustomerRecord
}

export async function find<Kind extends keyof Kinds>(
  query: Query,
  kind: Kind,
  id: string,
): Promise<Kinds[Kind] | null> {
  const sql = 'SELECT body FROM sandbox_object WHERE kind = ? AND id = ?'
  const [row] = await query<{ body: string }>(sql, kind, id)
  return row ? (JSON.parse(row.body) as Kinds[Kind]) : null
}

async function put<Kind extends keyof Kinds>(
  query: Query,
  kind: Kind,
  id: string,
  body: Kinds[Kind],
): Promise<void> {
  await query(
    `INSERT INTO sandbox_object (kind, id, body) VALUES (?, ?, ?)
     ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body`,
    kind,
    id,
    JSON.stringify(body),
  )
}

/** Changes one object, or makes it, with nothing in between; null leaves things as they are. */
export function change<Kind extends keyof Kinds>(
  database: Database,
  kind: Kind,
  id: string,
  step: (known: Kinds[Kind] | null) => Kinds[Kind] | null,
): Promise<Kinds[Kind] | null> {
  return database.transaction(async ({ query }) => {
    // Takes the row, or its place: whoever comes second waits and sees what the first wrote.
    await query(
      `INSERT INTO sandbox_object (kind, id, body) VALUES (?, ?, 'null')
       ON CONFLICT (kind, id) DO UPDATE SET body = sandbox_object.body`,
      kind,
      id,
    )
    const known = await find(query, kind, id)
    const next = step(known)
    if (next) await put(query, kind, id, next)
    else if (!known) await query('DELETE FROM sandbox_object WHERE kind = ? AND id = ?', kind, id)
    return next ?? known
  })
}
