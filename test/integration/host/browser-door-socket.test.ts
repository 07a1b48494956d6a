import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CLOSE_CODES } from '#shared/host/bridge.ts'
import { MAX_CALL_BYTES } from '#shared/host/calls.ts'
import { success } from '#shared/result.ts'
import { MAXIMUM_BUFFERED_BYTES } from '../../../src-main/host/browser-door/outbox.ts'
import {
  MAX_CALLS_UNDER_WAY,
  MAX_FRAME_BYTES,
  MAX_SOCKETS,
} from '../../../src-main/host/browser-door/sockets.ts'
import { connectPage, openTestDoor } from './fake-host.ts'
import type { TestDoor } from './fake-host.ts'

let door: TestDoor
beforeEach(async () => {
  door = await openTestDoor()
})
afterEach(() => door.close())

describe('a page’s connection', () => {
  it('carries calls and their answers', async () => {
    const page = await connectPage(door)
    page.send({ id: 1, call: 'balance.read', input: {} })
    page.send({ id: 2, call: 'threads.open', input: { threadId: 'x' } })
    await page.heard(2)
    expect(page.frames).toEqual([
      { id: 1, result: success({ name: 'balance.read', input: {} }) },
      { id: 2, result: success({ name: 'threads.open', input: { threadId: 'x' } }) },
    ])
  })

  it('carries events to every page, in order', async () => {
    const pages = [await connectPage(door), await connectPage(door)]
    door.tell({ type: 'threads' })
    door.tell({ type: 'library' })
    for (const page of pages) {
      await page.heard(2)
      expect(page.frames).toEqual([{ event: { type: 'threads' } }, { event: { type: 'library' } }])
    }
  })

  it('answers a quick call while a slow one is under way', async () => {
    let finish = () => {}
    door.answerWith((name) =>
      name === 'slow'
        ? new Promise((resolve) => {
            finish = () => resolve(success('slow'))
          })
        : Promise.resolve(success('quick')),
    )
    const page = await connectPage(door)
    page.send({ id: 1, call: 'slow', input: {} })
    page.send({ id: 2, call: 'quick', input: {} })
    await page.heard(1)
    finish()
    await page.heard(2)
    expect(page.frames.map(({ id }) => id)).toEqual([2, 1])
  })

  it('is told when the host closes', async () => {
    const page = await connectPage(door)
    await door.door.close()
    expect(await page.closed).toBe(CLOSE_CODES.goingAway)
    expect(door.listeners.size).toBe(0)
  })
})

