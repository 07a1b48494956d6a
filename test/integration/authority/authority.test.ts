import { createPublicKey, verify } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { type SignedLease, statementText } from '#shared/lease/statement.ts'
import { createCaretaker } from '../../../src-server/authority/caretaker.ts'
import { newServerKey } from '../../../src-server/authority/server-key.ts'
import {
  type AuthorityProcess,
  createSpender,
  DAY,
  makeAccount,
  must,
  publishDefault,
  START,
  startProcess,
} from '../../support/authority-world.ts'
import { catalogJson } from '../../support/shipped-catalogs.ts'
import { silentLog } from '../../support/silent-log.ts'
import { onEachEngine } from '../../support/stores.ts'

onEachEngine((place) => {
  let server: AuthorityProcess
  let now = START

  beforeEach(async () => {
    now = START
    await place.fresh()
    server = await startProcess(place.url, () => now)
    await publishDefault(server)
  })
  afterEach(() => server.close())

  const query = () => server.database.query
  const position = async (accountId: string) =>
    (await server.authority.read(query(), accountId)).position
  const sound = async (accountId: string) => {
    const { problems } = await server.authority.verify(query(), accountId)
    expect(problems).toEqual([])
  }
  async function leaseOf(accountId: string, deviceId: string, needed = 0): Promise<SignedLease> {
    const { lease } = must(await server.lease(accountId, deviceId, needed))
    if (!lease) throw new Error('There is no lease')
    return lease
  }

  it('opens an account on the default plan of the catalog', async () => {
    await makeAccount(server, 'account', ['laptop'])
    const { pool } = await server.authority.read(query(), 'account')
    expect(pool).toEqual({ available: 500_000, leased: 0, debt: 0 })
    const entries = await server.authority.entriesAfter(query(), 'account', 0, 100)
    expect(entries.map(({ facts }) => facts.kind)).toEqual([
      'catalog',
      'account',
      'account',
      'grant',
      'device',
    ])
    expect(entries[0]?.facts).toMatchObject({ source: catalogJson('default') })
    await sound('account')
  })

  it('leases everything to a sole machine, signed with its key', async () => {
    await makeAccount(server, 'account', ['laptop'], 1_000)
    const { statement, signature } = await leaseOf('account', 'laptop')
    const total = statement.lines.reduce((sum, { granted }) => sum + granted, 0)
    expect(total).toBeGreaterThanOrEqual(501_000)
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: server.authority.publicKey },
      format: 'jwk',
    })
    const text = Buffer.from(statementText(statement))
    expect(verify(null, text, key, Buffer.from(signature, 'base64url'))).toBe(true)
    expect((await server.authority.read(query(), 'account')).pool.available).toBe(0)
    await sound('account')
  })

  it('tells a machine that lacks nothing so, without holding its account', async () => {
    await makeAccount(server, 'account', ['laptop', 'desk'], 1_000)
    const look = (deviceId: string) => server.authority.lookAtLease(query(), 'account', deviceId)
    expect(await look('laptop')).toBeNull()
    await leaseOf('account', 'laptop')
    // What the first has of the pool is more than its part once another is there.
    await leaseOf('account', 'desk')
    await leaseOf('account', 'laptop')
    const { recalls } = must(await server.lease('account', 'laptop'))
    expect(await look('laptop')).toEqual({ recalls, position: await position('account') })
    expect(await look('nobody')).toBeNull()
    now += 16 * DAY
    expect(await look('laptop')).toBeNull()
  })

  it('changes nothing when the same is asked or told twice', async () => {
    await makeAccount(server, 'account', ['laptop'], 1_000)
    const lease = await leaseOf('account', 'laptop')
    const before = await position('account')
    expect((await leaseOf('account', 'laptop')).statement).toEqual(lease.statement)
    expect(await position('account')).toBe(before)

    const spender = createSpender(server, 'account', 'laptop')
    must(await spender.spend(lease, 700))
    const after = await position('account')
    const again = createSpender(server, 'account', 'laptop')
    must(await again.spend(lease, 700))
    expect(await position('account')).toBe(after)

    const { authority, inAccount } = server
    const choice = { changeId: 'change-1', planId: 'creator', seats: 1 }
    const change = () =>
      inAccount('account', (transaction) => authority.changePlan(transaction, 'account', choice))
    must(await change())
    const changed = await position('account')
    must(await change())
    expect(await position('account')).toBe(changed)
    await sound('account')
  })

  it('refuses what a machine was never leased, and nothing of it counts', async () => {
    await makeAccount(server, 'account', ['laptop', 'desk'], 1_000)
    const lease = await leaseOf('account', 'laptop')
    const before = await position('account')
    const thief = createSpender(server, 'account', 'desk')
    const refused = await thief.spend(lease, 10)
    expect(refused).toMatchObject({ ok: false, error: { code: 'draws_exceed_lease' } })
    expect(await position('account')).toBe(before)
    await sound('account')
  })

  it('says when there is no such account', async () => {
    expect(await server.lease('nobody', 'laptop')).toMatchObject({
      ok: false,
      error: { code: 'account_unknown' },
    })
    expect((await server.authority.verify(query(), 'nobody')).problems).toHaveLength(1)
  })

  it('changes nothing when it ends between two statements, and goes on afterwards', async () => {
    await makeAccount(server, 'account', ['laptop'], 1_000)
    for (let statements = 0; ; statements++) {
      const before = await query()('SELECT * FROM account')
      const count = await query()('SELECT count(*) AS entries FROM account_entry')
      const done = await endingAfter(statements)
      if (done) break
      expect(await query()('SELECT * FROM account')).toEqual(before)
      expect(await query()('SELECT count(*) AS entries FROM account_entry')).toEqual(count)
      expect(statements).toBeLessThan(50)
    }
    await sound('account')
    expect((await server.authority.read(query(), 'account')).pool.available).toBe(0)
  })

  /** Leases, and fails before the statement of that number; whether it came so far. */
  async function endingAfter(statements: number): Promise<boolean> {
    let left = statements
    const leasing = server.database.transaction(async (transaction) => {
      await transaction.lockAccount('account')
      const failing: typeof transaction = {
        ...transaction,
        query(sql, ...values) {
          if (left-- <= 0) throw new Error('The process ends here')
          return transaction.query(sql, ...values)
        },
      }
      const request = { needed: millicredits(0), operation: null }
      return server.authority.lease(failing, 'account', 'laptop', request)
    })
    return leasing.then(
      () => true,
      (error: unknown) => {
        expect(String(error)).toContain('ends here')
        return false
      },
    )
  }

  it('takes what a closed machine had back, and gives it no more', async () => {
    await makeAccount(server, 'account', ['laptop', 'desk'], 1_000)
    await leaseOf('account', 'laptop')
    const { leased } = (await server.authority.read(query(), 'account')).pool
    expect(leased).toBeGreaterThan(0)
    const close = () =>
      server.database.transaction(async (transaction) => {
        await transaction.lockAccount('account')
        await server.authority.close(transaction, 'account', 'laptop', 'lost')
      })
    await close()
    await close()
    expect((await server.authority.read(query(), 'account')).pool.leased).toBe(0)
    expect(await server.lease('account', 'laptop')).toMatchObject({
      ok: false,
      error: { code: 'device_closed' },
    })
    await sound('account')
  })

  it('sends a machine home with everything when it is the last', async () => {
    await makeAccount(server, 'account', ['laptop'], 1_000)
    const { authority, inAccount } = server
    const leave = () =>
      inAccount('account', (transaction) => authority.leave(transaction, 'account', 'laptop', true))
    const gone = must(await leave())
    expect(must(await leave())).toEqual(gone)
    const total = gone.lease?.statement.lines.reduce((sum, { granted }) => sum + granted, 0)
    expect(total).toBe(501_000)
    expect(gone.account.account?.id).toBe('account')
    await sound('account')
  })

  describe('catalogs', () => {
    it('reach every account, from their date on', async () => {
      await makeAccount(server, 'account', ['laptop'])
      const next = { ...catalogJson('default'), version: 'next-1' }
      must(await server.catalogs.publish(next, now + DAY))
      now += 2 * DAY
      must(await server.lease('account', 'laptop'))
      const entries = await server.authority.entriesAfter(query(), 'account', 0, 100)
      const catalogs = entries.map(({ facts }) => facts).filter(({ kind }) => kind === 'catalog')
      expect(catalogs).toMatchObject([
        { source: { version: 'default-2' } },
        { from: START + DAY, source: next },
      ])
      await makeAccount(server, 'later', ['desk'])
      const [first] = await server.authority.entriesAfter(query(), 'later', 0, 1)
      expect(first?.facts).toMatchObject({ source: { version: 'next-1' } })
      await sound('account')
      await sound('later')
    })

    it('are refused whole when they have mistakes, and a version is one catalog for good', async () => {
      const bad = { ...catalogJson('default'), version: 'bad-1', plans: [] }
      expect(await server.catalogs.publish(bad, null)).toMatchObject({
        ok: false,
        error: { code: 'catalog_invalid' },
      })
      const other = { ...catalogJson('default'), name: 'Another' }
      expect(await server.catalogs.publish(other, null)).toMatchObject({
        ok: false,
        error: { code: 'catalog_version_used' },
      })
      await publishDefault(server)
      expect(await server.catalogs.list()).toHaveLength(1)
    })

    it('published by one process are followed by another', async () => {
      const other = await startProcess(place.url, () => now)
      await makeAccount(other, 'account', ['laptop'])
      now += 1_000
      must(await server.catalogs.publish({ ...catalogJson('default'), version: 'next-1' }, null))
      await expect
        .poll(async () => {
          must(await other.lease('account', 'laptop'))
          const entries = await other.authority.entriesAfter(other.database.query, 'account', 0, 99)
          return entries.filter(({ facts }) => facts.kind === 'catalog').length
        })
        .toBe(2)
      await other.close()
    })
  })

  describe('verifying', () => {
    beforeEach(async () => {
      await makeAccount(server, 'account', ['laptop'], 1_000)
      await leaseOf('account', 'laptop')
    })

    it.each([
      ['an entry', "UPDATE account_entry SET body = replace(body, '1000', '9000')"],
      ['an entry’s time', 'UPDATE account_entry SET at = at + 1 WHERE sequence = 2'],
      ['the last entry’s absence', 'DELETE FROM account_entry WHERE sequence = 7'],
      ['what is kept of it', "UPDATE account SET state = replace(state, '1000', '9000')"],
      ['the end it names', "UPDATE account SET hash = ''"],
      ['a catalog', "UPDATE catalog SET source = replace(source, 'Free', 'Fre ')"],
    ])('finds that somebody changed %s', async (_what, sql) => {
      await sound('account')
      await query()(sql)
      const fresh = await startProcess(place.url, () => now)
      const { problems } = await fresh.authority.verify(fresh.database.query, 'account')
      expect(problems).toHaveLength(1)
      await fresh.close()
    })

    it('folds a state of another format anew', async () => {
      const [before] = await query()('SELECT state FROM account')
      await query()('UPDATE account SET state = \'{"format":0}\'')
      now += DAY
      // One that has not worked on the account yet: this one knows it by heart.
      const fresh = await startProcess(place.url, () => now)
      must(
        await fresh.inAccount('account', (transaction) =>
          fresh.authority.removeCap(transaction, 'account', 'change', 'none'),
        ),
      )
      await fresh.close()
      expect(await query()('SELECT state FROM account')).toEqual([before])
      await sound('account')
    })
  })

  it('looks after accounts that nobody asks about', async () => {
    await makeAccount(server, 'account', ['laptop'])
    await makeAccount(server, 'other', ['desk'])
    const caretaker = createCaretaker({
      ...server,
      clock: { now: () => now },
      timers: { after: () => () => undefined },
      log: silentLog,
    })
    expect(await caretaker.sweep()).toBe(0)
    now += 40 * DAY
    const before = await position('account')
    expect(await caretaker.sweep()).toBe(2)
    expect(await caretaker.sweep()).toBe(0)
    expect(await position('account')).toBeGreaterThan(before)
    await caretaker.close()
    await sound('account')
  })

  it('refuses to answer for a store whose machines know another key', async () => {
    await expect(startProcess(place.url, () => now, newServerKey())).rejects.toThrow('signing key')
  })
})
