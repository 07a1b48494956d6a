/**
 * The server's authority on PostgreSQL against bare transactions of the same statements, by one and by
 * two processes, and the cost of an account among few and among many.
 */

import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { findPostgres } from '../../scripts/postgres/find.ts'
import { startCluster } from '../../scripts/postgres/cluster.ts'
import {
  grantByHand,
  makeAccount,
  must,
  publishDefault,
  startProcess,
  TEST_KEY,
} from '../support/authority-world.ts'
import { type Bench, median, ratio } from './bench.ts'
import { runProgram } from './program.ts'

const programFile = (name: string) => fileURLToPath(new URL(`programs/${name}`, import.meta.url))
const LOAD = programFile('authority-load.ts')
const COST = programFile('authority-cost.ts')
/** Accounts that are worked on at a time by each process. */
const AT_ONCE = 8
const ROUNDS = 3
export const ACCOUNTS = 100
const MANY = 100_000

type Kind = 'lease' | 'sync'

export const server: Bench = {
  async *run() {
    const programs = findPostgres()
    if (programs === null) throw new Error('This bench needs an installed PostgreSQL')
    const cluster = await startCluster(programs, { durable: true })
    try {
      await prepare(cluster.url)
      const crowd = await fill(cluster.url)
      const [many, few] = await costs(crowd, cluster.url)
      yield ratio(`a lease among ${MANY} accounts`, many, few, 'ms', 1.2)
      for (const kind of ['lease', 'sync'] as const) {
        for (const processes of [1, 2]) {
          const [ours, bare] = await compare(cluster.url, kind, processes)
          const what = kind === 'lease' ? 'lease grants' : 'machines synced'
          const by = processes === 1 ? 'one process' : 'two processes'
          const name = `${what}, ${by}`
          yield ratio(name, ours, bare, 'per s', 0.5, 'at least')
        }
      }
    } finally {
      await cluster.stop()
    }
  },
}

/**
 * Accounts with two machines each that have a lease, and then credits beyond them, of which nobody
 * has a lease yet: so that every turn of the load finds some.
 */
export async function prepare(url: string): Promise<void> {
  const server = await startProcess(url, Date.now)
  await publishDefault(server)
  for (let account = 0; account < ACCOUNTS; account++) {
    const accountId = accountOf(account)
    await makeAccount(server, accountId, devicesOf(account))
    for (const deviceId of devicesOf(account)) must(await server.lease(accountId, deviceId))
    await grantByHand(server, accountId, 1_000_000_000)
  }
  await server.close()
}

export const accountOf = (account: number) => `account-${account}`
export const devicesOf = (account: number) => [`one-${account}`, `two-${account}`]

/** Both in turn, so that neither has the quieter machine; medians per second. */
async function compare(url: string, kind: Kind, processes: number): Promise<[number, number]> {
  const ours: number[] = []
  const bare: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await load(url, kind, processes, 'authority'))
    bare.push(await load(url, kind, processes, 'bare'))
  }
  return [median(ours), median(bare)]
}

/** Runs so many processes side by side; gives what they did together per second. */
async function load(url: string, kind: Kind, processes: number, by: string): Promise<number> {
  const rates = await Promise.all(
    Array.from({ length: processes }, async (_, place) => {
      const share = ACCOUNTS / processes
      const args = [LOAD, url, kind, by, String(AT_ONCE), String(place * share), String(share)]
      const [rate = NaN] = await runProgram<number[]>(args, { TEST_KEY })
      return rate
    }),
  )
  return rates.reduce((sum, rate) => sum + rate, 0)
}

/** Milliseconds of a lease in each of two stores, taken in turn by one process. */
const costs = (one: string, other: string) =>
  runProgram<[number, number]>([COST, one, other], { TEST_KEY })

/** A store beside it, in which an account and its journal are copied until there are many. */
async function fill(url: string): Promise<string> {
  const crowd = new URL(url)
  crowd.pathname = '/crowd'
  await ask(url.replace(/[^/]*$/, 'template1'), [`CREATE DATABASE crowd TEMPLATE postgres`])
  await ask(crowd.href, [
    `INSERT INTO account (id, created_at, sequence, at, hash, state, due_at)
     SELECT 'copy-' || n, created_at, sequence, at, hash, state, due_at
     FROM account, generate_series(1, ${MANY - ACCOUNTS}) n WHERE id = 'account-0'`,
    `INSERT INTO account_entry (account_id, sequence, id, at, body, hash)
     SELECT 'copy-' || n, sequence, id, at, body, hash
     FROM account_entry, generate_series(1, ${MANY - ACCOUNTS}) n
     WHERE account_id = 'account-0' AND sequence <= 5`,
    'VACUUM ANALYZE',
    'CHECKPOINT',
  ])
  return crowd.href
}

async function ask(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}
