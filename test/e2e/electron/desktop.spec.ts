import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { _electron, expect, test } from '@playwright/test'
import type { ElectronApplication, Page } from '@playwright/test'
import { findElectron } from '../../../scripts/electron/find.ts'

const root = path.join(import.meta.dirname, '../../..')
const electron = findElectron()

test.skip(electron.binary === null, electron.binary === null ? electron.reason : '')

let dataDirectory: string
let app: ElectronApplication
let page: Page

function launch(): Promise<ElectronApplication> {
  return _electron.launch({
    args: [root],
    ...(electron.binary === null ? {} : { executablePath: electron.binary }),
    env: { ...(process.env as Record<string, string>), TALLYSTICK_DATA_DIR: dataDirectory },
  })
}

test.beforeEach(async () => {
  dataDirectory = mkdtempSync(path.join(tmpdir(), 'tallystick-electron-'))
  app = await launch()
  page = await app.firstWindow()
})

test.afterEach(async () => {
  await app.close()
  rmSync(dataDirectory, { recursive: true, force: true })
})

test('opens a window that answers', async () => {
  expect(page.url()).toBe('app://tallystick/')
  await expect(page).toHaveTitle(/Tallystick/)
  const answer = await page.evaluate(() => window.tallystick?.call('app.open', {}))
  expect(answer).toMatchObject({ ok: true, data: { door: 'electron', ledger: { state: 'ok' } } })
})

test('gives the page nothing of Node or Electron', async () => {
  const seen = await page.evaluate(() => ({
    node: typeof (globalThis as { process?: unknown }).process,
    require: typeof (globalThis as { require?: unknown }).require,
    module: typeof (globalThis as { module?: unknown }).module,
    api: Object.keys(window.tallystick ?? {}).sort(),
  }))
  expect(seen).toEqual({
    node: 'undefined',
    require: 'undefined',
    module: 'undefined',
    api: ['call', 'onEvent'],
  })
})

test('runs the page in a sandbox', async () => {
  const sandboxed = await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    const preferences = (
      contents as unknown as { getLastWebPreferences(): Record<string, unknown> } | undefined
    )?.getLastWebPreferences()
    return {
      sandbox: preferences?.['sandbox'],
      contextIsolation: preferences?.['contextIsolation'],
      nodeIntegration: preferences?.['nodeIntegration'],
      webSecurity: preferences?.['webSecurity'],
      webviewTag: preferences?.['webviewTag'],
    }
  })
  expect(sandboxed).toEqual({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  })
})

const elsewhere = [
  'https://example.org/',
  'http://127.0.0.1:1/',
  'file:///etc/passwd',
  'javascript:document.title="moved"',
  'data:text/html,<title>moved</title>',
  'app://evil/',
  'app://tallystick.evil.example/',
  'app://tallystick@evil.example/',
  'chrome://settings',
  'about:blank',
]

for (const address of elsewhere) {
  test(`stays where it is when led to ${address}`, async () => {
    await page.evaluate((to) => {
      const link = document.createElement('a')
      link.href = to
      document.body.append(link)
      link.click()
      link.target = '_blank'
      link.click()
      window.open(to)
    }, address)
    // A call that is answered shows that the page is alive and still the app's own.
    const answer = await page.evaluate(() => window.tallystick?.call('ledger.read', {}))
    expect(answer).toMatchObject({ ok: true })
    expect(page.url()).toBe('app://tallystick/')
    expect(await page.title()).not.toContain('moved')
    expect(app.windows()).toHaveLength(1)
  })
}

test('lets the page connect nowhere and run no inline script', async () => {
  const outcome = await page.evaluate(async () => {
    const script = document.createElement('script')
    script.textContent = 'window.inlineRan = true'
    document.body.append(script)
    const reached = await fetch('https://example.org/').then(
      () => true,
      () => false,
    )
    let evaluated = true
    try {
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- it must be refused
      new Function('return 1')
    } catch {
      evaluated = false
    }
    return { inline: 'inlineRan' in window, reached, evaluated }
  })
  expect(outcome).toEqual({ inline: false, reached: false, evaluated: false })
})

test('denies every permission', async () => {
  const outcome = await page.evaluate(async () => {
    const denied = (asked: Promise<unknown> | undefined) =>
      asked?.then(
        () => 'granted',
        () => 'denied',
      )
    return {
      microphone: await denied(navigator.mediaDevices.getUserMedia({ audio: true })),
      camera: await denied(navigator.mediaDevices.getUserMedia({ video: true })),
      screen: await denied(navigator.mediaDevices.getDisplayMedia({ video: true })),
      notifications: await Notification.requestPermission(),
      location: await new Promise((resolve) =>
        navigator.geolocation.getCurrentPosition(
          () => resolve('granted'),
          () => resolve('denied'),
        ),
      ),
    }
  })
  expect(outcome).toEqual({
    microphone: 'denied',
    camera: 'denied',
    screen: 'denied',
    notifications: 'denied',
    location: 'denied',
  })
})

test('answers bad calls as data, and goes on', async () => {
  const answers = await page.evaluate(async () => [
    await window.tallystick?.call('no.such.call', {}),
    await window.tallystick?.call('balance.read', { surprise: true }),
    await window.tallystick?.call('balance.read', new Map()),
    await window.tallystick?.call('library.page', { search: 'x'.repeat(1_000_001), limit: 1 }),
  ])
  expect(answers.map((answer) => (answer?.ok === false ? answer.error.code : answer))).toEqual([
    'unknown_call',
    'invalid_input',
    'invalid_input',
    'too_large',
  ])
})

test('brings the window forward instead of starting twice', async () => {
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
  const second = launch()
  // The second instance leaves at once, so Playwright never gets hold of it.
  await second.then(
    (other) => other.close(),
    () => undefined,
  )
  await expect
    .poll(() =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized()),
    )
    .toBe(false)
  expect(app.windows()).toHaveLength(1)
})

test('comes back after its page crashed', async () => {
  const reloaded = page.waitForEvent('load')
  await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
  )
  await reloaded
  const answer = await page.evaluate(() => window.tallystick?.call('app.open', {}))
  expect(answer).toMatchObject({ ok: true })
})
