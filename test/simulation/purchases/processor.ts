/**
 * A processor that takes money, sends it back, contests it and takes it twice, and tells each thing
 * five times in any order and to anyone, or never.
 */

import type { DisputeStatus, TimedEvent } from '#shared/purchase/events.ts'
import { failure, success } from '#shared/result.ts'
import { createFakeGateway, type FakeGateway, message } from '../../support/payments-world.ts'
import type { Chance } from '../chance.ts'

/** Of each message so many copies are sent. */
const COPIES = 5
const LOST_PERCENT = 15
const DECLINED_PERCENT = 20

/** A purchase as the processor has it. */
export interface Bought {
  readonly id: string
  readonly accountId: string
  readonly total: number
  readonly by: 'person' | 'auto-refill'
  readonly at: number
  over: boolean
  /** What it took, by payment, and what of that went back, in cents. */
  readonly payments: Map<string, number>
  /** Of its first payment, one after the other. */
  readonly disputes: Contested[]
}

interface Contested {
  readonly amount: number
  status: DisputeStatus
}

export type Doing =
  'pay' | 'payTwice' | 'payWrong' | 'decline' | 'expire' | 'moneyBack' | 'dispute' | 'settleDispute'

export interface Processor {
  readonly gateway: FakeGateway
  readonly bought: readonly Bought[]
  /** One of those that may still be paid. */
  open(): Bought | null
  /** One of which some is there still, and nothing is contested. */
  kept(): Bought | null
  readonly doing: Readonly<Record<Doing, () => void>>
  /** One message that was not delivered yet, and is now. */
  message(): string | null
}

