import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { adjustmentEntry } from '#shared/account/open.ts'
import { millicredits } from '#shared/credits/amount.ts'
import { success } from '#shared/result.ts'
import { createDelivery, RETRY_AFTER } from '../../../src-server/alerts/deliver.ts'
import { createPost, type Post } from '../../../src-server/alerts/post.ts'
import { withAccount } from '../../../src-server/authority/accounts.ts'
import { noMetrics } from '../../../src-server/ports/metrics.ts'
import { systemChance, systemTimers } from '../../../src-server/ports/system.ts'
import { createLog } from '../../../src-server/ports/logging.ts'
import { sharedSecret } from '../../../src-server/teams/secret.ts'
import { createSpender, must } from '../../support/authority-world.ts'
import { createTeam, invite, type TestMachine } from '../../support/server-machines.ts'
import { startTestServer, type TestServer } from '../../support/server-world.ts'
import { silentLog } from '../../support/silent-log.ts'
import { onEachEngine } from '../../support/stores.ts'
import { type Receiver, startReceiver } from '../../support/webhook-receiver.ts'

const HOUR = 60 * 60_000
/** What the free plan of the default catalog brings. */
const ALLOWANCE = 500_000

onEachEngine((place) => {
  let server: TestServer
  let receiver: Receiver
  let ada: TestMachine
  let log: string[]
  let spend: (amount: number) => Promise<void>

  beforeEach(async () => {
    await place.fresh()
    log = []
    server = await startTestServer(place.url, {
      log: createLog({ write: (line) => log.push(line) }),
    })
    receiver = await startReceiver()
    ada = await createTeam(server.address)
    const { accountId, deviceId } = ada.enrolment.issuer
    const { authority, database } = server
    const inAccount: Parameters<typeof createSpender>[0]['inAccount'] = (id, work) =>
      withAccount(database, id, work)
    const spender = createSpender({ authority, inAccount }, accountId, deviceId)
    spend = async (amount) => {
      const leased = await inAccount(accountId, (transaction) =>
        authority.lease(transaction, accountId, deviceId, {
          needed: millicredits(amount),
          operation: null,
        }),
      )
      const { lease } = must(leased)
      if (!lease) throw new Error('There is no lease')
      must(await spender.spend(lease, amount))
    }
  })
  afterEach(async () => {
    await receiver.close()
    await server.close()
  })

  const setWebhook = () => ada.must('webhook.set', { changeId: randomUUID(), url: receiver.url })
  const told = () =>
    receiver.received.map(({ body }) => [body.type, (body.data['alert'] as { id: string }).id])
  const give = (amount: number) => {
    const { accountId } = ada.enrolment.issuer
    return withAccount(server.database, accountId, (transaction) =>
      server.authority.change(transaction, accountId, randomUUID(), (pool, now) =>
        success([
          adjustmentEntry(
            pool.account,
            {
              id: randomUUID(),
              source: 'adjustment',
              amount: millicredits(amount),
              expiresAt: null,
              label: 'More',
            },
            now,
          ),
        ]),
      ),
    )
  }
  const attempts = (outcome: string) =>
    server.metric(`tallystick_webhook_attempts_total{outcome="${outcome}"}`)

  it('tells each crossing once, signed, and once that it is over', async () => {
    const { secret, webhook } = await setWebhook()
    expect(webhook).toMatchObject({ url: receiver.url, last: null, waiting: 0, dead: 0 })
    await spend(ALLOWANCE * 0.49)
    expect(await server.delivery.sweep()).toBe(0)
    await spend(ALLOWANCE * 0.32)
    await spend(ALLOWANCE * 0.01)
    expect(await server.delivery.sweep()).toBe(2)
    expect(await server.delivery.sweep()).toBe(0)
    expect(told()).toEqual([
      ['credits.low', 'half'],
      ['credits.low', 'most'],
    ])
    const [first, second] = receiver.received
    expect(first!.signedBy(secret)).toBe(true)
    expect(first!.signedBy(`whsec_${Buffer.from('other').toString('base64')}`)).toBe(false)
    expect(first!.id).not.toBe(second!.id)
    expect(first!.timestamp).toBe(Math.floor(server.time.now() / 1_000))
    const { accountId } = ada.enrolment.issuer
    expect(second!.body.data).toMatchObject({
      account: accountId,
      alert: { kind: 'used', percent: 80 },
      used: '405',
      left: '95',
    })

    must(await give(ALLOWANCE))
    await server.delivery.sweep()
    expect(told().slice(2)).toEqual([
      ['credits.recovered', 'half'],
      ['credits.recovered', 'most'],
    ])
    await spend(ALLOWANCE * 0.2)
    await server.delivery.sweep()
    expect(told().slice(4)).toEqual([['credits.low', 'half']])
    expect(await attempts('delivered')).toBe(5)
    const read = await ada.must('webhook.read', {})
    expect(read).toMatchObject({
      waiting: 0,
      dead: 0,
      last: { state: 'sent', outcome: 'status 204' },
    })
    const text = log.join('')
    expect([text.includes('hush'), text.includes(secret)]).toEqual([false, false])
  })

  it('tells at once what was crossed before, and recovers with the next cycle', async () => {
    await spend(ALLOWANCE * 0.6)
    await setWebhook()
    await server.delivery.sweep()
    expect(told()).toEqual([['credits.low', 'half']])
    server.time.setWallClock(server.time.now() + 40 * 24 * HOUR)
    const { accountId } = ada.enrolment.issuer
    await withAccount(server.database, accountId, (transaction) =>
      server.authority.bringUpToDate(transaction, accountId),
    )
    await server.delivery.sweep()
    expect(told().slice(1)).toEqual([['credits.recovered', 'half']])
  })

  it('tries again later and later, under the same id, and at last gives up', async () => {
    const { secret } = await setWebhook()
    await ada.must('webhook.test', { testId: randomUUID() })
    receiver.answers(500, 'hang-up', 302)
    for (const pause of RETRY_AFTER.slice(0, 3)) {
      expect(await server.delivery.sweep()).toBe(1)
      expect(await server.delivery.sweep()).toBe(0)
      server.time.setWallClock(server.time.now() + pause * 1.2)
    }
    expect(await server.delivery.sweep()).toBe(1)
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1)
    expect(receiver.received.map((one) => one.signedBy(secret))).toEqual([true, true, true, true])
    expect(new Set(receiver.received.map(({ timestamp }) => timestamp)).size).toBe(4)
    expect([await attempts('failed'), await attempts('delivered')]).toEqual([3, 1])

    await receiver.close()
    await ada.must('webhook.test', { testId: randomUUID() })
    for (const pause of RETRY_AFTER) {
      expect(await server.delivery.sweep()).toBe(1)
      server.time.setWallClock(server.time.now() + pause * 1.2)
    }
    expect(await server.delivery.sweep()).toBe(0)
    expect(await attempts('given-up')).toBe(1)
    receiver = await startReceiver()
  })

  it('tells once more when a process dies before it noted the answer, under the same id', async () => {
    await setWebhook()
    const testId = randomUUID()
    await ada.must('webhook.test', { testId })
    await ada.must('webhook.test', { testId })
    const real = createPost({ mayBePrivate: true, timers: systemTimers })
    let hasPosted = () => {}
    const posted = new Promise<void>((resolve) => (hasPosted = resolve))
    const dying: Post = async (...message) => {
      await real(...message)
      hasPosted()
      return new Promise(() => {})
    }
    const dies = createDelivery({
      database: server.database,
      secret: await sharedSecret(server.database, systemChance),
      post: dying,
      clock: server.time,
      timers: { after: () => () => {} },
      chance: systemChance,
      log: silentLog,
      metrics: noMetrics,
    })
    void dies.sweep()
    await posted
    expect(await server.delivery.sweep()).toBe(0)
    server.time.setWallClock(server.time.now() + HOUR)
    expect(await server.delivery.sweep()).toBe(1)
    const [first, again, ...more] = receiver.received
    expect([again!.id, more]).toEqual([first!.id, []])
  })

  it('sends a message from one process where several work on one store', async () => {
    const second = await startTestServer(place.url, { time: server.time })
    await setWebhook()
    for (let tests = 0; tests < 10; tests++) {
      await ada.must('webhook.test', { testId: randomUUID() })
    }
    const sent = await Promise.all([server.delivery.sweep(), second.delivery.sweep()])
    expect(sent[0] + sent[1]).toBe(10)
    expect(receiver.received).toHaveLength(10)
    await second.close()
  })

  it('sends nothing of a webhook that was removed, and signs with the latest secret', async () => {
    const first = await setWebhook()
    await ada.must('webhook.test', { testId: randomUUID() })
    const changeId = randomUUID()
    const again = await ada.must('webhook.set', { changeId, url: receiver.url })
    const same = await ada.must('webhook.set', { changeId, url: receiver.url })
    expect(same.secret).toBe(again.secret)
    expect(first.secret).not.toBe(again.secret)
    await server.delivery.sweep()
    expect(receiver.received[0]!.signedBy(again.secret)).toBe(true)
    await ada.must('webhook.test', { testId: randomUUID() })
    await ada.must('webhook.remove', {})
    expect(await server.delivery.sweep()).toBe(0)
    expect(await ada.must('webhook.read', {})).toBeNull()
    expect((await ada.call('webhook.test', { testId: randomUUID() })).result).toMatchObject({
      error: { code: 'webhook_unknown' },
    })
  })

  it('is for owners and admins alone', async () => {
    const grace = await invite(server.address, ada, 'member')
    const changeId = randomUUID()
    for (const { result } of [
      await grace.call('webhook.set', { changeId, url: receiver.url }),
      await grace.call('webhook.read', {}),
      await grace.call('webhook.remove', {}),
      await grace.call('webhook.test', { testId: changeId }),
    ]) {
      expect(result).toMatchObject({ ok: false, error: { code: 'not_allowed' } })
    }
  })

  it('goes to the open internet alone, unless the operator says otherwise', async () => {
    const strict = await startTestServer(place.url, { mayBePrivate: false, time: server.time })
    const set = async (url: string, address = strict.address) => {
      const { result } = await ada.call('webhook.set', { changeId: randomUUID(), url }, address)
      return result.ok ? 'ok' : result.error.code
    }
    const refused = [
      receiver.url,
      'https://localhost/x',
      'https://10.1.2.3/',
      'https://169.254.169.254/latest',
      'https://[::1]/',
      'https://[::ffff:192.168.0.1]/',
      'https://[fd00::1]/',
      'https://2130706433/',
    ]
    for (const url of refused) expect([url, await set(url)]).toEqual([url, 'webhook_not_public'])
    for (const url of ['http://example.com/', 'https://a:b@example.com/', 'ftp://x/', 'nonsense']) {
      expect([url, await set(url)]).toEqual([url, 'webhook_url_wrong'])
    }
    expect(await set('https://example.com/credits')).toBe('ok')
    // A name is judged by what it leads to, when it is called.
    const post = createPost({ mayBePrivate: false, timers: systemTimers })
    const { port } = new URL(receiver.url)
    for (const host of ['localhost', '127.0.0.1']) {
      expect(await post(`http://${host}:${port}/`, {}, '{}')).toEqual({
        failed: 'address not public',
      })
    }
    expect(receiver.received).toEqual([])
    await strict.close()
  })
})
