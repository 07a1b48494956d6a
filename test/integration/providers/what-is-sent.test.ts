/** What a provider is sent, and what it is not. */

import { afterEach, describe, expect, test } from 'vitest'
import { failure, success } from '#shared/result.ts'
import { systemClock, systemTimers } from '../../../src-main/ports/time.ts'
import { createOpenAiCompatibleProvider } from '../../../src-main/providers/openai-compatible/openai-compatible-provider.ts'
import { encodeWav } from '../../../src-main/providers/practice/wav.ts'
import { KEY, ask, closeServers, say, serve } from '../../support/http-provider.ts'
import { sendEvents, sendJson, textChunk, type RawHandler } from '../../support/raw-server.ts'

afterEach(closeServers)

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
