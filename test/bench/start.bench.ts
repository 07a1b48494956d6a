/**
 * From `npm start` to a window a person can work in: the built app, a new data folder each time,
 * and a browser that already runs, as a person's does. What opens the address is the system's
 * `xdg-open` or `open`, in whose place stands a script that writes the address down.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Browser, chromium } from '@playwright/test'
import { findBrowser } from '../../scripts/browser/find.ts'
import { temporaryFolderIn } from '../support/ledger.ts'
import { addressesOpened, putOpener } from '../support/opener.ts'
import { type Bench, limit, median } from './bench.ts'
import { CACHE } from './generate.ts'

const ROOT = path.join(import.meta.dirname, '..', '..')
const ROUNDS = 9
const TARGET_MS = 2_000
const LONGEST_MS = 120_000

export const start: Bench = {
  async run() {
    const found = await findBrowser()
    if (!found) throw new Error('No Chromium here: `npm test` brings one.')
    const browser = await chromium.launch({
      executablePath: found.binary,
      chromiumSandbox: found.sandbox,
    })
    try {
      // The first one builds, and compiles what the next ones read.
      await oneStart(browser)
      const all: number[] = []
      for (let round = 0; round < ROUNDS; round++) all.push(await oneStart(browser))
      return [
        limit('npm start to the first useful screen', median(all), 'ms', TARGET_MS),
        limit('the best of them', Math.min(...all), 'ms', TARGET_MS),
      ]
    } finally {
      await browser.close()
    }
  },
}

/** Milliseconds from the command to a prompt that can be typed into beside the balance. */
async function oneStart(browser: Browser): Promise<number> {
  const folder = temporaryFolderIn(CACHE)
  const context = await browser.newContext()
  const page = await context.newPage()
  const opener = path.join(folder.path, 'bin')
  const env = {
    ...process.env,
    PATH: putOpener(opener),
    TALLYSTICK_DATA_DIR: path.join(folder.path, 'data'),
  }
  const from = performance.now()
  const app = spawn('npm', ['start', '--', '--browser', '--port', '0'], {
    ...{ cwd: ROOT, env, stdio: 'ignore' },
    // A group of its own: a signal to npm alone would leave the host running.
    detached: true,
  })
  // Where the bench is interrupted, so is what it started.
  const interrupt = () => app.pid !== undefined && tell(app.pid, 'SIGTERM')
  process.once('exit', interrupt)
  try {
    await page.goto(await addressOpened(opener, app), { waitUntil: 'commit' })
    await page.waitForFunction(isUseful, undefined, { polling: 'raf' })
    return performance.now() - from
  } finally {
    await end(app)
    process.off('exit', interrupt)
    await context.close()
    folder.remove()
  }
}

/** Runs in the page: the host's own balance is there, and the prompt. */
function isUseful(): boolean {
  const prompt = document.querySelector('textarea')
  const isFresh = document.documentElement.dataset['ready'] === 'true'
  return isFresh && prompt !== null && !prompt.disabled && prompt.offsetHeight > 0
}

async function addressOpened(opener: string, app: ChildProcess): Promise<string> {
  const until = performance.now() + LONGEST_MS
  for (;;) {
    const [address] = addressesOpened(opener)
    if (address !== undefined) return address
    if (app.exitCode !== null || performance.now() > until) throw new Error('The app did not start')
    await wait(2)
  }
}

/** Ends all that was started; npm itself ends before the host has closed. */
async function end({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined) return
  for (let signal: NodeJS.Signals | 0 = 'SIGTERM'; tell(pid, signal); signal = 0) await wait(20)
}

/** Whether there still was somebody in the process group to be told. */
function tell(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal)
  } catch {
    return false
  }
}
