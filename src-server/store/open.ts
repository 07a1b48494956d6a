/** Opens the store that a setting names, ready for use. */

import type { Log } from '#shared/ports/log.ts'
import type { Database } from './database.ts'
import { migrate } from './migrate.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

/**
 * Opens `postgres://…` or the path of an SQLite file (`:memory:` for none) and brings its schema up
 * to date. Throws the engine's errors, or StoreIsNewer.
 */
export async function openDatabase(place: string, log: Log): Promise<Database> {
  const database = /^postgres(ql)?:\/\//.test(place)
    ? await openPostgres(place, log)
    : openSqlite(place, log)
  try {
    await migrate(database)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}
