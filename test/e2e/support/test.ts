/** The test of every spec: an app, fresh unless it is shared, and a page that is open on it. */

import { test as base, type Page } from '@playwright/test'
import type { App, AppOptions } from './app.ts'
import {
  contentsOf,
  createSharedApps,
  type Preparation,
  type SharedApps,
  startPrepared,
} from './shared-apps.ts'

export { expect } from '@playwright/test'
export type { Locator, Page } from '@playwright/test'

interface Fixtures {
  readonly appOptions: AppOptions
  /** What the app has behind it when the test begins; nothing unless said. */
  readonly prepared: Preparation
  /**
   * The test changes nothing in the app, so that it needs none of its own: it has one with all
   * tests of the same options and preparation. A test that does change something then fails.
   */
  readonly sharesApp: boolean
  readonly app: App
  /** Errors that the page may have; all others fail the test. */
  readonly expectedErrors: readonly RegExp[]
}

interface WorkerFixtures {
  readonly sharedApps: SharedApps
}

const NOTHING: Preparation = {}

export const test = base.extend<Fixtures, WorkerFixtures>({
  appOptions: [{}, { option: true }],
  prepared: [NOTHING, { option: true }],
  sharesApp: [false, { option: true }],
  expectedErrors: [[], { option: true }],
  sharedApps: [
    async ({ browser }, use) => {
      const apps = createSharedApps(browser)
      await use(apps)
      await apps.cleanUp()
    },
    { scope: 'worker' },
  ],
  app: async ({ appOptions, prepared, sharesApp, sharedApps, browser }, use) => {
    if (!sharesApp) {
      const app = await startPrepared(browser, appOptions, prepared)
      await use(app)
      await app.cleanUp()
      return
    }
    const app = await sharedApps.take(appOptions, prepared)
    const before = contentsOf(app)
    await use(app)
    base.expect(contentsOf(app), 'the test changed an app that it shares').toEqual(before)
  },
  page: async ({ page, app, expectedErrors }, use) => {
    const errors = watchErrors(page)
    await page.goto(app.address)
    await use(page)
    const unexpected = errors.filter((text) => !expectedErrors.some((known) => known.test(text)))
    base.expect(unexpected, 'errors in the page').toEqual([])
  },
})

function watchErrors(page: Page): readonly string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`)
  })
  return errors
}
