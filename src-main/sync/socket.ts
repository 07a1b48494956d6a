/** Dials a server's sync door over a real WebSocket. */

import { type RawData, WebSocket } from 'ws'
import { MAX_FRAME_TO_DEVICE } from '#shared/sync/protocol.ts'
import type { Dial } from './ports.ts'

const OPENS_WITHIN_MS = 15_000
/** A goodbye that is not answered is cut short. */
const CLOSES_WITHIN_MS = 2_000

/** `address`: of the sync door, `ws:` or `wss:`. */
export function createDial(address: string): Dial {
  return (token, heard) => {
    const socket = new WebSocket(address, {
      headers: { authorization: `Bearer ${token}` },
      handshakeTimeout: OPENS_WITHIN_MS,
      maxPayload: MAX_FRAME_TO_DEVICE,
      perMessageDeflate: false,
      followRedirects: false,
    })
    let isOver = false
    const over = () => {
      if (isOver) return
      isOver = true
      heard.closed()
    }
    socket.on('open', () => {
      if (!isOver) heard.open()
    })
    socket.on('message', (data: RawData, isBinary) => {
      if (isOver) return
      const bytes = bytesOf(data)
      heard.frame(isBinary ? bytes : Buffer.from(bytes).toString())
    })
    // What is wrong with a connection is told by its end.
    socket.on('error', over)
    socket.on('close', over)
    return {
      send(frame) {
        if (socket.readyState === WebSocket.OPEN) socket.send(frame)
      },
      close() {
        isOver = true
        socket.close()
        const cut = setTimeout(() => socket.terminate(), CLOSES_WITHIN_MS)
        cut.unref()
        socket.once('close', () => clearTimeout(cut))
      },
    }
  }
}

/** The library hands over one buffer, unless told otherwise. */
function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}
