/**
 * The bridge over the browser door's WebSocket. It connects by itself and, when the connection is
 * lost, tries again with a growing, jittered delay. Nothing is sent twice: what was under way on a
 * lost connection is answered `host_unreachable`, and the page decides what to ask again.
 */

import type { ClientFrame, HostBridge, ServerFrame } from '#shared/host/bridge.ts'
import type { CallInput, CallName, CallOutput } from '#shared/host/calls.ts'
import type { HostEvent } from '#shared/host/events.ts'
import type { Result } from '#shared/result.ts'
import { hostUnreachable } from './unreachable.ts'

/** The part of a WebSocket the bridge uses. */
export interface Socket {
  send(text: string): void
  close(): void
}

export interface SocketListener {
  readonly onOpen: () => void
  /** After this no other is called. */
  readonly onClose: () => void
  readonly onMessage: (data: unknown) => void
}

export interface SocketBridgePorts {
  /** Starts connecting; tells the listener later, never before it returned. */
  readonly openSocket: (listener: SocketListener) => Socket
  /** From 0 to below 1. */
  readonly random: () => number
  /** Runs once after the delay; returns what cancels it. */
  readonly setTimer: (run: () => void, delayMs: number) => () => void
}

/** A connection that has not opened by then counts as failed. */
export const CONNECT_TIMEOUT_MS = 10_000
const FIRST_RETRY_MS = 250
export const LONGEST_RETRY_MS = 5_000

type Answer = (result: Result<unknown>) => void

export function createSocketBridge(ports: SocketBridgePorts): HostBridge {
  const events = createListeners<HostEvent>()
  const connection = createListeners<boolean>()
  /** Sent, not answered. */
  const pending = new Map<number, Answer>()
  /** Made while the connection is being opened. */
  let waiting: { readonly frame: ClientFrame; readonly answer: Answer }[] = []
  let socket: Socket | null = null
  let open = false
  let lost = false
  let failures = 0
  let lastId = 0
  let cancelTimer = (): void => undefined

  function connect(): void {
    cancelTimer()
    const current = ports.openSocket({
      onOpen: () => {
        if (socket === current) connected(current)
      },
      onClose: () => {
        if (socket === current) disconnected()
      },
      onMessage: (data) => {
        if (socket === current) receive(data)
      },
    })
    socket = current
    cancelTimer = ports.setTimer(() => {
      disconnected()
      current.close()
    }, CONNECT_TIMEOUT_MS)
  }

  function connected(current: Socket): void {
    cancelTimer()
    open = true
    failures = 0
    const calls = waiting
    waiting = []
    for (const { frame, answer } of calls) send(current, frame, answer)
    if (lost) {
      lost = false
      connection.tell(true)
    }
  }

  function disconnected(): void {
    cancelTimer()
    socket = null
    open = false
    failures += 1
    const unanswered = [...pending.values(), ...waiting.map(({ answer }) => answer)]
    pending.clear()
    waiting = []
    // The next try is set up first: a page that calls at once on bad news joins it.
    cancelTimer = ports.setTimer(connect, retryDelayMs(failures, ports.random()))
    if (!lost) {
      lost = true
      connection.tell(false)
    }
    for (const answer of unanswered) answer(hostUnreachable)
  }

  function receive(data: unknown): void {
    const frame = parseServerFrame(data)
    if (frame === null) return
    if ('event' in frame) {
      events.tell(frame.event)
      return
    }
    const answer = pending.get(frame.id)
    pending.delete(frame.id)
    answer?.(frame.result)
  }

  function send(current: Socket, frame: ClientFrame, answer: Answer): void {
    pending.set(frame.id, answer)
    current.send(JSON.stringify(frame))
  }

  connect()

  return {
    door: 'browser',
    call<Name extends CallName>(name: Name, input: CallInput<Name>) {
      return new Promise<Result<CallOutput<Name>>>((resolve) => {
        lastId += 1
        const frame = { id: lastId, call: name, input }
        const answer: Answer = (result) => resolve(result as Result<CallOutput<Name>>)
        if (open && socket) {
          send(socket, frame, answer)
          return
        }
        waiting.push({ frame, answer })
        // Someone is waiting, so the next try need not: it answers this call either way.
        if (!socket) connect()
      })
    },
    onEvent: events.add,
    onConnection: connection.add,
  }
}

/** Doubles from a quarter of a second to five, less up to half of it so that pages do not march in step. */
export function retryDelayMs(failures: number, random: number): number {
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10))
  return Math.round(longest * (1 - random / 2))
}

function parseServerFrame(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') return null
  try {
    const frame: unknown = JSON.parse(data)
    if (typeof frame !== 'object' || frame === null) return null
    return 'event' in frame || 'result' in frame ? (frame as ServerFrame) : null
  } catch {
    return null
  }
}

function createListeners<T>() {
  const listeners = new Set<(value: T) => void>()
  return {
    add(listener: (value: T) => void): () => void {
      // A wrapper of its own, so that adding one function twice takes two removals.
      const own = (value: T) => listener(value)
      listeners.add(own)
      return () => {
        listeners.delete(own)
      }
    },
    tell(value: T): void {
      for (const listener of listeners) listener(value)
    },
  }
}
