/** A team's server for a test: a process of its own, with an embedded store. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const ENTRY = path.join(import.meta.dirname, '..', '..', '..', 'src-server', 'main.ts')
const START_TIMEOUT_MS = 30_000

export interface TeamServer {
  readonly address: string
  stop(): Promise<void>
  /** Starts it again at the same address, on the same store. */
  start(): Promise<void>
  cleanUp(): Promise<void>
}

/** `freePlan`: more of what the shipped free plan is. */
export async function startTeamServer(freePlan: object = {}): Promise<TeamServer> {
  const directory = mkdtempSync(path.join(tmpdir(), 'tallystick-server-'))
  writeCatalog(directory, freePlan)
  let running = await launch(directory, '0')
  const { address } = running
  const { port } = new URL(address)

  async function stop(): Promise<void> {
    if (running.process.exitCode !== null || running.process.signalCode !== null) return
    const ended = once(running.process, 'exit')
    running.process.kill('SIGTERM')
    await ended
  }

  return {
    address,
    stop,
    async start() {
      running = await launch(directory, port)
    },
    async cleanUp() {
      await stop()
      rmSync(directory, { recursive: true, force: true })
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

async function launch(directory: string, port: string): Promise<Running> {
  const child = spawn(process.execPath, [ENTRY], {
    env: {
      ...process.env,
      TALLYSTICK_SERVER_DATA: directory,
      TALLYSTICK_SERVER_PORT: port,
      TALLYSTICK_SERVER_CATALOG: path.join(directory, CATALOG),
    },
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
