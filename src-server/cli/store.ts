/** Commands on the store as a whole, and for reading accounts. */

import { creditsToDecimal, ZERO } from '#shared/credits/amount.ts'
import { type Result, success } from '#shared/result.ts'
import type { Query } from '../store/database.ts'
import { allDevices, allMembers } from '../teams/rows.ts'
import { accountUnknown } from '../authority/accounts.ts'
import { readMoment, usage } from './arguments.ts'
import { readJsonFile, writeText } from './files.ts'
import { type Command, type Outcome, said, type Tools } from './command.ts'

const PAGE = 500

interface ListedAccount {
  readonly id: string
  readonly name: string
  readonly created_at: number
}

function accountsAfter(query: Query, id: string): Promise<readonly ListedAccount[]> {
  return query<ListedAccount>(
    `SELECT account.id, team.name, account.created_at FROM account
     JOIN team ON team.account_id = account.id WHERE account.id > ? ORDER BY account.id LIMIT ?`,
    id,
    PAGE,
  )
}

/** Every account, in batches. */
async function* allAccounts(query: Query): AsyncGenerator<ListedAccount> {
  for (let last = ''; ;) {
    const page = await accountsAfter(query, last)
    yield* page
    const end = page.at(-1)
    if (!end || page.length < PAGE) return
    last = end.id
  }
}

export async function isKnown(query: Query, accountId: string): Promise<boolean> {
  const rows = await query('SELECT id FROM account WHERE id = ?', accountId)
  return rows.length > 0
}

const day = (at: number) => new Date(at).toISOString().slice(0, 10)

export const accounts: Command = {
  summary: 'Lists the accounts',
  positionals: [],
  options: {},
  async run({ database }) {
    const lines: string[] = []
    for await (const { id, name, created_at: at } of allAccounts(database.query)) {
      lines.push(`${id}  ${day(at)}  ${name}`)
    }
    return success({ lines: lines.length > 0 ? lines : ['There are no accounts.'] })
  },
}

/** Everybody who ever belonged to an account, and their machines. */
async function people(query: Query, accountId: string) {
  return {
    members: await allMembers(query, accountId),
    devices: await allDevices(query, accountId),
  }
}

export const show: Command = {
  summary: 'Shows an account: its people, machines and credits',
  positionals: ['ACCOUNT'],
  options: {},
  async run({ database, authority }, args) {
    const accountId = args.positional('ACCOUNT')
    const { query } = database
    if (!(await isKnown(query, accountId))) return accountUnknown(accountId)
    const { pool, leases } = await authority.read(query, accountId)
    const { members, devices } = await people(query, accountId)
    return success(
      said(
        `available ${creditsToDecimal(pool.available)}, leased ${creditsToDecimal(pool.leased)}, debt ${creditsToDecimal(pool.debt)}`,
        ...members.map(({ id, name, role, left_at: left }) => {
          return `member  ${id}  ${role}${left === null ? '' : ', left'}  ${name}`
        }),
        ...devices.map(({ id, name, standing, last_seen_at: at }) => {
          const leased = creditsToDecimal(leases.get(id)?.outstanding ?? ZERO)
          return `machine ${id}  ${standing}, seen ${day(at)}, leased ${leased}  ${name}`
        }),
      ),
    )
  },
}

/** An account as lines of JSON: its people and machines without credentials, then its journal. */
async function* exported({ database, authority }: Tools, accountId: string) {
  const { query } = database
  const { members, devices } = await people(query, accountId)
  yield `${JSON.stringify({ type: 'account', id: accountId })}\n`
  for (const member of members) yield `${JSON.stringify({ type: 'member', ...member })}\n`
  for (const { public_key: publicKey, ...device } of devices) {
    yield `${JSON.stringify({ type: 'device', ...device, publicKey })}\n`
  }
  for (let position = 0; ; position += PAGE) {
    const entries = await authority.entriesAfter(query, accountId, position, PAGE)
    for (const entry of entries) yield `${JSON.stringify({ type: 'entry', ...entry })}\n`
    if (entries.length < PAGE) return
  }
}

export const exportAccount: Command = {
  summary: 'Writes an account to a new file, as lines of JSON',
  positionals: ['ACCOUNT', 'FILE'],
  options: {},
  async run(tools, args) {
    const [accountId, file] = [args.positional('ACCOUNT'), args.positional('FILE')]
    const { query } = tools.database
    if (!(await isKnown(query, accountId))) return accountUnknown(accountId)
    const written = await writeText(file, exported(tools, accountId))
    return written.ok ? success(said(`${accountId} is in ${file}.`)) : written
  },
}

export const verify: Command = {
  summary: 'Recomputes every journal and checks it against what is kept',
  positionals: [],
  options: { account: { required: false, value: 'ACCOUNT' } },
  async run({ database, authority }, args): Promise<Result<Outcome>> {
    const { query } = database
    const only = args.option('account')
    let entries = 0
    let checked = 0
    const lines: string[] = []
    const ids = only === null ? allAccounts(query) : [{ id: only }]
    for await (const { id } of ids) {
      const found = await authority.verify(query, id)
      checked += 1
      entries += found.entries
      lines.push(...found.problems.map((problem) => `${id}: ${problem}`))
    }
    const isBad = lines.length > 0
    const end = isBad ? `${lines.length} problems` : 'all is well'
    return success({
      lines: [...lines, `${checked} accounts, ${entries} entries: ${end}.`],
      isBad,
    })
  },
}

export const publish: Command = {
  summary: 'Publishes a catalog, at once or from a moment on',
  positionals: ['FILE'],
  options: { from: { required: false, value: 'MOMENT' } },
  async run({ catalogs }, args) {
    const from = args.option('from')
    const moment = from === null ? success(null) : readMoment(from)
    if (!moment.ok) return moment
    const json = readJsonFile(args.positional('FILE'))
    if (!json.ok) return json
    const published = await catalogs.publish(json.data, moment.data)
    if (!published.ok) return published
    return success(said(`The catalog is published, in force ${from ? `from ${from}` : 'at once'}.`))
  },
}

export const listCatalogs: Command = {
  summary: 'Lists the catalogs that were published',
  positionals: [],
  options: {},
  async run({ catalogs }) {
    const all = await catalogs.list()
    return success({
      lines: all.map(({ version, name, from }) => `${version}  from ${day(from)}  ${name}`),
    })
  },
}

export const backup: Command = {
  summary: 'Copies the embedded store into a new file, while the server runs',
  positionals: ['FILE'],
  options: {},
  async run({ database }, args) {
    const file = args.positional('FILE')
    if (database.engine !== 'sqlite') {
      return usage('This store is on PostgreSQL: back it up with pg_dump.')
    }
    await database.backup(file)
    return success(said(`The store is copied to ${file}.`))
  },
}
