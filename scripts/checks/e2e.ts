import { bringBrowser } from '../browser/bring.ts'
import { bringElectron } from '../electron/bring.ts'
import { failedOnce } from './outcome.ts'
import { runPlaywright } from './runners.ts'
import type { Outcome } from './outcome.ts'

/** Runs the end-to-end tests, after bringing the browser they need and, if possible, Electron. */
export async function runEndToEnd(): Promise<Outcome> {
  console.log('\n── e2e')
  const electron = await bringElectron()
  console.log(
    electron.binary === null
      ? `Electron tests will be skipped: ${electron.reason}.`
      : `Electron: ${electron.binary}`,
  )
  const browser = await bringBrowser()
  if (!browser) {
    return failedOnce(
      'e2e',
      'No Chromium: install Chrome, or run `npx playwright install chromium`.',
    )
  }
  const sandbox = browser.sandbox ? 'sandboxed' : 'without its sandbox'
  console.log(`Browser: ${browser.origin} (${browser.binary}), ${sandbox}`)
  return runPlaywright({
    TALLYSTICK_CHROMIUM: browser.binary,
    TALLYSTICK_CHROMIUM_SANDBOX: browser.sandbox ? 'yes' : 'no',
  })
}
