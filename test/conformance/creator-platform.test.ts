import { expect } from 'vitest'
import type { ImageRequest } from '#shared/host/requests.ts'
import type { Units } from '#shared/credits/units.ts'
import { earningsByRecipe } from '#shared/journal/earnings.ts'
import type { RecipeFacts } from '#shared/journal/journal.ts'
import { ownRecipes, type RunResult } from '../support/account-runs.ts'
import { type AccountWorld, createAccountWorld } from '../support/account-world.ts'
import { toCredits, toNumber } from '../support/credits.ts'
import { codeOf, unwrap } from '../support/results.ts'
import { chat, type HostWorld } from '../support/host-world.ts'
import { DAY, testClock } from '../support/ledger.ts'
import { shippedCatalog } from '../support/shipped-catalogs.ts'
import { withHost } from './host.ts'
import { rule } from './rule.ts'

function memberOn(planId: string, since = '2026-03-08T01:30', accountId = 'a1'): AccountWorld {
  const world = createAccountWorld(
    shippedCatalog('creator-platform'),
    'America/Los_Angeles',
    accountId,
  )
  world.at(since)
  world.open(planId)
  return world
}

/** An app made by an account. */
const appOf = (world: AccountWorld): RecipeFacts => ({
  id: `app-of-${world.accountId}`,
  name: 'Trip planner',
  creatorId: ownRecipes(world.accountId),
})

const REQUEST = { inputTokens: 1_000, outputTokens: 3_000 }

/** Uses an app; its creator earns what the use says. */
function use(user: AccountWorld, creator: AccountWorld): RunResult {
  const recipe = appOf(creator)
  const result = unwrap(user.run('request.standard', REQUEST, { recipe }))
  if (result.recipeRun) creator.earn(result.recipeRun)
  return result
}

const picture = (prompt: string): ImageRequest => ({
  ...{ studio: 'image', prompt, modelId: 'practice/sketch' },
  ...{ count: 1, shape: 'square', subject: '' },
})

rule('creator-platform 1', () => {
  const world = memberOn('creator', '2026-01-31T12:00')
  const app = appOf(world)
  unwrap(world.run('chat.fast', { outputTokens: 2_500 }))
  unwrap(world.run('request.advanced', { outputTokens: 2_500 }, { recipe: app }))
  expect(world.balance()).toBe(5_000 - 100 - 25)
  for (const day of ['2026-02-28T00:00', '2026-03-31T00:00', '2026-04-30T00:00']) {
    world.at(day)
    expect(world.balance()).toBe(5_000)
    world.spend(400, 'chat.fast')
  }
  world.at('2026-05-31T00:00')
  expect(world.balance()).toBe(5_000)
})

rule('creator-platform 2', async () => {
  const ways: readonly ((world: AccountWorld) => void)[] = [
    (world) => world.at('2026-04-08T00:00'),
    (world) => unwrap(world.changePlan('creator')),
    (world) => unwrap(world.buy('pack-1000')),
  ]
  for (const restore of ways) {
    const world = memberOn('free')
    world.spend(400, 'chat.fast')
    world.spend(100, 'chat.fast')
    const ask = () => codeOf(world.run('request.standard', REQUEST))
    expect(ask()).toBe('paused')
    world.at('2026-04-07T23:59')
    expect(ask()).toBe('paused')
    restore(world)
    expect(ask()).toBe('ok')
  }

  // In the app everything else goes on: threads, the library, the history and its export.
  const clock = testClock()
  const atZero = async ({ ask, call, run }: HostWorld) => {
    const threadId = crypto.randomUUID()
    await ask('threads.create', { threadId })
    const expert = chat(threadId, { modelId: 'practice/expert' })
    const covers = async () => (await ask('quote.read', { request: expert })).affordability.kind
    while ((await covers()) !== 'insufficient') await run(expert)
    const start = { operationId: crypto.randomUUID(), request: expert, acceptedMaximum: 1e6 }
    expect(codeOf(await call('run.start', start))).not.toBe('ok')
    expect((await ask('threads.rename', { threadId, title: 'Still here' })).title).toBe(
      'Still here',
    )
    expect((await ask('threads.open', { threadId })).messages.length).toBeGreaterThan(1)
    expect((await ask('library.page', { limit: 20 })).creations).toEqual([])
    expect((await ask('usage.export', { filter: {} })).text).toContain('Editor chat · expert')
    // With the new month it goes on by itself, in the same run of the app.
    clock.advance(31 * DAY)
    expect(await covers()).toBe('full')
    expect((await run(expert)).ending?.charged).toBeGreaterThan(0)
  }
  await withHost('creator-platform', atZero, { clock })
})

