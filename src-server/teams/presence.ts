/** When each machine was last heard, and which are connected to any process on the store. */

import type { Clock } from '#shared/ports/time.ts'
import type { Database } from '../store/database.ts'
import type { ClosedDevice } from './news.ts'

export interface Presence {
  /** They are connected to this process, for another while. */
  connected(devices: readonly ClosedDevice[]): Promise<void>
  disconnected(device: ClosedDevice): Promise<void>
  /** Those of them that may be connected no longer. */
  closed(devices: readonly ClosedDevice[]): Promise<readonly ClosedDevice[]>
}

/** A process renews it well before; one that died no longer does. */
export const PRESENCE_MS = 90_000
const BATCH = 100

export function createPresence(database: Database, clock: Pick<Clock, 'now'>): Presence {
  const placesOf = (devices: readonly ClosedDevice[]) =>
    devices.map(() => '(account_id = ? AND id = ?)').join(' OR ')
  const valuesOf = (devices: readonly ClosedDevice[]) =>
    devices.flatMap(({ accountId, deviceId }) => [accountId, deviceId])

  return {
    async connected(devices) {
      const now = clock.now()
      for (const part of batches(devices)) {
        await database.query(
          `UPDATE device SET last_seen_at = ?, connected_until = ? WHERE ${placesOf(part)}`,
          now,
          now + PRESENCE_MS,
          ...valuesOf(part),
        )
      }
    },
    async disconnected({ accountId, deviceId }) {
      await database.query(
        'UPDATE device SET last_seen_at = ?, connected_until = 0 WHERE account_id = ? AND id = ?',
        clock.now(),
        accountId,
        deviceId,
      )
    },
    async closed(devices) {
      const found = await Promise.all(
        batches(devices).map((part) =>
          database.query<{ account_id: string; id: string }>(
            `SELECT account_id, id FROM device WHERE standing <> 'active' AND (${placesOf(part)})`,
            ...valuesOf(part),
          ),
        ),
      )
      return found
        .flat()
        .map(({ account_id: accountId, id: deviceId }) => ({ accountId, deviceId }))
    },
  }
}

function batches<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / BATCH)
  return Array.from({ length: count }, (_, at) => items.slice(at * BATCH, (at + 1) * BATCH))
}
