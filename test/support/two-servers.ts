/** Two server processes on one fresh store, for each test of a suite. */

import { afterEach, beforeEach } from 'vitest'
import { createManualTime, type ManualTime } from './manual-time.ts'
import { startTestServer, type TestServer } from './server-world.ts'
import type { StorePlace } from './stores.ts'

export interface TwoServers {
  readonly time: ManualTime
  readonly server: TestServer
  readonly other: TestServer
  /** Rows of a table. */
  count(table: string): Promise<number>
}

/** Filled in before each test, and closed after it. */
export function withTwoServers(place: StorePlace): TwoServers {
  const servers = {} as { -readonly [Name in keyof TwoServers]: TwoServers[Name] }
  beforeEach(async () => {
    const time = createManualTime()
    const url = await place.fresh()
    servers.time = time
    servers.server = await startTestServer(url, { time })
    servers.other = await startTestServer(url, { time })
  })
  afterEach(async () => {
    await servers.server.close()
    await servers.other.close()
  })
  servers.count = async (table) => {
    const sql = `SELECT COUNT(*) AS count FROM ${table}`
    const [row] = await servers.server.database.query<{ count: number }>(sql)
    return row!.count
  }
  return servers
}
