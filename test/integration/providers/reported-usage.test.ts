/** What providers report of tokens, and what of it can be believed. */

import { afterEach, describe, expect, test } from 'vitest'
import { ask, closeServers, serve } from '../../support/http-provider.ts'
import { sendEvents, textChunk, usageChunk } from '../../support/raw-server.ts'

afterEach(closeServers)

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
