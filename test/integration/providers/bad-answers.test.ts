/** What providers send when they are wrong, slow, broken or unkind. Over real HTTP. */

import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { PNG } from 'pngjs'
import { afterEach, describe, expect, test } from 'vitest'
import { failure, success } from '#shared/host/result.ts'
import { systemClock, systemTimers } from '../../../src-main/ports/time.ts'
import type { ProviderTimeouts } from '../../../src-main/providers/openai-compatible/connection.ts'
import { createOpenAiCompatibleProvider } from '../../../src-main/providers/openai-compatible/openai-compatible-provider.ts'
import { encodeWav } from '../../../src-main/providers/practice/wav.ts'
import type { ChatCall, ChatPart, Provider } from '../../../src-main/providers/provider.ts'
import {
  sendEvents,
  sendJson,
  startRawServer,
  textChunk,
  usageChunk,
  type RawHandler,
  type RawServer,
} from '../../support/raw-server.ts'

const KEY = 'sk-canary-3b9e'
const PROMPT = 'canary prompt 77c1'
const never = new AbortController().signal
const servers: RawServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

function connect(baseUrl: string, timeouts: Partial<ProviderTimeouts> = {}): Provider {
  return createOpenAiCompatibleProvider({
    baseUrl,
    readKey: () => success(KEY),
    fetch: globalThis.fetch,
    timers: systemTimers,
    clock: systemClock,
    timeouts,
  })
}

async function serve(handler: RawHandler, timeouts?: Partial<ProviderTimeouts>) {
  const server = await startRawServer(handler)
  servers.push(server)
  return { server, provider: connect(`${server.url}/v1`, timeouts) }
}

const chatCall = (changes: Partial<ChatCall> = {}): ChatCall => ({
  model: 'some-model',
  messages: [{ role: 'user', content: PROMPT }],
  maximumOutputTokens: 100,
  webSearch: false,
  signal: never,
  ...changes,
})

async function ask(provider: Provider, changes: Partial<ChatCall> = {}) {
  const parts: ChatPart[] = []
  for await (const part of provider.chat(chatCall(changes))) parts.push(part)
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
  const last = parts.at(-1)
  const said = JSON.stringify(parts.filter(({ type }) => type === 'failed'))
  expect(said).not.toContain(KEY)
  expect(said).not.toContain(PROMPT)
  expect(parts.filter(({ type }) => type !== 'text')).toHaveLength(1)
  return { text, last, failure: last?.type === 'failed' ? last.failure : null }
}

const draw = (provider: Provider) =>
  provider.image({
    model: 'dall-e-3',
    prompt: PROMPT,
    width: 64,
    height: 64,
    index: 0,
    signal: never,
  })
const say = (provider: Provider, voice = 'nova') =>
  provider.speech({ model: 'tts-1', text: PROMPT, voice, speed: 150, signal: never })

/** A body that repeats everything it should not, as real error messages do. */
const leaky = (extra: object = {}) => ({
  error: { message: `Incorrect API key ${KEY} for "${PROMPT}"`, ...extra },
})

