/** The socket to the database: statements issued together leave in one write. */

import { Socket } from 'node:net'

/**
 * A socket that holds back what is written until the writer pauses. Statements that are not waited
 * for then cost the process a single system call, and wake the database once.
 */
export function gatheringSocket(): Socket {
  const socket = new Socket()
  // Node gives a socket its own way of writing back when it begins to connect.
  socket.once('connect', () => gather(socket))
  return socket
}

function gather(socket: Socket): void {
  const write = socket.write.bind(socket) as (...of: unknown[]) => boolean
  let isGathering = false
  socket.write = (...of: unknown[]) => {
    if (!isGathering) {
      isGathering = true
      socket.cork()
      process.nextTick(() => {
        isGathering = false
        socket.uncork()
      })
    }
    return write(...of)
  }
}
