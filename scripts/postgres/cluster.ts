import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { runQuietly } from '../launch/run.mjs'

/** A PostgreSQL of our own, on this machine only. */
export interface Cluster {
  readonly url: string
  /** Ends it and removes its files. */
  stop(): Promise<void>
}

export interface ClusterOptions {
  /** Whether commits wait for the disk: not in tests, where losing the machine loses nothing. */
  readonly durable?: boolean
}

const PREFIX = 'tallystick-postgres-'
const START_MS = 30_000

/** Makes a cluster with the programs of a folder, in some 0.5 s. Throws an Error that says why not. */
export async function startCluster(
  programs: string,
  { durable = false }: ClusterOptions = {},
): Promise<Cluster> {
  removeLeftOvers()
  const user = await unprivileged()
  const home = mkdtempSync(path.join(tmpdir(), `${PREFIX}${process.pid}-`))
  const password = randomBytes(16).toString('hex')
  const passwordFile = path.join(home, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (user) for (const file of [home, passwordFile]) chownSync(file, user.uid, user.gid)
  const data = path.join(home, 'data')
  const ground = { ...user, cwd: home }
  const init = [
    ...['--pgdata', data, '--username', 'tallystick', '--pwfile', passwordFile],
    ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
  ]
  const made = await runQuietly(path.join(programs, 'initdb'), init, {
    ...ground,
    timeout: START_MS,
  })
  if (made.code !== 0) {
    rmSync(home, { recursive: true, force: true })
    throw new Error(made.output.trim().split('\n').at(-1) ?? 'initdb failed')
  }
  const port = await freePort()
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    fsync: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    log_min_messages: 'fatal',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(path.join(programs, 'postgres'), ['-D', data, ...options], {
    ...ground,
    stdio: 'ignore',
  })
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()))
  // At once, with what it is working on; killed outright it would leave busy backends behind.
  const kill = () => server.kill('SIGQUIT')
  process.once('exit', kill)
  const stop = async () => {
    process.off('exit', kill)
    server.kill('SIGINT')
    await ended
    rmSync(home, { recursive: true, force: true })
  }
  const url = `postgres://tallystick:${password}@127.0.0.1:${port}/postgres`
  try {
    await answers(url, () => server.exitCode !== null)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, stop }
}

/** PostgreSQL does not run as root. */
async function unprivileged(): Promise<{ readonly uid: number; readonly gid: number } | null> {
  if (process.getuid?.() !== 0) return null
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all(['-u', '-g'].map((flag) => runQuietly('id', [flag, name])))
    const [uid, gid] = ids.map(({ code, output }) => (code === 0 ? Number(output) : NaN))
    if (uid && gid) return { uid, gid }
  }
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody')
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function answers(url: string, hasEnded: () => boolean): Promise<void> {
  const until = Date.now() + START_MS
  for (;;) {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      if (hasEnded() || Date.now() > until) {
        throw new Error('the server ended at once or does not answer', { cause: error })
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** Of test runs that were killed: their server ends by itself once its files are gone. */
function removeLeftOvers(): void {
  for (const home of globSync(path.join(tmpdir(), `${PREFIX}*`))) {
    const pid = Number(path.basename(home).slice(PREFIX.length).split('-')[0])
    if (!isRunning(pid)) rmSync(home, { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
