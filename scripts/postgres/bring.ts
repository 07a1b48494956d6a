import { existsSync } from 'node:fs'
import { runQuietly } from '../launch/run.mjs'
import { type Cluster, startCluster } from './cluster.ts'
import { findPostgres } from './find.ts'

const TEN_MINUTES = 10 * 60_000

/** A PostgreSQL for tests, or in a few words why there is none. */
export type Postgres =
  (Cluster & { readonly origin: string }) | { readonly url: null; readonly reason: string }

/**
 * The database that TEST_DATABASE_URL names, else a throw-away cluster of the PostgreSQL that is
 * installed, else of Debian's package, installed now when we are root.
 */
export async function bringPostgres(): Promise<Postgres> {
  const given = process.env['TEST_DATABASE_URL']
  if (given) return { url: given, stop: async () => undefined, origin: 'TEST_DATABASE_URL' }
  const programs = findPostgres() ?? (await installFromDebian())
  if (programs === null) {
    return { url: null, reason: 'no PostgreSQL is installed, and TEST_DATABASE_URL is not set' }
  }
  try {
    return { ...(await startCluster(programs)), origin: `a throw-away cluster of ${programs}` }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { url: null, reason: `PostgreSQL of ${programs} does not start: ${why}` }
  }
}

async function installFromDebian(): Promise<string | null> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null
  console.log("No PostgreSQL here: installing Debian's package (apt-get)…")
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { env, timeout: TEN_MINUTES }
  await runQuietly('apt-get', ['update'], options)
  const install = ['install', '--yes', '--no-install-recommends', 'postgresql']
  const { code, output } = await runQuietly('apt-get', install, options)
  if (code !== 0) console.log(output.trim().split('\n').slice(-3).join('\n'))
  return findPostgres()
}
