import { existsSync } from 'node:fs'
import { runQuietly } from '../launch/run.mjs'
import { scriptOf } from '../tool.ts'
import { findBrowser } from './find.ts'
import type { Browser } from './find.ts'

const TEN_MINUTES = 10 * 60_000

/** Debian's packages, the better one first. */
const PACKAGES = ['chromium-headless-shell', 'chromium'] as const

/** Needs root and apt. */
async function installFromDebian(): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  console.log("No Chromium here: installing Debian's package (apt-get)…")
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { env, timeout: TEN_MINUTES }
  await runQuietly('apt-get', ['update'], options)
  for (const name of PACKAGES) {
    const install = ['install', '--yes', '--no-install-recommends', name]
    const { code, output } = await runQuietly('apt-get', install, options)
    if (code === 0) return
    console.log(output.trim().split('\n').slice(-3).join('\n'))
  }
}

async function installFromPlaywright(): Promise<void> {
  console.log("No Chromium here: fetching Playwright's…")
  const playwright = scriptOf('@playwright/test', 'playwright')
  const line = [playwright, 'install', 'chromium']
  const { code, output } = await runQuietly(process.execPath, line, { timeout: TEN_MINUTES })
  if (code !== 0) console.log(output.trim().split('\n').slice(-3).join('\n'))
}

/** Finds a Chromium, installing one if the machine has none. Null, after saying why, if it cannot. */
export async function bringBrowser(): Promise<Browser | null> {
  for (const install of [null, installFromDebian, installFromPlaywright]) {
    await install?.()
    const browser = await findBrowser()
    if (browser) return browser
  }
  return null
}
