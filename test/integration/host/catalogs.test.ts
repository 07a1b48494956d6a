/** Catalogs come into force while the app runs, through the host as its windows see it. */

import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HostOptions } from '../../../src-main/host/open-parts.ts'
import { createPracticeProvider } from '../../../src-main/providers/practice/practice-provider.ts'
import { chat, DEFAULT_CATALOG, type HostWorld, openHostWorld } from '../../support/host-world.ts'
import { codeOf, temporaryFolder, unwrap } from '../../support/ledger.ts'
import { createManualTime, type ManualTime, START } from '../../support/manual-time.ts'

const HOUR = 3_600_000
const THREAD = '00000000-0000-4000-8000-000000000001'

/** The shipped catalog as another version, whose brief chats cost `times` as much. */
function catalogText(version: string, times = 1, more: Record<string, unknown> = {}): string {
  const json = JSON.parse(readFileSync(DEFAULT_CATALOG, 'utf8')) as {
    operations: { id: string; minimum: string; components: { price: string }[] }[]
  }
  for (const operation of json.operations) {
    operation.minimum = String(Number(operation.minimum) * times)
    for (const component of operation.components) {
      component.price = String(Number(component.price) * times)
    }
    delete (operation as { maximum?: string }).maximum
  }
  return JSON.stringify({ ...json, version, ...more })
}

