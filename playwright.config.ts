import { defineConfig } from '@playwright/test'

// `npm test` finds a Chromium and names it here; without one, Playwright's own is used.
const binary = process.env['TALLYSTICK_CHROMIUM']
const sandbox = process.env['TALLYSTICK_CHROMIUM_SANDBOX'] !== 'no' && process.getuid?.() !== 0

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  forbidOnly: Boolean(process.env['CI']),
  // A test that passes only now and then is a failing test.
  retries: 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    // Longer than anything takes: what waits longer is told where, not by the end of its test.
    actionTimeout: 20_000,
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    // Recording takes a third of the time: asked for when a failure is hard to see.
    trace: process.env['TALLYSTICK_TRACE'] === 'yes' ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(binary ? { executablePath: binary } : {}),
      chromiumSandbox: sandbox,
      args: [
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // Speech is played in the page: let tests hear it start without a click.
        '--autoplay-policy=no-user-gesture-required',
      ],
    },
  },
})
