import { createPublicKey, verify } from 'node:crypto'
import { expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { statementText } from '#shared/lease/statement.ts'
import { createCaretaker } from '../../../src-server/authority/caretaker.ts'
import { newServerKey } from '../../../src-server/authority/server-key.ts'
import { authoritySuite } from '../../support/authority-suite.ts'
import {
  createSpender,
  DAY,
  makeAccount,
  must,
  startProcess,
} from '../../support/authority-world.ts'
import { catalogJson } from '../../support/shipped-catalogs.ts'
import { silentLog } from '../../support/silent-log.ts'
import { onEachEngine } from '../../support/stores.ts'

onEachEngine((place) => {
  const world = authoritySuite(place)

  it('opens an account on the default plan of the catalog', async () => {
    await makeAccount(world.server, 'account', ['laptop'])
    const { pool } = await world.server.authority.read(world.query, 'account')
    expect(pool).toEqual({ available: 500_000, leased: 0, debt: 0 })
    const entries = await world.server.authority.entriesAfter(world.query, 'account', 0, 100)
    expect(entries.map(({ facts }) => facts.kind)).toEqual([
      'catalog',
      'account',
      'account',
      'grant',
      'device',
    ])
    expect(entries[0]?.facts).toMatchObject({ source: catalogJson('default') })
    await world.sound('account')
  })

  it('leases everything to a sole machine, signed with its key', async () => {
    await makeAccount(world.server, 'account', ['laptop'], 1_000)
    const { statement, signature } = await world.leaseOf('account', 'laptop')
    const total = statement.lines.reduce((sum, { granted }) => sum + granted, 0)
    expect(total).toBeGreaterThanOrEqual(501_000)
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: world.server.authority.publicKey },
      format: 'jwk',
    })
    const text = Buffer.from(statementText(statement))
    expect(verify(null, text, key, Buffer.from(signature, 'base64url'))).toBe(true)
    expect((await world.server.authority.read(world.query, 'account')).pool.available).toBe(0)
    await world.sound('account')
  })

  it('tells a machine that lacks nothing so, without holding its account', async () => {
    await makeAccount(world.server, 'account', ['laptop', 'desk'], 1_000)
    const look = (deviceId: string) =>
      world.server.authority.lookAtLease(world.query, 'account', deviceId)
    expect(await look('laptop')).toBeNull()
    await world.leaseOf('account', 'laptop')
    // What the first has of the pool is more than its part once another is there.
    await world.leaseOf('account', 'desk')
    await world.leaseOf('account', 'laptop')
    const { recalls } = must(await world.server.lease('account', 'laptop'))
    expect(await look('laptop')).toEqual({ recalls, position: await world.position('account') })
    expect(await look('nobody')).toBeNull()
    world.pass(16 * DAY)
    expect(await look('laptop')).toBeNull()
  })

  it('changes nothing when the same is asked or told twice', async () => {
    await makeAccount(world.server, 'account', ['laptop'], 1_000)
    const lease = await world.leaseOf('account', 'laptop')
    const before = await world.position('account')
    expect((await world.leaseOf('account', 'laptop')).statement).toEqual(lease.statement)
    expect(await world.position('account')).toBe(before)

    const spender = createSpender(world.server, 'account', 'laptop')
    must(await spender.spend(lease, 700))
    const after = await world.position('account')
    const again = createSpender(world.server, 'account', 'laptop')
    must(await again.spend(lease, 700))
    expect(await world.position('account')).toBe(after)

    const { authority, inAccount } = world.server
    const choice = { changeId: 'change-1', planId: 'creator', seats: 1 }
    const change = () =>
      inAccount('account', (transaction) => authority.changePlan(transaction, 'account', choice))
    must(await change())
    const changed = await world.position('account')
    must(await change())
    expect(await world.position('account')).toBe(changed)
    await world.sound('account')
  })

  it('refuses what a machine was never leased, and nothing of it counts', async () => {
    await makeAccount(world.server, 'account', ['laptop', 'desk'], 1_000)
    const lease = await world.leaseOf('account', 'laptop')
    const before = await world.position('account')
    const thief = createSpender(world.server, 'account', 'desk')
    const refused = await thief.spend(lease, 10)
    expect(refused).toMatchObject({ ok: false, error: { code: 'draws_exceed_lease' } })
    expect(await world.position('account')).toBe(before)
    await world.sound('account')
  })

  it('says when there is no such account', async () => {
    expect(await world.server.lease('nobody', 'laptop')).toMatchObject({
      ok: false,
      error: { code: 'account_unknown' },
    })
    expect((await world.server.authority.verify(world.query, 'nobody')).problems).toHaveLength(1)
  })

  it('changes nothing when it ends between two statements, and goes on afterwards', async () => {
    await makeAccount(world.server, 'account', ['laptop'], 1_000)
    for (let statements = 0; ; statements++) {
      const before = await world.query('SELECT * FROM account')
      const count = await world.query('SELECT count(*) AS entries FROM account_entry')
      const done = await endingAfter(statements)
      if (done) break
      expect(await world.query('SELECT * FROM account')).toEqual(before)
      expect(await world.query('SELECT count(*) AS entries FROM account_entry')).toEqual(count)
      expect(statements).toBeLessThan(50)
    }
    await world.sound('account')
    expect((await world.server.authority.read(world.query, 'account')).pool.available).toBe(0)
  })

  /** Leases, and fails before the statement of that number; whether it came so far. */
  async function endingAfter(statements: number): Promise<boolean> {
    let left = statements
    const leasing = world.server.database.transaction(async (transaction) => {
      await transaction.lockAccount('account')
      const failing: typeof transaction = {
        ...transaction,
        query(sql, ...values) {
          if (left-- <= 0) throw new Error('The process ends here')
          return transaction.query(sql, ...values)
        },
      }
      const request = { needed: millicredits(0), operation: null }
      return world.server.authority.lease(failing, 'account', 'laptop', request)
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
    await makeAccount(world.server, 'account', ['laptop', 'desk'], 1_000)
    await world.leaseOf('account', 'laptop')
    const { leased } = (await world.server.authority.read(world.query, 'account')).pool
    expect(leased).toBeGreaterThan(0)
    const close = () =>
      world.server.database.transaction(async (transaction) => {
        await transaction.lockAccount('account')
        await world.server.authority.close(transaction, 'account', 'laptop', 'lost')
      })
    await close()
    await close()
    expect((await world.server.authority.read(world.query, 'account')).pool.leased).toBe(0)
    expect(await world.server.lease('account', 'laptop')).toMatchObject({
      ok: false,
      error: { code: 'device_closed' },
    })
    await world.sound('account')
  })

  it('sends a machine home with everything when it is the last', async () => {
    await makeAccount(world.server, 'account', ['laptop'], 1_000)
    const { authority, inAccount } = world.server
    const leave = () =>
      inAccount('account', (transaction) => authority.leave(transaction, 'account', 'laptop', true))
    const gone = must(await leave())
    expect(must(await leave())).toEqual(gone)
    const total = gone.lease?.statement.lines.reduce((sum, { granted }) => sum + granted, 0)
    expect(total).toBe(501_000)
    expect(gone.account.account?.id).toBe('account')
    await world.sound('account')
  })

  it('looks after accounts that nobody asks about', async () => {
    await makeAccount(world.server, 'account', ['laptop'])
    await makeAccount(world.server, 'other', ['desk'])
    const caretaker = createCaretaker({
      ...world.server,
      clock: { now: world.now },
      timers: { after: () => () => undefined },
      log: silentLog,
    })
    expect(await caretaker.sweep()).toBe(0)
    world.pass(40 * DAY)
    const before = await world.position('account')
    expect(await caretaker.sweep()).toBe(2)
    expect(await caretaker.sweep()).toBe(0)
    expect(await world.position('account')).toBeGreaterThan(before)
    await caretaker.close()
    await world.sound('account')
  })

  it('refuses to answer for a store whose machines know another key', async () => {
    await expect(startProcess(place.url, world.now, newServerKey())).rejects.toThrow('signing key')
  })
})
