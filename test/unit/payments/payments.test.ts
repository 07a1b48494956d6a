import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TimedEvent } from '#shared/purchase/events.ts'
import { claimMoney } from '../../../src-server/payments/money.ts'
import { takeUse } from '../../../src-server/payments/promo-uses.ts'
import { lockPayer, changePayer } from '../../../src-server/payments/payers.ts'
import {
  message,
  openPaymentsWorld,
  ACCOUNT,
  paid,
  type PaymentsWorld,
} from '../../support/payments-world.ts'
import { credits } from '../../support/credits.ts'
import { unwrap } from '../../support/ledger.ts'

const ID = '00000000-0000-4000-8000-000000000001'
const KEY = { accountId: ACCOUNT, purchaseId: ID }
let world: PaymentsWorld

beforeEach(async () => {
  world = await openPaymentsWorld()
})

afterEach(() => world.close())

async function tell(id: string, events: readonly TimedEvent[], about = KEY): Promise<void> {
  unwrap(await world.payments.receive(message(id, about, events), 'good'))
  await world.payments.settled()
}

const stateOf = async () => unwrap(await world.payments.read(KEY)).state

describe('a crash between payment and grant', () => {
  it.each(['before', 'after'] as const)(
    '%s the grant is written heals at the next start',
    async (when) => {
      const total = await world.buy(ID)
      world.issuer.crash(when)
      await tell('evt_1', [paid(ID, total)])
      expect(await stateOf()).toBe('paid')
      await world.restart()
      await world.payments.reconcile()
      expect(await stateOf()).toBe('granted')
      expect(world.packs().map(({ available }) => available)).toEqual([credits('500')])
    },
  )

  it('a message that was stored but not worked on is worked on then', async () => {
    const total = await world.buy(ID)
    const body = message('evt_1', KEY, [paid(ID, total)])
    await world.database.query(
      `INSERT INTO payment_event (gateway, id, type, received_at, state, body)
       VALUES ('sandbox', 'evt_1', 'test', ?, 'new', ?)`,
      world.clock.now,
      body,
    )
    await world.restart()
    await world.payments.reconcile()
    expect(await stateOf()).toBe('granted')
  })
})

describe('what is refused and grants nothing', () => {
  it('a wrong signature', async () => {
    const total = await world.buy(ID)
    const body = message('evt_1', KEY, [paid(ID, total)])
    expect(await world.payments.receive(body, 'bad')).toMatchObject({
      error: { code: 'signature_wrong' },
    })
    await world.payments.settled()
    expect(await stateOf()).toBe('pending')
  })

  it.each([
    ['another amount', { total: 1 }],
    ['less by a cent', { total: 1999 }],
    ['another currency', { currency: 'EUR' }],
    ['a fraction', { total: 2000.5 }],
    ['a negative amount', { total: -2000 }],
    ['tax in place of the price', { tax: 100 }],
  ])('%s', async (_what, patch) => {
    const total = await world.buy(ID)
    await tell('evt_1', [{ ...paid(ID, total), ...patch }])
    expect(await stateOf()).toBe('pending')
    expect(world.packs()).toEqual([])
    const [row] = await world.database.query<{ state: string }>('SELECT state FROM payment_event')
    expect(row?.state).toBe('refused')
  })

  it('a message of a kind that is none of ours, and one about a purchase that is not here', async () => {
    const unknown = JSON.stringify({ id: 'evt_1', message: null })
    unwrap(await world.payments.receive(unknown, 'good'))
    await tell('evt_2', [paid(ID, 2000)])
    const rows = await world.database.query<{ state: string }>(
      'SELECT state FROM payment_event ORDER BY id',
    )
    expect(rows.map(({ state }) => state)).toEqual(['ignored', 'unmatched'])
    expect(world.packs()).toEqual([])
  })

  it('another account’s purchase', async () => {
    await world.buy(ID)
    const key = { accountId: 'somebody', purchaseId: ID }
    for (const call of ['read', 'resume', 'cancel', 'refund'] as const) {
      expect(await world.payments[call](key)).toMatchObject({ error: { code: 'purchase_unknown' } })
    }
  })

  it('a message repeated is one, and a second payment goes back', async () => {
    const total = await world.buy(ID)
    await tell('evt_1', [paid(ID, total)])
    await tell('evt_1', [paid(ID, total)])
    await tell('evt_2', [paid(ID, total)])
    await tell('evt_3', [{ ...paid(ID, total), payment: 'pay_again' } as TimedEvent])
    expect(world.packs()).toHaveLength(1)
    expect(world.gateway.refunds).toMatchObject([{ payment: 'pay_again', amount: null }])
  })
})

