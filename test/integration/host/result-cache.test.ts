/** What was made before, taken from the library: no call, no charge, never the wrong thing. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ImageRequest, RunRequest, VoiceRequest } from '#shared/host/requests.ts'
import type { RunView } from '#shared/host/views.ts'
import type { Provider } from '../../../src-main/providers/provider.ts'
import { createPracticeProvider } from '../../../src-main/providers/practice/practice-provider.ts'
import { systemTimers } from '../../../src-main/ports/time.ts'
import { chat, DEFAULT_CATALOG, type HostWorld, openHostWorld } from '../../support/host-world.ts'
import { temporaryFolder, type TemporaryFolder, unwrap } from '../../support/ledger.ts'

let folder: TemporaryFolder
let world: HostWorld
let calls: number

/** Practice that counts how often it is asked. */
function counting(): Provider {
  const practice = createPracticeProvider({ timers: systemTimers, tokensPerSecond: Infinity })
  const counted =
    <Input, Output>(work: (input: Input) => Output) =>
    (input: Input) => {
      calls += 1
      return work(input)
    }
  return {
    ...practice,
    chat: counted(practice.chat),
    image: counted(practice.image),
    speech: counted(practice.speech),
  }
}

/** The shipped catalog with its cache for these studios. */
function catalogFile(studios: readonly string[]): string {
  const json = JSON.parse(readFileSync(DEFAULT_CATALOG, 'utf8')) as Record<string, unknown>
  const file = join(folder.path, 'test-catalog.json')
  writeFileSync(file, JSON.stringify({ ...json, version: 'cache-1', resultCache: { studios } }))
  return file
}

async function start(studios: readonly string[] = ['image', 'voice', 'chat']): Promise<void> {
  const options = { practice: counting(), catalogFile: catalogFile(studios) }
  world = unwrap(await openHostWorld(folder.path, options))
}

beforeEach(async () => {
  folder = temporaryFolder()
  calls = 0
})
afterEach(async () => {
  await world.host.close()
  folder.remove()
})

const image = (patch: Partial<ImageRequest> = {}): ImageRequest => ({
  studio: 'image',
  prompt: 'A red boat',
  modelId: 'practice/sketch',
  count: 2,
  shape: 'square',
  subject: '',
  ...patch,
})
const voice = (patch: Partial<VoiceRequest> = {}): VoiceRequest => ({
  studio: 'voice',
  text: 'Hello',
  modelId: 'practice/speaker',
  voice: '',
  speed: 100,
  subject: '',
  ...patch,
})

const offered = async (request: RunRequest) => (await world.ask('quote.read', { request })).reuse
const take = (request: RunRequest, operationId: string = crypto.randomUUID()) =>
  world.ask('run.reuse', { operationId, request })
const available = async () => (await world.ask('balance.read', {})).available

/** A run in a fresh thread. */
async function ask(text: string): Promise<{ run: RunView; threadId: string }> {
  const threadId = crypto.randomUUID()
  await world.ask('threads.create', { threadId })
  return { run: await world.run(chat(threadId, { text })), threadId }
}

