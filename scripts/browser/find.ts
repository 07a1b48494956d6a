import { existsSync } from 'node:fs'
import path from 'node:path'
import { chromium } from '@playwright/test'
import { runQuietly } from '../launch/run.mjs'

/** A Chromium for the end-to-end tests. */
export interface Browser {
  readonly binary: string
  /** Where it comes from, for a person. */
  readonly origin: string
  /** Whether its sandbox works here: never for root, seldom in a container. */
  readonly sandbox: boolean
}

interface Candidate {
  readonly binary: string
  readonly origin: string
}

/** The shell is Chromium without its own window: the tests take two thirds of the time in it. */
const linux = [
  'chromium-headless-shell',
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge',
]

function installed(): readonly Candidate[] {
  if (process.platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge']
    return apps.map((app) => ({
      binary: `/Applications/${app}.app/Contents/MacOS/${app}`,
      origin: `installed ${app}`,
    }))
  }
  if (process.platform === 'win32') {
    const roots = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA']
    const programs = [
      'Google\\Chrome\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
    ]
    return roots.flatMap((root) =>
      programs.map((program) => ({
        binary: path.join(process.env[root] ?? '', program),
        origin: `installed ${path.basename(program)}`,
      })),
    )
  }
  const folders = (process.env['PATH'] ?? '').split(path.delimiter)
  return linux.flatMap((name) =>
    folders.map((folder) => ({ binary: path.join(folder, name), origin: `installed ${name}` })),
  )
}

/** Whether a page can be rendered, as a wrapper script or a half-installed browser cannot. */
async function renders(binary: string, sandbox: boolean): Promise<boolean> {
  const args = [
    ...['--headless=new', '--disable-gpu', '--no-first-run', '--dump-dom'],
    ...(sandbox ? [] : ['--no-sandbox']),
    'data:text/html,<p>ready</p>',
  ]
  const { code, output } = await runQuietly(binary, args, { timeout: 20_000 })
  return code === 0 && output.includes('<p>ready</p>')
}

async function firstWorking(candidates: readonly Candidate[]): Promise<Browser | null> {
  for (const { binary, origin } of candidates) {
    if (!existsSync(binary)) continue
    const mayUseSandbox = process.getuid?.() !== 0
    if (mayUseSandbox && (await renders(binary, true))) return { binary, origin, sandbox: true }
    if (await renders(binary, false)) return { binary, origin, sandbox: false }
  }
  return null
}

/** Playwright's own Chromium first, then one that is installed; fetches nothing. */
export function findBrowser(): Promise<Browser | null> {
  const own = { binary: chromium.executablePath(), origin: "Playwright's Chromium" }
  return firstWorking([own, ...installed()])
}
