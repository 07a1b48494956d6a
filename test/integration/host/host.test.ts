/** The host as a whole: every part real, over real files. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ChatRequest } from '#shared/host/requests.ts'
import type { Provider } from '../../../src-main/providers/provider.ts'
import { chat, DEFAULT_CATALOG, type HostWorld, openHostWorld } from '../../support/host-world.ts'
import { temporaryFolder, type TemporaryFolder, unwrap } from '../../support/ledger.ts'
import { createScriptedProvider, thenHang } from '../../support/scripted-provider.ts'

let folder: TemporaryFolder
const open: HostWorld[] = []

beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  for (const { host } of open.splice(0)) await host.close()
  folder.remove()
})

async function start(options: Parameters<typeof openHostWorld>[1] = {}): Promise<HostWorld> {
  const world = unwrap(await openHostWorld(folder.path, options))
  open.push(world)
  return world
}

async function newThread(world: HostWorld): Promise<string> {
  const threadId = crypto.randomUUID()
  await world.ask('threads.create', { threadId })
  return threadId
}

describe('a run through the whole host', () => {
  it('ends up the same in balance, thread, usage and explanation', async () => {
    const world = await start()
    const threadId = await newThread(world)
    const run = await world.run(chat(threadId, { subject: 'Design' }))
    const charged = run.ending?.charged ?? -1
    expect(charged).toBeGreaterThan(0)

    const balance = await world.ask('balance.read', {})
    expect(balance.available).toBe(500_000 - charged)
    expect(balance).toMatchObject({ held: 0, spentThisCycle: charged })
    const { messages } = await world.ask('threads.open', { threadId })
    expect(messages.at(-1)).toMatchObject({ text: run.text, ending: { charged } })
    const { rows } = await world.ask('usage.page', { filter: {}, limit: 10 })
    expect(rows).toMatchObject([{ operationId: run.operationId, charged, subject: 'Design' }])
    const explained = await world.ask('usage.explain', { operationId: run.operationId })
    expect(explained.charge?.amount).toBe(charged)
    expect(explained.entries.every(({ verified }) => verified)).toBe(true)
    const by = await world.ask('usage.groups', { filter: {}, by: 'subject' })
    expect(by).toMatchObject([{ key: 'Design', operations: 1, charged }])
    expect(await world.ask('ledger.verify', {})).toMatchObject({ problems: [] })
  })

  it('tells the window of the balance while it is held and after it settled', async () => {
    const world = await start()
    const run = await world.run(chat(await newThread(world)))
    await new Promise((resolve) => setTimeout(resolve, 5))
    const balances = world.events.flatMap((event) =>
      event.type === 'balance' ? [event.balance] : [],
    )
    expect(balances.some(({ held }) => held === run.held)).toBe(true)
    expect(balances.at(-1)?.held).toBe(0)
  })

  it('leaves the usage when the thread is deleted', async () => {
    const world = await start()
    const threadId = await newThread(world)
    await world.run(chat(threadId))
    await world.ask('threads.delete', { threadId })
    const { rows } = await world.ask('usage.page', { filter: {}, limit: 10 })
    expect(rows).toHaveLength(1)
  })

  it('answers a regenerate beside the first reply', async () => {
    const world = await start()
    const threadId = await newThread(world)
    await world.run(chat(threadId))
    const before = await world.ask('threads.open', { threadId })
    const [question] = before.messages
    await world.run(chat(threadId, { parentId: question?.id ?? null, text: null }))
    const after = await world.ask('threads.open', { threadId })
    expect(after.messages).toHaveLength(2)
    expect(after.messages[1]).toMatchObject({ version: 2 })
    expect(after.messages[1]?.versions).toHaveLength(2)
  })
})

describe('starting again', () => {
  const hanging: Provider = createScriptedProvider({ chat: () => thenHang('one two three') })

  async function startHanging(world: HostWorld, request: ChatRequest): Promise<string> {
    const { promisedMaximum } = await world.ask('quote.read', { request })
    const operationId = crypto.randomUUID()
    await world.ask('run.start', { operationId, request, acceptedMaximum: promisedMaximum })
    for (;;) {
      const { text } = await world.ask('run.attach', { operationId })
      if (text !== '') return operationId
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  it('keeps balance, threads, settings and providers', async () => {
    const world = await start()
    const threadId = await newThread(world)
    await world.run(chat(threadId))
    await world.ask('settings.save', { theme: 'dark', subjects: ['Film'], subject: 'Film' })
    await world.ask('providers.save', {
      id: null,
      name: 'Mine',
      baseUrl: 'http://127.0.0.1:9/v1',
      models: [{ name: 'm', studio: 'chat', operation: 'request.standard', webSearch: false }],
    })
    const before = await world.ask('app.open', {})
    await world.host.close()
    const again = await start()
    const after = await again.ask('app.open', {})
    expect(after).toEqual({ ...before, runs: [] })
    expect(await again.ask('threads.list', {})).toHaveLength(1)
  })

  it('settles a run that closing interrupted, and shows it in its thread', async () => {
    const world = await start({ practice: hanging })
    const threadId = await newThread(world)
    await startHanging(world, chat(threadId))
    await world.host.close()
    const again = await start()
    const { messages } = await again.ask('threads.open', { threadId })
    expect(messages.at(-1)).toMatchObject({
      text: 'one two three',
      ending: { outcome: 'interrupted', status: 'settled' },
    })
    const { balance, notices } = await again.ask('app.open', {})
    expect(balance?.held).toBe(0)
    expect(notices).toMatchObject([{ kind: 'interrupted' }])
    await again.ask('notices.dismiss', { noticeId: notices[0]?.id ?? '' })
    expect((await again.ask('app.open', {})).notices).toEqual([])
  })

  it('gives a reply its ending when only the library missed it', async () => {
    const world = await start()
    const threadId = await newThread(world)
    const run = await world.run(chat(threadId))
    await world.host.close()
    const library = new DatabaseSync(join(folder.path, 'library.sqlite'))
    library.exec("UPDATE message SET ending = NULL WHERE role = 'assistant'")
    library.close()
    const again = await start()
    const { messages } = await again.ask('threads.open', { threadId })
    expect(messages.at(-1)?.ending).toMatchObject({
      status: 'settled',
      charged: run.ending?.charged,
    })
  })

  it('keeps the last good catalog when the new one is bad', async () => {
    const world = await start()
    await world.host.close()
    const bad = JSON.parse(readFileSync(DEFAULT_CATALOG, 'utf8')) as {
      operations: { components: { price: string }[] }[]
    }
    const component = bad.operations[0]?.components[0]
    if (component) component.price = '-1'
    const file = join(folder.path, 'bad.json')
    writeFileSync(file, JSON.stringify(bad))
    const again = await start({ catalogFile: file })
    const rates = await again.ask('rates.read', {})
    expect(rates.operations.length).toBeGreaterThan(5)
  })

  it('keeps the terms of a plan that a new catalog no longer lists', async () => {
    const world = await start()
    await world.host.close()
    const text = readFileSync(DEFAULT_CATALOG, 'utf8')
    const file = join(folder.path, 'renamed.json')
    const renamed = text.replaceAll('"free"', '"gratis"')
    writeFileSync(file, renamed.replace(/"version": "[^"]*"/, '"version": "renamed"'))
    const again = await start({ catalogFile: file })
    expect(await again.ask('rates.read', {})).toMatchObject({ planId: 'free' })
    expect(await again.ask('balance.read', {})).toMatchObject({ planName: 'Free' })
  })

  it('refuses a bad catalog when there is no good one, naming the place', async () => {
    const file = join(folder.path, 'bad.json')
    writeFileSync(file, '{"format": 1}')
    const opened = await openHostWorld(folder.path, { catalogFile: file })
    expect(opened).toMatchObject({ ok: false, error: { code: 'catalog_unusable' } })
  })
})

describe('a ledger that does not open', () => {
  it('is explained, everything else goes on, and a repair brings it back', async () => {
    const first = await start()
    const threadId = await newThread(first)
    await first.run(chat(threadId))
    await first.ask('ledger.backup', {})
    await first.host.close()
    writeFileSync(join(folder.path, 'ledger.sqlite'), 'this is no database at all '.repeat(500))

    const world = await start()
    const app = await world.ask('app.open', {})
    expect(app.ledger).toMatchObject({
      state: 'unavailable',
      error: { code: 'ledger_damaged' },
      remedies: ['restore', 'quarantine', 'retry'],
    })
    expect(app.balance).toBeNull()
    expect(await world.ask('threads.list', {})).toHaveLength(1)
    const quote = await world.call('quote.read', { request: chat(threadId) })
    expect(quote).toMatchObject({ ok: false, error: { code: 'ledger_damaged' } })

    await world.ask('ledger.repair', { remedy: 'restore' })
    const repaired = await world.ask('app.open', {})
    expect(repaired.ledger).toMatchObject({ state: 'ok' })
    expect(repaired.notices).toMatchObject([{ kind: 'damage-repaired' }])
    const { rows } = await world.ask('usage.page', { filter: {}, limit: 10 })
    expect(rows).toHaveLength(1)
  })

  it('is in use by another instance: said, and nothing is touched', async () => {
    await start()
    const second = await openHostWorld(folder.path)
    if (!second.ok) {
      expect(second.error.code).toMatch(/in_use/)
      return
    }
    open.push(second.data)
    expect((await second.data.ask('app.open', {})).ledger).toMatchObject({
      state: 'unavailable',
      error: { code: 'ledger_in_use' },
      remedies: ['retry'],
    })
  })
})
