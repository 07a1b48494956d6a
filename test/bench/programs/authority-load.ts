// Works on some accounts for a while, many at a time, and says how much it did per second: by the
// authority, or by bare transactions of the same statements with values of the same size.

import pg from 'pg'
import { millicredits } from '#shared/credits/amount.ts'
import type { SignedLease } from '#shared/lease/statement.ts'
import { withAccount } from '../../../src-server/authority/accounts.ts'
import { must, startProcess } from '../../support/authority-world.ts'
import { accountOf, devicesOf } from '../server.bench.ts'

/** Long enough that code which runs often is compiled. */
const WARM_MS = 4_000
const RUN_MS = 3_000
/** What a run of the machine spends. */
const spent = millicredits(1_000)

const [url = '', kind = '', by = '', atOnce = '1', first = '0', count = '1'] = process.argv.slice(2)
const work = by === 'bare' ? await bare() : await authority()

let done = 0
const accounts = Array.from({ length: Number(count) }, (_, place) => Number(first) + place)
const share = Math.floor(accounts.length / Number(atOnce))
const start = performance.now()
let countedFrom = 0
await Promise.all(
  Array.from({ length: Number(atOnce) }, async (_, worker) => {
    const own = accounts.slice(worker * share, (worker + 1) * share)
    for (let turn = 0; ; turn++) {
      const now = performance.now() - start
      if (now > WARM_MS + RUN_MS) return
      if (now > WARM_MS && countedFrom === 0) {
        countedFrom = now
        done = 0
      }
      await work.once(own[turn % own.length] ?? 0, turn)
      done += 1
    }
  }),
)
console.log(JSON.stringify([(done * 1_000) / (performance.now() - start - countedFrom)]))
await work.close()

/** One lease grant; or one machine's sync: its report is taken in, then its lease topped up. */
async function authority() {
  const server = await startProcess(url, Date.now, process.env['TEST_KEY'])
  const { authority: rules, database } = server

  /** A machine asks for more than it has, so that every turn writes a lease. */
  async function take(account: number, deviceId: string): Promise<SignedLease | null> {
    const accountId = accountOf(account)
    const request = { needed: spent, operation: null }
    const answer = await withAccount(database, accountId, (transaction) =>
      rules.lease(transaction, accountId, deviceId, request),
    )
    const { lease, unmet } = must(answer)
    if (unmet > 0) throw new Error(`Nothing was leased to ${deviceId}`)
    return lease
  }

  /** As the machines would know: how many records they told, and their lease. */
  const told = new Map<string, { records: number; grantId: string | undefined }>()

  async function sync(account: number, deviceId: string): Promise<void> {
    const accountId = accountOf(account)
    const known = told.get(deviceId) ?? {
      records: (await rules.reported(database.query, accountId, deviceId))?.sequence ?? 0,
      grantId: undefined,
    }
    const sequence = known.records + 1
    const draw = known.grantId === undefined ? [] : [{ grantId: known.grantId, amount: spent }]
    const record = { sequence, at: Date.now(), spent: draw, returned: [], expired: [] }
    const head = { sequence, hash: sequence.toString(16).padStart(64, '0') }
    must(
      await withAccount(database, accountId, (transaction) =>
        rules.report(transaction, accountId, deviceId, [record], head),
      ),
    )
    const lease = await take(account, deviceId)
    told.set(deviceId, { records: sequence, grantId: lease?.statement.lines.at(-1)?.grantId })
  }

  return {
    async once(account: number, turn: number) {
      const deviceId = devicesOf(account)[turn % 2] ?? ''
      await (kind === 'sync' ? sync(account, deviceId) : take(account, deviceId))
    },
    close: () => server.close(),
  }
}

/** The statements that the authority asks, and nothing else. */
async function bare() {
  const pool = new pg.Pool({ connectionString: url, max: 10 })
  await pool.query(
    `CREATE TABLE IF NOT EXISTS bare_account (id TEXT PRIMARY KEY, sequence BIGINT, at BIGINT, hash TEXT, state TEXT, due_at BIGINT)`,
  )
  await pool.query(
    `CREATE TABLE IF NOT EXISTS bare_entry (account_id TEXT REFERENCES bare_account (id), sequence BIGINT, id TEXT,
       at BIGINT, body TEXT, hash TEXT, PRIMARY KEY (account_id, sequence), UNIQUE (account_id, id))`,
  )
  await pool.query(
    `INSERT INTO bare_account SELECT id, sequence, at, hash, state, due_at FROM account WHERE id LIKE 'account-%'
     ON CONFLICT DO NOTHING`,
  )
  const [sample] = (
    await pool.query<{ body: string; hash: string; state: string }>(
      `SELECT body, account_entry.hash, state FROM account_entry JOIN account ON account.id = account_id
       ORDER BY account_entry.sequence DESC LIMIT 1`,
    )
  ).rows
  const { body = '', hash = '', state = '' } = sample ?? {}

  async function command(account: number): Promise<void> {
    const client = await pool.connect()
    const ask = (name: string, text: string, values: readonly unknown[]) =>
      client.query<{ sequence: string }>({ name, text, values: [...values] })
    const id = accountOf(account)
    await client.query('BEGIN')
    await ask('lock', 'SELECT 1 FROM bare_account WHERE id = $1 FOR NO KEY UPDATE', [id])
    const load = `SELECT sequence, at, hash, due_at, CASE WHEN hash = $1 THEN '' ELSE state END AS state
       FROM bare_account WHERE id = $2`
    const [row] = (await ask('load', load, [hash, id])).rows
    const sequence = Number(row?.sequence) + 1
    const insert =
      'INSERT INTO bare_entry (account_id, sequence, id, at, body, hash) VALUES ($1, $2, $3, $4, $5, $6)'
    await ask('insert', insert, [id, sequence, `bare:${sequence}`, Date.now(), body, hash])
    const update =
      'UPDATE bare_account SET sequence = $1, at = $2, hash = $3, state = $4 WHERE id = $5'
    await ask('update', update, [sequence, Date.now(), hash, state, id])
    await client.query('COMMIT')
    client.release()
  }

  return {
    async once(account: number) {
      await command(account)
      if (kind === 'sync') await command(account)
    },
    close: () => pool.end(),
  }
}