rule('creator-platform 3', () => {
  const ann = memberOn('creator', '2026-03-08T01:30', 'ann')
  const ben = memberOn('creator', '2026-03-08T04:00', 'ben')
  const ownAppCost = use(ann, ann).charge
  expect([ann.balance(), ben.balance()]).toEqual([5_000 - ownAppCost, 5_000])
  const { charge: benPays } = use(ben, ann)
  expect(ben.balance()).toBe(5_000 - benPays)
  expect(ann.balance()).toBeGreaterThanOrEqual(5_000 - ownAppCost)
  const before = { ann: ann.balance(), ben: ben.balance() }
  const { charge: annPays } = use(ann, ben)
  expect(ann.balance()).toBe(before.ann - annPays)
  expect(ben.balance()).toBeGreaterThanOrEqual(before.ben)
})

rule('creator-platform 4', () => {
  const ann = memberOn('creator', '2026-03-08T01:30', 'ann')
  const ben = memberOn('creator', '2026-03-08T04:00', 'ben')
  const own = use(ann, ann)
  const { charge } = use(ben, ann)
  const reward = charge - own.charge
  // Small, modest, on top of the compute, and there by itself.
  expect(reward).toBeGreaterThan(0)
  expect(reward).toBeLessThanOrEqual(own.charge / 4)
  expect(ann.balance()).toBe(5_000 - own.charge + reward)
  // Running one's own app earns nothing.
  expect(own.recipeRun?.premium).toBe(0)
  // All that the creator sees: counts and credits.
  expect(earningsByRecipe(ben.journal())).toEqual([
    {
      recipeId: 'app-of-ann',
      recipeName: 'Trip planner',
      creatorId: ownRecipes('ann'),
      runs: 1,
      credits: toCredits(reward),
    },
  ])
  const { grant } = [...ann.books().balances.values()].find(
    ({ grant: { source } }) => source === 'earnings',
  )!
  expect(JSON.stringify(grant)).not.toContain('ben')
  // Earned credits are not the month's: they are still there when it is over.
  ann.at('2026-04-08T00:00')
  expect(ann.balance()).toBe(5_000 + reward)
})

rule('creator-platform 5', () => {
  const world = memberOn('super')
  const cost = (operation: string, units: Units) => unwrap(world.run(operation, units)).charge
  const small = { inputTokens: 20, outputTokens: 50 }
  const large = { inputTokens: 200_000, outputTokens: 20_000 }
  const between = [
    ['chat.fast', 40, 400],
    ['chat.expert', 100, 1_000],
    ['request.standard', 2, 10],
    ['request.advanced', 10, 40],
  ] as const
  for (const [operation, least, most] of between) {
    expect(cost(operation, small)).toBe(least)
    expect(cost(operation, large)).toBe(most)
    const middle = cost(operation, { inputTokens: 1_500, outputTokens: 2_500 })
    expect(middle).toBeGreaterThan(least)
    expect(middle).toBeLessThan(most)
  }
  for (const operation of ['request.standard', 'request.advanced']) {
    const searched = cost(operation, { ...REQUEST, searches: 1 })
    expect(searched - cost(operation, REQUEST)).toBe(15)
  }
  expect(cost('extraction', { pages: 1 })).toBe(8)
  const perUnit = [
    ['image.standard', 'images', 50],
    ['image.advanced', 'images', 150],
    ['video.standard', 'seconds', 200],
    ['video.advanced', 'seconds', 500],
  ] as const
  for (const [operation, unit, price] of perUnit) {
    expect(cost(operation, { [unit]: 1 })).toBe(price)
    expect(cost(operation, { [unit]: 4 })).toBe(4 * price)
    expect(cost(operation, { [unit]: 1, inputTokens: 2_000 })).toBeGreaterThan(price)
  }
  expect(cost('speech', { characters: 100 })).toBe(10)
  expect(cost('speech', { characters: 4_000 })).toBe(40)
  expect(cost('speech', { characters: 8_000 })).toBe(80)
})

