/** What providers say by their status codes, and what people are told of it. */

import { afterEach, describe, expect, test } from 'vitest'
import { success } from '#shared/result.ts'
import { systemTimers } from '../../../src-main/ports/time.ts'
import { createOpenAiCompatibleProvider } from '../../../src-main/providers/openai-compatible/openai-compatible-provider.ts'
import {
  KEY,
  PROMPT,
  ask,
  closeServers,
  draw,
  leaky,
  say,
  serve,
  serveRaw,
} from '../../support/http-provider.ts'
import { sendJson } from '../../support/raw-server.ts'

afterEach(closeServers)

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
    const server = await serveRaw((response) =>
      sendJson(response, 429, leaky(), { 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' }),
    )
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
