/** Caps, entitlements and alerts through the whole host, over a real ledger. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CallInput } from '#shared/host/calls.ts'
import { chat, DEFAULT_CATALOG, type HostWorld, openHostWorld } from '../../support/host-world.ts'
import { codeOf, temporaryFolder, type TemporaryFolder, unwrap } from '../../support/ledger.ts'

let folder: TemporaryFolder
const open: HostWorld[] = []
const told: { title: string; body: string }[] = []

beforeEach(() => {
  folder = temporaryFolder()
  told.length = 0
})
afterEach(async () => {
  for (const { host } of open.splice(0)) await host.close()
  folder.remove()
})

type Json = Record<string, unknown>

/** Starts a host under the shipped catalog with changes to it and to its free plan. */
async function start(plan: Json = {}, catalog: Json = {}): Promise<HostWorld> {
  const base = JSON.parse(readFileSync(DEFAULT_CATALOG, 'utf8')) as Json & { plans: Json[] }
  const plans = base.plans.map((one) => (one['id'] === 'free' ? { ...one, ...plan } : one))
  const catalogFile = join(folder.path, 'test-catalog.json')
  writeFileSync(catalogFile, JSON.stringify({ ...base, plans, ...catalog }))
  const notify = (notification: { title: string; body: string }) => void told.push(notification)
  const world = unwrap(await openHostWorld(folder.path, { catalogFile, notify }))
  open.push(world)
  return world
}

async function restart(world: HostWorld, ...changes: Parameters<typeof start>) {
  await world.host.close()
  return start(...changes)
}

async function newThread(world: HostWorld): Promise<string> {
  const threadId = crypto.randomUUID()
  await world.ask('threads.create', { threadId })
  return threadId
}

type Cap = CallInput<'caps.save'>['cap']
const cap = (changes: Partial<Cap> = {}): Cap => ({
  id: 'own-daily',
  name: 'Daily',
  limit: 60_000,
  kind: 'hard',
  window: 'day',
  ...changes,
})

describe('a cap of one’s own', () => {
  it('refuses a run that would pass it, in the quote and at the start', async () => {
    const world = await start()
    await world.ask('caps.save', { cap: cap({ limit: 1_000 }) })
    const request = chat(await newThread(world))
    const quote = await world.ask('quote.read', { request })
    expect(quote.affordability).toMatchObject({
      kind: 'capped',
      cap: { capId: 'own-daily', name: 'Daily', limit: 1_000, used: 0, resetsAt: null },
    })
    const started = await world.call('run.start', {
      operationId: crypto.randomUUID(),
      request,
      acceptedMaximum: quote.promisedMaximum,
    })
    expect(started).toMatchObject({
      ok: false,
      error: { code: 'cap_reached', details: { capId: 'own-daily', limit: 1_000, used: 0 } },
    })
    const { held } = await world.ask('balance.read', {})
    expect(held).toBe(0)
  })

  it('is told of, counts what runs were charged, and goes again', async () => {
    const world = await start()
    const { caps } = await world.ask('caps.save', { cap: cap() })
    expect(caps).toMatchObject([{ source: 'own', uses: [{ used: 0 }] }])
    const run = await world.run(chat(await newThread(world)))
    const after = await world.ask('policies.read', {})
    expect(after.caps[0]?.uses).toMatchObject([{ of: [], used: run.ending?.charged }])
    expect(after.level.used).toBe(run.ending?.charged)
    expect((await world.ask('caps.remove', { capId: 'own-daily' })).caps).toEqual([])
    expect(codeOf(await world.call('caps.remove', { capId: 'own-daily' }))).toBe('cap_unknown')
  })

  it('counts what was spent before it was set, and still does after a restart', async () => {
    const world = await start()
    const run = await world.run(chat(await newThread(world)))
    const used = run.ending?.charged
    const saved = await world.ask('caps.save', { cap: cap() })
    expect(saved.caps[0]?.uses[0]?.used).toBe(used)
    const again = await restart(world)
    const { caps } = await again.ask('policies.read', {})
    expect(caps).toMatchObject([{ cap: { id: 'own-daily' }, uses: [{ used }] }])
  })

  it('offers the shorter reply that it leaves room for', async () => {
    const world = await start()
    const request = chat(await newThread(world), { length: 'long' })
    const { promisedMaximum: whole } = await world.ask('quote.read', { request })
    await world.ask('caps.save', { cap: cap({ limit: whole - 1 }) })
    const quote = await world.ask('quote.read', { request })
    expect(quote.affordability).toMatchObject({ kind: 'shorter', cap: { name: 'Daily' } })
    expect(quote.promisedMaximum).toBeLessThan(whole)
  })

  it('is never passed by runs that start together', async () => {
    const world = await start()
    const threadId = await newThread(world)
    const quote = await world.ask('quote.read', { request: chat(threadId) })
    await world.ask('caps.save', { cap: cap({ limit: quote.promisedMaximum * 2 }) })
    const starts = await Promise.all(
      Array.from({ length: 6 }, () =>
        world.call('run.start', {
          operationId: crypto.randomUUID(),
          request: chat(threadId),
          acceptedMaximum: quote.promisedMaximum,
        }),
      ),
    )
    const codes = starts.map(codeOf)
    expect(codes.filter((code) => code === 'ok')).toHaveLength(2)
    expect(codes.filter((code) => code === 'cap_reached')).toHaveLength(4)
  })

  it('that is soft only warns', async () => {
    const world = await start()
    await world.ask('caps.save', { cap: cap({ kind: 'soft', limit: 1_000 }) })
    const quote = await world.ask('quote.read', { request: chat(await newThread(world)) })
    expect(quote).toMatchObject({ affordability: { kind: 'full' }, warnings: [{ name: 'Daily' }] })
  })
})

