/** Teams as sessions ask them. */

import type { DeviceStanding } from '#shared/team/members.ts'
import type { Database } from '../store/database.ts'
import type { SyncTeams } from './ports.ts'

/** Longer names of versions are cut. */
const MOST_CHARACTERS = 40

export function createSyncTeams(
  { query }: Pick<Database, 'query'>,
  ticketForCopy: SyncTeams['ticketForCopy'],
): SyncTeams {
  return {
    async standing({ accountId, deviceId }) {
      const [row] = await query<{ standing: DeviceStanding }>(
        'SELECT standing FROM device WHERE account_id = ? AND id = ?',
        accountId,
        deviceId,
      )
      if (!row) throw new Error(`There is no device ${deviceId}`)
      return row.standing
    },
    async seen({ accountId, deviceId }, appVersion) {
      await query(
        'UPDATE device SET app_version = ? WHERE account_id = ? AND id = ?',
        appVersion.slice(0, MOST_CHARACTERS),
        accountId,
        deviceId,
      )
    },
    ticketForCopy,
  }
}
