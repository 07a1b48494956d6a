/** The engines that a store may be on, for suites that run on each of them. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, inject } from 'vitest'
import { createPostgresDatabases } from './postgres-databases.ts'

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
  const databases = createPostgresDatabases(server)
  let url = ''
  const fresh = async () => {
    url = await databases.make()
    return url
  }
  beforeAll(fresh)
  afterAll(databases.dropAll)
  return {
    engine: 'postgres',
    get url() {
      return url
    },
    fresh,
  }
}
