/** A PostgreSQL for servers of tests. */

import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { bringPostgres } from '../../../scripts/postgres/bring.ts'

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
  const names: string[] = []
  return {
    missing: null,
    async database() {
      const name = `e2e_${randomUUID().replaceAll('-', '')}`
      await ask(server, `CREATE DATABASE ${name}`)
      names.push(name)
      const url = new URL(server)
      url.pathname = `/${name}`
      return url.href
    },
    async cleanUp() {
      for (const name of names) await ask(server, `DROP DATABASE ${name} WITH (FORCE)`)
      await stop()
    },
  }
}

async function ask(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