describe('a catalog that changes while the app runs', () => {
  let folder = temporaryFolder()
  let time: ManualTime
  let worlds: HostWorld[] = []
  const file = () => join(folder.path, 'mine.json')

  beforeEach(() => {
    folder = temporaryFolder()
    time = createManualTime()
    worlds = []
    writeFileSync(file(), catalogText('one'))
  })
  afterEach(async () => {
    for (const world of worlds) await world.host.close()
    folder.remove()
  })

  async function start(options: Partial<HostOptions> = {}): Promise<HostWorld> {
    const world = unwrap(
      await openHostWorld(folder.path, {
        catalogFile: file(),
        clock: time,
        timers: time,
        timeZone: 'UTC',
        practice: createPracticeProvider({ timers: time, tokensPerSecond: Infinity }),
        ...options,
      }),
    )
    worlds.push(world)
    return world
  }

  async function restart(world: HostWorld, options: Partial<HostOptions> = {}): Promise<HostWorld> {
    await world.host.close()
    time.forgetTimers()
    return start(options)
  }

  /** Puts a file in place as editors do, and lets the host see it. */
  async function write(text: string): Promise<void> {
    writeFileSync(`${file()}.new`, text)
    renameSync(`${file()}.new`, file())
    await time.advance(3_000)
  }

  const versions = async (world: HostWorld) => {
    const { inForce, upcoming, past } = await world.ask('catalog.read', {})
    return {
      inForce: inForce.version,
      upcoming: upcoming.map(({ version }) => version),
      past: past.map(({ version }) => version),
    }
  }
  const quoteOf = async (world: HostWorld) =>
    (await world.ask('quote.read', { request: chat(THREAD) })).quote

  it('prices by the new one at once, tells every window, and says what changed', async () => {
    const world = await start()
    const before = await quoteOf(world)
    await write(catalogText('two', 2))
    expect(world.events).toContainEqual({ type: 'catalog', version: 'two' })
    expect(world.events.map(({ type }) => type)).toContain('balance')
    const after = await quoteOf(world)
    expect(after).toMatchObject({ catalogVersion: 'two', maximum: before.maximum * 2 })
    expect(await world.ask('rates.read', {})).toMatchObject({ catalogVersion: 'two' })
    expect(await versions(world)).toEqual({ inForce: 'two', upcoming: [], past: ['one'] })
    const [news] = await world.ask('catalog.news', {})
    expect(news).toMatchObject({ version: 'two' })
    expect(news?.changes.map(({ path }) => path)).toContain('operations.chat.fast.minimum')
  })

  it('asks again about a price that rose, not about one that fell', async () => {
    const world = await start()
    await world.ask('threads.create', { threadId: THREAD })
    await write(catalogText('shown', 4))
    const shown = await quoteOf(world)
    await write(catalogText('dearer', 8))
    const begin = (acceptedMaximum: number) => {
      const operationId = crypto.randomUUID()
      return world.call('run.start', { operationId, request: chat(THREAD), acceptedMaximum })
    }
    expect(codeOf(await begin(shown.maximum))).toBe('quote_changed')
    await write(catalogText('cheaper', 2))
    const started = unwrap(await begin(shown.maximum))
    expect(started.held).toBeLessThan(shown.maximum)
  })

  it('settles a run by the version it was quoted with', async () => {
    const world = await start({
      practice: createPracticeProvider({ timers: time, tokensPerSecond: 5 }),
    })
    await world.ask('threads.create', { threadId: THREAD })
    const shown = await quoteOf(world)
    const operationId = crypto.randomUUID()
    const request = chat(THREAD)
    await world.ask('run.start', { operationId, request, acceptedMaximum: shown.maximum })
    await write(catalogText('two', 50))
    await time.advance(10 * 60_000)
    const run = await world.ask('run.attach', { operationId })
    expect(run.ending?.status).toBe('settled')
    expect(run.ending?.charged).toBeLessThanOrEqual(shown.maximum)
    const { rate, facts } = await world.ask('usage.explain', { operationId })
    expect(facts.quote.catalogVersion).toBe('one')
    expect(rate).toEqual(shown.rate)
  })

  it('refuses a bad one whole, with the place of each mistake, and keeps the one in force', async () => {
    const world = await start()
    const entries = async () => (await world.ask('app.open', {})).ledger
    const before = [await quoteOf(world), await entries()]
    await write(catalogText('two', 2, { defaultPlan: 'nowhere', packs: [{ id: 'x' }] }))
    expect([await quoteOf(world), await entries()]).toEqual(before)
    const { refusal } = await world.ask('catalog.read', {})
    expect(refusal?.problems.map(({ path }) => path)).toContain('packs[0].name')
    const { notices } = await world.ask('app.open', {})
    expect(notices).toMatchObject([{ kind: 'catalog-refused' }])
    expect(notices[0]?.message).toContain('packs[0]')
    await write('{"format": 1,')
    expect((await world.ask('app.open', {})).notices[0]?.message).toContain('is not JSON')
    await write(catalogText('two', 2))
    expect(await versions(world)).toMatchObject({ inForce: 'two' })
    expect((await world.ask('catalog.read', {})).refusal).toBeNull()
    expect((await world.ask('app.open', {})).notices).toEqual([])
  })

  it('refuses a version that was published with other content', async () => {
    const world = await start()
    const before = await quoteOf(world)
    await write(catalogText('one', 2))
    expect(await quoteOf(world)).toEqual(before)
    const { refusal } = await world.ask('catalog.read', {})
    expect(refusal?.problems).toMatchObject([{ path: 'version' }])
    const text = catalogText('one', 3)
    expect(codeOf(await world.call('catalog.publish', { text, from: null }))).toBe(
      'catalog_version_used',
    )
    expect((await world.ask('catalog.check', { text })).problems).toMatchObject([
      { path: 'version' },
    ])
    const again = await restart(world)
    expect(await quoteOf(again)).toEqual(before)
    expect((await again.ask('app.open', {})).notices).toMatchObject([{ kind: 'catalog-refused' }])
  })

  it('is checked before it is published, with what would change', async () => {
    const world = await start()
    const spoilt = catalogText('two', 2, { operations: [] })
    const { problems } = await world.ask('catalog.check', { text: spoilt })
    expect(problems.map(({ path }) => path)).toContain('operations')
    const refused = await world.call('catalog.publish', { text: spoilt, from: null })
    expect(refused).toMatchObject({ ok: false, error: { code: 'catalog_invalid' } })
    const good = await world.ask('catalog.check', { text: catalogText('two', 2) })
    expect(good.problems).toEqual([])
    expect(good.changes.length).toBeGreaterThan(0)
    expect(await versions(world)).toEqual({ inForce: 'one', upcoming: [], past: [] })
    const { text } = await world.ask('catalog.source', { version: 'one' })
    expect(JSON.parse(text)).toEqual(JSON.parse(catalogText('one')))
  })

  it('comes into force on its date, by itself', async () => {
    const world = await start()
    const from = START + 30 * HOUR
    await world.ask('catalog.publish', { text: catalogText('two', 2), from })
    expect(await versions(world)).toEqual({ inForce: 'one', upcoming: ['two'], past: [] })
    expect((await quoteOf(world)).catalogVersion).toBe('one')
    await time.advance(29 * HOUR)
    expect((await quoteOf(world)).catalogVersion).toBe('one')
    world.events.length = 0
    await time.advance(HOUR + 1_000)
    expect(world.events).toContainEqual({ type: 'catalog', version: 'two' })
    expect((await quoteOf(world)).catalogVersion).toBe('two')
    expect(await versions(world)).toEqual({ inForce: 'two', upcoming: [], past: ['one'] })
  })

  it('comes into force at the next start when its date passed meanwhile', async () => {
    const world = await start()
    await world.ask('catalog.publish', { text: catalogText('two', 2), from: START + HOUR })
    await world.host.close()
    time.forgetTimers()
    await time.advance(2 * HOUR)
    const again = await start()
    expect((await quoteOf(again)).catalogVersion).toBe('two')
    expect(await versions(again)).toEqual({ inForce: 'two', upcoming: [], past: ['one'] })
  })

  it('stays in force when the clock is turned back', async () => {
    const world = await start()
    await world.ask('catalog.publish', { text: catalogText('two', 2), from: START + HOUR })
    await time.advance(HOUR + 1_000)
    time.setWallClock(START - 24 * HOUR)
    expect((await quoteOf(world)).catalogVersion).toBe('two')
    const again = await restart(world)
    expect((await quoteOf(again)).catalogVersion).toBe('two')
    expect(await versions(again)).toMatchObject({ inForce: 'two', upcoming: [] })
  })

  it('published and never used before a crash is in force afterwards', async () => {
    const world = await start()
    await world.ask('catalog.publish', { text: catalogText('two', 2), from: null })
    // What a crash leaves: the folder as it is, without anything that closing writes.
    const left = temporaryFolder()
    cpSync(folder.path, left.path, { recursive: true })
    await world.host.close()
    time.forgetTimers()
    const again = await openHostWorld(left.path, {
      catalogFile: file(),
      clock: time,
      timers: time,
      timeZone: 'UTC',
    })
    worlds.push(unwrap(again))
    expect(await versions(unwrap(again))).toEqual({ inForce: 'two', upcoming: [], past: ['one'] })
    expect(await unwrap(again).ask('ledger.verify', {})).toMatchObject({ problems: [] })
    await unwrap(again).host.close()
    worlds.pop()
    left.remove()
  })
})
