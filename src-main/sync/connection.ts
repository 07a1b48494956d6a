/**
 * Keeps this machine connected to its server while it can, and reports the true state. Being
 * offline is normal: nothing waits for it, and what was missed is caught up by positions.
 */

import type { SyncStatus } from '#shared/host/team.ts'
import { failure } from '#shared/result.ts'
import { HELD_AFTER_MS, rareDelay, retryDelay } from '#shared/sync/backoff.ts'
import { STALLED_AFTER_MS } from '#shared/sync/protocol.ts'
import { type TroubleCode, TROUBLES, troubleOf } from '#shared/sync/trouble.ts'
import { createExchange, type Ending, type Exchange } from './exchange.ts'
import type { SyncPorts, Wire } from './ports.ts'

export interface SyncState {
  readonly status: Exclude<SyncStatus, { state: 'alone' }>
  /** Records and changes that the server does not have yet. */
  readonly pending: number
  /** Epoch milliseconds; null before the first time since the start. */
  readonly lastContactAt: number | null
}

export interface Connection {
  start(): void
  /** Stops for good. */
  stop(): void
  /** Tries at once: the network came back, or a person asks. */
  wake(): void
  /** There may be something new to send or to ask for. */
  changed(): void
  state(): SyncState
  /** Calls `listener` when the state changes; returns the unsubscribe. */
  onChanged(listener: () => void): () => void
}

type Status = SyncState['status']

/** One attempt, from asking for a session until its connection ends. */
interface Try {
  wire: Wire | null
  exchange: Exchange | null
  /** When the server greeted, on the monotonic clock; null before. */
  greetedAt: number | null
  cancel: () => void
}

export function createConnection(ports: SyncPorts): Connection {
  const { clock, timers, log } = ports
  const listeners = new Set<() => void>()
  let current: Try | null = null
  let cancelRetry: (() => void) | null = null
  let isStopped = true
  let failures = 0
  let lastContactAt: number | null = null
  let status: Status = { state: 'offline', since: clock.now() }

  function tell(next: Status): void {
    status = next
    for (const listener of listeners) listener()
  }

  function tellTrouble(code: TroubleCode): void {
    const { message, remedy } = TROUBLES[code]
    const error = failure(code, message).error
    tell({ state: 'trouble', error, remedy })
  }

  function connect(): void {
    cancelRetry = null
    if (isStopped || current) return
    const attempt: Try = { wire: null, exchange: null, greetedAt: null, cancel: () => {} }
    current = attempt
    open(attempt).catch((error: unknown) => {
      log.error('Sync could not connect', { error })
      end(attempt, { code: 'unreachable' })
    })
  }

  async function open(attempt: Try): Promise<void> {
    attempt.cancel = timers.after(STALLED_AFTER_MS, () => end(attempt, { code: 'stalled' }))
    const session = await ports.session()
    if (attempt !== current) return
    if (!session.ok) {
      end(attempt, { code: troubleOf(session.error.code, 'unreachable').code })
      return
    }
    attempt.wire = ports.dial(session.data, {
      open: () => talk(attempt),
      frame: (frame) => attempt.exchange?.receive(frame),
      closed: () => {
        if (!attempt.exchange) ports.sessionRefused()
        end(attempt, { code: 'unreachable' })
      },
    })
  }

  function talk(attempt: Try): void {
    if (attempt !== current || !attempt.wire || attempt.exchange) return
    attempt.cancel()
    attempt.exchange = createExchange(ports, attempt.wire, {
      greeted() {
        attempt.greetedAt = clock.monotonic()
        lastContactAt = clock.now()
        tell({ state: 'syncing' })
      },
      inStep() {
        lastContactAt = clock.now()
        tell({ state: 'synced', at: lastContactAt })
      },
      settled() {
        lastContactAt = clock.now()
        if (status.state === 'syncing') tell({ state: 'synced', at: lastContactAt })
      },
      trouble: tellTrouble,
      over: (ending) => end(attempt, ending),
    })
  }

  /** Ends an attempt and schedules the next one as the reason demands. */
  function end(attempt: Try, ending: Ending): void {
    if (attempt !== current) return
    current = null
    attempt.cancel()
    attempt.exchange?.stop()
    attempt.wire?.close()
    if (isStopped) return
    // A greeting alone proves little: a server may greet and fail, again and again.
    const heldFor = attempt.greetedAt === null ? 0 : clock.monotonic() - attempt.greetedAt
    failures = heldFor >= HELD_AFTER_MS ? 1 : failures + 1
    const { next } = TROUBLES[ending.code]
    if (next === 'soon') {
      if (status.state !== 'offline') tell({ state: 'offline', since: clock.now() })
      retryAfter(Math.max(ending.retryAfterMs ?? 0, retryDelay(failures - 1, ports.chance())))
      return
    }
    tellTrouble(ending.code)
    if (next === 'rarely') retryAfter(rareDelay(ports.chance()))
    if (next !== 'enrol') return
    if (ending.ticket === undefined) retryAfter(rareDelay(ports.chance()))
    else enrolAnew(ending.ticket)
  }

  function retryAfter(delay: number): void {
    cancelRetry?.()
    cancelRetry = timers.after(delay, connect)
  }

  function enrolAnew(ticket: string): void {
    ports
      .enrolAnew(ticket)
      .catch((error: unknown) => {
        log.error('This machine could not enrol anew', { error })
        return failure('server_trouble', TROUBLES.server_trouble.message)
      })
      .then((enrolled) => {
        if (isStopped) return
        if (enrolled.ok) {
          connect()
          return
        }
        if (enrolled.error.code === 'copy_not_told') {
          retryAfter(retryDelay(failures, ports.chance()))
          return
        }
        // Asking often would only make more tickets.
        tell({ state: 'trouble', error: enrolled.error, remedy: 'join' })
        retryAfter(rareDelay(ports.chance()))
      })
      .catch((error: unknown) => log.error('Sync could not go on', { error }))
  }

  return {
    start() {
      if (!isStopped) return
      isStopped = false
      connect()
    },
    stop() {
      isStopped = true
      cancelRetry?.()
      cancelRetry = null
      const attempt = current
      current = null
      attempt?.cancel()
      attempt?.exchange?.stop()
      attempt?.wire?.close()
    },
    wake() {
      if (isStopped) return
      failures = 0
      if (current) {
        current.exchange?.ask()
        return
      }
      cancelRetry?.()
      connect()
    },
    changed() {
      current?.exchange?.changed()
      if (status.state === 'synced' && pending() > 0) tell({ state: 'syncing' })
    },
    state: () => ({ status, pending: pending(), lastContactAt }),
    onChanged(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }

  function pending(): number {
    const { documents, records } = ports
    return Math.max(0, records.head().sequence - records.acknowledged()) + documents.pending()
  }
}
