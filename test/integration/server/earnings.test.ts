import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findOperation, readCatalog } from '#shared/catalog/catalog.ts'
import { type Credits, millicredits } from '#shared/credits/amount.ts'
import { refundEntryId } from '#shared/journal/entries.ts'
import { poolRefundEntries } from '#shared/lease/refund.ts'
import { priceUnits } from '#shared/pricing/rate-card.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import { reportedRecord } from '#shared/records/reported.ts'
import { creatorCall } from '#shared/team/api.ts'
import { success } from '#shared/result.ts'
import { withAccount } from '../../../src-server/authority/accounts.ts'
import { must } from '../../support/authority-world.ts'
import { createTeam, newKey, prove, type TestMachine } from '../../support/server-machines.ts'
import { startTestServer, type TestServer } from '../../support/server-world.ts'
import { catalogJson } from '../../support/shipped-catalogs.ts'
import { onEachEngine } from '../../support/stores.ts'

const read = readCatalog(catalogJson('default'))
if (!read.ok) throw new Error('The default catalog is not right')
const { catalog } = read
const rate = findOperation(catalog, 'chat.standard') ?? catalog.operations[0]!
const UNITS = { inputTokens: 4_000, outputTokens: 6_000 }
const CHARGE = priceUnits(rate, UNITS, catalog.creators.premiumPercent)
const PREMIUM = CHARGE.premium!.amount

