import { expect } from 'vitest'
import type { AccountWorld } from '../support/account-world.ts'
import { toCredits } from '../support/credits.ts'
import { codeOf, unwrap } from '../support/results.ts'
import { chat } from '../support/host-world.ts'
import { withHost } from './host.ts'
import { rule } from './rule.ts'
import { customerOn } from './schematic.ts'

rule('schematic 1', () => {
  const world = customerOn('growth')
  const cost = (...run: Parameters<AccountWorld['run']>) => unwrap(world.run(...run)).charge
  expect(cost('image.standard', { images: 1 })).toBe(25)
  expect(cost('request.standard', { requests: 1 })).toBe(1)
  const text = { requests: 1, inputTokens: 2_000, outputTokens: 1_000 }
  expect(cost('request.advanced', text)).toBeGreaterThan(cost('request.standard', text))
  expect(cost('request.advanced', { ...text, outputTokens: 5_000 })).toBeGreaterThan(
    cost('request.advanced', text),
  )
  expect(cost('compute', { seconds: 600 })).toBe(10 * cost('compute', { seconds: 60 }))
})

rule('schematic 2', async () => {
  const world = customerOn('growth')
  const image = unwrap(world.start('image.standard', { images: 1 }, { most: { images: 4 } }))
  unwrap(world.run('request.standard', { requests: 1 }))
  expect(world.balance()).toBe(2_000 - 100 - 1)
  image.finish({ images: 3 })
  expect(world.balance()).toBe(2_000 - 75 - 1)

  // In the app the balance and the usage are told as each task completes, without asking.
  await withHost('schematic', async ({ ask, run, events }) => {
    const { id: threadId } = await ask('threads.create', { threadId: crypto.randomUUID() })
    const { available } = await ask('balance.read', {})
    for (let task = 1; task <= 2; task++) {
      events.length = 0
      const { operationId } = await run(chat(threadId))
      const told = events.flatMap((event) => (event.type === 'balance' ? [event.balance] : []))
      expect(told.at(-1)?.available).toBe(available - toCredits(task))
      expect(events).toContainEqual({ type: 'usage', operationId })
    }
  })
})

rule('schematic 4', () => {
  const ways: readonly ((world: AccountWorld) => void)[] = [
    (world) => unwrap(world.buy('prepaid-500')),
    (world) => unwrap(world.changePlan('scale', 2)),
    (world) => world.at('2027-11-30T00:00'),
  ]
  for (const restore of ways) {
    const world = customerOn('growth')
    world.spend(2_000, 'request.standard')
    const ask = () => codeOf(world.run('image.standard', { images: 1 }))
    expect(ask()).toBe('blocked')
    restore(world)
    expect(ask()).toBe('ok')
  }
})

rule('schematic 5', () => {
  const reset = customerOn('free')
  reset.spend(50, 'request.standard')
  reset.at('2027-11-30T00:00')
  expect(reset.balance()).toBe(200)

  const capped = customerOn('growth')
  const starts = ['2027-11-30', '2027-12-31', '2028-01-31', '2028-02-29', '2028-03-31']
  for (const day of starts) {
    capped.at(`${day}T00:00`)
    // Never more than one extra month, however many pass unused.
    expect(capped.balance()).toBe(2_000 + 2_000)
  }
  capped.spend(3_500, 'request.standard')
  capped.at('2028-04-30T00:00')
  expect(capped.balance()).toBe(500 + 2_000)
  // The carried credits go first, and last no longer than their one month.
  capped.spend(100, 'request.standard')
  capped.at('2028-05-31T00:00')
  expect(capped.balance()).toBe(2_000 + 2_000)
})

rule('schematic 6', () => {
  const world = customerOn('growth', '2027-08-31T08:00')
  unwrap(world.buy('prepaid-500', 2))
  unwrap(world.buy('bundle-3000'))
  expect(world.buckets().map(({ left, ends }) => [left, ends])).toEqual([
    [2_000, '2027-10-31T00:00'],
    [1_000, null],
    [3_000, '2028-02-29T08:00'],
  ])
  const months = ['2027-09-30', '2027-10-31', '2027-11-30', '2027-12-31']
  for (const day of months) {
    world.at(`${day}T00:00`)
    world.spend(world.balance() > 4_000 + 2_000 ? 4_500 : 2_500, 'request.standard')
  }
  const left = () => world.buckets().flatMap(({ source, left }) => (source === 'pack' ? left : []))
  const before = left().reduce((sum, part) => sum + part, 0)
  expect(before).toBeLessThan(4_000)
  world.at('2028-02-29T08:00')
  // The bundle has ended with its six months; the others last until they are consumed.
  expect(left()).toEqual([1_000])
  world.at('2031-02-28T00:00')
  expect(left()).toEqual([1_000])
  world.spend(world.balance(), 'request.standard')
  expect(left()).toEqual([])
})

