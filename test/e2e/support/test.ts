/** The test of every spec: a fresh app, and a page that is open on it. */

import { test as base, type Page } from '@playwright/test'
import { type App, type AppOptions, startApp } from './app.ts'

export { expect } from '@playwright/test'
export type { Locator, Page } from '@playwright/test'

interface Fixtures {
  readonly appOptions: AppOptions
  readonly app: App
  /** Errors that the page may have; all others fail the test. */
  readonly expectedErrors: readonly RegExp[]
}

export const test = base.extend<Fixtures>({
  appOptions: [{}, { option: true }],
  expectedErrors: [[], { option: true }],
  app: async ({ appOptions }, use) => {
    const app = await startApp(appOptions)
    await use(app)
    await app.cleanUp()
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
