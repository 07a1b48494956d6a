/** Apps that tests of one worker share: for tests that leave the app as they found it. */

import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Browser, Page } from '@playwright/test'
import { type App, type AppOptions, startApp } from './app.ts'

/** What an app has behind it when a test begins. */
export interface Preparation {
  /** Writes into the data folder before the app starts. */
  readonly folder?: (dataDirectory: string) => void
  /** What somebody did in it, in a window of their own. */
  readonly work?: (page: Page) => Promise<void>
}

export interface SharedApps {
  /** The one of these options and this preparation, started when first asked for. */
  take(options: AppOptions, prepared: Preparation): Promise<App>
  cleanUp(): Promise<void>
}

export function createSharedApps(browser: Browser): SharedApps {
  const apps: { key: string; prepared: Preparation; app: Promise<App> }[] = []
  return {
    take(options, prepared) {
      const key = JSON.stringify(options)
      const found = apps.find((each) => each.key === key && each.prepared === prepared)
      if (found) return found.app
      const app = startPrepared(browser, options, prepared)
      apps.push({ key, prepared, app })
      return app
    },
    async cleanUp() {
      for (const each of await Promise.allSettled(apps.map(({ app }) => app))) {
        if (each.status === 'fulfilled') await each.value.cleanUp()
      }
    },
  }
}

/** Starts an app of its own and does in it what is to be done before. */
export async function startPrepared(
  browser: Browser,
  options: AppOptions,
  { folder, work }: Preparation,
): Promise<App> {
  const app = await startApp(options, folder)
  if (!work) return app
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    await page.goto(app.address)
    await work(page)
    return app
  } catch (error) {
    await app.cleanUp()
    throw error
  } finally {
    await context.close()
  }
}

/** Written whenever the app likes, and of no meaning to a test. */
const UNWATCHED: ReadonlySet<string> = new Set(['spending.json'])
const TABLES = {
  'ledger.sqlite': ['entry', 'label'],
  'library.sqlite': ['thread', 'message', 'creation'],
} as const

/** How many rows tables have: of a copy, as no other process may open a ledger that is in use. */
function rowsOf(file: string, tables: readonly string[]): readonly (readonly [string, unknown])[] {
  const directory = mkdtempSync(path.join(tmpdir(), 'tallystick-'))
  const copy = path.join(directory, 'copy.sqlite')
  for (const suffix of ['', '-wal']) {
    if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix)
  }
  const db = new DatabaseSync(copy)
  try {
    return tables.map((table) => [table, db.prepare(`SELECT count(*) FROM ${table}`).get()])
  } finally {
    db.close()
    rmSync(directory, { recursive: true })
  }
}

/** What a test must leave as it is in an app that others use: its records and settings. */
export function contentsOf({ dataDirectory }: App): Readonly<Record<string, unknown>> {
  const contents: Record<string, unknown> = {}
  for (const [file, tables] of Object.entries(TABLES)) {
    for (const [table, rows] of rowsOf(path.join(dataDirectory, file), tables)) {
      contents[`${file} ${table}`] = rows
    }
  }
  for (const file of readdirSync(dataDirectory)) {
    if (!file.endsWith('.json') || UNWATCHED.has(file)) continue
    contents[file] = readFileSync(path.join(dataDirectory, file), 'utf8')
  }
  return contents
}
