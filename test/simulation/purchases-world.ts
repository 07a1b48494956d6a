/**
 * Buying, in a world of its own: the server's payments, authority and store in processes that share
 * it and die between a payment and its grant, and a processor that tells each thing five times, in any
 * order and to anyone, or never. The same from the same seed.
 */

import assert from 'node:assert/strict'
import type { TimedEvent } from '#shared/purchase/events.ts'
import type { Issuer } from '#shared/purchase/issuer.ts'
import { stateOf } from '#shared/purchase/purchase.ts'
import { failure } from '#shared/result.ts'
import { createIssuer } from '../../src-server/authority/issuer.ts'
import { openAuthority } from '../../src-server/authority/open.ts'
import { newServerKey, serverKeyFrom } from '../../src-server/authority/server-key.ts'
import { openPayments, type Payments } from '../../src-server/payments/payments.ts'
import { findPurchase } from '../../src-server/payments/rows.ts'
import { openDatabase } from '../../src-server/store/open.ts'
import { defaultCatalogJson } from '../support/credits.ts'
import { unwrap } from '../support/ledger.ts'
import { createFakeGateway, message } from '../support/payments-world.ts'
import { silentLog } from '../support/silent-log.ts'
import { createChance } from './chance.ts'

const KEY = serverKeyFrom(newServerKey())
const START = Date.parse('2026-11-02T09:00:00Z')
const MINUTE = 60_000
const PROCESSES = 2
const ACCOUNTS = ['ann', 'bob', 'cat'] as const
type AccountId = (typeof ACCOUNTS)[number]
/** Of each message so many copies are sent. */
const COPIES = 5
const LOST_PERCENT = 15
/** Millicredits for a cent, of every pack that is bought here. */
const CREDITS_PER_CENT = 250
const PACKS = [
  { offerId: 'pack-custom', most: 4 },
  { offerId: 'pack-500', most: 1 },
] as const

/** What the world weighs: how often each thing is done. */
const STEPS = {
  buy: 6,
  pay: 10,
  decline: 2,
  expire: 1,
  payTwice: 1,
  payWrong: 1,
  moneyBack: 3,
  dispute: 2,
  settleDispute: 2,
  deliver: 40,
  cancel: 1,
  refund: 2,
  again: 2,
  wait: 4,
  look: 2,
  lookDeep: 1,
  die: 4,
  start: 6,
} as const
type StepName = keyof typeof STEPS

class Died extends Error {}

interface Process {
  payments: Payments | null
  /** Dies at its next write: before it, or after. */
  dying: 'before' | 'after' | null
}

interface Bought {
  readonly id: string
  readonly accountId: AccountId
  readonly total: number
  over: boolean
  /** What the processor took, by payment, and what of that went back, in cents. */
  readonly payments: Map<string, number>
  dispute: 'open' | 'won' | 'lost' | null
}

export interface PurchasesOutcome {
  readonly failure: {
    readonly step: number
    readonly message: string
    readonly stack: string
  } | null
  readonly seen: ReadonlyMap<string, number>
}

/** Plays so many steps of a seed, heals, and holds the money against the credits. */
export async function playPurchases(seed: number, steps: number): Promise<PurchasesOutcome> {
  const world = await openWorld(seed)
  let step = 0
  try {
    for (; step < steps; step++) await world.step()
    await world.heal()
    return { failure: null, seen: world.seen }
  } catch (error) {
    const { message: text, stack = '' } = error instanceof Error ? error : new Error(String(error))
    return { failure: { step, message: text, stack }, seen: world.seen }
  } finally {
    await world.close()
  }
}

