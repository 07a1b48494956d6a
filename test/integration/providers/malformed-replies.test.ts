/** Replies that are not what was asked for. */

import { afterEach, describe, expect, test } from 'vitest'
import { ask, closeServers, draw, leaky, say, serve } from '../../support/http-provider.ts'
import { sendEvents, textChunk } from '../../support/raw-server.ts'

afterEach(closeServers)

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