rule('schematic 7', () => {
  expect(codeOf(customerOn('free').buy('prepaid-500'))).toBe('offer_not_on_plan')
  for (const planId of ['growth', 'scale']) {
    expect(codeOf(customerOn(planId).buy('prepaid-500'))).toBe('ok')
  }
  const world = customerOn('enterprise')
  expect(world.balance()).toBe(0)
  const agreed = { kind: 'overage', limit: toCredits(7_000) } as const
  world.override({ name: 'Agreement', allowance: toCredits(90_000), atZero: agreed })
  world.spend(90_000 + 6_999, 'request.standard')
  expect(codeOf(world.run('request.standard', { requests: 2 }))).toBe('overage-used')
  expect(codeOf(world.buy('bundle-3000'))).toBe('ok')
  world.at('2027-11-30T00:00')
  expect(world.balance()).toBe(90_000 + 7_000 + 3_000)
})

rule('schematic 8', async () => {
  const world = customerOn('growth', '2028-01-31T09:00')
  unwrap(world.buy('bundle-3000'))
  world.spend(150, 'request.standard')
  expect(world.balance()).toBe(1_850 + 3_000)
  expect(world.cycle()[1]).toBe('2028-02-29T00:00')
  expect(world.buckets().map(({ ends }) => ends)).toEqual(['2028-03-31T00:00', '2028-07-31T09:00'])

  await withHost('schematic', async ({ ask, run }) => {
    const { id: threadId } = await ask('threads.create', { threadId: crypto.randomUUID() })
    for (const subject of ['design', 'research', 'design']) await run(chat(threadId, { subject }))
    const table = await ask('usage.groups', { filter: {}, by: 'subject' })
    expect(table.map(({ label, operations, charged }) => [label, operations, charged])).toEqual([
      ['design', 2, toCredits(2)],
      ['research', 1, toCredits(1)],
    ])
    const { rows } = await ask('usage.page', { filter: {}, limit: 10 })
    expect(rows.map(({ charged }) => charged)).toEqual([1, 1, 1].map(toCredits))
  })
})

rule('schematic 9', () => {
  const world = customerOn('growth')
  unwrap(world.run('request.standard', { requests: 40 }))
  unwrap(world.run('image.standard', { images: 10 }))
  unwrap(world.run('extraction', { pages: 30 }))
  unwrap(world.run('compute', { seconds: 100 }))
  expect(world.balance()).toBe(2_000 - 40 - 250 - 60 - 30)
  expect(world.buckets()).toHaveLength(1)
})

rule('schematic 12', () => {
  const world = customerOn('growth')
  unwrap(world.buy('prepaid-500'))
  const { id } = unwrap(world.run('image.standard', { images: 4 }))
  world.at('2027-11-30T00:00')
  // What was used, what it moved and what the account may do stand in one journal, in one order;
  // the balance and the terms follow from it alone (each step of this world checks that).
  const kinds = world.journal().map(({ facts }) => facts.kind)
  expect(new Set(kinds)).toEqual(new Set(['account', 'grant', 'hold', 'settle', 'rollover']))
  const usage = world.journal().filter((entry) => entry.id.startsWith(id))
  expect(usage.map(({ postings }) => postings.length > 0)).toEqual([true, true])
  const sequence = world.journal().map((entry) => entry.sequence)
  expect(sequence).toEqual(sequence.map((_, place) => place + 1))
})

rule('schematic 3', () => {
  const drained = (planId: string) => {
    const world = customerOn(planId)
    world.spend(world.terms().allowance / 1_000, 'request.standard')
    return world
  }
  const ask = (world: AccountWorld) => world.run('image.standard', { images: 1 })

  const pausing = drained('free')
  expect(codeOf(ask(pausing))).toBe('paused')
  expect(pausing.resumesAt(ask(pausing))).toBe('2027-11-30T00:00')

  const blocking = drained('growth')
  expect(codeOf(ask(blocking))).toBe('blocked')

  const overage = drained('scale')
  for (let image = 1; image <= 40; image++) {
    expect(unwrap(ask(overage)).paid).toEqual([['overage', 25]])
  }
  expect(codeOf(ask(overage))).toBe('overage-used')
  // Recorded by cycle, for the invoice; what the next cycle allows is the same again.
  const invoice = () =>
    [...overage.books().balances.values()].flatMap(({ grant: { source, label }, spent }) =>
      source === 'overage' ? [[label, spent / 1_000]] : [],
    )
  expect(invoice()).toEqual([['Overage, October 2027', 1_000]])
  overage.at('2027-11-30T00:00')
  overage.spend(2_000, 'request.standard')
  unwrap(ask(overage))
  expect(invoice()).toEqual([
    ['Overage, October 2027', 1_000],
    ['Overage, November 2027', 25],
  ])
})
