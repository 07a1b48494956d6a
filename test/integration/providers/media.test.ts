/** Images and speech: their bytes, links and failures. */

import { PNG } from 'pngjs'
import { afterEach, describe, expect, test } from 'vitest'
import { closeServers, draw, serve } from '../../support/http-provider.ts'
import { sendJson } from '../../support/raw-server.ts'

afterEach(closeServers)

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
