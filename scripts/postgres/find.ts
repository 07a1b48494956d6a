import { existsSync, globSync } from 'node:fs'
import path from 'node:path'

const places = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/usr/local/pgsql/bin',
  '/opt/homebrew/opt/postgresql*/bin',
  '/usr/local/opt/postgresql*/bin',
  '/Applications/Postgres.app/Contents/Versions/latest/bin',
]

/** The folder of PostgreSQL's programs, the newest where there are several; null where there is none. */
export function findPostgres(): string | null {
  const onPath = (process.env['PATH'] ?? '').split(path.delimiter)
  const installed = globSync(places).sort((one, other) =>
    other.localeCompare(one, 'en', { numeric: true }),
  )
  const isWhole = (folder: string) =>
    ['initdb', 'postgres'].every((program) => existsSync(path.join(folder, program)))
  return [...installed, ...onPath].find(isWhole) ?? null
}