onEachEngine((place) => {
  let server: TestServer
  /** Who made the recipe, in a team of their own, and somebody who runs it, in another. */
  let creator: TestMachine
  let runner: TestMachine
  let key: ReturnType<typeof newKey>
  let sequence: number
  let granted: Map<string, number>

  beforeEach(async () => {
    await place.fresh()
    server = await startTestServer(place.url)
    creator = await createTeam(server.address, 'Ana')
    runner = await createTeam(server.address, 'Ben')
    key = newKey()
    sequence = 0
    granted = new Map()
  })
  afterEach(() => server.close())

  const register = async (machine: TestMachine, as = machine) => {
    const proof = await prove(server.address, creatorCall(as.enrolment.issuer.deviceId), key)
    return machine.call('creator.register', { proof })
  }
  const balanceOf = async ({ enrolment }: TestMachine) => {
    const { accountId } = enrolment.issuer
    const { pool } = await server.authority.read(server.database.query, accountId)
    return pool.available + pool.leased
  }
  const draws = async (amount: number) => {
    const { accountId, deviceId } = runner.enrolment.issuer
    const needed = { needed: millicredits(amount), operation: null }
    const answer = await withAccount(server.database, accountId, (transaction) =>
      server.authority.lease(transaction, accountId, deviceId, needed),
    )
    let left = amount
    return must(answer).lease!.statement.lines.flatMap(({ grantId, granted: all }) => {
      const used = granted.get(grantId) ?? 0
      const part = Math.min(left, all - used)
      if (part <= 0) return []
      left -= part
      granted.set(grantId, used + part)
      return [{ grantId, amount: part as Credits }]
    })
  }

  /** The runner's machine tells of a run of the recipe. */
  async function run(premium: number = PREMIUM): Promise<DeviceRecord & { operationId: string }> {
    const operationId = randomUUID()
    const { deviceId, memberId } = runner.enrolment.issuer
    const paid = await draws(CHARGE.amount)
    sequence += 1
    const record = {
      deviceId,
      sequence,
      at: server.time.now(),
      body: {
        type: 'usage',
        startedAt: server.time.now(),
        operation: {
          operationId,
          studio: 'chat',
          providerId: 'practice',
          providerName: 'Practice',
          modelId: 'brief',
          modelName: 'Brief',
          subject: '',
          deviceId,
          memberId,
          quote: { operation: rate.id, catalogVersion: catalog.version },
          recipe: { id: 'recipe-1', name: 'Haiku', creatorId: key.publicKey },
        },
        ending: {
          kind: 'settle',
          operationId,
          outcome: 'completed',
          units: UNITS,
          usageSource: 'provider',
          charge: { ...CHARGE, premium: { ...CHARGE.premium, amount: premium } },
        },
        draws: paid,
        expired: [],
      },
    } as unknown as DeviceRecord
    await tell(record)
    return { ...record, operationId }
  }

  async function tell(record: DeviceRecord): Promise<void> {
    const { accountId, deviceId } = runner.enrolment.issuer
    const head = { sequence: record.sequence, hash: String(record.sequence).padStart(64, '0') }
    must(
      await withAccount(server.database, accountId, async (transaction) => {
        const { earnings, authority } = server
        const { query } = transaction
        const earned = await earnings.earned(query, runner.enrolment.issuer, [record], false)
        const reported = [reportedRecord(record)]
        must(await authority.report(transaction, accountId, deviceId, reported, head))
        await earnings.note(transaction, accountId, earned)
        return success(null)
      }),
    )
  }

  function refund(operationId: string) {
    const { accountId } = runner.enrolment.issuer
    const refundId = randomUUID()
    return withAccount(server.database, accountId, (transaction) =>
      server.authority.change(transaction, accountId, refundEntryId(refundId), (pool, now) => {
        const paid = [{ grantId: [...pool.balances.keys()][0]!, amount: CHARGE.amount }]
        const request = { refundId, operationId, paid, amount: CHARGE.amount, reason: 'A mistake' }
        return poolRefundEntries(pool, { ...request, refunded: millicredits(0) }, now)
      }),
    )
  }

  it('go to the account of whoever proves the key, once for each run, also from before', async () => {
    const before = await balanceOf(creator)
    const first = await run()
    expect(await server.payer.sweep()).toBe(0)
    expect((await register(creator)).result.ok).toBe(true)
    expect(await server.payer.sweep()).toBe(1)
    await tell(first)
    await run()
    expect(await server.payer.sweep()).toBe(1)
    expect(await server.payer.sweep()).toBe(0)
    expect(await balanceOf(creator)).toBe(before + 2 * PREMIUM)
    const earned = await creator.must('creator.earnings', {})
    expect(earned).toEqual([
      {
        recipeId: 'recipe-1',
        recipeName: 'Haiku',
        creatorId: key.publicKey,
        runs: 2,
        credits: 2 * PREMIUM,
      },
    ])
    expect(await runner.must('creator.earnings', {})).toEqual([])
    const text = JSON.stringify(earned)
    const { accountId, deviceId, memberId } = runner.enrolment.issuer
    expect([accountId, deviceId, memberId].filter((id) => text.includes(id))).toEqual([])
    for (const { enrolment } of [creator, runner]) {
      const { problems } = await server.authority.verify(
        server.database.query,
        enrolment.issuer.accountId,
      )
      expect(problems).toEqual([])
    }
  })

  it('are taken back when the run is refunded, before or after they were granted', async () => {
    const before = await balanceOf(creator)
    await register(creator)
    const [granted, early] = [await run(), await run()]
    must(await refund(early.operationId))
    expect(await server.payer.sweep()).toBe(1)
    must(await refund(granted.operationId))
    expect(await balanceOf(creator)).toBe(before + PREMIUM)
    expect(await server.payer.sweep()).toBe(1)
    expect(await server.payer.sweep()).toBe(0)
    expect(await balanceOf(creator)).toBe(before)
    expect(await creator.must('creator.earnings', {})).toMatchObject([{ runs: 2, credits: 0 }])
  })

  it('and leases are told in the metrics', async () => {
    await register(creator)
    await run()
    await server.payer.sweep()
    expect(await server.metric('tallystick_earnings_total{step="granted"}')).toBe(1)
    const leased = await server.metric('tallystick_lease_granted_credits_total')
    expect(leased).toBeGreaterThanOrEqual(CHARGE.amount / 1_000)
    const out = () => server.metric('tallystick_lease_outstanding_credits')
    await expect.poll(out).toBe(Math.trunc(leased - CHARGE.amount / 1_000))
    expect(await server.metric('tallystick_debt_credits')).toBe(0)
    const { deviceId } = runner.enrolment.issuer
    await runner.call('device.lost', { deviceId })
    await expect.poll(out).toBe(0)
    expect(await server.metric('tallystick_lease_reclaimed_credits_total')).toBeCloseTo(
      leased - CHARGE.amount / 1_000,
    )
  })

  it('are granted by one process where several are at it', async () => {
    const second = await startTestServer(place.url, { time: server.time })
    const before = await balanceOf(creator)
    await register(creator)
    for (let runs = 0; runs < 5; runs++) await run()
    const done = await Promise.all([server.payer.sweep(), second.payer.sweep()])
    await server.payer.sweep()
    expect(done[0] + done[1]).toBeGreaterThanOrEqual(5)
    expect(await balanceOf(creator)).toBe(before + 5 * PREMIUM)
    await second.close()
  })

  it('are no way to hand credits on: a premium beyond the catalog’s earns nothing', async () => {
    await register(creator)
    await run(CHARGE.amount)
    expect(await server.payer.sweep()).toBe(0)
    expect(await server.metric('tallystick_earnings_refused_total')).toBe(1)
    expect(await creator.must('creator.earnings', {})).toEqual([])
  })

  it('follow the key to another account, and wait while it belongs to none', async () => {
    await register(creator)
    await creator.must('team.dissolve', {})
    await run()
    expect(await server.payer.sweep()).toBe(0)
    expect((await register(runner)).result.ok).toBe(true)
    const before = await balanceOf(runner)
    expect(await server.payer.sweep()).toBe(1)
    expect(await balanceOf(runner)).toBe(before + PREMIUM)
  })

  it('go to nobody who cannot prove the key', async () => {
    const { result } = await register(runner, creator)
    expect(result).toMatchObject({ ok: false, error: { code: 'signature_invalid' } })
  })
})
