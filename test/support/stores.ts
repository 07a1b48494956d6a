/** The engines that a store may be on, for suites that run on each of them. */

import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, inject } from 'vitest'

/** Where a new, empty store may be made; a file's tests share none with another's. */
export interface StorePlace {
  readonly engine: 'sqlite' | 'postgres'
  /** For `openDatabase`; the same each time, until `fresh` is called. */
  readonly url: string
  /** Another empty store. */
  fresh(): Promise<string>
}

/** Runs a suite once on each engine. Without PostgreSQL its half is skipped, and says why. */
export function onEachEngine(suite: (place: StorePlace) => void): void {
  describe('on SQLite', () => suite(sqlitePlace()))
  const postgres = inject('postgres')
  if (postgres.url === null) {
    describe.skip(`on PostgreSQL (${postgres.reason})`, () =>
      suite({ engine: 'postgres', url: '', fresh: () => Promise.reject(new Error('skipped')) }))
  } else {
    const { url } = postgres
    describe('on PostgreSQL', () => suite(postgresPlace(url)))
  }
}

function sqlitePlace(): StorePlace {
  let directory = ''
  let made = 0
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'tallystick-store-'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  const current = () => join(directory, `store-${made}.db`)
  return {
    engine: 'sqlite',
    get url() {
      return current()
    },
    async fresh() {
      made += 1
      return current()
    },
  }
}

function postgresPlace(server: string): StorePlace {
  const names: string[] = []
  const urlOf = (name: string) => {
    const url = new URL(server)
    url.pathname = `/${name}`
    return url.href
  }
  const make = async () => {
    const name = `test_${randomUUID().replaceAll('-', '')}`
    await ask(server, `CREATE DATABASE ${name}`)
    names.push(name)
  }
  beforeAll(make)
  afterAll(async () => {
    for (const name of names) await ask(server, `DROP DATABASE ${name} WITH (FORCE)`)
  })
  const current = () => urlOf(names.at(-1) ?? '')
  return {
    engine: 'postgres',
    get url() {
      return current()
    },
    async fresh() {
      await make()
      return current()
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
