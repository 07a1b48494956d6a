/** The OpenAI-compatible provider against a server nobody here wrote. */

import { LLMock } from '@copilotkit/aimock'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { success } from '#shared/result.ts'
import { systemClock, systemTimers } from '../../../src-main/ports/time.ts'
import { createOpenAiCompatibleProvider } from '../../../src-main/providers/openai-compatible/openai-compatible-provider.ts'
import { encodeWav } from '../../../src-main/providers/practice/wav.ts'
import type { ChatCall, ChatPart, Provider } from '../../../src-main/providers/provider.ts'

const mock = new LLMock({ port: 0, chunkSize: 4, strict: true })
let provider: Provider
const signal = new AbortController().signal

beforeAll(async () => {
  await mock.start()
  provider = createOpenAiCompatibleProvider({
    baseUrl: `${mock.url}/v1`,
    readKey: () => success('sk-test'),
    fetch: globalThis.fetch,
    timers: systemTimers,
    clock: systemClock,
  })
})
afterAll(() => mock.stop())
beforeEach(() => {
  mock.reset()
})

function chatCall(text: string, changes: Partial<ChatCall> = {}): ChatCall {
  return {
    model: 'gpt-4o-mini',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: text },
    ],
    maximumOutputTokens: 300,
    webSearch: false,
    signal,
    ...changes,
  }
}

async function collect(parts: AsyncIterable<ChatPart>) {
  const all: ChatPart[] = []
  for await (const part of parts) all.push(part)
  const text = all.map((part) => (part.type === 'text' ? part.text : '')).join('')
  return { text, last: all.at(-1), parts: all }
}

describe('chat', () => {
  test('streams the reply in pieces and passes the usage on', async () => {
    const usage = {
      prompt_tokens: 120,
      completion_tokens: 9,
      total_tokens: 129,
      prompt_tokens_details: { cached_tokens: 100 },
    }
    mock.onMessage('hello', { content: 'Hello from the other side.', usage })
    const { text, last, parts } = await collect(provider.chat(chatCall('hello')))
    expect(text).toBe('Hello from the other side.')
    expect(parts.length).toBeGreaterThan(4)
    expect(last).toMatchObject({ type: 'end', cut: false })
    expect(last?.type === 'end' && last.usage).toMatchObject({ outputTokens: 9 })
  })

  test('sends the whole conversation, the limit, and asks for usage', async () => {
    mock.onMessage('second', { content: 'ok' })
    const messages = [
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'answer' },
      { role: 'user', content: 'second' },
    ] as const
    await collect(provider.chat(chatCall('', { messages })))
    expect(mock.getLastRequest()?.body).toMatchObject({
      model: 'gpt-4o-mini',
      messages,
      max_tokens: 300,
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  test('says when the reply was cut at its limit', async () => {
    mock.onMessage('long', { content: 'and so on', finishReason: 'length' })
    const { last } = await collect(provider.chat(chatCall('long')))
    expect(last).toMatchObject({ type: 'end', cut: true })
  })

  test.each([
    [401, {}, 'unauthorized'],
    [404, {}, 'model_not_found'],
    [429, {}, 'rate_limited'],
    [500, {}, 'provider_error'],
    [400, { code: 'content_filter' }, 'refused'],
    [429, { code: 'insufficient_quota' }, 'refused'],
  ])('fails once on status %s %j as %s', async (status, body, code) => {
    mock.nextRequestError(status, { message: 'No.', ...body })
    mock.onMessage('hello', { content: 'must not be asked a second time' })
    const { parts } = await collect(provider.chat(chatCall('hello')))
    expect(parts).toMatchObject([{ type: 'failed', failure: { code } }])
    expect(mock.getRequests()).toHaveLength(1)
  })

  test('keeps what arrived before the connection was cut', async () => {
    mock.onMessage('cut', { content: 'word '.repeat(200) }, { truncateAfterChunks: 10, latency: 5 })
    const { text, last } = await collect(provider.chat(chatCall('cut')))
    expect(text.length).toBeGreaterThan(0)
    expect(text.length).toBeLessThan(1_000)
    expect(last).toMatchObject({ type: 'failed', failure: { code: 'unreachable' } })
  })

  test('ends quietly and at once when it is stopped', async () => {
    mock.onMessage('slow', { content: 'word '.repeat(200) }, { latency: 20 })
    const controller = new AbortController()
    const types: string[] = []
    for await (const part of provider.chat(chatCall('slow', { signal: controller.signal }))) {
      types.push(part.type)
      if (types.length === 3) controller.abort()
    }
    expect(types).toEqual(['text', 'text', 'text'])
  })
})

test('makes an image and reads its size from its bytes', async () => {
  const picture = new PNG({ width: 20, height: 10 })
  const b64Json = PNG.sync.write(picture).toString('base64')
  mock.onImage('a hill', { image: { b64Json } })
  const call = {
    model: 'gpt-image-1',
    prompt: 'a hill',
    width: 1_024,
    height: 1_024,
    index: 0,
    signal,
  }
  const result = await provider.image(call)
  expect(result).toMatchObject({
    ok: true,
    file: { mediaType: 'image/png', width: 20, height: 10, durationMs: null },
  })
})

test('makes speech and tells its length', async () => {
  const wav = Buffer.from(encodeWav(new Int16Array(8_000).fill(1_000), 8_000))
  mock.onSpeech('good morning', {
    audio: wav.toString('base64'),
    format: 'wav',
  })
  const call = { model: 'tts-1', text: 'good morning', voice: 'nova', speed: 125, signal }
  const result = await provider.speech(call)
  expect(result).toMatchObject({ ok: true, file: { mediaType: 'audio/wav', durationMs: 1_000 } })
})
