/** Catalogs of any policies, and stories of what happens to an account under them. */

import fc from 'fast-check'
import type { Catalog } from '#shared/catalog/catalog.ts'
import type { Override } from '#shared/journal/account-change.ts'
import { type OpenRun } from '../../support/account-runs.ts'
import { type AccountWorld, createAccountWorld } from '../../support/account-world.ts'
import { catalogWith } from '../../support/books.ts'
import { millicredits } from '#shared/credits/amount.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const PRICE = { amount: 1_000, currency: 'USD' }

const decimal = (most: number) =>
  fc.integer({ min: 1, max: most }).map((amount) => (amount / 1_000).toFixed(3))

const rollover = fc.record({
  cycles: fc.constantFrom(0, 0, 1, 2, null),
  maximum: fc.option(decimal(150_000)),
})

const atZero = fc.oneof(
  fc.constantFrom({ kind: 'pause' as const }, { kind: 'block' as const }),
  decimal(80_000).map((limit) => ({ kind: 'overage' as const, limit })),
)

const expiry = fc.oneof(
  fc.constant({ kind: 'never' as const }),
  fc.record({
    kind: fc.constantFrom('months' as const, 'pool' as const),
    months: fc.integer({ min: 1, max: 4 }),
  }),
)

const plan = fc.record({
  description: fc.constant(''),
  price: fc.constant(null),
  allowance: decimal(100_000),
  perSeat: fc.boolean(),
  packs: fc.constant(true),
  addOns: fc.boolean(),
  rollover,
  atZero,
})

/** Three plans, a pack, a pool, an add-on, codes, moves between plans; one operation by the unit. */
const catalogChanges = fc.record({
  plans: fc
    .tuple(plan, plan, plan)
    .map((plans) => plans.map((one, at) => ({ ...one, id: `plan-${at}`, name: `Plan ${at}` }))),
  packs: fc
    .tuple(expiry, fc.integer({ min: 1, max: 4 }), decimal(50_000), decimal(50_000))
    .map(([first, months, some, more]) => [
      { id: 'pack', name: 'Pack', credits: some, price: PRICE, expiry: first },
      {
        ...{ id: 'pool', name: 'Pool', credits: more, price: PRICE },
        quantity: { minimum: 1, maximum: 9 },
        expiry: { kind: 'pool', months },
      },
    ]),
  addOns: fc.tuple(decimal(40_000), rollover).map(([credits, rolls]) => [
    {
      ...{ id: 'add-on', name: 'Add-on', credits, price: PRICE, rollover: rolls },
      quantity: { minimum: 1, maximum: 3 },
    },
  ]),
  promotions: fc.tuple(decimal(20_000), expiry).map(([credits, ends]) => [
    {
      ...{ code: 'GIFT', name: 'Gift', perAccount: 2 },
      gives: { kind: 'credits', credits, expiry: ends },
    },
    { code: 'MORE', name: 'More', gives: { kind: 'bonus', percent: 33, expiry: ends } },
  ]),
  planChange: fc.record({
    upgrade: fc.constantFrom('fresh', 'difference', 'prorated'),
    downgrade: fc.constantFrom('next-cycle', 'now'),
  }),
  migrations: fc.uniqueArray(
    fc.record({
      from: fc.constantFrom('plan-0', 'plan-1', 'plan-2'),
      to: fc.constantFrom('plan-0', 'plan-1', 'plan-2'),
      credits: fc.constantFrom('fresh', 'keep'),
    }),
    { selector: ({ from }) => from, maxLength: 2 },
  ),
  refunds: fc.record({
    kind: fc.constantFrom('refill', 'grant'),
    months: fc.constantFrom(2, null),
  }),
})

const OPERATION = {
  ...{ id: 'op', name: 'Operation', kind: 'text', minimum: '0', increment: '0.001' },
  components: [{ unit: 'requests', price: '0.001', per: 1 }],
}

/** Catalogs of any policies; the first is in force from the beginning. */
export const catalogs: fc.Arbitrary<readonly Catalog[]> = fc
  .array(catalogChanges, { minLength: 1, maxLength: 4 })
  .map((list) =>
    list.map((changes, at) =>
      catalogWith({
        ...changes,
        ...{ version: `v-${at}`, defaultPlan: 'plan-0', operations: [OPERATION] },
      }),
    ),
  )

export type Happening =
  | { readonly kind: 'wait'; readonly time: number }
  | { readonly kind: 'hold'; readonly amount: number }
  | { readonly kind: 'settle' | 'refund'; readonly run: number; readonly share: number }
  | { readonly kind: 'void'; readonly run: number }
  | { readonly kind: 'buy'; readonly offer: 'pack' | 'pool' | 'add-on'; readonly quantity: number }
  | { readonly kind: 'code'; readonly code: 'GIFT' | 'MORE' }
  | { readonly kind: 'unsubscribe'; readonly subscription: number }
  | { readonly kind: 'plan'; readonly plan: number; readonly seats: number }
  | { readonly kind: 'override'; readonly days: number; readonly allowance: number }
  | { readonly kind: 'publish'; readonly days: number }