describe('late and crossed', () => {
  it('a page that was given up but paid is granted', async () => {
    const total = await world.buy(ID)
    unwrap(await world.payments.cancel(KEY))
    expect(await stateOf()).toBe('cancelled')
    await tell('evt_1', [paid(ID, total)])
    expect(await stateOf()).toBe('granted')
  })

  it('a whole refund that comes before the payment grants nothing', async () => {
    const total = await world.buy(ID)
    const payment = `pay_${ID}`
    const at = world.clock.now
    await tell('evt_1', [{ type: 'refunded', payment, total, at }])
    await tell('evt_2', [paid(ID, total)])
    expect(await stateOf()).toBe('refunded')
    expect(world.packs()).toEqual([])
  })

  it('a dispute takes the unspent part, and winning gives it again', async () => {
    const total = await world.buy(ID)
    await tell('evt_1', [paid(ID, total)])
    const dispute = { type: 'disputed', payment: `pay_${ID}`, disputeId: 'dp_1' } as const
    const at = world.clock.now
    await tell('evt_2', [{ ...dispute, amount: total, status: 'open', at }])
    expect(await stateOf()).toBe('disputed')
    const sum = () => world.packs().reduce((all, { available }) => all + available, 0)
    expect(sum()).toBe(0)
    await tell('evt_3', [{ ...dispute, amount: total, status: 'won', at: at + 1 }])
    expect(await stateOf()).toBe('granted')
    expect(sum()).toBe(credits('500'))
  })

  it('what was won may be contested again, under names as long as Stripe’s, and refunded then', async () => {
    const total = await world.buy(ID)
    await tell('evt_1', [paid(ID, total)])
    const at = world.clock.now
    const sum = () => world.packs().reduce((all, { available }) => all + available, 0)
    for (const round of [1, 2, 3]) {
      const disputeId = `du_${round}MtJUT2eZvKYlo2CNaw2HvEv`
      const dispute = { type: 'disputed', payment: `pay_${ID}`, disputeId, amount: total } as const
      await tell(`evt_${round}_open`, [{ ...dispute, status: 'open', at }])
      expect(sum()).toBe(0)
      await tell(`evt_${round}_won`, [{ ...dispute, status: 'won', at }])
      expect(sum()).toBe(credits('500'))
    }
    await tell('evt_5', [{ type: 'refunded', payment: `pay_${ID}`, total: total / 4, at }])
    expect(sum()).toBe(credits('375'))
  })
})

describe('promo codes', () => {
  it('a total holds though everybody buys at once', async () => {
    const code = { code: 'LAST-3', total: 3, perAccount: 1 }
    const takes = Array.from({ length: 10 }, (_, at) =>
      world.database.transaction(async ({ query }) => {
        await lockPayer(query, `account-${at}`)
        return takeUse(query, code, { accountId: `account-${at}`, useId: `use-${at}`, at: 0 })
      }),
    )
    const taken = await Promise.all(takes)
    expect(taken.filter(({ ok }) => ok)).toHaveLength(3)
  })

  it('an account takes one no more often than it may, and the same use is one', async () => {
    const code = { code: 'ONCE', total: null, perAccount: 1 }
    const take = (useId: string) =>
      world.database.transaction(({ query }) =>
        takeUse(query, code, { accountId: ACCOUNT, useId, at: 0 }),
      )
    expect(await take('a')).toMatchObject({ ok: true })
    expect(await take('a')).toMatchObject({ ok: true })
    expect(await take('b')).toMatchObject({ error: { code: 'promo_used' } })
  })
})

describe('auto-refill', () => {
  const choice = {
    enabled: true,
    threshold: credits('100000'),
    offerId: 'pack-500',
    quantity: 1,
    monthlyLimit: { amount: 4000, currency: 'USD' },
  }
  const card = { brand: 'Visa', lastFour: '4242', expiryMonth: 1, expiryYear: 2030 }

  beforeEach(() => changePayer(world.database, ACCOUNT, { customer: 'cus_me', card }))

  const refills = async () =>
    unwrap(await world.payments.history(ACCOUNT, null, 50)).purchases.map(({ state }) => state)

  it('buys one at a time, however many look at once', async () => {
    unwrap(await world.payments.setAutoRefill(ACCOUNT, choice))
    await Promise.all([1, 2, 3, 4, 5].map(() => world.payments.poolChanged(ACCOUNT)))
    expect(await refills()).toEqual(['granted'])
  })

  it('keeps to its monthly limit, and goes on next month', async () => {
    unwrap(await world.payments.setAutoRefill(ACCOUNT, choice))
    for (let look = 0; look < 5; look++) {
      world.clock.now += 20 * 60_000
      await world.payments.poolChanged(ACCOUNT)
    }
    expect(await refills()).toEqual(['granted', 'granted'])
    world.clock.now += 31 * 24 * 60 * 60_000
    await world.payments.poolChanged(ACCOUNT)
    expect(await refills()).toHaveLength(3)
  })

  it('a charge whose answer was lost is asked for again, not made again', async () => {
    const { charge } = world.gateway
    Object.assign(world.gateway, { charge: async () => Promise.reject(new Error('gone')) })
    await expect(world.payments.setAutoRefill(ACCOUNT, choice)).rejects.toThrow('gone')
    Object.assign(world.gateway, { charge })
    await world.payments.poolChanged(ACCOUNT)
    expect(await refills()).toEqual(['created'])
    await world.payments.reconcile()
    expect(await refills()).toEqual(['granted'])
  })
})

describe('money', () => {
  it('test money and real money do not meet in one store', async () => {
    expect(await claimMoney(world.database, { test: true })).toMatchObject({ ok: true })
    expect(await claimMoney(world.database, { test: false })).toMatchObject({
      error: { code: 'money_mixed' },
    })
  })
})
