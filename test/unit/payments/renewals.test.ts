import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { GatewayMessage, Renewal } from '../../../src-server/payments/gateway.ts'
import { credits } from '../../support/credits.ts'
import { unwrap } from '../../support/ledger.ts'
import {
  ACCOUNT,
  message,
  openPaymentsWorld,
  paid,
  type PaymentsWorld,
} from '../../support/payments-world.ts'

const ID = '00000000-0000-4000-8000-000000000001'
const KEY = { accountId: ACCOUNT, purchaseId: ID }
const DAY = 24 * 60 * 60_000
let world: PaymentsWorld
let price: number

/** An add-on that the processor sold and charges for by itself. */
beforeEach(async () => {
  world = await openPaymentsWorld()
  Object.assign(world.gateway, { renews: true })
  price = await world.buy(ID, 'monthly-1000')
  unwrap(await world.payments.receive(message('evt_1', KEY, [paid(ID, price)]), 'good'))
  await world.payments.settled()
})
afterEach(async () => {
  await world.payments.close()
  await world.database.close()
})

const renewal = (payment: string, patch: Partial<Renewal> = {}): Renewal => ({
  ...{ payment, total: price, tax: 0, currency: 'USD' },
  at: world.clock.now,
  ...patch,
})

async function tell(id: string, ...renewals: readonly Renewal[]): Promise<void> {
  const { message: rest } = JSON.parse(message(id, KEY, [])) as { message: GatewayMessage }
  const body = JSON.stringify({ id, message: { ...rest, renewals } })
  unwrap(await world.payments.receive(body, 'good'))
  await world.payments.settled()
}

/** What came of the add-on, ever. */
const granted = () =>
  world.issuer.journal.flatMap(({ facts }) =>
    facts.kind === 'grant' && facts.grant.source === 'add-on' ? [facts.grant.amount] : [],
  )

const history = async () =>
  unwrap(await world.payments.history(ACCOUNT, null, 50)).purchases.map(({ by, state }) => [
    by,
    state,
  ])

describe('an add-on that a processor charges for again', () => {
  it('comes with its first payment, and not with the calendar', async () => {
    expect(granted()).toEqual([credits('1000')])
    world.clock.now += 70 * DAY
    unwrap(await world.payments.panel(ACCOUNT))
    expect(granted()).toEqual([credits('1000')])
  })

  it('comes once for each payment, however often and in which order that is told', async () => {
    world.clock.now += 31 * DAY
    await tell('evt_3', renewal('in_3'))
    await tell('evt_2', renewal('in_2'))
    await tell('evt_2', renewal('in_2'))
    await tell('evt_4', renewal('in_2'), renewal('in_3'))
    expect(granted()).toEqual([credits('1000'), credits('1000'), credits('1000')])
    expect(await history()).toEqual([
      ['renewal', 'granted'],
      ['renewal', 'granted'],
      ['person', 'granted'],
    ])
  })

  it('does not come for another sum or currency', async () => {
    world.clock.now += 31 * DAY
    await tell('evt_2', renewal('in_2', { total: price - 1 }))
    await tell('evt_3', renewal('in_3', { currency: 'EUR' }))
    expect(granted()).toEqual([credits('1000')])
  })

  it('comes though nobody told of it: it is asked for, also after a crash before the grant', async () => {
    world.clock.now += 31 * DAY
    const { look } = world.gateway
    Object.assign(world.gateway, {
      look: async (purchase: Parameters<typeof look>[0]) => {
        const seen = unwrap(await look(purchase))
        const renewals = purchase.purchaseId === ID ? [renewal('in_2')] : []
        return { ok: true, data: { ...seen, renewals } }
      },
    })
    world.issuer.crash('before')
    await expect(world.payments.reconcile({ deep: true })).rejects.toThrow('ended')
    expect(granted()).toHaveLength(1)
    await world.restart()
    await world.payments.reconcile({ deep: true })
    await world.payments.reconcile({ deep: true })
    expect(granted()).toEqual([credits('1000'), credits('1000')])
  })

  it('gives back what is unspent of one payment, and renews on', async () => {
    world.clock.now += 31 * DAY
    await tell('evt_2', renewal('in_2'))
    const [latest] = unwrap(await world.payments.history(ACCOUNT, null, 1)).purchases
    expect(latest?.refundable.amount).toBe(price)
    unwrap(await world.payments.refund({ accountId: ACCOUNT, purchaseId: latest?.id ?? '' }))
    expect(world.gateway.refunds).toMatchObject([{ payment: 'in_2', amount: price }])
    await tell('evt_3', renewal('in_3'))
    expect(granted()).toHaveLength(3)
  })
})
