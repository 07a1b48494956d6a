/** A machine that keeps to no rules, to see what a server makes of it. */

import { type Frame, readFromServer, writeFrame } from '#shared/sync/frames.ts'
import type { ToDevice, ToServer } from '#shared/sync/messages.ts'
import type { SyncWorld } from './world.ts'

/** A machine that says whatever it likes, with its own session. */
export function rawDevice(world: SyncWorld, name: string) {
  world.store.enrol(name, `key of ${name}`)
  const heard: ToDevice[] = []
  let isClosed = false
  const wire = world.dialAs(name)('token', {
    open() {},
    frame(frame) {
      const read = readFromServer(frame)
      if (!read.ok) throw new Error(read.error.message)
      heard.push(read.data)
    },
    closed() {
      isClosed = true
    },
  })
  return {
    say: (frame: Frame) => wire.send(frame),
    send: (message: ToServer) => wire.send(writeFrame(message)),
    errors: () => heard.flatMap((one) => (one.type === 'error' ? [one.code] : [])),
    heard,
    isClosed: () => isClosed,
  }
}

const nothing = { sequence: 0, hash: '' }

/** A greeting of a machine that has nothing yet. */
export const hello = (more: object = {}): ToServer => ({
  type: 'hello',
  protocol: 1,
  oldest: 1,
  app: '1.0.0',
  entries: 0,
  lease: 0,
  records: nothing,
  documents: '',
  ...more,
})
