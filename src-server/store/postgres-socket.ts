/** The way to the database: what is asked in one go leaves in one write. */

import { Socket } from 'node:net'

/**
 * A socket that holds what is written until whoever writes pauses. Statements that are not waited for
 * then cost the process one call of the system together, and the database one awakening.
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
