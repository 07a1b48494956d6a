import { expect } from 'vitest'
import { grantEntry, assertBalanced } from '#shared/journal/entries.ts'
import { type AccountWorld, createAccountWorld } from '../support/account-world.ts'
import { toCredits } from '../support/credits.ts'
import { codeOf, unwrap } from '../support/results.ts'
import { shippedCatalog } from '../support/shipped-catalogs.ts'
import { CARDS, typeCard } from '../support/sandbox-browser.ts'
import { withHost } from './host.ts'
import { rule } from './rule.ts'

function coderOn(planId: string, since = '2026-09-30T22:00', accountId = 'a1'): AccountWorld {
  const world = createAccountWorld(shippedCatalog('coding-agent'), 'Australia/Sydney', accountId)
  world.at(since)
  world.open(planId)
  return world
}

rule('coding-agent 1', () => {
  const world = coderOn('pro')
  const cost = (...run: Parameters<AccountWorld['run']>) => unwrap(world.run(...run)).charge
  const small = { requests: 1, inputTokens: 1_000, outputTokens: 1_000 }
  const large = { requests: 1, inputTokens: 9_000, outputTokens: 9_000 }
  expect(cost('code.generation', large)).toBeGreaterThan(cost('code.generation', small))
  expect(cost('chat.fast', large)).toBeGreaterThan(cost('chat.fast', small))
  expect(cost('chat.expert', small)).toBeGreaterThan(cost('chat.fast', small))
})

rule('coding-agent 2', () => {
  const world = coderOn('pro')
  const allowance = world.balance()
  expect(allowance).toBeGreaterThan(coderOn('free').balance())
  // Over the change to summer time on 4 October.
  for (const day of ['2026-10-30T00:00', '2026-11-30T00:00']) {
    world.spend(allowance, 'agent.pro')
    expect(codeOf(world.run('agent.pro', { requests: 1 }))).toBe('blocked')
    unwrap(world.buy('pack-500'))
    expect(world.spend(500, 'agent.pro').paid).toEqual([['pack', 500]])
    world.at(day)
    expect(world.balance()).toBe(allowance)
  }
})

rule('coding-agent 4', () => {
  const world = coderOn('pro')
  world.spend(world.balance(), 'agent.pro')
  const one = { requests: 1, inputTokens: 1, outputTokens: 1 }
  const tryAll = () => world.catalog().operations.map(({ id }) => codeOf(world.run(id, one)))
  expect(new Set(tryAll())).toEqual(new Set(['blocked']))
  unwrap(world.buy('custom', 100))
  expect(new Set(tryAll())).toEqual(new Set(['ok']))
})

rule('coding-agent 5', () => {
  const rich = coderOn('pro', '2026-09-30T22:00', 'rich')
  const poor = coderOn('free', '2026-09-30T22:00', 'poor')
  unwrap(rich.buy('pack-12500'))
  poor.spend(50, 'agent.pro')
  expect(codeOf(poor.run('agent.pro', { requests: 1 }))).toBe('blocked')
  expect(rich.balance()).toBe(500 + 12_500)
  // An entry cannot take from one grant to give to another; and credits that are issued twice are
  // refused, so those of one account cannot be handed on.
  const [from] = [...rich.books().balances.values()]
  const [to] = [...poor.books().balances.values()]
  const moved = toCredits(10)
  const transfer = {
    id: 'transfer',
    postings: [
      { grantId: from!.grant.id, bucket: 'available', amount: toCredits(-10) },
      { grantId: to!.grant.id, bucket: 'available', amount: moved },
    ],
  } as const
  expect(() => assertBalanced(transfer)).toThrow(/does not balance/)
  expect(() => rich.write([grantEntry(from!.grant)])).toThrow(/repeats grant/)
})

