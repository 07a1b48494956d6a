/** A PostgreSQL for servers of tests. */

import { bringPostgres } from '../../../scripts/postgres/bring.ts'
import { createPostgresDatabases } from '../../support/postgres-databases.ts'

export interface TestPostgres {
  /** Why there is none; null where there is one. */
  readonly missing: string | null
  /** The address of a new, empty database. */
  database(): Promise<string>
  cleanUp(): Promise<void>
}

export async function openTestPostgres(): Promise<TestPostgres> {
  const postgres = await bringPostgres()
  if (postgres.url === null) {
    console.log(`Tests on PostgreSQL are skipped: ${postgres.reason}.`)
    const none = () => Promise.reject(new Error(postgres.reason))
    return { missing: postgres.reason, database: none, cleanUp: () => Promise.resolve() }
  }
  const { url: server, stop } = postgres
  const databases = createPostgresDatabases(server)
  return {
    missing: null,
    database: databases.make,
    async cleanUp() {
      await databases.dropAll()
      await stop()
    },
  }
}
