/**
 * One connection of one device (docs/sync.md). Whose it is comes from the session it was opened with,
 * never from what it sends. Every message is taken in in order; each changes nothing when it comes
 * twice. It holds positions only: cut at any point, the next connection goes on from there.
 */

import { type Frame, readFromDevice } from '#shared/sync/frames.ts'
import type { Hello, ToServer } from '#shared/sync/messages.ts'
import { commonProtocol, HELLO_WITHIN_MS, IDLE_AFTER_MS } from '#shared/sync/protocol.ts'
import { type TroubleCode, TROUBLES } from '#shared/sync/trouble.ts'
import type { Identity } from '../teams/identity.ts'
import { createConversation } from './conversation.ts'
import type { News } from './news.ts'
import { createOutgoing } from './outgoing.ts'
import type { Refusal, SessionCounts, SessionPorts, Wire } from './ports.ts'
import { createWorkQueue } from './work-queue.ts'

/** Messages that may wait to be processed; a device that sends more at once is disconnected. */
const MOST_WAITING = 64
/** How long a device may take to read what was sent before it is disconnected. */
const SLOW_AFTER_MS = 60_000

export interface Session {
  receive(frame: Frame): void
  /** What was sent has left. */
  drained(): void
  /** Something changed in the account; null: look at everything. */
  hear(news: News | null): void
  /** The connection is gone, whoever ended it. */
  closed(): void
  /** Ends the connection, saying why. */
  end(code: TroubleCode): void
}

export function createSession(
  ports: SessionPorts,
  identity: Identity,
  wire: Wire,
  counts: SessionCounts,
  onOver: () => void,
): Session {
  const { clock, timers, log } = ports
  const outgoing = createOutgoing(ports, identity, wire)
  const queue = createWorkQueue((error) => {
    if (isOver) return
    log.error('A message could not be taken in', { device: identity.deviceId, error })
    refuse('server_trouble')
  })
  const talk = createConversation(ports, identity, outgoing, counts, refuse, later)
  let isOver = false
  let hasGreeted = false
  let heardAt = clock.monotonic()
  let stuckSince: number | null = null
  let isFlushing = false
  let cancelLook = timers.after(HELLO_WITHIN_MS, look)

  /** Disconnects a device that sends nothing, or reads nothing. */
  function look(): void {
    const now = clock.monotonic()
    const isSlow = stuckSince !== null && now - stuckSince >= SLOW_AFTER_MS
    if (!hasGreeted || now - heardAt >= IDLE_AFTER_MS) over()
    else if (isSlow) refuse('too_slow')
    if (!isOver) cancelLook = timers.after(HELLO_WITHIN_MS, look)
  }

  function over(): void {
    if (isOver) return
    isOver = true
    cancelLook()
    queue.stop()
    talk.stop()
    wire.close()
    onOver()
  }

  /** Reports what was not accepted; ends the connection if the error is fatal. */
  function refuse(code: TroubleCode, more: Refusal = {}): void {
    if (isOver) return
    counts.refused(code)
    const { message, fatal } = TROUBLES[code]
    outgoing.send({ type: 'error', code, message, fatal, ...more })
    if (fatal) over()
  }

  function flush(): void {
    if (isOver || isFlushing || !hasGreeted) return
    isFlushing = true
    queue.add(async () => {
      isFlushing = false
      if (isOver) return
      const isDone = await talk.flush()
      if (isDone) stuckSince = null
      else stuckSince ??= clock.monotonic()
    })
  }

  function later(ms: number, work: () => Promise<void>): () => void {
    return timers.after(ms, () => {
      queue.add(async () => {
        if (!isOver) await work()
        flush()
      })
    })
  }

  async function take(message: ToServer): Promise<void> {
    if (isOver) return
    if (message.type === 'hello') {
      if (hasGreeted) refuse('message_unexpected')
      else await greet(message)
    } else if (hasGreeted) await talk.take(message)
    else refuse('message_unexpected')
    flush()
  }

  async function greet(hello: Hello) {
    const common = commonProtocol(ports.speaks, hello)
    if (common === 'theirs_too_old') refuse('protocol_too_old')
    else if (common === 'mine_too_old') refuse('server_too_old')
    else {
      hasGreeted = true
      await talk.greet(hello)
    }
  }

  return {
    receive(frame) {
      if (isOver) return
      heardAt = clock.monotonic()
      const wait = ports.rate.take(identity.deviceId, frame.length)
      if (wait > 0 || queue.waiting >= MOST_WAITING) {
        refuse('rate_limited', { retryAfterMs: Math.min(wait, 86_400_000) })
        return
      }
      const read = readFromDevice(frame)
      if (read.ok) {
        counts.message(read.data.type)
        queue.add(() => take(read.data))
      } else {
        log.warn('A message was refused', { device: identity.deviceId, error: read.error })
        refuse(read.error.code as TroubleCode)
      }
    },
    drained: flush,
    hear(news) {
      if (isOver || !hasGreeted) return
      queue.add(async () => {
        if (!isOver) await talk.hear(news)
        flush()
      })
    },
    closed: over,
    end: (code) => refuse(code),
  }
}
