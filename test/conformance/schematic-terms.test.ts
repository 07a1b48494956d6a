import assert from 'node:assert/strict'
import { expect } from 'vitest'
import { readCatalog } from '#shared/catalog/catalog.ts'
import { toCredits } from '../support/credits.ts'
import { codeOf, unwrap } from '../support/results.ts'
import { chat } from '../support/host-world.ts'
import { catalogJson } from '../support/shipped-catalogs.ts'
import { withHost } from './host.ts'
import { rule } from './rule.ts'
import { customerOn } from './schematic.ts'

rule('schematic 10', () => {
  // A promotional grant, for three months, paid from after the month's own credits.
  const world = customerOn('growth', '2028-01-31T09:00')
  expect(unwrap(world.redeem('launch')).source).toBe('promo')
  expect(world.buckets().at(-1)).toMatchObject({ left: 300, ends: '2028-04-30T09:00' })
  expect(codeOf(world.redeem('LAUNCH'))).toBe('promo_used')
  expect(world.balance()).toBe(2_300)

  // Alerts tell once for each crossing, and again when it is over.
  expect(world.news()).toEqual([])
  world.spend(1_839, 'request.standard')
  expect(world.news()).toEqual([])
  world.spend(1, 'request.standard')
  expect(world.news()).toEqual(['most-used'])
  world.spend(410, 'request.standard')
  world.spend(10, 'request.standard')
  expect(world.news()).toEqual(['few-left'])
  world.spend(40, 'request.standard')
  expect(world.news()).toEqual(['all-used'])
  unwrap(world.buy('prepaid-500', 3))
  expect(new Set(world.news())).toEqual(
    new Set(['most-used recovered', 'few-left recovered', 'all-used recovered']),
  )

  // A temporary override: more until a date, then as before.
  const launch = customerOn('growth', '2028-01-31T09:00')
  const until = launch.moment('2028-03-15T00:00')
  launch.override({ name: 'Launch', allowance: toCredits(6_000), until })
  expect(launch.balance()).toBe(6_000)
  launch.spend(6_000, 'request.standard')
  launch.at('2028-02-29T00:00')
  expect(launch.balance()).toBe(6_000)
  launch.spend(6_000, 'request.standard')
  launch.at('2028-03-31T00:00')
  expect(launch.balance()).toBe(2_000)

  // A trial of an advanced feature: so many runs, for so many days, on a plan that lacks it.
  const better = { inputTokens: 1_000, outputTokens: 200 }
  const tried = customerOn('free')
  expect(codeOf(tried.run('compute', { seconds: 10 }))).toBe('operation')
  for (let run = 1; run <= 3; run++) unwrap(tried.run('request.advanced', better))
  expect(codeOf(tried.run('request.advanced', better))).toBe('trial-over')
  unwrap(tried.changePlan('growth'))
  expect(codeOf(tried.run('request.advanced', better))).toBe('ok')

  const slow = customerOn('free')
  unwrap(slow.run('request.advanced', better))
  slow.at('2027-11-14T07:59')
  unwrap(slow.run('request.advanced', better))
  slow.at('2027-11-14T08:00')
  expect(codeOf(slow.run('request.advanced', better))).toBe('trial-over')
})

rule('schematic 11', async () => {
  const json = catalogJson('schematic')
  const plans = json['plans'] as Record<string, unknown>[]
  const growth = plans.find(({ id }) => id === 'growth')!
  const packs = json['packs'] as Record<string, unknown>[]
  const repackaged = {
    ...json,
    version: 'schematic-2',
    plans: [
      ...plans.filter(({ id }) => id !== 'growth' && id !== 'free'),
      { ...plans.find(({ id }) => id === 'free'), packs: true },
      { ...growth, allowance: '2600', rollover: { cycles: 0 } },
      { ...growth, id: 'studio', name: 'Studio', allowance: '9000' },
    ],
    packs: packs.map((pack) => ({ ...pack, plans: 'all' })),
  }
  const read = readCatalog(repackaged)
  assert.ok(read.ok)

  // The same program, the same account: only data changes, and from its day on.
  const world = customerOn('growth', '2028-01-31T09:00')
  world.spend(500, 'request.standard')
  world.publish(read.catalog, '2028-02-10T00:00')
  world.at('2028-02-09T23:59')
  expect(codeOf(world.changePlan('studio'))).toBe('plan_not_offered')
  world.at('2028-02-10T00:00')
  expect(world.balance()).toBe(1_500)
  expect(world.terms().catalog.version).toBe('schematic-2')
  world.at('2028-02-29T00:00')
  expect(world.balance()).toBe(1_500 + 2_600)
  world.at('2028-03-31T00:00')
  expect(world.balance()).toBe(2_600)
  unwrap(world.changePlan('studio'))
  expect(world.balance()).toBe(9_000)
  const free = customerOn('free', '2028-01-31T09:00')
  expect(codeOf(free.buy('prepaid-500'))).toBe('offer_not_on_plan')
  free.publish(read.catalog)
  expect(codeOf(free.buy('prepaid-500'))).toBe('ok')

  // A bad one is refused whole, with the place of each error; the last good one stays.
  const bad = readCatalog({ ...repackaged, version: 'schematic-3', defaultPlan: 'none', packs: 7 })
  expect(bad.ok ? [] : bad.problems.map(({ path }) => path)).toEqual(['packs'])
  expect(world.terms().catalog.version).toBe('schematic-2')

  // So in the app, while it runs.
  await withHost('schematic', async ({ ask, call, run }) => {
    const { id: threadId } = await ask('threads.create', { threadId: crypto.randomUUID() })
    const cost = async () => (await run(chat(threadId))).ending?.charged
    const { available } = await ask('balance.read', {})
    expect(await cost()).toBe(toCredits(1))
    const operations = (json['operations'] as Record<string, unknown>[]).map((operation) =>
      operation['id'] === 'request.standard'
        ? { ...operation, components: [{ unit: 'requests', price: '3', per: 1 }] }
        : operation,
    )
    const text = JSON.stringify({ ...repackaged, operations })
    const spoilt = JSON.stringify({ ...repackaged, version: 'schematic-3', packs: 7 })
    expect(codeOf(await call('catalog.publish', { text: spoilt, from: null }))).not.toBe('ok')
    expect(await cost()).toBe(toCredits(1))
    await ask('catalog.publish', { text, from: null })
    expect((await ask('rates.read', {})).catalogVersion).toBe('schematic-2')
    expect((await ask('balance.read', {})).available).toBe(available - toCredits(2))
    expect(await cost()).toBe(toCredits(3))
  })
})
