/** A team's server for a test: a process of its own, with an embedded store or on a database. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const ENTRY = path.join(import.meta.dirname, '..', '..', '..', 'src-server', 'main.ts')
const START_TIMEOUT_MS = 30_000

export interface ServerOptions {
  /** More of what the shipped free plan is. */
  readonly freePlan?: object
  /** Of another server that it is one with; it is then not removed at the end. */
  readonly directory?: string
  /** Absent: a store of its own. */
  readonly databaseUrl?: string
}

export interface TeamServer {
  readonly address: string
  readonly directory: string
  stop(): Promise<void>
  /** Ends it without a word. */
  kill(): Promise<void>
  /** Starts it again at the same address, on the same store. */
  start(): Promise<void>
  cleanUp(): Promise<void>
}

export async function startTeamServer(options: ServerOptions = {}): Promise<TeamServer> {
  const { freePlan = {}, databaseUrl } = options
  const directory = options.directory ?? mkdtempSync(path.join(tmpdir(), 'tallystick-server-'))
  writeCatalog(directory, freePlan)
  const environment = {
    TALLYSTICK_SERVER_DATA: directory,
    TALLYSTICK_SERVER_CATALOG: path.join(directory, CATALOG),
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
  }
  let running = await launch(environment, '0')
  const { address } = running
  const { port } = new URL(address)

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (running.process.exitCode !== null || running.process.signalCode !== null) return
    const ended = once(running.process, 'exit')
    running.process.kill(signal)
    await ended
  }

  return {
    address,
    directory,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async start() {
      running = await launch(environment, port)
    },
    async cleanUp() {
      await end('SIGTERM')
      if (options.directory === undefined) rmSync(directory, { recursive: true, force: true })
    },
  }
}

const CATALOG = 'first-catalog.json'

function writeCatalog(directory: string, freePlan: object): void {
  const file = path.join(import.meta.dirname, '../../../resources/catalogs/default.json')
  const catalog = JSON.parse(readFileSync(file, 'utf8')) as { plans: { id: string }[] }
  const plans = catalog.plans.map((plan) => (plan.id === 'free' ? { ...plan, ...freePlan } : plan))
  writeFileSync(
    path.join(directory, CATALOG),
    JSON.stringify({ ...catalog, version: 'of-the-team', plans }),
  )
}

interface Running {
  readonly process: ChildProcess
  readonly address: string
}

async function launch(environment: NodeJS.ProcessEnv, port: string): Promise<Running> {
  const child = spawn(process.execPath, [ENTRY], {
    env: { ...process.env, ...environment, TALLYSTICK_SERVER_PORT: port },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  const address = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`No server:\n${output}`)), START_TIMEOUT_MS)
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8')
      const found = /server is at (http:\S+)/.exec(output)?.[1]
      if (!found) return
      clearTimeout(timer)
      resolve(found)
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`The server ended with ${String(code)}.\n${output}`))
    })
  })
  return { process: child, address }
}
