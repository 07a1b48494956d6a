/** A team buys: one pays on the server's page, and every machine of the account sees it. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PurchaseState } from '#shared/purchase/purchase.ts'
import { openCore } from '../../../src-server/assemble.ts'
import { prepare } from '../../../src-server/cli/run.ts'
import { readConfig } from '../../../src-server/config.ts'
import { createFindCharge } from '../../../src-server/sales/charges.ts'
import { chat } from '../../support/host-world.ts'
import { unwrap } from '../../support/ledger.ts'
import { CARDS, typeCard } from '../../support/sandbox-browser.ts'
import { silentLog } from '../../support/silent-log.ts'
import { found, inStep, invited, totalsAre } from '../../support/team-steps.ts'
import {
  ALLOWANCE,
  createTeamWorld,
  eventually,
  type TeamHost,
  type TeamWorld,
} from '../../support/team-world.ts'

const PACK = 500_000
const pack = { kind: 'offer', offerId: 'pack-500', quantity: 1, promoCode: null } as const

let world: TeamWorld
let ada: TeamHost
let grace: TeamHost
const opened: string[] = []

beforeAll(async () => {
  world = await createTeamWorld(silentLog, { packs: true, addOns: true })
  await world.serve()
  ada = await world.machine({ openExternal: async (url) => opened.push(url) > 0 })
  grace = await world.machine()
  await found(world, ada)
  await invited(ada, grace)
  await inStep(ada, grace)
})
afterAll(() => world.close())

/** What the team has; each test says what it adds and takes. */
let sum = 2 * ALLOWANCE

/** Everybody comes to see the same. */
const all = () => totalsAre([ada, grace], sum, 25_000)

async function begin(host: TeamHost, offerId = 'pack-500') {
  const order = { ...pack, offerId }
  const { price: acceptedPrice } = await host.ask('purchase.quote', { order })
  const purchaseId = crypto.randomUUID()
  return host.ask('purchase.start', { purchaseId, order, acceptedPrice })
}

/** What `npm run admin -- refund` says, beside the server. */
async function refundByHand(accountId: string, operationId: string): Promise<string> {
  const environment = { TALLYSTICK_SERVER_DATA: world.serverDirectory }
  const config = unwrap(readConfig({ environment, platform: 'linux', home: '/', file: null }))
  const words = ['--id', operationId, '--credits', '1', '--reason', 'By hand']
  const prepared = prepare(['refund', accountId, operationId, ...words])
  if ('ending' in prepared) throw new Error(prepared.ending.error.join())
  const core = await openCore(config, silentLog)
  try {
    const tools = { ...core, clock: { now: Date.now }, findCharge: createFindCharge(core) }
    const { out, error } = await prepared.run(tools)
    return [...out, ...error].join()
  } finally {
    await core.close()
  }
}

const until = (host: TeamHost, purchaseId: string, state: PurchaseState) =>
  eventually(
    () => host.ask('purchase.read', { purchaseId }),
    (purchase) => purchase.state === state,
  )

const told = (host: TeamHost) =>
  host.events.flatMap((event) =>
    event.type === 'purchase' && event.purchase ? [event.purchase] : [],
  )