describe('statuses', () => {
  test.each([
    [400, {}, 'refused'],
    [400, { code: 'content_policy_violation' }, 'refused'],
    [400, { code: 'context_length_exceeded' }, 'refused'],
    [401, {}, 'unauthorized'],
    [402, {}, 'refused'],
    [403, {}, 'unauthorized'],
    [404, { code: 'model_not_found' }, 'model_not_found'],
    [408, {}, 'timed_out'],
    [429, {}, 'rate_limited'],
    [500, {}, 'provider_error'],
    [503, {}, 'provider_error'],
    [504, {}, 'timed_out'],
  ])('%s %j is %s for chat, image and speech, and repeats nothing', async (status, extra, code) => {
    const { provider, server } = await serve((response) => sendJson(response, status, leaky(extra)))
    expect((await ask(provider)).failure).toMatchObject({ code })
    for (const result of [await draw(provider), await say(provider)]) {
      expect(result).toMatchObject({ ok: false, failure: { code } })
      expect(JSON.stringify(result)).not.toContain(KEY)
      expect(JSON.stringify(result)).not.toContain(PROMPT)
    }
    expect(server.seen).toHaveLength(3)
  })

  test('an error page instead of JSON is told by its status', async () => {
    const { provider } = await serve((response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
    })
    expect((await ask(provider)).failure).toMatchObject({ code: 'provider_error' })
  })

  test.each([
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['part of a second', { 'retry-after': '0.25' }, 250],
    ['milliseconds', { 'retry-after-ms': '1234' }, 1_234],
    ['nonsense', { 'retry-after': 'soon' }, null],
    ['a negative time', { 'retry-after': '-3' }, null],
    ['a century', { 'retry-after': '3153600000' }, 3_600_000],
    ['nothing', {}, null],
  ])('a rate limit that asks for %s', async (_, headers, expected) => {
    const { provider } = await serve((response) => sendJson(response, 429, leaky(), headers))
    expect((await ask(provider)).failure).toMatchObject({
      code: 'rate_limited',
      retryAfterMs: expected,
    })
  })

  test('a rate limit that names a moment is counted from now', async () => {
    const server = await startRawServer((response) =>
      sendJson(response, 429, leaky(), { 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' }),
    )
    servers.push(server)
    const now = Date.parse('2026-11-21T12:00:10Z')
    const provider = createOpenAiCompatibleProvider({
      baseUrl: server.url,
      readKey: () => success(null),
      fetch: globalThis.fetch,
      timers: systemTimers,
      clock: { now: () => now, monotonic: () => 0 },
    })
    expect((await ask(provider)).failure).toMatchObject({ retryAfterMs: 20_000 })
  })
})

describe('the connection', () => {
  test('nobody listening is unreachable', async () => {
    const server = await startRawServer(() => undefined)
    await server.close()
    const provider = connect(server.url)
    expect((await ask(provider)).failure).toMatchObject({ code: 'unreachable' })
    expect(await draw(provider)).toMatchObject({ ok: false, failure: { code: 'unreachable' } })
  })

  test('a name nobody has is unreachable', async () => {
    const provider = connect('http://no-such-host.invalid/v1')
    expect((await ask(provider)).failure).toMatchObject({ code: 'unreachable' })
  })

  test('something that does not speak HTTP is malformed', async () => {
    const server = createServer((socket) => socket.end('220 mail.example ESMTP\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { failure: failed } = await ask(connect(`http://127.0.0.1:${port}`))
    server.close()
    expect(failed).toMatchObject({ code: 'malformed_reply' })
  })

  test('a cut in mid-reply keeps every text that had arrived', async () => {
    const { provider } = await serve((response) => {
      sendEvents(response, [textChunk('one '), textChunk('two ')])
      setTimeout(() => response.destroy(), 30)
    })
    const { text, failure: failed } = await ask(provider)
    expect(text).toBe('one two ')
    expect(failed).toMatchObject({ code: 'unreachable' })
  })

  test('a cut after the reply was complete loses nothing but its usage', async () => {
    const { provider } = await serve((response) => {
      sendEvents(response, [textChunk('all of it'), textChunk('', 'stop')])
      setTimeout(() => response.destroy(), 30)
    })
    const { text, last } = await ask(provider)
    expect(text).toBe('all of it')
    expect(last).toEqual({ type: 'end', usage: null, cut: false })
  })

  test('a stream that just stops was cut', async () => {
    const { provider } = await serve((response) => {
      sendEvents(response, [textChunk('half a')])
      response.end()
    })
    expect(await ask(provider)).toMatchObject({
      text: 'half a',
      failure: { code: 'unreachable' },
    })
  })

  test('a redirect is not followed: the key goes nowhere else', async () => {
    const other = await startRawServer((response) => response.end())
    servers.push(other)
    const { provider } = await serve((response) => {
      response.writeHead(307, { location: `${other.url}/v1/chat/completions` }).end()
    })
    expect((await ask(provider)).failure).toMatchObject({ code: 'unreachable' })
    expect(other.seen).toEqual([])
  })

  test('a provider that never begins times out', async () => {
    const { provider } = await serve(() => undefined, { chatFirstByteMs: 60, mediaFirstByteMs: 60 })
    expect((await ask(provider)).failure).toMatchObject({ code: 'timed_out' })
    expect(await draw(provider)).toMatchObject({ ok: false, failure: { code: 'timed_out' } })
    expect(await say(provider)).toMatchObject({ ok: false, failure: { code: 'timed_out' } })
  })

  test('headers without a body are not a beginning', async () => {
    const { provider } = await serve(
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.flushHeaders()
      },
      { chatFirstByteMs: 60 },
    )
    expect((await ask(provider)).failure).toMatchObject({ code: 'timed_out' })
  })

  test('a reply that goes silent times out and keeps its text', async () => {
    const { provider } = await serve((response) => sendEvents(response, [textChunk('hm')]), {
      idleMs: 60,
    })
    expect(await ask(provider)).toMatchObject({ text: 'hm', failure: { code: 'timed_out' } })
  })

  test('a stop closes the connection and says nothing more', async () => {
    let closed: () => void = () => undefined
    const wasClosed = new Promise<void>((resolve) => (closed = resolve))
    const { provider } = await serve((response) => {
      response.on('close', closed)
      sendEvents(response, [textChunk('one')])
    })
    const controller = new AbortController()
    const parts: ChatPart[] = []
    for await (const part of provider.chat(chatCall({ signal: controller.signal }))) {
      parts.push(part)
      controller.abort()
    }
    expect(parts).toEqual([{ type: 'text', text: 'one' }])
    await wasClosed
  })

  test('whoever stops reading closes the connection too', async () => {
    let closed: () => void = () => undefined
    const wasClosed = new Promise<void>((resolve) => (closed = resolve))
    const { provider } = await serve((response) => {
      response.on('close', closed)
      sendEvents(response, [textChunk('one')])
    })
    for await (const part of provider.chat(chatCall())) {
      expect(part).toEqual({ type: 'text', text: 'one' })
      break
    }
    await wasClosed
  })
})

describe('malformed replies', () => {
  test.each([
    ['a web page', 'text/html; charset=utf-8', '<!doctype html><title>Log in</title>'],
    ['a web page called JSON', 'application/json', '<!doctype html><title>Log in</title>'],
    ['broken JSON', 'application/json', '{"data": [{'],
    ['other JSON', 'application/json', '{"hello": "world"}'],
    ['nothing', 'application/json', ''],
  ])('%s', async (_, type, body) => {
    const { provider } = await serve((response) => {
      response.writeHead(200, { 'content-type': type }).end(body)
    })
    expect((await ask(provider)).failure).toMatchObject({ code: 'malformed_reply' })
    expect(await draw(provider)).toMatchObject({ ok: false, failure: { code: 'malformed_reply' } })
    expect(await say(provider)).toMatchObject({ ok: false, failure: { code: 'malformed_reply' } })
  })

  test('a broken event in mid-reply keeps the text before it', async () => {
    const { provider } = await serve((response) => {
      sendEvents(response, [textChunk('fine '), '{"choices": [{"delta":', textChunk('never')])
      response.end('data: [DONE]\n\n')
    })
    expect(await ask(provider)).toMatchObject({
      text: 'fine ',
      failure: { code: 'malformed_reply' },
    })
  })

  test('an error inside the stream ends it', async () => {
    const { provider } = await serve((response) => {
      sendEvents(response, [textChunk('so far '), leaky({ type: 'server_error' })])
      response.end('data: [DONE]\n\n')
    })
    expect(await ask(provider)).toMatchObject({
      text: 'so far ',
      failure: { code: 'provider_error' },
    })
  })

  test('a content filter is a refusal, with what came before it', async () => {
    const { provider } = await serve((response) => {
      sendEvents(response, [textChunk('I will '), textChunk('', 'content_filter')])
      response.end('data: [DONE]\n\n')
    })
    expect(await ask(provider)).toMatchObject({ text: 'I will ', failure: { code: 'refused' } })
  })

  test('an answer without end is broken off', async () => {
    const { provider } = await serve((response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': '900000000' })
      response.write('ID3')
    })
    expect(await say(provider)).toMatchObject({ ok: false, failure: { code: 'malformed_reply' } })
  })

  test('an answer that grows past the limit is broken off', async () => {
    const megabyte = Buffer.alloc(1_000_000, 1)
    const { provider, server } = await serve((response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' })
      const more = () => {
        while (!response.destroyed && response.write(megabyte));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    })
    expect(await say(provider)).toMatchObject({ ok: false, failure: { code: 'malformed_reply' } })
    expect(server.seen).toHaveLength(1)
  })
})

describe('usage', () => {
  const reply = (...tail: (object | string)[]) =>
    serve((response) => {
      sendEvents(response, [textChunk('four words of text'), textChunk('', 'stop'), ...tail])
      response.end('data: [DONE]\n\n')
    })

  test('cached input is counted apart and reasoning is output', async () => {
    const { provider } = await reply(
      usageChunk({
        prompt_tokens: 100,
        completion_tokens: 50,
        prompt_tokens_details: { cached_tokens: 80 },
        completion_tokens_details: { reasoning_tokens: 40 },
      }),
    )
    const usage = { inputTokens: 20, cachedInputTokens: 80, outputTokens: 50 }
    expect((await ask(provider)).last).toEqual({ type: 'end', usage, cut: false })
  })

  test.each([
    ['no report', []],
    ['an empty report', [usageChunk({})]],
    ['half a report', [usageChunk({ prompt_tokens: 7 })]],
    ['null', [usageChunk(null)]],
  ])('%s is unknown, not zero', async (_, tail) => {
    const { provider } = await reply(...tail)
    expect((await ask(provider)).last).toEqual({ type: 'end', usage: null, cut: false })
  })

  test('a report of zero is zero', async () => {
    const { provider } = await reply(usageChunk({ prompt_tokens: 0, completion_tokens: 0 }))
    const usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 }
    expect((await ask(provider)).last).toEqual({ type: 'end', usage, cut: false })
  })

  test.each([
    ['negative', usageChunk({ prompt_tokens: 5, completion_tokens: -900 })],
    ['not whole', usageChunk({ prompt_tokens: 5.5, completion_tokens: 9 })],
    ['absurd', usageChunk({ prompt_tokens: 5, completion_tokens: 1e15 })],
    ['text', usageChunk({ prompt_tokens: '5', completion_tokens: '9' })],
    [
      'more cached than sent',
      usageChunk({
        prompt_tokens: 5,
        completion_tokens: 9,
        prompt_tokens_details: { cached_tokens: 6 },
      }),
    ],
    ['NaN', '{"choices":[],"usage":{"prompt_tokens":NaN,"completion_tokens":1}}'],
    ['infinite', '{"choices":[],"usage":{"prompt_tokens":1e999,"completion_tokens":1}}'],
  ])('a report that is %s is rejected and the reply kept', async (_, tail) => {
    const { provider } = await reply(tail)
    const { text, last } = await ask(provider)
    expect(text).toBe('four words of text')
    expect(last).toEqual({ type: 'end', usage: null, cut: false, usageRejected: true })
  })
})

describe('what is sent', () => {
  const answer: RawHandler = (response) => {
    sendEvents(response, [textChunk('ok', 'stop')])
    response.end('data: [DONE]\n\n')
  }

  test('the key, and nothing instead of a key where there is none', async () => {
    const { provider, server } = await serve(answer)
    await ask(provider)
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${KEY}`)
    const open = createOpenAiCompatibleProvider({
      baseUrl: server.url,
      readKey: () => success(null),
      fetch: globalThis.fetch,
      timers: systemTimers,
      clock: systemClock,
    })
    await ask(open)
    expect(server.seen[1]?.headers.authorization).toBeUndefined()
  })

  test('nothing at all when the key cannot be read', async () => {
    const { server } = await serve(answer)
    const provider = createOpenAiCompatibleProvider({
      baseUrl: server.url,
      readKey: () => failure('secrets_unavailable', 'Unlock the keychain.'),
      fetch: globalThis.fetch,
      timers: systemTimers,
      clock: systemClock,
    })
    const unlocked = { code: 'unauthorized', message: 'Unlock the keychain.' }
    expect((await ask(provider)).failure).toMatchObject(unlocked)
    expect(await say(provider)).toMatchObject({ ok: false, failure: unlocked })
    expect(server.seen).toEqual([])
  })

  test('a wish to search the web', async () => {
    const { provider, server } = await serve(answer)
    await ask(provider, { webSearch: true })
    await ask(provider)
    expect(
      server.seen.map(({ body }) => 'web_search_options' in (JSON.parse(body) as object)),
    ).toEqual([true, false])
  })

  test('the length limit under the name the model asks for, which is remembered', async () => {
    const { provider, server } = await serve((response, request) => {
      const body = JSON.parse(request.body) as { max_tokens?: number }
      if (body.max_tokens === undefined) {
        answer(response, request)
        return
      }
      const message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
      sendJson(response, 400, { error: { message, code: 'unsupported_parameter' } })
    })
    expect((await ask(provider)).text).toBe('ok')
    expect((await ask(provider)).text).toBe('ok')
    const bodies = server.seen.map(({ body }) => JSON.parse(body) as Record<string, unknown>)
    expect(bodies.map(({ max_tokens }) => max_tokens)).toEqual([100, undefined, undefined])
    expect(bodies.map(({ max_completion_tokens: limit }) => limit)).toEqual([undefined, 100, 100])
  })

  test('the voice and the pace, as WAV first and as MP3 where that is refused', async () => {
    const wav = Buffer.from(encodeWav(new Int16Array(2_000), 8_000))
    const { provider, server } = await serve((response, { body }) => {
      const { response_format: format } = JSON.parse(body) as { response_format: string }
      if (format === 'wav')
        sendJson(response, 400, { error: { message: 'Unknown response_format' } })
      else
        response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(Buffer.from('ID3 and so on'))
    })
    expect(await say(provider)).toMatchObject({
      ok: true,
      file: { mediaType: 'audio/mpeg', durationMs: null },
    })
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({
      voice: 'nova',
      speed: 1.5,
      response_format: 'wav',
    })
    expect(wav.length).toBeGreaterThan(0)
  })
})

describe('media', () => {
  const png = PNG.sync.write(new PNG({ width: 30, height: 20 }))

  test('a link instead of an image is fetched, without the key', async () => {
    const { provider, server } = await serve((response, { path }) => {
      if (path === '/picture') response.writeHead(200, { 'content-type': 'image/png' }).end(png)
      else sendJson(response, 200, { data: [{ url: `${server.url}/picture` }] })
    })
    expect(await draw(provider)).toMatchObject({
      ok: true,
      file: { mediaType: 'image/png', width: 30, height: 20, usage: null },
    })
    expect(server.seen[1]?.path).toBe('/picture')
    expect(server.seen[1]?.headers.authorization).toBeUndefined()
  })

  test.each([
    'file:///etc/passwd',
    'javascript:alert(1)',
    'not a link',
    'data:image/png;base64,AAAA',
  ])('a link to %s is not followed', async (url) => {
    const { provider, server } = await serve((response) =>
      sendJson(response, 200, { data: [{ url }] }),
    )
    expect(await draw(provider)).toMatchObject({ ok: false, failure: { code: 'malformed_reply' } })
    expect(server.seen).toHaveLength(1)
  })

  test('a link that is dead or redirects is a failure', async () => {
    const { provider, server } = await serve((response, { path }) => {
      if (path === '/gone') sendJson(response, 404, {})
      else if (path === '/moved') response.writeHead(302, { location: '/gone' }).end()
      else sendJson(response, 200, { data: [{ url: `${server.url}/${gone ? 'gone' : 'moved'}` }] })
    })
    let gone = true
    expect(await draw(provider)).toMatchObject({ ok: false, failure: { code: 'provider_error' } })
    gone = false
    expect(await draw(provider)).toMatchObject({ ok: false, failure: { code: 'unreachable' } })
  })

  test('tokens of an image are passed on when they make sense', async () => {
    const usage = { input_tokens: 12, output_tokens: 1_000, total_tokens: 1_012 }
    let broken = false
    const { provider } = await serve((response) =>
      sendJson(response, 200, {
        data: [{ b64_json: png.toString('base64') }],
        usage: broken ? { ...usage, output_tokens: -4 } : usage,
      }),
    )
    expect(await draw(provider)).toMatchObject({
      ok: true,
      file: { usage: { inputTokens: 12, outputTokens: 1_000 } },
    })
    broken = true
    expect(await draw(provider)).toMatchObject({ ok: true, file: { usage: null } })
  })

  test('bytes that are no image are malformed, whatever they are called', async () => {
    const b64_json = Buffer.from('<svg onload="alert(1)"/>').toString('base64')
    const { provider } = await serve((response) =>
      sendJson(response, 200, { data: [{ b64_json }] }),
    )
    expect(await draw(provider)).toMatchObject({ ok: false, failure: { code: 'malformed_reply' } })
  })

  test('a stopped image fails quietly', async () => {
    const controller = new AbortController()
    const { provider } = await serve(() => controller.abort())
    const { signal } = controller
    const call = { model: 'dall-e-3', prompt: 'x', width: 64, height: 64, index: 0, signal }
    expect(await provider.image(call)).toMatchObject({ ok: false })
  })
})