export function createProcessor(
  chance: Chance,
  now: () => number,
  note: (what: string) => void,
): Processor {
  const gateway = createFakeGateway(now)
  const bought: Bought[] = []
  const messages: string[] = []
  let numbers = 0

  /** What it knows is kept there, and told, if it is. */
  function happen({ id, accountId }: Bought, event: TimedEvent, payment: string | null = null) {
    gateway.events.set(id, [...(gateway.events.get(id) ?? []), event])
    if (chance.is(LOST_PERCENT)) {
      note('message lost')
      return
    }
    // Refunds and disputes name their payment only.
    const about = payment === null ? { accountId, purchaseId: id } : null
    const body = message(`evt_${++numbers}`, about, [event], payment ?? paymentOf(id))
    messages.push(...Array<string>(COPIES).fill(body))
  }

  function add(one: Pick<Bought, 'id' | 'accountId' | 'total'>, by: Bought['by']) {
    const fresh = { ...one, by, at: now(), over: false, payments: new Map(), disputes: [] }
    bought.push(fresh)
    return fresh
  }

  const { openCheckout } = gateway
  gateway.openCheckout = (request) => {
    const { accountId, purchaseId: id, price } = request
    if (!bought.some((one) => one.id === id)) add({ id, accountId, total: price.amount }, 'person')
    return openCheckout(request)
  }

  gateway.refund = async ({ payment, amount, key }) => {
    if (gateway.refunds.some((one) => one.key === key)) return success(null)
    const found = bought.find(({ payments }) => payments.has(payment))
    if (!found) return success(null)
    const back = (found.payments.get(payment) ?? 0) + (amount ?? found.total)
    const isTooMuch = amount !== null && back + contestedOf(found) > found.total
    if (isContested(found) || isTooMuch) {
      return failure('refund_refused', 'It is contested, or not so much is left.')
    }
    gateway.refunds.push({ payment, amount, key })
    goesBack(found, payment, Math.min(found.total, back))
    return success(null)
  }

  gateway.onCharge = ({ purchaseId: id, accountId }, total) => {
    const one = add({ id, accountId, total }, 'auto-refill')
    if (chance.is(DECLINED_PERCENT)) {
      one.over = true
      return { type: 'declined', code: 'card_declined', at: now() }
    }
    note('refilled')
    one.payments.set(paymentOf(id), 0)
    return paid(id, total)
  }

  /** So much of a payment went back in all. */
  function goesBack(one: Bought, payment: string, total: number): void {
    one.payments.set(payment, total)
    happen(one, { type: 'refunded', payment, total, at: now() }, payment)
  }

  const paid = (id: string, total: number, payment = paymentOf(id)): TimedEvent => ({
    ...{ type: 'paid', payment, total, tax: 0, currency: 'USD', at: now() },
  })

  function contest(one: Bought, dispute: Contested, status: DisputeStatus): void {
    dispute.status = status
    const payment = paymentOf(one.id)
    const disputeId = `dp_${one.id}_${one.disputes.indexOf(dispute)}`
    const { amount } = dispute
    happen(one, { type: 'disputed', payment, disputeId, amount, status, at: now() }, payment)
  }

  const where = (is: (one: Bought) => boolean): Bought | null => {
    const some = bought.filter(is)
    return some.length === 0 ? null : chance.pick(some)
  }
  const open = () =>
    where(({ payments, over, by }) => by === 'person' && payments.size === 0 && !over)
  const kept = () => where((one) => one.payments.size === 1 && !isContested(one) && stayed(one) > 0)

  return {
    gateway,
    bought,
    open,
    kept,
    doing: {
      pay() {
        const one = open()
        if (!one) return
        one.payments.set(paymentOf(one.id), 0)
        happen(one, paid(one.id, one.total))
      },
      payTwice() {
        const one = where((each) => each.payments.size === 1 && stayed(each) === each.total)
        if (!one || one.disputes.length > 0) return
        const second = `${paymentOf(one.id)}-again`
        one.payments.set(second, 0)
        happen(one, paid(one.id, one.total, second))
      },
      payWrong() {
        const one = open()
        if (one) happen(one, paid(one.id, one.total - 1, `${paymentOf(one.id)}-wrong`))
      },
      decline() {
        const one = open()
        if (one) happen(one, { type: 'declined', code: 'card_declined', at: now() })
      },
      expire() {
        const one = open()
        if (!one) return
        one.over = true
        happen(one, { type: 'expired', at: now() })
      },
      /** Whoever looks after the money sends a quarter of it back, or all. */
      moneyBack() {
        const one = kept()
        if (!one) return
        const back = one.payments.get(paymentOf(one.id)) ?? 0
        const most = back + stayed(one)
        const next = chance.is(40) ? most : Math.min(most, back + one.total / 4)
        if (one.disputes.length > 0) note('moneyBack after a dispute')
        goesBack(one, paymentOf(one.id), next)
      },
      /** Of what is there all is contested, or half of it. */
      dispute() {
        const one = kept()
        if (!one) return
        const amount = chance.is(50) ? stayed(one) : Math.floor(stayed(one) / 2)
        if (amount === 0) return
        if (amount < one.total) note('part contested')
        if (one.disputes.length > 0) note('contested again')
        const dispute: Contested = { amount, status: 'open' }
        one.disputes.push(dispute)
        contest(one, dispute, 'open')
      },
      settleDispute() {
        const one = where(isContested)
        const dispute = one?.disputes.find(({ status }) => status === 'open')
        if (one && dispute) contest(one, dispute, chance.is(50) ? 'won' : 'lost')
      },
    },
    message() {
      if (messages.length === 0) return null
      return messages.splice(chance.below(messages.length), 1)[0] ?? null
    },
  }
}

const paymentOf = (id: string) => `pay_${id}`

const isContested = ({ disputes }: Bought) => disputes.some(({ status }) => status === 'open')

/** What is contested, or was lost so, in cents. */
const contestedOf = ({ disputes }: Bought) =>
  disputes.reduce((sum, { amount, status }) => (status === 'won' ? sum : sum + amount), 0)

/** What it keeps of a purchase, in cents. */
export function stayed(one: Bought): number {
  const there = [...one.payments.values()].reduce((sum, back) => sum + one.total - back, 0)
  return Math.max(0, there - contestedOf(one))
}
