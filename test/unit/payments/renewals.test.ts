import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type {
  CheckoutRequest,
  GatewayMessage,
  Renewal,
} from '../../../src-server/payments/gateway.ts'
import type { TimedEvent } from '#shared/purchase/events.ts'
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
afterEach(() => world.close())

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

  it('goes back as soon as the processor tells, which names the payment and not its invoice', async () => {
    const names: string[] = []
    const nameOf = async (payment: string) => {
      names.push(payment)
      return { ok: true, data: payment === 'pi_2' ? 'in_2' : null }
    }
    Object.assign(world.gateway, { nameOf })
    world.clock.now += 31 * DAY
    const about = async (id: string, event: TimedEvent, payment: string) => {
      unwrap(await world.payments.receive(message(id, null, [event], payment), 'good'))
      await world.payments.settled()
    }
    const at = world.clock.now
    const refunded = { type: 'refunded', payment: 'pi_2', total: price / 2, at } as const
    await about('evt_3', refunded, 'pi_2')
    await about('evt_4', { ...refunded, payment: 'pi_other' }, 'pi_other')
    // It came before what it is about.
    await tell('evt_2', renewal('in_2'))
    await world.payments.reconcile()
    await world.payments.reconcile()
    const taken = async () => {
      const [latest] = unwrap(await world.payments.history(ACCOUNT, null, 1)).purchases
      return [latest?.state, latest?.refunded.amount]
    }
    expect(await taken()).toEqual(['granted', price / 2])
    const disputed = { type: 'disputed', payment: 'pi_2', disputeId: 'dp_1', at } as const
    await about('evt_5', { ...disputed, amount: price / 2, status: 'open' }, 'pi_2')
    expect(await taken()).toEqual(['disputed', price / 2])
    const { balances } = world.issuer.books()
    const left = [...balances.values()].filter(({ grant }) => grant.source === 'add-on')
    expect(left.map(({ available }) => available).toSorted()).toEqual([0, credits('1000')])
    // What is no invoice's is asked for once.
    expect(names.filter((name) => name === 'pi_other')).toHaveLength(1)
  })

  it.each([
    ['half', 50],
    ['all', 100],
  ])(
    'has its own price again after a code took %s off its first payment',
    async (_much, percent) => {
      const reduced = await openPaymentsWorld('creator', {
        promotions: [{ code: 'LESS', name: 'Less', gives: { kind: 'percent-off', percent } }],
      })
      const asked: CheckoutRequest[] = []
      const { openCheckout } = reduced.gateway
      Object.assign(reduced.gateway, {
        renews: true,
        openCheckout: (request: CheckoutRequest) => {
          asked.push(request)
          return openCheckout(request)
        },
      })
      const first = await reduced.buy(ID, 'monthly-1000', 1, 'LESS')
      expect(first).toBe(price * (1 - percent / 100))
      expect(asked).toMatchObject([{ price: { amount: first }, renewsAt: { amount: price } }])
      const told = async (id: string, body: object) => {
        unwrap(await reduced.payments.receive(JSON.stringify({ id, message: body }), 'good'))
        await reduced.payments.settled()
      }
      const { message: rest } = JSON.parse(message('evt', KEY, [])) as { message: GatewayMessage }
      await told('evt_1', { ...rest, events: [paid(ID, first)] })
      await told('evt_2', { ...rest, renewals: [renewal('in_2', { total: first })] })
      await told('evt_3', { ...rest, renewals: [renewal('in_3')] })
      const came = () =>
        reduced.issuer.journal.filter(
          ({ facts }) => facts.kind === 'grant' && facts.grant.source === 'add-on',
        )
      expect(came()).toHaveLength(2)
      reduced.clock.now += 70 * DAY
      unwrap(await reduced.payments.panel(ACCOUNT))
      expect(came()).toHaveLength(2)
      await reduced.close()
    },
  )

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
