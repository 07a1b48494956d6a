import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { projectRoot, runQuietly } from '../launch/run.mjs'
import { electronHome, electronVersion, findElectron } from './find.ts'
import type { ElectronFound } from './find.ts'

const DAY = 24 * 60 * 60_000
const failureFile = path.join(projectRoot, '.cache', 'electron-failure.json')

interface Failure {
  readonly version: string
  readonly at: number
}

/** Whether fetching this version failed within the last day; then it is not tried again. */
function failedLately(now: number): boolean {
  try {
    const failure = JSON.parse(readFileSync(failureFile, 'utf8')) as Failure
    return failure.version === electronVersion() && Math.abs(now - failure.at) < DAY
  } catch {
    return false
  }
}

function rememberFailure(now: number): void {
  mkdirSync(path.dirname(failureFile), { recursive: true })
  writeFileSync(failureFile, JSON.stringify({ version: electronVersion(), at: now }))
}

/** Where Electron's own installer would download from; null if a proxy or mirror decides that. */
function downloadPage(): string | null {
  const decided = ['ELECTRON_MIRROR', 'npm_config_electron_mirror', 'HTTPS_PROXY', 'https_proxy']
  if (decided.some((name) => process.env[name])) return null
  return `https://github.com/electron/electron/releases/download/v${electronVersion()}/SHASUMS256.txt`
}

async function isReachable(page: string): Promise<boolean> {
  try {
    const reply = await fetch(page, { method: 'HEAD', signal: AbortSignal.timeout(4_000) })
    return reply.ok
  } catch {
    return false
  }
}

/** Finds Electron, fetching its binary if that is all that is missing and the network allows. */
export async function bringElectron(): Promise<ElectronFound> {
  const found = findElectron()
  if (found.binary !== null || !found.missing) return found
  const now = Date.now()
  if (failedLately(now)) return found

  const page = downloadPage()
  if (page === null || (await isReachable(page))) {
    console.log(`Fetching Electron ${electronVersion()} (once, about 120 MB)…`)
    const installer = path.join(electronHome, 'install.js')
    const env = { ...process.env, ELECTRON_GET_USE_PROXY: '1' }
    const { code } = await runQuietly(process.execPath, [installer], { env, timeout: 5 * 60_000 })
    if (code === 0) {
      rmSync(failureFile, { force: true })
      return findElectron()
    }
  }
  rememberFailure(now)
  return { ...found, reason: 'the Electron binary could not be downloaded' }
}