rule('coding-agent 6', () => {
  const world = coderOn('pro')
  unwrap(world.buy('pack-500'))
  world.at('2026-10-12T09:00')
  const { id } = world.spend(700, 'agent.pro')
  const history = structuredClone(world.journal())
  const used = world.spentFrom('plan') + world.spentFrom('pack')
  expect(used).toBe(700)
  world.at('2026-10-20T09:00')
  const report = 'Request log 4711: the agent ran in a circle'
  unwrap(world.refund(id, 650, report))
  expect(world.balance()).toBe(300 + 650)
  // History stands; what makes it good is a grant of its own that outlasts the month.
  expect(world.journal().slice(0, history.length)).toEqual(history)
  expect(world.spentFrom('plan') + world.spentFrom('pack')).toBe(used)
  expect(world.buckets().map(({ source, left, ends }) => [source, left, ends])).toEqual([
    ['pack', 300, null],
    ['refund', 650, null],
  ])
  expect(codeOf(world.refund(id, 51, report))).toBe('refund_too_large')
  world.at('2026-10-30T00:00')
  expect(world.balance()).toBe(500 + 300 + 650)
})

rule('coding-agent 8', () => {
  const packages = [
    ['pack-500', 2_000, 500],
    ['pack-2500', 10_000, 2_500],
    ['pack-12500', 50_000, 12_500],
  ] as const
  for (const [offer, cents, credits] of packages) {
    const world = coderOn('pro')
    const before = world.balance()
    expect(unwrap(world.buy(offer)).price).toEqual({ amount: cents, currency: 'USD' })
    expect(world.balance()).toBe(before + credits)
  }
  const world = coderOn('pro')
  const before = world.balance()
  const { price } = unwrap(world.buy('custom', 1_375))
  expect(price).toEqual({ amount: 5_500, currency: 'USD' })
  expect(world.balance()).toBe(before + 1_375)
  for (const amount of [0, -100, 0.5, 1e9]) {
    expect(codeOf(world.buy('custom', amount))).toBe('quantity_not_possible')
  }
})

rule('coding-agent 9', () =>
  withHost('coding-agent', async ({ ask }) => {
    const saved = async () => (await ask('purchase.panel', {})).card
    expect(await saved()).toBeNull()
    await typeCard((await ask('card.setup', {})).url, CARDS.good)
    await expect.poll(saved).toMatchObject({ brand: 'Visa', lastFour: '4242' })
  }),
)

rule('coding-agent 10', () => {
  const world = coderOn('pro')
  world.spend(490, 'agent.pro')
  const quote = unwrap(world.quote('pack-2500'))
  expect(world.balance()).toBe(10)
  world.at('2026-10-01T07:00')
  world.pay(quote)
  // Nobody looked, ran or reloaded anything in between.
  expect(world.balance()).toBe(10 + 2_500)
})

rule('coding-agent 3', () => {
  const world = coderOn('pro')
  const refilled: string[] = []
  // What auto-refill goes by: the threshold tells once for each time it is passed.
  const refillIfLow = () => {
    if (!world.news().includes('low')) return
    unwrap(world.buy('pack-500'))
    refilled.push(world.journal().at(-1)!.id)
  }
  for (let request = 0; request < 1_100; request += 10) {
    world.spend(10, 'agent.pro')
    refillIfLow()
  }
  expect(refilled).toHaveLength(2)
  expect(world.balance()).toBe(500 + 2 * 500 - 1_100)
  // The cycle brings credits as well: above the threshold nothing is bought.
  world.at('2026-10-30T00:00')
  world.spend(10, 'agent.pro')
  refillIfLow()
  expect(refilled).toHaveLength(2)
})

rule('coding-agent 7', () => {
  const world = coderOn('pro')
  world.spend(449, 'agent.pro')
  expect(world.news()).toEqual([])
  world.spend(1, 'agent.pro')
  expect(world.news()).toEqual(['low'])
  world.spend(30, 'agent.pro')
  expect(world.news()).toEqual([])
  world.spend(20, 'agent.pro')
  expect(world.news()).toEqual(['out'])
  unwrap(world.buy('pack-500'))
  expect(world.news()).toEqual(['low recovered', 'out recovered'])
})