describe('who may connect', () => {
  it.each([
    ['without a cookie', { cookie: '' }, 401],
    ['with a wrong token', { cookie: 'tallystick_PORT=wrong' }, 401],
    ['from another site', { origin: 'https://evil.example' }, 403],
    ['from another local port', { origin: 'http://127.0.0.1:1' }, 403],
    ['from a sandboxed page', { origin: 'null' }, 403],
    [
      'over a name that is not ours',
      { host: 'evil.example:PORT', origin: 'http://evil.example:PORT' },
      403,
    ],
    ['from localhost’s page to 127.0.0.1', { origin: 'http://localhost:PORT' }, 403],
    ['from https', { origin: 'https://127.0.0.1:PORT' }, 403],
  ])('nobody %s', async (_who, headers, status) => {
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        value.replace('PORT', String(door.door.port)),
      ]),
    )
    expect((await connectPage(door, filled)).status).toBe(status)
  })

  it('nobody without saying where from', async () => {
    const status = await new Promise<string>((resolve) => {
      const socket = connect(door.door.port, '127.0.0.1', () =>
        socket.write(
          `GET /host HTTP/1.1\r\nHost: 127.0.0.1:${door.door.port}\r\nCookie: ${door.cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
        ),
      )
      socket.once('data', (data) => {
        resolve(String(data).split('\r\n')[0]!)
        socket.destroy()
      })
    })
    expect(status).toBe('HTTP/1.1 403 Forbidden')
  })

  it.each(['/', '/host/', '/host?x=1', '/other'])('at no other path: %s', async (path) => {
    expect((await connectPage(door, {}, path)).status).toBe(404)
  })

  it('no more pages at once than anyone has', async () => {
    const pages = []
    for (let index = 0; index < MAX_SOCKETS; index += 1) pages.push(await connectPage(door))
    expect((await connectPage(door)).status).toBe(503)
    pages[0]!.socket.close()
    await pages[0]!.closed
    expect((await connectPage(door)).status).toBe(101)
  })
})

describe('a bad client', () => {
  /** Another page that must not notice anything. */
  async function bystander() {
    const page = await connectPage(door)
    return async () => {
      page.frames.length = 0
      page.send({ id: 99, call: 'still.here', input: null })
      await page.heard(1)
      expect(page.frames).toEqual([
        { id: 99, result: success({ name: 'still.here', input: null }) },
      ])
    }
  }

  it.each([
    ['malformed JSON', '{"id":1,', CLOSE_CODES.badFrame],
    ['an empty frame', '', CLOSE_CODES.badFrame],
    ['no object', '[1]', CLOSE_CODES.badFrame],
    ['null', 'null', CLOSE_CODES.badFrame],
    ['no id', '{"call":"balance.read","input":{}}', CLOSE_CODES.badFrame],
    ['an id that is no number', '{"id":"1","call":"balance.read"}', CLOSE_CODES.badFrame],
    ['an id beyond counting', '{"id":1e300,"call":"balance.read"}', CLOSE_CODES.badFrame],
    ['a binary frame', Buffer.from('{"id":1}'), CLOSE_CODES.unsupported],
    ['an oversized frame', 'x'.repeat(MAX_FRAME_BYTES + 1), 1009],
    ['broken UTF-8', null, 1007],
  ])('that sends %s is disconnected, alone', async (_what, frame, code) => {
    const stillHere = await bystander()
    const page = await connectPage(door)
    if (frame === null) page.socket.send(Buffer.from([0xc3, 0x28]), { binary: false })
    else page.socket.send(frame)
    expect(await page.closed).toBe(code)
    expect(page.frames).toEqual([])
    await stillHere()
  })

  it('that asks for nonsense is answered by the host', async () => {
    const page = await connectPage(door)
    page.send({ id: 1 })
    page.send({ id: 2, call: { a: 1 }, input: 5, more: true })
    await page.heard(2)
    expect(page.frames.map(({ result }) => result!.data)).toEqual([
      {},
      { name: { a: 1 }, input: 5 },
    ])
  })

  it('that speaks no WebSocket is cut off, alone', async () => {
    const stillHere = await bystander()
    const page = await connectPage(door)
    const raw = (page.socket as unknown as { _socket: NodeJS.WritableStream })._socket
    raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff]))
    expect([1002, 1006]).toContain(await page.closed)
    await stillHere()
  })

  it('that floods is refused what is over the limit, and served again afterwards', async () => {
    const stillHere = await bystander()
    const finish: (() => void)[] = []
    door.answerWith(
      (name) =>
        new Promise((resolve) => {
          const done = () => resolve(success(name))
          if (name === 'hang') finish.push(done)
          else done()
        }),
    )
    const page = await connectPage(door)
    const total = 1_000
    for (let id = 1; id <= total; id += 1) page.send({ id, call: 'hang', input: {} })
    await page.heard(total - MAX_CALLS_UNDER_WAY)
    expect(finish).toHaveLength(MAX_CALLS_UNDER_WAY)
    expect(new Set(page.frames.map(({ result }) => result!.error!.code))).toEqual(
      new Set(['too_many_calls']),
    )
    for (const done of finish) done()
    await page.heard(total)
    page.send({ id: 2_000, call: 'quick', input: {} })
    await page.heard(total + 1)
    expect(page.frames.at(-1)).toEqual({ id: 2_000, result: success('quick') })
    door.answerWith(async (name, input) => success({ name, input }))
    await stillHere()
  })

  it('that leaves in the middle of a call hurts nobody', async () => {
    const stillHere = await bystander()
    let finish = () => {}
    door.answerWith(
      () =>
        new Promise((resolve) => {
          finish = () => resolve(success(null))
        }),
    )
    const page = await connectPage(door)
    page.send({ id: 1, call: 'slow', input: {} })
    await expect.poll(() => finish.name).not.toBe('')
    page.socket.terminate()
    await page.closed
    finish()
    door.answerWith(async (name, input) => success({ name, input }))
    await stillHere()
  })

  it('that stops reading is disconnected before it fills the host’s memory', async () => {
    const stillHere = await bystander()
    const page = await connectPage(door)
    page.socket.pause()
    const text = 'x'.repeat(1_000_000)
    const event = { type: 'run.delta', operationId: 'o', sequence: 1, text, chargedSoFar: 0 }
    const enough = (MAXIMUM_BUFFERED_BYTES / 1_000_000) * 4
    for (let index = 0; index < enough; index += 1) {
      door.tell(event as never)
      // Readers keep up meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    page.socket.resume()
    expect([CLOSE_CODES.resync, 1006]).toContain(await page.closed)
    expect(page.frames.length).toBeLessThan(enough)
    await stillHere()
  })

  it('gets the largest call through and an answer larger than the buffer back', async () => {
    const large = 'y'.repeat(MAXIMUM_BUFFERED_BYTES * 2)
    door.answerWith(async (_name, input) => success({ received: (input as string).length, large }))
    const page = await connectPage(door)
    page.send({ id: 1, call: 'usage.export', input: 'x'.repeat(MAX_CALL_BYTES) })
    await page.heard(1)
    const data = page.frames[0]!.result!.data as { received: number; large: string }
    expect(data.received).toBe(MAX_CALL_BYTES)
    expect(data.large).toHaveLength(large.length)
  })
})
