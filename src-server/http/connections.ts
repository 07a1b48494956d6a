/** Tracks plain HTTP connections, so that closing waits for answers and for nothing else. */

import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Timers } from '#shared/ports/time.ts'

export interface Connections {
  /** Requests being answered. */
  readonly busy: number
  /**
   * Ends each connection after the answer it waits for, idle ones at once, and all within
   * `graceMs`.
   */
  end(graceMs: number): void
}

export function watchConnections(server: Server, timers: Timers): Connections {
  const sockets = new Map<Socket, number>()
  let closing = false
  let busy = 0

  function count(socket: Socket, by: number): void {
    const left = (sockets.get(socket) ?? 0) + by
    busy += by
    if (sockets.has(socket)) sockets.set(socket, left)
    if (closing && left === 0) socket.end()
  }

  server.on('connection', (socket: Socket) => {
    sockets.set(socket, 0)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', ({ socket }: { readonly socket: Socket }, response: ServerResponse) => {
    count(socket, 1)
    response.once('close', () => count(socket, -1))
  })
  // From here on it belongs to a WebSocket, which is closed in its own way.
  server.on('upgrade', ({ socket }: { readonly socket: Socket }) => sockets.delete(socket))

  return {
    get busy() {
      return busy
    },
    end(graceMs) {
      closing = true
      for (const [socket, requests] of sockets) if (requests === 0) socket.destroy()
      const cancel = timers.after(graceMs, () => {
        for (const socket of sockets.keys()) socket.destroy()
      })
      server.once('close', cancel)
    },
  }
}