describe('what was made before', () => {
  it('is taken at no charge, without a call, as an operation of its own', async () => {
    await start()
    const made = await world.run(image())
    expect(await offered(image())).toMatchObject({ operationId: made.operationId })
    const before = { calls, available: await available() }
    const taken = await take(image({ subject: 'Design', prompt: ' A red boat ' }))
    expect(taken).toMatchObject({
      phase: 'ended',
      creationIds: made.creationIds,
      ending: { status: 'settled', outcome: 'reused', charged: 0 },
    })
    expect({ calls, available: await available() }).toEqual(before)

    const { operationId } = taken
    const { rows } = await world.ask('usage.page', { filter: {}, limit: 5 })
    expect(rows[0]).toMatchObject({ operationId, charged: 0, outcome: 'reused', held: 0 })
    const { facts, charge } = await world.ask('usage.explain', { operationId })
    expect(facts).toMatchObject({ reuseOf: made.operationId, subject: 'Design' })
    expect(charge).toEqual({ amount: 0, lines: [], decidedBy: 'nothing' })
    expect(await world.ask('ledger.verify', {})).toMatchObject({ problems: [] })
  })

  it('is taken once, however often it is asked under one id', async () => {
    await start()
    await world.run(image())
    const { operationId } = await take(image())
    expect(await take(image(), operationId)).toMatchObject({ operationId })
    const { rows } = await world.ask('usage.page', { filter: {}, limit: 9 })
    expect(rows).toHaveLength(2)
  })

  it('goes on being the one that was made, however often it is taken', async () => {
    await start()
    const made = await world.run(image())
    await take(image())
    expect(await offered(image())).toMatchObject({ operationId: made.operationId })
  })

  it('can be had with no credits left', async () => {
    await start()
    await world.run(voice())
    while ((await world.ask('quote.read', { request: image() })).affordability.kind === 'full') {
      await world.run(image({ prompt: `Another ${calls}` }))
    }
    expect((await take(voice())).ending).toMatchObject({ charged: 0 })
  })

  it.each([
    ['another prompt', image({ prompt: 'A blue boat' })],
    ['another number', image({ count: 1 })],
    ['another shape', image({ shape: 'portrait' })],
    ['another model', image({ modelId: 'practice/painting' })],
    ['another studio', voice({ text: 'A red boat' })],
  ])('is not offered for %s', async (_what, request) => {
    await start()
    await world.run(image())
    expect(await offered(request)).toBeNull()
    expect(
      await world.call('run.reuse', { operationId: crypto.randomUUID(), request }),
    ).toMatchObject({ ok: false, error: { code: 'nothing_to_reuse' } })
  })

  it('is not offered for another speed or voice', async () => {
    await start()
    await world.run(voice())
    expect(await offered(voice())).not.toBeNull()
    expect(await offered(voice({ speed: 105 }))).toBeNull()
    expect(await offered(voice({ voice: 'other' }))).toBeNull()
  })

  it('is not offered once a part of it was deleted, or its file is gone', async () => {
    await start()
    const first = await world.run(image())
    await world.ask('library.delete', { creationId: first.creationIds[0] ?? '' })
    expect(await offered(image())).toBeNull()
    const second = await world.run(image())
    expect(await offered(image())).toMatchObject({ operationId: second.operationId })
    const [lost] = second.creationIds
    rmSync(world.host.media(lost ?? '')?.path ?? '')
    expect(await offered(image())).toBeNull()
  })

  it('is offered only where the catalog says so', async () => {
    await start(['voice'])
    await world.run(image())
    expect(await offered(image())).toBeNull()
  })

  it('is offered only while the switch in Settings is on', async () => {
    await start()
    await world.run(image())
    await world.ask('settings.save', { resultCache: false })
    expect(await offered(image())).toBeNull()
    await world.ask('settings.save', { resultCache: true })
    expect(await offered(image())).not.toBeNull()
  })

  it('is not offered when the run that made it was cut short', async () => {
    await start()
    const operationId = crypto.randomUUID()
    const request = image({ count: 8 })
    const { promisedMaximum } = await world.ask('quote.read', { request })
    await world.ask('run.start', { operationId, request, acceptedMaximum: promisedMaximum })
    await world.ask('run.stop', { operationId })
    expect(await offered(request)).toBeNull()
  })
})

describe('a reply of before', () => {
  it('is put into the thread, free', async () => {
    await start()
    const { run } = await ask('What is a tally stick?')
    const before = { calls, available: await available() }
    const threadId = crypto.randomUUID()
    await world.ask('threads.create', { threadId })
    const request = chat(threadId, { text: 'What is a tally stick?' })
    const taken = await take(request)
    expect(taken.text).toBe(run.text)
    const { messages } = await world.ask('threads.open', { threadId })
    expect(messages).toMatchObject([
      { role: 'user', text: 'What is a tally stick?' },
      { role: 'assistant', text: run.text, ending: { outcome: 'reused', charged: 0 } },
    ])
    expect({ calls, available: await available() }).toEqual(before)
  })

  it('answers only the same whole conversation', async () => {
    await start()
    const one = await ask('My name is Ada')
    const parentId = one.run.messageId
    const followUp = chat(one.threadId, { parentId, text: 'What is my name?' })
    await world.run(followUp)
    expect(await offered(followUp)).not.toBeNull()
    const other = await ask('My name is Bo')
    const elsewhere = { threadId: other.threadId, parentId: other.run.messageId }
    expect(await offered(chat(elsewhere.threadId, { ...followUp, ...elsewhere }))).toBeNull()
    expect(await offered(chat(one.threadId, { text: 'What is my name?' }))).toBeNull()
  })

  it('is not offered for another reply to the same message', async () => {
    await start()
    const { run, threadId } = await ask('Roll a die')
    const { messages } = await world.ask('threads.open', { threadId })
    const question = messages.find(({ role }) => role === 'user')
    const again = chat(threadId, { parentId: question?.id ?? null, text: null })
    expect(await offered(again)).toBeNull()
    expect((await world.run(again)).messageId).not.toBe(run.messageId)
  })

  it('is not offered once its thread is deleted', async () => {
    await start()
    const { threadId } = await ask('Forget me')
    const elsewhere = crypto.randomUUID()
    await world.ask('threads.create', { threadId: elsewhere })
    const request = chat(elsewhere, { text: 'Forget me' })
    expect(await offered(request)).not.toBeNull()
    await world.ask('threads.delete', { threadId })
    expect(await offered(request)).toBeNull()
  })
})