async function openWorld(seed: number) {
  const chance = createChance(seed)
  let now = START
  const clock = { now: () => now, monotonic: () => now }
  const database = await openDatabase(':memory:', silentLog)
  const authority = await openAuthority({ database, clock, key: KEY, timeZone: 'UTC' })
  unwrap(await authority.catalogs.publish(sellingCatalog(), 0))
  for (const accountId of ACCOUNTS) {
    const machine = { accountId, memberId: 'owner', deviceId: `${accountId}-1` }
    unwrap(await database.transaction((work) => authority.authority.open(work, machine, null)))
  }
  const store = createIssuer(database, authority.accounts)
  const gateway = createFakeGateway(clock.now)
  const seen = new Map<string, number>()
  const bought: Bought[] = []
  let messages: string[] = []
  let numbers = 0
  const uuid = () => `00000000-0000-4000-8000-${String(++numbers).padStart(12, '0')}`
  const note = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)

  /** What the processor knows is kept there, and told, if it is. */
  function happen(
    { id, accountId }: Bought,
    event: TimedEvent,
    payment: string | null = null,
  ): void {
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

  const processes = Array.from({ length: PROCESSES }, (): Process => ({
    payments: null,
    dying: null,
  }))

  /** Writing, as a process does it that may end at any of its writes. */
  function mortal(process: Process): Issuer {
    const dies = (when: 'before' | 'after') => {
      if (process.dying !== when) return
      process.dying = null
      process.payments = null
      note(`died ${when} a write`)
      throw new Died()
    }
    return {
      read: store.read,
      async issue(accountId, once, reckon) {
        dies('before')
        const issued = await store.issue(accountId, once, reckon)
        dies('after')
        return issued
      },
    }
  }

  async function start(process: Process): Promise<void> {
    process.dying = null
    process.payments = unwrap(
      await openPayments({
        database,
        gateway,
        issuer: mortal(process),
        clock,
        timers: { after: () => () => undefined },
        ids: { next: uuid },
        log: silentLog,
        changed: () => undefined,
      }),
    )
  }
  for (const process of processes) await start(process)

  gateway.refund = async ({ payment, amount, key }) => {
    if (gateway.refunds.some((one) => one.key === key)) return { ok: true, data: null }
    const found = bought.find(({ payments }) => payments.has(payment))
    if (!found) return { ok: true, data: null }
    const back = (found.payments.get(payment) ?? 0) + (amount ?? found.total)
    if (found.dispute !== null || (amount !== null && back > found.total)) {
      return failure('refund_refused', 'It is contested, or not so much is left.')
    }
    gateway.refunds.push({ payment, amount, key })
    goesBack(found, payment, Math.min(found.total, back))
    return { ok: true, data: null }
  }

  /** So much of a payment went back in all. */
  function goesBack(one: Bought, payment: string, total: number): void {
    one.payments.set(payment, total)
    happen(one, { type: 'refunded', payment, total, at: now }, payment)
  }

  const paidEvent = (id: string, total: number, payment = paymentOf(id)): TimedEvent => ({
    ...{ type: 'paid', payment, total, tax: 0, currency: 'USD', at: now },
  })
  const disputeEvent = ({ id, total, dispute }: Bought): TimedEvent => ({
    ...{ type: 'disputed', payment: paymentOf(id), disputeId: `dp_${id}` },
    ...{ amount: total, status: dispute ?? 'open', at: now },
  })

  const where = (is: (one: Bought) => boolean): Bought | null => {
    const some = bought.filter(is)
    return some.length === 0 ? null : chance.pick(some)
  }
  const open = () => where(({ payments, over }) => payments.size === 0 && !over)
  /** Paid once, and some of it is still there. */
  const kept = () =>
    where((one) => one.payments.size === 1 && one.dispute === null && stayed(one) > 0)

  async function buy(payments: Payments): Promise<void> {
    const accountId = chance.pick(ACCOUNTS)
    const { offerId, most } = chance.pick(PACKS)
    const quantity = chance.between(1, most)
    const order = { kind: 'offer', offerId, quantity, promoCode: null } as const
    const { price } = unwrap(await payments.quote(accountId, order))
    const id = uuid()
    bought.push({
      id,
      accountId,
      total: price.amount,
      over: false,
      payments: new Map(),
      dispute: null,
    })
    const request = { accountId, memberId: 'owner', purchaseId: id, order, acceptedPrice: price }
    unwrap(await payments.start(request))
  }

  const doing: Readonly<Record<StepName, (payments: Payments) => unknown>> = {
    buy,
    /** The window asks again, not knowing what became of it. */
    again: (payments) => {
      const one = where(() => true)
      return one && payments.resume({ accountId: one.accountId, purchaseId: one.id })
    },
    pay() {
      const one = open()
      if (!one) return
      one.payments.set(paymentOf(one.id), 0)
      happen(one, paidEvent(one.id, one.total))
    },
    payTwice() {
      const one = where((each) => each.payments.size === 1 && stayed(each) === each.total)
      if (one?.dispute !== null) return
      const second = `${paymentOf(one.id)}-again`
      one.payments.set(second, 0)
      happen(one, paidEvent(one.id, one.total, second))
    },
    payWrong() {
      const one = open()
      if (one) happen(one, paidEvent(one.id, one.total - 1, `${paymentOf(one.id)}-wrong`))
    },
    decline() {
      const one = open()
      if (one) happen(one, { type: 'declined', code: 'card_declined', at: now })
    },
    expire() {
      const one = open()
      if (!one) return
      one.over = true
      happen(one, { type: 'expired', at: now })
    },
    /** Whoever looks after the money sends a quarter of it back, or all. */
    moneyBack() {
      const one = kept()
      if (!one) return
      const back = one.payments.get(paymentOf(one.id)) ?? 0
      const next = chance.is(40) ? one.total : Math.min(one.total, back + one.total / 4)
      goesBack(one, paymentOf(one.id), next)
    },
    dispute() {
      const one = kept()
      if (!one || stayed(one) < one.total) return
      one.dispute = 'open'
      happen(one, disputeEvent(one), paymentOf(one.id))
    },
    settleDispute() {
      const one = where(({ dispute }) => dispute === 'open')
      if (!one) return
      one.dispute = chance.is(50) ? 'won' : 'lost'
      happen(one, disputeEvent(one), paymentOf(one.id))
    },
    async deliver(payments) {
      if (messages.length === 0) return
      const at = chance.below(messages.length)
      const [body] = messages.splice(at, 1) as [string]
      unwrap(await payments.receive(body, 'good'))
      await payments.settled()
    },
    async cancel(payments) {
      const one = open()
      if (one) await payments.cancel({ accountId: one.accountId, purchaseId: one.id })
    },
    async refund(payments) {
      const one = kept()
      if (one) await payments.refund({ accountId: one.accountId, purchaseId: one.id })
    },
    wait() {
      now += chance.between(1, 600) * MINUTE
    },
    look: (payments) => payments.reconcile(),
    lookDeep: (payments) => payments.reconcile({ deep: true }),
    die() {
      const process = chance.pick(processes)
      if (chance.is(30)) process.payments = null
      else process.dying = chance.pick(['before', 'after'] as const)
    },
    async start() {
      const down = processes.filter(({ payments }) => payments === null)
      if (down.length > 0) await start(chance.pick(down))
    },
  }

  async function step(): Promise<void> {
    now += chance.between(1, 1_000)
    const name = chance.weighted(STEPS)
    const process = chance.pick(processes)
    if (!process.payments && name !== 'start' && name !== 'wait') return
    note(name)
    try {
      await doing[name](process.payments as Payments)
    } catch (error) {
      if (!(error instanceof Died)) throw error
    }
    await check()
  }

  /** At any moment nobody has more than was paid. */
  async function check(): Promise<void> {
    for (const accountId of ACCOUNTS) {
      const have = await credits(accountId)
      const mine = bought.filter((one) => one.accountId === accountId)
      const paid = sum(mine.map(({ payments, total }) => payments.size * total))
      assert.ok(have <= paid * CREDITS_PER_CENT, `${accountId} has more than was paid`)
    }
  }

  /** What the account's books say of bought credits. */
  async function credits(accountId: AccountId) {
    const { books } = unwrap(await store.read(accountId))
    const packs = [...books.balances.values()].filter(({ grant }) => grant.source === 'pack')
    return sum(packs.map(({ available }) => available))
  }

  /** All processes run, what was never told is asked for; then money that stayed is credits. */
  async function heal(): Promise<void> {
    for (const process of processes) await start(process)
    const payments = processes.map((process) => process.payments as Payments)
    while (messages.length > 0) await doing.deliver(chance.pick(payments))
    for (let round = 0; round < 3; round++) {
      for (const one of payments) await one.reconcile({ deep: true })
    }
    for (const accountId of ACCOUNTS) {
      const mine = bought.filter((one) => one.accountId === accountId)
      const have = await credits(accountId)
      assert.equal(
        have,
        sum(mine.map(stayed)) * CREDITS_PER_CENT,
        `${accountId}: money and credits`,
      )
      const { problems } = await authority.accounts.verify(database.query, accountId)
      assert.deepEqual(problems, [])
    }
    for (const one of bought) {
      const key = { accountId: one.accountId, purchaseId: one.id }
      const record = await findPurchase(database.query, key)
      assert.ok(record, 'a purchase is known')
      note(`ended ${stateOf(record.purchase)}`)
    }
  }

  return {
    seen,
    step,
    heal,
    async close() {
      messages = []
      for (const { payments } of processes) await payments?.close()
      authority.catalogs.close()
      await database.close()
    },
  }
}

const paymentOf = (id: string) => `pay_${id}`
const sum = (amounts: readonly number[]) => amounts.reduce((all, amount) => all + amount, 0)

/** What the processor keeps of a purchase, in cents. */
function stayed({ payments, total, dispute }: Bought): number {
  if (dispute === 'open' || dispute === 'lost') return 0
  return sum([...payments.values()].map((back) => total - back))
}

/** The shipped one, whose free plan may buy; its packs all cost the same for a credit. */
function sellingCatalog() {
  const { plans, ...rest } = defaultCatalogJson() as { plans: { id: string }[] }
  const selling = plans.map((plan) => (plan.id === 'free' ? { ...plan, packs: true } : plan))
  return { ...rest, plans: selling }
}
