/**
 * Buying, in a world of its own: the server's payments, authority and store in processes that share it
 * and die at any write, a processor that tells what it likes, and machines that lease what was bought
 * and spend it meanwhile. The same from the same seed.
 */

import assert from 'node:assert/strict'
import { stateOf } from '#shared/purchase/purchase.ts'
import { createIssuer } from '../../../src-server/authority/issuer.ts'
import { openAuthority } from '../../../src-server/authority/open.ts'
import { newServerKey, serverKeyFrom } from '../../../src-server/authority/server-key.ts'
import { changePayer } from '../../../src-server/payments/payers.ts'
import type { Payments } from '../../../src-server/payments/payments.ts'
import { findPurchase } from '../../../src-server/payments/rows.ts'
import type { Database } from '../../../src-server/store/database.ts'
import { openDatabase } from '../../../src-server/store/open.ts'
import { defaultCatalogJson } from '../../support/credits.ts'
import { unwrap } from '../../support/ledger.ts'
import { silentLog } from '../../support/silent-log.ts'
import { millicredits } from '#shared/credits/amount.ts'
import { Died } from '../authority.ts'
import { createChance } from '../chance.ts'
import { createMachines } from './machines.ts'
import { holdsNoMore, keepsLimit, lossOf } from './money.ts'
import { newProcess, type Process, start, stop } from './process.ts'
import { createProcessor, type Doing } from './processor.ts'

const KEY = serverKeyFrom(newServerKey())
const START = Date.parse('2026-11-02T09:00:00Z')
const MINUTE = 60_000
const PROCESSES = 2
const ACCOUNTS = ['ann', 'bob', 'cat'] as const
const PACKS = [
  { offerId: 'pack-custom', most: 4 },
  { offerId: 'pack-500', most: 1 },
] as const
/** Of auto-refill in a month, in cents. */
const LIMIT = 6_000

