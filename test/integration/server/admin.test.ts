import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCore } from '../../../src-server/assemble.ts'
import { type Ending, prepare } from '../../../src-server/cli/run.ts'
import { readConfig } from '../../../src-server/config.ts'
import { openDatabase } from '../../../src-server/store/open.ts'
import { createTeam, openSession, type TestMachine } from '../../support/server-machines.ts'
import { createFindCharge } from '../../../src-server/sales/charges.ts'
import { silentLog } from '../../support/silent-log.ts'

const root = path.resolve(import.meta.dirname, '../../..')
let directory: string
let environment: NodeJS.ProcessEnv
let server: ReturnType<typeof spawn>
let address: string
let ada: TestMachine
let accountId: string

/** Starts the server as `npm run server` does; resolves with its address. */
async function startServer(): Promise<string> {
  server = spawn(process.execPath, ['src-server/main.ts'], { cwd: root, env: environment })
  let said = ''
  for await (const chunk of server.stderr!) {
    said += String(chunk)
    const found = /at (http:\S+)/.exec(said)?.[1]
    if (found) return found
  }
  throw new Error(said)
}

/** Runs a command as a process of its own. */
async function adminProcess(...args: readonly string[]) {
  const child = spawn(process.execPath, ['src-server/admin.ts', ...args], {
    cwd: root,
    env: environment,
  })
  let [out, error] = ['', '']
  child.stdout.on('data', (chunk) => (out += String(chunk)))
  child.stderr.on('data', (chunk) => (error += String(chunk)))
  const [code] = (await once(child, 'close')) as [number]
  return { code, out, error }
}

/** Runs a command beside the server, on a store of its own opening. */
async function admin(...args: readonly string[]) {
  const said = ({ code, out, error }: Ending) => ({
    code,
    out: out.join('\n'),
    error: error.join('\n'),
  })
  const prepared = prepare(args)
  if ('ending' in prepared) return said(prepared.ending)
  const config = readConfig({ environment, platform: 'linux', home: directory, file: null })
  if (!config.ok) throw new Error(config.error.message)
  const core = await openCore(config.data, silentLog)
  const tools = { ...core, clock: { now: Date.now }, findCharge: createFindCharge(core) }
  const ending = await prepared.run(tools)
  await core.close()
  return said(ending)
}

