/** Real hosts and a real server, over real HTTP and WebSockets. */

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Affordability } from '#shared/host/views.ts'
import type { Log } from '#shared/ports/log.ts'
import { type Server, startServer } from '../../src-server/assemble.ts'
import { readConfig } from '../../src-server/config.ts'
import type { HostOptions } from '../../src-main/host/open-parts.ts'
import { chat, DEFAULT_CATALOG, type HostWorld, openHostWorld } from './host-world.ts'
import { temporaryFolder, unwrap } from './ledger.ts'
import { silentLog } from './silent-log.ts'

/** What every account begins with, as the catalog has it: little, so that it can be used up. */
export const ALLOWANCE = 6_000

export interface TeamHost extends HostWorld {
  readonly directory: string
  /** Runs until there is nothing left for a run; what they cost. */
  spendAll(most?: number): Promise<{ readonly charged: number; readonly refusal: string | null }>
  /** What a quote says of the next run. */
  affordability(): Promise<Affordability>
  /** Credits as the balance has them: here, and with the team. */
  credits(): Promise<{ readonly available: number; readonly elsewhere: number }>
}

export type TeamWorld = Awaited<ReturnType<typeof createTeamWorld>>

/** `freePlan`: more of what the plan is that everybody begins with. */
export async function createTeamWorld(log: Log = silentLog, freePlan: object = {}) {
  const folders = [temporaryFolder()]
  const [{ path: place }] = folders as [ReturnType<typeof temporaryFolder>]
  const catalog = join(place, 'catalog.json')
  writeFileSync(catalog, smallCatalog(freePlan))
  const hosts = new Set<HostWorld>()
  let server: Server | null = null
  let port = 0

  async function serve(): Promise<string> {
    const environment = { TALLYSTICK_SERVER_PORT: String(port) }
    const config = unwrap(
      readConfig({
        environment: { ...environment, TALLYSTICK_SERVER_DATA: join(place, 'server') },
        platform: process.platform,
        home: place,
        file: null,
      }),
    )
    server = unwrap(await startServer(config, { catalog }, log))
    port = Number(new URL(server.address).port)
    return server.address
  }

  async function stopServer(): Promise<void> {
    await server?.close()
    server = null
  }

  async function open(directory: string, options: Partial<HostOptions> = {}): Promise<TeamHost> {
    const world = unwrap(
      await openHostWorld(directory, { catalogFile: catalog, log, timeZone: 'UTC', ...options }),
    )
    hosts.add(world)
    return { ...world, directory, ...spending(world) }
  }

  /** Backs up what the server keeps as it is now. */
  async function backUp(): Promise<{ restore(): Promise<void> }> {
    const store = join(place, 'server')
    const backup = join(place, 'server-backup')
    await stopServer()
    cpSync(store, backup, { recursive: true })
    await serve()
    return {
      async restore() {
        await stopServer()
        rmSync(store, { recursive: true })
        cpSync(backup, store, { recursive: true })
        await serve()
      },
    }
  }

  return {
    /** Where the server's store is. */
    serverDirectory: join(place, 'server'),
    catalogFile: catalog,
    serve,
    /** Of the server, as of its last start. */
    address: () => `http://127.0.0.1:${port}`,
    stopServer,
    backUp,
    open,
    /** A machine with a folder of its own. */
    machine(options?: Partial<HostOptions>): Promise<TeamHost> {
      const folder = temporaryFolder()
      folders.push(folder)
      return open(folder.path, options)
    },
    /** A machine that begins with what is on another's disk now. */
    copyOf({ directory }: TeamHost): Promise<TeamHost> {
      const folder = temporaryFolder()
      folders.push(folder)
      cpSync(directory, folder.path, { recursive: true })
      return open(folder.path)
    },
    async shut(world: HostWorld): Promise<void> {
      hosts.delete(world)
      await world.host.close()
    },
    async close(): Promise<void> {
      for (const { host } of hosts) await host.close()
      await stopServer()
      for (const folder of folders) folder.remove()
    },
  }
}

function smallCatalog(freePlan: object): string {
  const catalog = JSON.parse(readFileSync(DEFAULT_CATALOG, 'utf8')) as {
    plans: { id: string; allowance: string }[]
  }
  const plans = catalog.plans.map((plan) =>
    plan.id === 'free' ? { ...plan, allowance: String(ALLOWANCE / 1_000), ...freePlan } : plan,
  )
  return JSON.stringify({ ...catalog, plans })
}

function spending(world: HostWorld): Pick<TeamHost, 'spendAll' | 'affordability' | 'credits'> {
  return {
    async spendAll(most = Infinity) {
      const threadId = crypto.randomUUID()
      await world.ask('threads.create', { threadId })
      let charged = 0
      for (let runs = 0; runs < most; runs++) {
        const request = chat(threadId)
        const { promisedMaximum } = await world.ask('quote.read', { request })
        const operationId = crypto.randomUUID()
        const started = await world.call('run.start', {
          operationId,
          request,
          acceptedMaximum: promisedMaximum,
        })
        if (!started.ok) return { charged, refusal: started.error.code }
        charged += await ended(world, operationId)
      }
      return { charged, refusal: null }
    },
    async affordability() {
      const threadId = crypto.randomUUID()
      await world.ask('threads.create', { threadId })
      return (await world.ask('quote.read', { request: chat(threadId) })).affordability
    },
    async credits() {
      const { available, elsewhere } = await world.ask('balance.read', {})
      return { available, elsewhere: elsewhere?.amount ?? 0 }
    },
  }
}

async function ended(world: HostWorld, operationId: string): Promise<number> {
  for (;;) {
    const { ending } = await world.ask('run.attach', { operationId })
    if (ending) return ending.charged
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Waits until it holds; fails with what it was last. */
export async function eventually<T>(
  read: () => Promise<T>,
  holds: (value: T) => boolean,
  withinMs = 15_000,
): Promise<T> {
  const until = performance.now() + withinMs
  for (;;) {
    const value = await read()
    if (holds(value)) return value
    if (performance.now() > until) {
      throw new Error(`It did not come about: ${JSON.stringify(value)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
