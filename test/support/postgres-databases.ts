/** Databases of their own on a PostgreSQL that tests share. */

import { randomUUID } from 'node:crypto'
import pg from 'pg'

export interface PostgresDatabases {
  /** The address of a new, empty one. */
  make(): Promise<string>
  /** Drops what was made, whoever is still connected. */
  dropAll(): Promise<void>
}

export function createPostgresDatabases(server: string): PostgresDatabases {
  const names: string[] = []
  return {
    async make() {
      const name = `test_${randomUUID().replaceAll('-', '')}`
      await ask(server, `CREATE DATABASE ${name}`)
      names.push(name)
      const url = new URL(server)
      url.pathname = `/${name}`
      return url.href
    },
    async dropAll() {
      for (const name of names) await ask(server, `DROP DATABASE ${name} WITH (FORCE)`)
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
