/** The WebSocket side of the browser door: calls in, answers and events out. */

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import type { RawData } from 'ws'
import { CLOSE_CODES } from '#shared/host/bridge.ts'
import type { ServerFrame } from '#shared/host/bridge.ts'
import { MAX_CALL_BYTES } from '#shared/host/calls.ts'
import { failure } from '#shared/result.ts'
import type { Log } from '#shared/ports/log.ts'
import type { Host } from '../host.ts'
import { createOutbox } from './outbox.ts'

/** A frame larger than the largest call and its wrapping ends the connection (close code 1009). */
export const MAX_FRAME_BYTES = MAX_CALL_BYTES + 100_000
/** Calls of one page that may be in flight at once; further ones are refused. */
export const MAX_CALLS_UNDER_WAY = 64
/** Pages that may be connected at once. */
export const MAX_SOCKETS = 32
const PING_INTERVAL_MS = 15_000
const CLOSE_GRACE_MS = 1_000

export interface Sockets {
  /** Takes over a connection whose right to be here was checked. */
  accept(request: IncomingMessage, connection: Duplex, head: Buffer): void
  readonly count: () => number
  /** Says goodbye to every page; those that do not answer are cut off. */
  close(): Promise<void>
}

export function createSockets(host: Host, log: Log): Sockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  })
  const pages = new Map<WebSocket, Page>()

  const unsubscribe = host.onEvent((event) => {
    const text = JSON.stringify({ event } satisfies ServerFrame)
    for (const page of pages.values()) page.post('event', text)
  })
  const pinging = setInterval(() => {
    for (const page of pages.values()) page.checkAlive()
  }, PING_INTERVAL_MS)
  pinging.unref()

  return {
    accept(request, connection, head) {
      server.handleUpgrade(request, connection, head, (socket) => {
        pages.set(socket, createPage(host, log, socket))
        socket.once('close', () => pages.delete(socket))
      })
    },
    count: () => pages.size,
    async close() {
      unsubscribe()
      clearInterval(pinging)
      await Promise.all([...pages.keys()].map((socket) => closeSocket(socket)))
      server.close()
    },
  }
}

interface Page {
  post(kind: 'event' | 'answer', text: string): void
  /** Cuts off a page that has not answered since the last time it was asked. */
  checkAlive(): void
}

/** One connected page. Nothing it sends affects another. */
function createPage(host: Host, log: Log, socket: WebSocket): Page {
  let underWay = 0
  let answeredPing = true
  const outbox = createOutbox({
    send: (text, done) => socket.send(text, done),
    onStuck: () => {
      log.warn('A page reads too slowly and was disconnected to start anew')
      closeWith(socket, CLOSE_CODES.resync, 'Connect again')
    },
  })

  async function receive(text: string): Promise<void> {
    const frame = parseClientFrame(text)
    if (!frame) {
      closeWith(socket, CLOSE_CODES.badFrame, 'Not a call')
      return
    }
    const answer = (result: ServerFrame & { id: number }) =>
      outbox.post('answer', JSON.stringify(result))
    if (underWay >= MAX_CALLS_UNDER_WAY) {
      const message = 'Too much at once. Wait for what is under way.'
      answer({ id: frame.id, result: failure('too_many_calls', message) })
      return
    }
    underWay += 1
    const result = await host.dispatch(frame.call, frame.input)
    underWay -= 1
    answer({ id: frame.id, result })
  }

  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (socket.readyState !== WebSocket.OPEN) return
    if (isBinary) {
      closeWith(socket, CLOSE_CODES.unsupported, 'Text only')
      return
    }
    receive(textOf(data)).catch((error: unknown) => {
      log.error('A call could not be answered', { error })
      socket.terminate()
    })
  })
  socket.on('pong', () => {
    answeredPing = true
  })
  // An oversized or malformed frame: the library closes this connection with the right code.
  socket.on('error', (error) => log.warn('A page broke the protocol', { error: error.message }))

  return {
    post: (kind, text) => outbox.post(kind, text),
    checkAlive() {
      if (!answeredPing) {
        socket.terminate()
        return
      }
      answeredPing = false
      socket.ping()
    },
  }
}

/** A frame with an id, so that it can be answered; what it asks for is up to the host to judge. */
function parseClientFrame(
  text: string,
): { readonly id: number; readonly call: unknown; readonly input: unknown } | null {
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof frame !== 'object' || frame === null || !('id' in frame)) return null
  const { id } = frame
  if (!Number.isSafeInteger(id)) return null
  return {
    id: id as number,
    call: 'call' in frame ? frame.call : undefined,
    input: 'input' in frame ? frame.input : undefined,
  }
}

/** The library hands over one buffer, unless told otherwise. */
function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString()
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString()
}

/** Closes politely, and for certain: a page that does not answer is cut off after a second. */
function closeWith(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason)
  const cut = setTimeout(() => socket.terminate(), CLOSE_GRACE_MS)
  cut.unref()
  socket.once('close', () => clearTimeout(cut))
}

function closeSocket(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === WebSocket.CLOSED) {
      resolve()
      return
    }
    socket.once('close', () => resolve())
    closeWith(socket, CLOSE_CODES.goingAway, 'Tallystick is closing')
  })
}