/** What the world weighs: how often each thing is done. */
const STEPS = {
  buy: 6,
  pay: 10,
  decline: 2,
  expire: 1,
  payTwice: 1,
  payWrong: 1,
  moneyBack: 3,
  dispute: 3,
  settleDispute: 2,
  deliver: 40,
  cancel: 1,
  refund: 2,
  again: 2,
  refillOn: 1,
  poolLow: 4,
  sync: 14,
  want: 6,
  run: 16,
  giveBack: 2,
  wait: 4,
  look: 3,
  lookDeep: 1,
  die: 4,
  start: 6,
} as const
type StepName = keyof typeof STEPS
/** What goes on without a server. */
const ALONE: ReadonlySet<StepName> = new Set(['start', 'wait', 'run', 'giveBack'])

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
  const shared = await openDatabase(':memory:', silentLog)
  const opened = await openAuthority({ database: shared, clock, key: KEY, timeZone: 'UTC' })
  unwrap(await opened.catalogs.publish(sellingCatalog(), 0))
  const seen = new Map<string, number>()
  const note = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)
  const machines = await createMachines(ACCOUNTS, opened, shared, chance, clock.now)
  const processor = createProcessor(chance, clock.now, note)
  const { bought, gateway } = processor
  let numbers = 0
  const uuid = () => `00000000-0000-4000-8000-${String(++numbers).padStart(12, '0')}`
  const card = { brand: 'Visa', lastFour: '4242', expiryMonth: 1, expiryYear: 2030 }
  for (const accountId of ACCOUNTS) {
    await changePayer(shared, accountId, { customer: `cus_${accountId}`, card })
  }

  const processes = Array.from({ length: PROCESSES }, newProcess)
  const begin = (process: Process) =>
    start(process, {
      ...{ shared, gateway, clock, log: silentLog },
      issuer: (database) => createIssuer(database, opened.accounts),
      timers: { after: () => () => undefined },
      ids: { next: uuid },
      changed: () => undefined,
      died: (when) => note(`died ${when} a write`),
    })
  for (const process of processes) await begin(process)

  async function buy(payments: Payments): Promise<void> {
    const accountId = chance.pick(ACCOUNTS)
    const { offerId, most } = chance.pick(PACKS)
    const quantity = chance.between(1, most)
    const order = { kind: 'offer', offerId, quantity, promoCode: null } as const
    const { price } = unwrap(await payments.quote(accountId, order))
    const request = { accountId, memberId: 'owner', purchaseId: uuid(), order }
    unwrap(await payments.start({ ...request, acceptedPrice: price }))
  }

  const doing: Readonly<
    Record<Exclude<StepName, Doing>, (payments: Payments, database: Database) => unknown>
  > = {
    buy,
    /** The window asks again, not knowing what became of it. */
    again: (payments) => {
      if (bought.length === 0) return
      const { accountId, id } = chance.pick(bought)
      return payments.resume({ accountId, purchaseId: id })
    },
    async deliver(payments) {
      const body = processor.message()
      if (body === null) return
      unwrap(await payments.receive(body, 'good'))
      await payments.settled()
    },
    async cancel(payments) {
      const one = processor.open()
      if (one) await payments.cancel({ accountId: one.accountId, purchaseId: one.id })
    },
    async refund(payments) {
      const one = processor.kept()
      if (one) await payments.refund({ accountId: one.accountId, purchaseId: one.id })
    },
    async refillOn(payments) {
      const threshold = millicredits(1_000 * chance.between(100, 1_000))
      const monthlyLimit = { amount: LIMIT, currency: 'USD' }
      const choice = { enabled: chance.is(80), threshold, offerId: 'pack-500', quantity: 1 }
      unwrap(await payments.setAutoRefill(chance.pick(ACCOUNTS), { ...choice, monthlyLimit }))
    },
    poolLow: (payments) => payments.poolChanged(chance.pick(ACCOUNTS)),
    sync: (_payments, database) => machines.sync(database, false),
    want: (_payments, database) => machines.sync(database, true),
    run: () => machines.run(),
    giveBack: () => machines.giveBack(),
    wait() {
      now += chance.between(1, 600) * MINUTE
    },
    look: (payments) => payments.reconcile(),
    lookDeep: (payments) => payments.reconcile({ deep: true }),
    die() {
      const process = chance.pick(processes)
      if (chance.is(30)) stop(process)
      else process.dying = chance.pick(['before', 'after'] as const)
    },
    async start() {
      const down = processes.filter(({ payments }) => payments === null)
      if (down.length > 0) await begin(chance.pick(down))
    },
  }
  const all = { ...processor.doing, ...doing }

  async function step(): Promise<void> {
    now += chance.between(1, 1_000)
    const name = chance.weighted(STEPS)
    const { payments, database } = chance.pick(processes)
    if (!payments && !ALONE.has(name)) return
    note(name)
    try {
      await all[name](payments as Payments, database as Database)
    } catch (error) {
      if (!(error instanceof Died)) throw error
    }
    machines.audit()
    for (const accountId of ACCOUNTS) {
      holdsNoMore(accountId, boughtBy(accountId), await machines.balances(accountId))
    }
    keepsLimitEach()
  }

  const boughtBy = (accountId: string) => bought.filter((one) => one.accountId === accountId)
  const keepsLimitEach = () => {
    for (const accountId of ACCOUNTS) keepsLimit(boughtBy(accountId), LIMIT)
  }

  /** All processes run, what was never told is asked for, and machines give everything back. */
  async function heal(): Promise<void> {
    for (const process of processes) await begin(process)
    const running = processes.map(({ payments }) => payments as Payments)
    // Nothing more is bought by itself while it comes to rest.
    for (const accountId of ACCOUNTS) await changePayer(shared, accountId, { refill: null })
    for (let body = processor.message(); body !== null; body = processor.message()) {
      unwrap(await chance.pick(running).receive(body, 'good'))
    }
    for (const one of running) await one.settled()
    await comeToRest(running)
    await machines.settle(shared)
    await comeToRest(running)
    for (const accountId of ACCOUNTS) await holdAgainst(accountId)
  }

  async function comeToRest(running: readonly Payments[]): Promise<void> {
    for (let round = 0; round < 3; round++) {
      now += MINUTE
      for (const one of running) await one.reconcile({ deep: true })
    }
  }

  async function holdAgainst(accountId: string): Promise<void> {
    const balances = await machines.balances(accountId)
    const { problems } = await opened.accounts.verify(shared.query, accountId)
    assert.deepEqual(problems, [])
    const spent = [...balances.values()].reduce((sum, one) => sum + one.spent, 0)
    assert.equal(spent, machines.charged(accountId), `${accountId}: what was charged is spent`)
    if (spent > 0) note('spent')
    for (const one of boughtBy(accountId)) {
      const record = await findPurchase(shared.query, { accountId, purchaseId: one.id })
      assert.ok(record, 'a purchase is known')
      const { purchase } = record
      note(`ended ${stateOf(purchase)}`)
      const closing = purchase.facts.takenBack.filter(({ closes }) => closes)
      for (const { cause } of closing) note(`called back for a ${cause}`)
      if (lossOf(one, purchase, balances) > 0) note('spent before it went back')
    }
  }

  return {
    seen,
    step,
    heal,
    async close() {
      for (const { payments } of processes) await payments?.close()
      opened.catalogs.close()
      await shared.close()
    },
  }
}

/** The shipped one, whose free plan may buy; its packs all cost the same for a credit. */
function sellingCatalog() {
  const { plans, ...rest } = defaultCatalogJson() as { plans: { id: string }[] }
  const selling = plans.map((plan) => (plan.id === 'free' ? { ...plan, packs: true } : plan))
  return { ...rest, plans: selling }
}