rule('creator-platform 6', async () => {
  const world = memberOn('creator')
  world.spend(300, 'chat.fast')
  world.at('2026-03-20T18:00')
  unwrap(world.run('image.standard', { images: 2 }))
  world.spend(40, 'chat.fast')
  const { plan, allowance } = world.terms()
  expect([plan.name, toNumber(allowance), world.balance()]).toEqual(['Creator', 5_000, 4_560])
  const history = world.journal().flatMap(({ at, facts }) => {
    return facts.kind === 'hold' ? [[at, facts.operation.quote.operationName]] : []
  })
  expect(history).toEqual([
    [world.moment('2026-03-08T01:30'), 'Editor chat · fast'],
    [world.moment('2026-03-20T18:00'), 'Image · standard'],
    [world.moment('2026-03-20T18:00'), 'Editor chat · fast'],
  ])

  await withHost('creator-platform', async ({ ask, run }) => {
    const threadId = crypto.randomUUID()
    await ask('threads.create', { threadId })
    const runs = [await run(picture('A boat')), await run(chat(threadId))]
    const spent = runs.reduce((sum, { ending }) => sum + (ending?.charged ?? 0), 0)
    expect(spent).toBeGreaterThan(toCredits(50))
    const { available, planName } = await ask('balance.read', {})
    const { allowance: limit, spentThisCycle } = await ask('usage.summary', {})
    expect([planName, limit, spentThisCycle]).toEqual(['Free', toCredits(500), spent])
    expect(available).toBe(limit - spent)
    const { rows } = await ask('usage.page', { filter: {}, limit: 5 })
    expect(rows.map(({ operationName }) => operationName)).toEqual([
      'AI request · standard',
      'Image · standard',
    ])
    expect(rows[0]!.at).toBeGreaterThanOrEqual(rows[1]!.at)
    // What consumes most comes first.
    const groups = await ask('usage.groups', { filter: {}, by: 'operation' })
    expect(groups.map(({ label }) => label)).toEqual(['Image · standard', 'AI request · standard'])
  })
})

rule('creator-platform 7', () => {
  const included = (planId: string) => memberOn(planId).balance()
  expect(included('super')).toBe(10 * included('creator'))
  const world = memberOn('super')
  unwrap(world.buy('pack-10000', 2))
  expect(world.balance()).toBe(50_000 + 20_000)
  world.spend(50_000, 'video.advanced')
  for (const day of ['2026-04-08T00:00', '2026-05-08T00:00']) {
    world.at(day)
    expect(world.balance()).toBe(50_000 + 20_000)
  }
})

rule('creator-platform 8', async () => {
  await withHost('creator-platform', async ({ ask, run }) => {
    const made = await run(picture('A boat'))
    expect(made.ending?.charged).toBeGreaterThanOrEqual(toCredits(50))
    const before = await ask('balance.read', {})
    const request = picture('A boat')
    const { reuse } = await ask('quote.read', { request })
    expect(reuse?.operationId).toBe(made.operationId)
    const again = await ask('run.reuse', { operationId: crypto.randomUUID(), request })
    expect(again.creationIds).toEqual(made.creationIds)
    expect(again.ending).toMatchObject({ charged: 0, outcome: 'reused' })
    expect((await ask('balance.read', {})).available).toBe(before.available)
    // Something else is no cached result.
    const other = await ask('quote.read', { request: picture('A tree') })
    expect(other.reuse).toBeNull()
  })
})