describe('what a plan does not include', () => {
  it('is refused, in the quote and at the start', async () => {
    const world = await start({ entitlements: { operations: ['image.standard'] } })
    const request = chat(await newThread(world))
    const quote = await world.ask('quote.read', { request })
    expect(quote.affordability).toMatchObject({
      kind: 'not-entitled',
      refusal: { reason: 'operation' },
    })
    const started = await world.call('run.start', {
      operationId: crypto.randomUUID(),
      request,
      acceptedMaximum: quote.promisedMaximum,
    })
    expect(codeOf(started)).toBe('not_entitled')
  })

  it('may be tried as often as the plan says, counted over restarts', async () => {
    const operation = await (async () => {
      const world = await start()
      const { quote } = await world.ask('quote.read', { request: chat(await newThread(world)) })
      await world.host.close()
      open.length = 0
      return quote.operation
    })()
    const onTrial = {
      entitlements: { operations: ['image.standard'], trials: [{ operation, runs: 2 }] },
    }
    const version = { version: 'trials' }
    const world = await start(onTrial, version)
    const threadId = await newThread(world)
    await world.run(chat(threadId))
    const again = await restart(world, onTrial, version)
    const request = chat(threadId)
    expect(await again.ask('quote.read', { request })).toMatchObject({
      affordability: { kind: 'full' },
      trial: { runsLeft: 1 },
    })
    await again.run(request)
    expect((await again.ask('quote.read', { request })).affordability).toMatchObject({
      kind: 'not-entitled',
      refusal: { reason: 'trial-over', trial: { runsLeft: 0 } },
    })
    expect(await again.ask('ledger.verify', {})).toMatchObject({ problems: [] })
  })
})

describe('an alert', () => {
  const alerts = [{ id: 'some-used', kind: 'left', credits: '499.999' }]

  it('is told once, in the window and by the system, and not again after a restart', async () => {
    const world = await start({ alerts }, { version: 'alerts' })
    await world.run(chat(await newThread(world)))
    const notices = world.events.filter(({ type }) => type === 'notice')
    expect(notices).toMatchObject([{ notice: { id: 'alert:some-used', kind: 'alert' } }])
    expect(told).toHaveLength(1)
    expect((await world.ask('policies.read', {})).alerts).toMatchObject([{ active: true }])

    await world.ask('notices.dismiss', { noticeId: 'alert:some-used' })
    const again = await restart(world, { alerts }, { version: 'alerts' })
    await again.run(chat(await newThread(again)))
    expect((await again.ask('app.open', {})).notices).toEqual([])
    expect(told).toHaveLength(1)
  })

  it('goes when there are enough credits again, which is told once', async () => {
    const low = [{ id: 'low', kind: 'left', credits: '499' }]
    const world = await start({ alerts: low }, { version: 'alerts' })
    await world.run(chat(await newThread(world)))
    expect((await world.ask('app.open', {})).notices).toMatchObject([{ id: 'alert:low' }])
    const less = [{ id: 'low', kind: 'left', credits: '1' }]
    const again = await restart(world, { alerts: less }, { version: 'alerts-2' })
    expect((await again.ask('app.open', {})).notices).toMatchObject([{ id: 'alerts-recovered' }])
    expect((await again.ask('policies.read', {})).alerts).toMatchObject([{ active: false }])
  })
})
