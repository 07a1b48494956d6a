/**
 * Migrates a store's schema. Each step is one transaction under a lock, so several processes may
 * start at once. Forwards only: a released migration is never edited, a change is a new one.
 */

import { type Database, type Query, StoreIsNewer } from './database.ts'
import { MIGRATIONS } from './migrations/migrations.ts'

/**
 * Brings the schema to `target`. Throws StoreIsNewer, before changing anything, if it is already
 * past that.
 */
export async function migrate(database: Database, target = MIGRATIONS.length): Promise<void> {
  await step(
    database,
    target,
    'CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)',
  )
  while (!(await step(database, target, null)));
}

/** Takes one step; true once the schema has reached the target. */
function step(database: Database, target: number, first: string | null): Promise<boolean> {
  const { engine } = database
  return database.transaction(async ({ query }) => {
    await lock(query, engine)
    if (first !== null) await query(dialect(first, engine))
    const [row] = await query<{ version: number }>('SELECT version FROM schema_version')
    const version = row?.version ?? 0
    if (version > target) throw new StoreIsNewer(version, target)
    if (first !== null || version === target) return version === target
    for (const sql of MIGRATIONS[version]?.[engine === 'sqlite' ? 'sqlite' : 'postgres'] ?? []) {
      await query(sql)
    }
    for (const sql of MIGRATIONS[version]?.statements ?? []) await query(dialect(sql, engine))
    const next = row
      ? 'UPDATE schema_version SET version = ?'
      : 'INSERT INTO schema_version VALUES (?)'
    await query(next, version + 1)
    return version + 1 === target
  })
}

/** Any number, so long as it stays the same. */
const MIGRATION_LOCK = 7_325_519

/** SQLite has one writer anyway. */
async function lock(query: Query, engine: Database['engine']): Promise<void> {
  if (engine === 'postgres') await query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`)
}

/** Migrations are written in SQLite's dialect. */
function dialect(sql: string, engine: Database['engine']): string {
  if (engine === 'sqlite') return /^\s*CREATE TABLE/i.test(sql) ? `${sql} STRICT` : sql
  return sql
    .replaceAll(/\bINTEGER\b/g, 'BIGINT')
    .replaceAll(/\bTEXT\b/g, 'TEXT COLLATE "C"')
    .replaceAll(/\bBLOB\b/g, 'BYTEA')
}