describe('buying in a team', () => {
  it('brings the credits to every machine by itself, and a paused studio goes on', async () => {
    const spent = await Promise.all([ada.spendAll(), grace.spendAll()])
    expect(spent.every(({ refusal }) => refusal !== null)).toBe(true)
    sum -= spent[0].charged + spent[1].charged
    await all()
    const { purchase, opened: isOpen } = await begin(ada)
    expect(isOpen).toBe(true)
    expect(opened).toEqual([purchase.payUrl])
    expect(purchase.payUrl).toMatch(`${world.address()}/sandbox/`)
    await typeCard(purchase.payUrl!, CARDS.good)
    sum += PACK
    await all()
    // Nobody clicked anything there.
    const threadId = crypto.randomUUID()
    await grace.ask('threads.create', { threadId })
    const { ending } = await grace.run(chat(threadId))
    expect(ending?.status).toBe('settled')
    sum -= ending?.charged ?? 0
    await all()
    for (const host of [ada, grace]) {
      await eventually(
        async () => told(host).map(({ id, state }) => `${id} ${state}`),
        (seen) => seen.includes(`${purchase.id} granted`),
      )
    }
    expect(told(grace).every(({ payUrl }) => payUrl === null)).toBe(true)
  })

  it('is for those who may: a member is told whom to ask', async () => {
    const { block, available } = await grace.ask('purchase.panel', {})
    expect(block).toMatchObject({ code: 'not_a_buyer', helps: { people: ['Ada'] } })
    expect(available).toBeGreaterThan(0)
    const quoted = await grace.call('purchase.quote', { order: pack })
    expect(quoted).toMatchObject({ error: { code: 'not_a_buyer' } })
  })

  it('ends an add-on at the server, for everybody', async () => {
    const { addOns } = await ada.ask('purchase.panel', {})
    const { purchase } = await begin(ada, addOns[0]!.item.id)
    await typeCard(purchase.payUrl!, CARDS.good)
    await until(ada, purchase.id, 'granted')
    const ends = async (host: TeamHost) =>
      (await host.ask('billing.read', {})).subscriptions.find(({ id }) => id === purchase.id)
    await eventually(
      () => ends(grace),
      (one) => one !== undefined,
    )
    sum += purchase.credits
    await all()
    const subscriptionId = purchase.id
    expect(await grace.call('addOn.end', { subscriptionId })).toMatchObject({
      error: { code: 'not_a_buyer' },
    })
    await ada.ask('addOn.end', { subscriptionId })
    await eventually(
      () => ends(grace),
      (one) => one?.renewsAt === null,
    )
  })

  it('refills the whole pool by itself once it is low, told by the runs of any machine', async () => {
    const monthlyLimit = { amount: 2_000, currency: 'USD' }
    const choice = { enabled: true, offerId: 'pack-500', quantity: 1, monthlyLimit }
    await ada.ask('autoRefill.set', { ...choice, threshold: sum })
    await all()
    const { charged } = await grace.spendAll(1)
    sum += PACK - charged
    await all()
    await ada.ask('autoRefill.set', { ...choice, threshold: sum, enabled: false })
  })

  it('makes good a charge that an admin finds wrong, and only what the server was told of', async () => {
    const threadId = crypto.randomUUID()
    await grace.ask('threads.create', { threadId })
    const { operationId, ending } = await grace.run(chat(threadId))
    sum -= ending?.charged ?? 0
    await all()
    const report = { reportId: crypto.randomUUID(), message: 'Nonsense', includePrompt: false }
    const unknown = { ...report, operationId: crypto.randomUUID() }
    expect(await grace.call('charge.report', unknown)).toMatchObject({
      error: { code: 'operation_unknown' },
    })
    const sent = await grace.ask('charge.report', { ...report, operationId })
    expect(sent).toMatchObject({ by: 'Grace', charged: ending?.charged, withPrompt: false })
    await eventually(
      async () => ada.events.filter(({ type }) => type === 'charge.report').length,
      (count) => count > 0,
    )
    expect((await ada.ask('charge.reports', {})).map(({ id }) => id)).toEqual([sent.id])
    const { record } = await ada.ask('charge.open', { reportId: sent.id })
    expect(record).toContain(operationId)
    const answer = { reportId: sent.id, refund: sent.charged, message: 'Sorry' }
    expect(await grace.call('charge.answer', answer)).toMatchObject({
      error: { code: 'not_allowed' },
    })
    expect(await ada.call('charge.answer', { ...answer, refund: sent.charged + 1 })).toMatchObject({
      error: { code: 'refund_too_large' },
    })
    await ada.ask('charge.answer', answer)
    sum += sent.charged
    await all()
    const [answered] = await grace.ask('charge.reports', {})
    expect(answered?.answer).toMatchObject({ refund: sent.charged, message: 'Sorry' })
    // All of it is made good: by hand no more of it can be, either.
    const { accountId } = (await ada.ask('team.read', {}))!
    expect(await refundByHand(accountId, operationId)).toContain('(refund_too_large)')
    expect(await refundByHand(accountId, crypto.randomUUID())).toContain('(operation_unknown)')
  })

  it('says what is left here while the server cannot be reached, and goes on afterwards', async () => {
    const monthlyLimit = { amount: 2_000, currency: 'USD' }
    const choice = { offerId: 'pack-500', quantity: 1, threshold: 7_000, monthlyLimit }
    const seen = await ada.ask('autoRefill.set', { ...choice, enabled: true })
    await world.shut(ada)
    await world.stopServer()
    ada = await world.open(ada.directory)
    const { available } = await ada.credits()
    const panel = await ada.ask('purchase.panel', {})
    expect(panel).toMatchObject({ processor: 'none', available, block: { code: 'offline' } })
    expect(panel.block?.message).toContain('left on this machine')
    expect(panel.autoRefill).toMatchObject({ enabled: true, threshold: 7_000, asOf: seen.now })
    expect(panel.packs.map(({ item }) => item.id)).toContain('pack-500')
    expect(await ada.call('purchase.quote', { order: pack })).toMatchObject({
      error: { code: 'server_unreachable' },
    })
    await world.serve()
    expect((await ada.ask('purchase.panel', {})).block).toBeNull()
  })
})
