/** The real app for a test: the headless host as a process of its own, with its own data folder. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from '@playwright/test'
import { addressesOpened, putOpener } from '../../support/opener.ts'

const root = path.join(import.meta.dirname, '..', '..', '..')
const ENTRY = path.join(root, 'out', 'main', 'headless.js')
const COMPILED = path.join(root, '.cache', 'compiled')
const START_TIMEOUT_MS = 20_000
const STOP_TIMEOUT_MS = 12_000

export interface AppOptions {
  /** The shipped catalog with another allowance of the free plan, in credits. */
  readonly allowance?: number
  /** Other values for some parts of the shipped catalog. */
  readonly catalog?: Readonly<Record<string, unknown>>
  /** One that another app of the test used; it is then not removed at the end. */
  readonly dataDirectory?: string
  /** Practice tokens a second; `instant` where speed is not what is tested. Absent: as shipped. */
  readonly practiceSpeed?: number | 'instant'
}

export interface App {
  /** With the token, as printed; it changes with a restart, the port does not. */
  readonly address: string
  readonly origin: string
  readonly dataDirectory: string
  /** What it asked the system's browser to open, oldest first. No browser opens. */
  opened(): readonly string[]
  /** A power cut: the process is gone without a word. */
  kill(): Promise<void>
  /** An orderly end. */
  stop(): Promise<void>
  /** Starts it again on the same data folder and port. */
  start(): Promise<void>
  /** Ends it and removes the data folder if this app made it. */
  cleanUp(): Promise<void>
}

/** Starts the built app, on a folder that may be filled before; resolves when it says where it is. */
export async function startApp(
  options: AppOptions = {},
  fillFolder?: (dataDirectory: string) => void,
): Promise<App> {
  const dataDirectory = options.dataDirectory ?? mkdtempSync(path.join(tmpdir(), 'tallystick-e2e-'))
  fillFolder?.(dataDirectory)
  let running = await launch(dataDirectory, 0, options)
  const { port } = new URL(running.address)

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (running.process.exitCode !== null || running.process.signalCode !== null) return
    const ended = once(running.process, 'exit')
    running.process.kill(signal)
    const timer = setTimeout(() => running.process.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await ended
    clearTimeout(timer)
  }

  return {
    get address() {
      return running.address
    },
    origin: `http://127.0.0.1:${port}`,
    dataDirectory,
    opened: () => addressesOpened(browserOf(dataDirectory)),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async start() {
      running = await launch(dataDirectory, Number(port), options)
    },
    async cleanUp() {
      await end('SIGTERM')
      if (!options.dataDirectory) rmSync(dataDirectory, { recursive: true, force: true })
      rmSync(catalogOf(dataDirectory), { force: true })
      rmSync(browserOf(dataDirectory), { recursive: true, force: true })
    },
  }
}

/**
 * Opens the app as `npm start` does, on a folder it cannot use. Gives the address of the tab it
 * opened; `ended` resolves when it has given up.
 */
export async function openUnusableApp(dataDirectory: string) {
  const child = spawn(
    process.execPath,
    [ENTRY, '--data-dir', dataDirectory, '--port', '0', '--open'],
    { cwd: root, env: environment(dataDirectory, {}), stdio: 'ignore' },
  )
  const ended = once(child, 'exit')
  const address = () => addressesOpened(browserOf(dataDirectory))[0] ?? ''
  await expect.poll(address).not.toBe('')
  return { address: address(), ended }
}

interface Running {
  readonly process: ChildProcess
  readonly address: string
}

async function launch(dataDirectory: string, port: number, options: AppOptions): Promise<Running> {
  if (!existsSync(ENTRY)) throw new Error('The app is not built: run `npm run build` first.')
  const isShipped = options.allowance === undefined && options.catalog === undefined
  const catalog = isShipped ? [] : ['--catalog', writeCatalog(dataDirectory, options)]
  const child = spawn(
    process.execPath,
    [ENTRY, '--data-dir', dataDirectory, '--port', String(port), ...catalog],
    { cwd: root, env: environment(dataDirectory, options), stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  const address = await new Promise<string>((resolve, reject) => {
    const fail = (why: string) => {
      child.kill('SIGKILL')
      reject(new Error(`${why}\n${output}`))
    }
    const timer = setTimeout(() => fail('The app did not say where it is.'), START_TIMEOUT_MS)
    const read = (chunk: Buffer) => {
      output += chunk.toString('utf8')
      const found = /Tallystick is at (http:\S+)/.exec(output)?.[1]
      if (!found) return
      clearTimeout(timer)
      resolve(found)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(`The app ended with ${String(code)} before it said where it is.`)
    })
  })
  child.removeAllListeners('exit')
  return { process: child, address }
}

const catalogOf = (dataDirectory: string) => `${dataDirectory}-catalog.json`

/** Writes the shipped catalog with what the test changes of it; gives the file. */
function writeCatalog(dataDirectory: string, { allowance, catalog: parts }: AppOptions): string {
  const shipped = path.join(root, 'resources', 'catalogs', 'default.json')
  const catalog = JSON.parse(readFileSync(shipped, 'utf8')) as {
    plans: { id: string; allowance: string }[]
  }
  for (const plan of catalog.plans) {
    if (plan.id === 'free' && allowance !== undefined) plan.allowance = String(allowance)
  }
  const file = catalogOf(dataDirectory)
  writeFileSync(file, JSON.stringify({ ...catalog, ...parts }))
  return file
}

const browserOf = (dataDirectory: string) => `${dataDirectory}-browser`

function environment(dataDirectory: string, { practiceSpeed }: AppOptions): NodeJS.ProcessEnv {
  const { TALLYSTICK_DATA_DIR: _directory, TALLYSTICK_TOKEN: _token, ...rest } = process.env
  return {
    ...rest,
    PATH: putOpener(browserOf(dataDirectory)),
    // Each start of the host reads the same code: what was compiled of it is kept.
    NODE_COMPILE_CACHE: COMPILED,
    ...(practiceSpeed === undefined ? {} : { TALLYSTICK_PRACTICE_SPEED: String(practiceSpeed) }),
  }
}
