/** The whole metering path over HTTP against a provider nobody here wrote. */

import { LLMock } from '@copilotkit/aimock'
import { PNG } from 'pngjs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RunRequest } from '#shared/host/requests.ts'
import { success } from '#shared/result.ts'
import type { RunView } from '#shared/host/views.ts'
import { systemClock, systemTimers } from '../../../src-main/ports/time.ts'
import { createOpenAiCompatibleProvider } from '../../../src-main/providers/openai-compatible/openai-compatible-provider.ts'
import { encodeWav } from '../../../src-main/providers/practice/wav.ts'
import type { ManualTime } from '../../support/manual-time.ts'
import {
  chatRequest,
  createMeterWorld,
  imageRequest,
  type MeterWorld,
  unwrap,
  voiceRequest,
} from '../../support/meter-world.ts'

const mock = new LLMock({ port: 0, chunkSize: 4, strict: true })
let world: MeterWorld

/** Real time in the shape the world wants. */
const realTime: ManualTime = {
  ...systemClock,
  ...systemTimers,
  advance: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  setWallClock: () => undefined,
  forgetTimers: () => undefined,
}

beforeAll(async () => {
  await mock.start()
})
afterAll(() => mock.stop())
beforeEach(() => {
  mock.reset()
  const provider = createOpenAiCompatibleProvider({
    baseUrl: `${mock.url}/v1`,
    readKey: () => success('sk-test'),
    fetch: globalThis.fetch,
    timers: systemTimers,
    clock: systemClock,
  })
  world = createMeterWorld({ provider, credits: 1_000, time: realTime })
})
afterEach(() => world.dispose())

function start(request: RunRequest): string {
  const { promisedMaximum } = unwrap(world.meter.quote(request))
  const operationId = crypto.randomUUID()
  unwrap(world.meter.start({ operationId, request, acceptedMaximum: promisedMaximum }))
  return operationId
}

async function waitFor(operationId: string, until: (run: RunView) => boolean): Promise<RunView> {
  for (;;) {
    const run = unwrap(world.meter.attach(operationId))
    if (until(run)) return run
    await realTime.advance(5)
  }
}

const finish = (operationId: string) => waitFor(operationId, ({ ending }) => ending !== null)

describe('metering over HTTP', () => {
  it('charges a streamed reply by the usage the server reports', async () => {
    mock.onMessage('Tell me', {
      content: 'A tally stick is a ledger of wood.',
      usage: { prompt_tokens: 20, completion_tokens: 9, total_tokens: 29 },
    })
    const run = await finish(start(chatRequest({ text: 'Tell me' })))
    expect(run.text).toBe('A tally stick is a ledger of wood.')
    expect(run.ending).toMatchObject({ status: 'settled', charged: 20 * 100 + 9 * 1_000 })
    expect(world.available() + 11_000).toBe(1_000_000)
  })

  it('charges what had streamed when the connection was cut', async () => {
    mock.onMessage('cut', { content: 'word '.repeat(200) }, { truncateAfterChunks: 10, latency: 5 })
    const run = await finish(start(chatRequest({ text: 'cut' })))
    expect(run.text.length).toBeGreaterThan(0)
    expect(run.ending).toMatchObject({ status: 'settled', outcome: 'failed' })
    expect(run.ending?.charged).toBeGreaterThan(0)
    expect(run.ending?.charged).toBeLessThan(40_000)
    expect(world.held()).toBe(0)
  })

  it('charges nothing for a server that fails before the first word', async () => {
    mock.nextRequestError(401, { message: 'No.' })
    const run = await finish(start(chatRequest({ text: 'hello' })))
    expect(run.ending).toMatchObject({ status: 'voided', error: { code: 'unauthorized' } })
    expect(world.available()).toBe(1_000_000)
  })

  it('tries again after a server error, inside the same hold', async () => {
    mock.nextRequestError(500, { message: 'Oops.' })
    mock.onMessage('again', { content: 'Here.' })
    const run = await finish(start(chatRequest({ text: 'again' })))
    expect(run.ending).toMatchObject({ status: 'settled', outcome: 'completed' })
    expect(mock.getRequests()).toHaveLength(2)
    expect(world.ledger.head().sequence).toBe(4)
  })

  it('charges what had streamed when it was stopped', async () => {
    mock.onMessage('slow', { content: 'word '.repeat(200) }, { latency: 20 })
    const operationId = start(chatRequest({ text: 'slow' }))
    await waitFor(operationId, ({ text }) => text.length > 20)
    unwrap(world.meter.stop(operationId))
    const run = await finish(operationId)
    expect(run.ending).toMatchObject({ status: 'settled', outcome: 'stopped' })
    expect(run.text.length).toBeLessThan(900)
  })

  it('charges images one by one and speech by its characters', async () => {
    const b64Json = PNG.sync.write(new PNG({ width: 20, height: 10 })).toString('base64')
    mock.onImage('a hill', { image: { b64Json } })
    const image = await finish(start(imageRequest({ prompt: 'a hill', count: 2 })))
    expect(image.ending?.charged).toBe(100_000)
    expect(world.creations).toHaveLength(2)

    const wav = Buffer.from(encodeWav(new Int16Array(8_000).fill(1_000), 8_000))
    mock.onSpeech('good morning', { audio: wav.toString('base64'), format: 'wav' })
    const voice = await finish(start(voiceRequest({ text: 'good morning', voice: 'nova' })))
    expect(voice.ending?.charged).toBe(12_000)
  })
})
