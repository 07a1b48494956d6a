/** Sessions over real WebSockets. */

import type { RawData, WebSocket } from 'ws'
import type { Identity } from '../teams/identity.ts'
import type { Sessions } from './sessions.ts'

/**
 * What may be buffered for a device that reads nothing before it is disconnected without a message.
 */
const MOST_WAITING_BYTES = 16_777_216

/** Connects a socket that was let in with a session. */
export function serveSocket(sessions: Sessions, socket: WebSocket, identity: Identity): void {
  const session = sessions.open(identity, {
    send(frame) {
      if (socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > MOST_WAITING_BYTES) {
        socket.terminate()
        return
      }
      socket.send(frame, () => {
        if (socket.bufferedAmount === 0) session.drained()
      })
    },
    buffered: () => socket.bufferedAmount,
    close: () => socket.close(),
  })
  socket.on('message', (data: RawData, isBinary) => {
    const bytes = bytesOf(data)
    session.receive(isBinary ? bytes : Buffer.from(bytes).toString())
  })
  // An oversize or broken frame: the library ends this connection, and it alone.
  socket.on('error', () => session.closed())
  socket.on('close', () => session.closed())
}

/** The library hands over one buffer, unless told otherwise. */
function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}