const available = async () => {
  const { pool } = await ada.must('team.read', {})
  return pool.available
}

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'tallystick-admin-'))
  environment = {
    ...process.env,
    TALLYSTICK_SERVER_DATA: directory,
    TALLYSTICK_SERVER_PORT: '0',
    DATABASE_URL: '',
  }
  address = await startServer()
  ada = await createTeam(address)
  accountId = ada.enrolment.issuer.accountId
})
afterAll(() => {
  server.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

describe('the admin’s commands, while the server runs', () => {
  it('say what there is', async () => {
    const help = await adminProcess('help')
    expect(help.code).toBe(0)
    for (const name of ['grant', 'refund', 'override', 'revoke', 'export', 'verify', 'publish']) {
      expect(help.out).toContain(`npm run admin -- ${name}`)
    }
  })

  it('are refused with their usage when they are not understood, changing nothing', async () => {
    const before = await available()
    const wrong = [
      ['bogus'],
      ['grant'],
      ['grant', accountId, '--id', 'g', '--credits', '5'],
      ['grant', accountId, '--id', 'g', '--credits', '-5', '--label', 'x'],
      ['grant', accountId, '--id', 'g', '--credits=-5', '--label', 'x'],
      ['grant', accountId, '--id', 'g', '--credits', '0.0001', '--label', 'x'],
      ['grant', accountId, '--id', 'g', '--credits', '1e9', '--label', 'x'],
      ['grant', accountId, '--id', 'a b', '--credits', '5', '--label', 'x'],
      ['grant', accountId, '--id', 'g', '--credits', '5', '--label', 'x', '--expires', 'soon'],
      ['grant', accountId, '--id', 'g', '--credits', '5', '--label', 'x', '--force', 'yes'],
      ['override', accountId, '--id', 'o', '--name', 'x'],
    ]
    const endings = await Promise.all(wrong.map((one) => admin(...one)))
    expect(endings.map(({ code, out }) => [code, out])).toEqual(wrong.map(() => [2, '']))
    expect(endings.every(({ error }) => error.includes('npm run admin -- '))).toBe(true)
    expect(await available()).toBe(before)
  })

  it('give credits once for an id, and refuse the id for anything else', async () => {
    const before = await available()
    const words = ['grant', accountId, '--id', 'sorry-1', '--label', 'Sorry', '--credits']
    expect(await adminProcess(...words, '12.5')).toMatchObject({ code: 0, error: '' })
    expect(await admin(...words, '12.5')).toMatchObject({ code: 0 })
    expect(await available()).toBe(before + 12_500)
    const other = await adminProcess(...words, '13')
    expect([other.code, other.out]).toEqual([1, ''])
    expect(other.error).toContain('(id_used)')
    const nobody = await admin('grant', 'nobody', '--id', 'x', '--label', 'x', '--credits', '1')
    expect([nobody.code, nobody.error]).toEqual([1, expect.stringContaining('(account_unknown)')])
    expect(await available()).toBe(before + 12_500)
  })

  it('take a grant back once, and only one that there is', async () => {
    const before = await available()
    const give = ['grant', accountId, '--id', 'oops', '--label', 'Oops', '--credits', '7']
    await admin(...give)
    const database = await openDatabase(path.join(directory, 'tallystick.sqlite'), silentLog)
    const [row] = await database.query<{ body: string }>(
      `SELECT body FROM account_entry WHERE body LIKE '%by-hand:oops%'`,
    )
    await database.close()
    const grantId = /adjustment:[^"]*:by-hand:oops/.exec(row!.body)![0]
    const words = ['revoke', accountId, grantId, '--id', 'oops-back', '--reason', 'A mistake']
    expect((await admin(...words)).code).toBe(0)
    expect((await admin(...words)).code).toBe(0)
    expect(await available()).toBe(before)
    const none = await admin('revoke', accountId, 'none', '--id', 'n', '--reason', 'x')
    expect([none.code, none.error]).toEqual([1, expect.stringContaining('(grant_unknown)')])
  })

  it('set other terms', async () => {
    const before = await available()
    const words = ['override', accountId, '--id', 'launch', '--name', 'Launch', '--allowance']
    expect((await admin(...words, '100000')).code).toBe(0)
    expect(await available()).toBeGreaterThan(before)
  })

  it('set every kind of term there is, list them, and end them', async () => {
    const file = path.join(directory, 'terms.json')
    const daily = { id: 'daily', name: 'A day', limit: '10', kind: 'hard', window: 'day' }
    const scope = { member: 'each', operation: 'chat.standard' }
    const caps = [
      { ...daily, scope },
      { ...daily, id: 'hours', window: 'rolling', minutes: 90 },
    ]
    const may = { operations: ['chat.standard'], models: ['practice-*'] }
    writeFileSync(file, JSON.stringify({ caps, entitlements: may }))
    const words = ['override', accountId, '--id', 'strict', '--name', 'Strict', '--terms', file]
    expect(await admin(...words, '--at-zero', 'overage:50')).toMatchObject({ code: 0, error: '' })
    expect((await admin('overrides', accountId)).out).toMatch(
      /strict {2}in force .* at zero overage:50, caps daily hours, entitlements {2}Strict/,
    )
    const file2 = path.join(directory, 'wrong.json')
    writeFileSync(file2, JSON.stringify({ caps: [{ ...daily, limit: '-1' }] }))
    const wrong = await admin('override', accountId, '--id', 'w', '--name', 'W', '--terms', file2)
    expect([wrong.code, wrong.error]).toEqual([1, expect.stringContaining('caps.0.limit')])

    expect((await admin('override-end', accountId, 'strict')).code).toBe(0)
    expect((await admin('override-end', accountId, 'strict')).code).toBe(0)
    expect((await admin('overrides', accountId)).out).toMatch(/strict {2}over /)
    const none = await admin('override-end', accountId, 'nothing')
    expect([none.code, none.error]).toEqual([1, expect.stringContaining('(override_unknown)')])
    expect((await admin('verify')).code).toBe(0)
  })

  it('set who is told when credits run low, and no more', async () => {
    const words = ['webhook', accountId, 'https://example.com/credits', '--id', 'hook-1']
    const set = await admin(...words)
    expect([set.code, set.out]).toEqual([0, expect.stringMatching(/\nwhsec_/)])
    expect((await admin(...words)).out).toBe(set.out)
    expect(await ada.must('webhook.read', {})).toMatchObject({ url: 'https://example.com/credits' })
    const inside = await admin('webhook', accountId, 'https://127.0.0.1/', '--id', 'hook-2')
    expect([inside.code, inside.error]).toEqual([
      1,
      expect.stringContaining('(webhook_not_public)'),
    ])
    expect((await admin('webhook-off', accountId)).code).toBe(0)
    expect(await ada.must('webhook.read', {})).toBeNull()
  })

  it('refund no run that nobody has told of', async () => {
    const words = ['--id', 'r', '--credits', '1', '--reason', 'x']
    const refused = await admin('refund', accountId, 'no-such-run', ...words)
    expect([refused.code, refused.error]).toEqual([
      1,
      expect.stringContaining('(operation_unknown)'),
    ])
  })

  it('write an account out, whole, and over nothing', async () => {
    const file = path.join(directory, 'account.jsonl')
    expect((await admin('export', accountId, file)).code).toBe(0)
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    const types = lines.map((line) => (JSON.parse(line) as { type: string }).type)
    expect(new Set(types)).toEqual(new Set(['account', 'member', 'device', 'entry']))
    expect(readFileSync(file, 'utf8')).not.toContain(ada.enrolment.session.token)
    const again = await admin('export', accountId, file)
    expect([again.code, again.error]).toEqual([1, expect.stringContaining('(file_not_usable)')])
  })

  it('publish a catalog that is right, and no other', async () => {
    const shipped = JSON.parse(
      readFileSync(path.join(root, 'resources/catalogs/default.json'), 'utf8'),
    ) as Record<string, unknown>
    const file = path.join(directory, 'catalog.json')
    writeFileSync(file, JSON.stringify({ ...shipped, version: 'next-1' }))
    expect((await admin('publish', file, '--from', '2099-01-01')).code).toBe(0)
    expect((await admin('catalogs')).out).toContain('next-1  from 2099-01-01')
    writeFileSync(file, JSON.stringify({ ...shipped, version: 'next-2', plans: [] }))
    const wrong = await admin('publish', file)
    expect([wrong.code, wrong.error]).toEqual([1, expect.stringContaining('(catalog_invalid)')])
    expect((await admin('catalogs')).out).not.toContain('next-2')
  })

  it('copy the store, and find it sound', async () => {
    const file = path.join(directory, 'copy.sqlite')
    expect((await admin('backup', file)).code).toBe(0)
    environment = { ...environment, DATABASE_URL: file }
    const copy = await admin('verify')
    environment = { ...environment, DATABASE_URL: '' }
    expect([copy.code, copy.out]).toEqual([0, expect.stringContaining('1 accounts')])
    expect((await admin('accounts')).out).toContain(accountId)
    expect((await admin('show', accountId)).out).toContain('Ada')
  })

  it('find what was changed behind the server’s back', async () => {
    const file = path.join(directory, 'copy.sqlite')
    const database = await openDatabase(file, silentLog)
    await database.query(
      `UPDATE account_entry SET body = replace(body, '12500', '99500') WHERE body LIKE '%sorry-1%'`,
    )
    await database.close()
    environment = { ...environment, DATABASE_URL: file }
    const found = await admin('verify', '--account', accountId)
    environment = { ...environment, DATABASE_URL: '' }
    expect([found.code, found.out]).toEqual([3, expect.stringContaining('1 problems')])
  })
})

describe('the server’s process', () => {
  it('closes in order when it is told to, and knows everything when it is back', async () => {
    const { pool } = await ada.must('team.read', {})
    const ended = once(server, 'close')
    server.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    address = await startServer()
    const { result } = await openSession(address, ada)
    expect(result.ok).toBe(true)
    const again = await ada.call('team.read', {}, address)
    expect(again.result).toMatchObject({ data: { pool } })
  })

  it('says what is wrong with its settings and does not start', async () => {
    const child = spawn(process.execPath, ['src-server/main.ts'], {
      cwd: root,
      env: { ...environment, TALLYSTICK_SERVER_PORT: 'http', TALLYSTICK_SERVER_HOST: '0.0.0.0' },
    })
    let error = ''
    child.stderr.on('data', (chunk) => (error += String(chunk)))
    expect(await once(child, 'close')).toEqual([2, null])
    expect(error).toContain('TALLYSTICK_SERVER_PORT')
  })
})
