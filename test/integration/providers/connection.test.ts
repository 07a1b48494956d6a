/** Connections that are not there, break off or go silent. */

import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { ChatPart } from '../../../src-main/providers/provider.ts'
import {
  ask,
  chatCall,
  closeServers,
  connect,
  draw,
  say,
  serve,
  serveRaw,
} from '../../support/http-provider.ts'
import { sendEvents, textChunk } from '../../support/raw-server.ts'

afterEach(closeServers)

describe('the connection', () => {
  test('nobody listening is unreachable', async () => {
    const server = await serveRaw(() => undefined)
    await server.close()
    const provider = connect(server.url)
    expect((await ask(provider)).failure).toMatchObject({ code: 'unreachable' })
    expect(await draw(provider)).toMatchObject({ ok: false, failure: { code: 'unreachable' } })
  })

  test('a name nobody has is unreachable', async () => {
    const provider = connect('http://no-such-host.invalid/v1')
    expect((await ask(provider)).failure).toMatchObject({ code: 'unreachable' })
  })

  test('a port that fetch refuses is said to be one', async () => {
    const provider = connect('http://127.0.0.1:9/v1')
    const failed = { code: 'unreachable', message: expect.stringContaining('port') as string }
    expect((await ask(provider)).failure).toMatchObject(failed)
    expect(await draw(provider)).toMatchObject({ ok: false, failure: failed })
    expect(await say(provider)).toMatchObject({ ok: false, failure: failed })
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
    const other = await serveRaw((response) => response.end())
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
