import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Database, StoreIsNewer } from '../../../src-server/store/database.ts'
import { migrate } from '../../../src-server/store/migrate.ts'
import { MIGRATIONS } from '../../../src-server/store/migrations/migrations.ts'
import { openDatabase } from '../../../src-server/store/open.ts'
import { openPostgres } from '../../../src-server/store/postgres.ts'
import { openSqlite } from '../../../src-server/store/sqlite.ts'
import { silentLog } from '../../support/silent-log.ts'
import { onEachEngine } from '../../support/stores.ts'

onEachEngine((place) => {
  const opened: Database[] = []

  /** Without bringing it up to date. */
  async function openAsItIs(): Promise<Database> {
    const { engine, url } = place
    const one =
      engine === 'sqlite' ? openSqlite(url, silentLog) : await openPostgres(url, silentLog)
    opened.push(one)
    return one
  }

  async function open(): Promise<Database> {
    const one = await openDatabase(place.url, silentLog)
    opened.push(one)
    return one
  }

  /** Tables, columns and what constrains them, in a fixed order. */
  async function schemaOf(database: Database): Promise<readonly string[]> {
    const sql =
      place.engine === 'sqlite'
        ? `SELECT t.name || '.' || c.name || ' ' || c.type || c."notnull" || c.pk || coalesce(c.dflt_value, '') AS line
           FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'
           UNION ALL SELECT i.name || ' ' || coalesce(i.sql, '') FROM sqlite_schema i WHERE i.type = 'index'`
        : `SELECT table_name || '.' || column_name || ' ' || data_type || is_nullable ||
             coalesce(collation_name, '') || coalesce(column_default, '') AS line
           FROM information_schema.columns WHERE table_schema = 'public'
           UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
           UNION ALL SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint
           WHERE connamespace = 'public'::regnamespace`
    const rows = await database.query<{ line: string }>(sql)
    return rows.map(({ line }) => line).toSorted()
  }

  beforeEach(() => place.fresh())
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close()
  })

  const versions = Array.from(MIGRATIONS.keys())

  it.each(versions)('moves on from version %i, and keeps what there was', async (version) => {
    const wanted = await schemaOf(await open())
    await place.fresh()
    const old = await openAsItIs()
    await migrate(old, version)
    if (version > 0) {
      await old.query(
        "INSERT INTO account (id, created_at, sequence, at, hash, state) VALUES ('kept', 1, 2, 3, 'h', 's')",
      )
    }
    await old.close()
    const moved = await open()
    expect(await schemaOf(moved)).toEqual(wanted)
    const kept = await moved.query('SELECT id, created_at, sequence, at, hash, state FROM account')
    const row = { id: 'kept', created_at: 1, sequence: 2, at: 3, hash: 'h', state: 's' }
    expect(kept).toEqual(version > 0 ? [row] : [])
  })

  it('changes nothing the second time', async () => {
    const before = await schemaOf(await open())
    expect(await schemaOf(await open())).toEqual(before)
  })

  it('lets several processes start at once', async () => {
    await Promise.all([open(), open(), open(), open()])
    const [database] = opened
    expect(await database?.query('SELECT version FROM schema_version')).toEqual([
      { version: MIGRATIONS.length },
    ])
  })

  it('refuses a database that a newer server wrote, and changes nothing', async () => {
    const database = await open()
    await database.query('UPDATE schema_version SET version = version + 1')
    const before = await schemaOf(database)
    await expect(open()).rejects.toThrow(StoreIsNewer)
    expect(await schemaOf(database)).toEqual(before)
  })

  it('leaves the version before where a step fails', async () => {
    const database = await openAsItIs()
    await migrate(database, 1)
    await database.query('CREATE TABLE team (id TEXT)')
    await expect(migrate(database)).rejects.toThrow(/exists/)
    expect(await database.query('SELECT version FROM schema_version')).toEqual([{ version: 1 }])
    await database.query('DROP TABLE team')
    await migrate(database)
  })
})