const run = fc.nat(20)
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      time: fc.oneof(fc.nat(2 * HOUR), fc.nat(6 * DAY), fc.nat(45 * DAY)),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('hold' as const), amount: fc.nat(60_000) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('settle' as const), run, share: fc.nat(100) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('refund' as const), run, share: fc.nat(110) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('void' as const), run }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('buy' as const),
      offer: fc.constantFrom('pack' as const, 'pool' as const, 'add-on' as const),
      quantity: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('code' as const),
      code: fc.constantFrom('GIFT' as const, 'MORE' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('unsubscribe' as const), subscription: fc.nat(3) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('plan' as const),
      plan: fc.nat(2),
      seats: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('override' as const),
      days: fc.integer({ min: -3, max: 60 }),
      allowance: fc.nat(200_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('publish' as const), days: fc.nat(40) }),
  },
)

export interface Story {
  readonly catalogs: readonly Catalog[]
  readonly timeZone: string
  readonly startsAt: number
  readonly happenings: readonly Happening[]
}

export const stories: fc.Arbitrary<Story> = fc.record({
  catalogs,
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Auckland'),
  startsAt: fc
    .record({ day: fc.integer({ min: 0, max: 730 }), time: fc.nat(DAY - 1) })
    .map(({ day, time }) => Date.UTC(2027, 0, 1) + day * DAY + time),
  happenings: fc.array(happening, { minLength: 10, maxLength: 70, size: 'max' }),
})

export interface Player {
  readonly world: AccountWorld
  /** Lets one thing happen, and brings the account up to date. */
  play(happening: Happening): void
  /** Ends what is still held. */
  end(): void
}

/** Plays a story. `split` says in how many looks a wait is waited. */
export function createPlayer(story: Story, split: () => number = () => 1): Player {
  const [first, ...later] = story.catalogs
  const world = createAccountWorld(first!, story.timeZone, 'a1', { auditing: false })
  const open: OpenRun[] = []
  const ended: string[] = []
  const subscriptions: string[] = []
  world.wait(story.startsAt)
  world.open('plan-0')

  const take = (at: number) => open.splice(at % Math.max(1, open.length), 1)[0]
  const charge = (id: string) => {
    const end = world.journal().find((entry) => entry.id === `${id}:end`)!
    return end.facts.kind === 'settle' ? end.facts.charge.amount : 0
  }

  function play(one: Happening): void {
    switch (one.kind) {
      case 'wait': {
        const looks = split()
        const part = Math.floor(one.time / looks)
        for (let look = 1; look < looks; look++) world.wait(part)
        world.wait(one.time - part * (looks - 1))
        return
      }
      case 'hold': {
        const started = world.start('op', { requests: one.amount })
        if (started.ok) open.push(started.data)
        return
      }
      case 'settle': {
        const ending = take(one.run)
        if (!ending) return
        const held = ending.held.reduce((sum, { amount }) => sum + amount, 0)
        ending.finish({ requests: Math.floor((held * one.share) / 100) })
        ended.push(ending.id)
        return
      }
      case 'void':
        return take(one.run)?.void()
      case 'refund': {
        const id = ended[one.run % Math.max(1, ended.length)]
        if (id) world.refund(id, Math.floor((charge(id) * one.share) / 100) / 1_000, 'A fault')
        return
      }
      case 'buy': {
        const quantity = one.offer === 'pack' ? 1 : one.quantity
        const quoted = world.quote(one.offer, quantity)
        if (!quoted.ok) return
        const id = world.pay(quoted.data)
        if (one.offer === 'add-on') subscriptions.push(id)
        return
      }
      case 'code':
        if (one.code === 'GIFT') world.redeem('GIFT')
        else world.buy('pack', 1, 'MORE')
        return
      case 'unsubscribe': {
        const id = subscriptions[one.subscription % Math.max(1, subscriptions.length)]
        if (id) world.unsubscribe(id)
        return
      }
      case 'plan':
        world.changePlan(`plan-${one.plan}`, one.seats)
        return
      case 'override': {
        const from = world.now() + one.days * DAY
        const terms: Partial<Override> = {
          allowance: millicredits(one.allowance),
          from,
          until: from + 50 * DAY,
        }
        world.override(terms)
        return
      }
      case 'publish': {
        const next = later.shift()
        if (next) world.publish(next, world.now() + one.days * DAY)
        return
      }
    }
  }

  return {
    world,
    play,
    end() {
      while (open.length > 0) take(0)?.void()
    },
  }
}
