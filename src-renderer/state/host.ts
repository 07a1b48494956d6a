/** The window's one line to its host: the bridge, the call helpers, and the hook pages read with. */

import { useCallback, useEffect, useRef, useState } from 'react'
import type { HostBridge } from '#shared/host/bridge.ts'
import type { CallInput, CallName, CallOutput } from '#shared/host/calls.ts'
import type { HostEvent } from '#shared/host/events.ts'
import { failure, type HostError, type Result } from '#shared/result.ts'
import { notify } from '../kit/notify.ts'

let bridge: HostBridge | null = null

/** Set once by main.tsx, before anything renders. */
export function setBridge(connected: HostBridge): void {
  bridge = connected
}

/** Calls the host. Never rejects: what goes wrong comes back as `{ok: false, error}`. */
export function callHost<Name extends CallName>(
  name: Name,
  input: CallInput<Name>,
): Promise<Result<CallOutput<Name>>> {
  if (!bridge) return Promise.resolve(failure('host_unreachable', 'Tallystick is starting.'))
  return bridge.call(name, input)
}

/**
 * Calls the host for something the person asked for: a failure is told as a notice.
 * Gives the data, or null when it failed.
 */
export async function callOrTell<Name extends CallName>(
  name: Name,
  input: CallInput<Name>,
): Promise<CallOutput<Name> | null> {
  const result = await callHost(name, input)
  if (result.ok) return result.data
  notify({ tone: 'bad', text: result.error.message })
  return null
}

/** Subscribes to the host's events; gives the unsubscribe. */
export function onHostEvent(listener: (event: HostEvent) => void): () => void {
  return bridge ? bridge.onEvent(listener) : () => undefined
}

/** Tells when the line is lost or back; gives the unsubscribe. */
export function onConnection(listener: (connected: boolean) => void): () => void {
  return bridge ? bridge.onConnection(listener) : () => undefined
}

export interface HostData<T> {
  /** The last good answer: for the present input, or the one before while it loads. */
  readonly data: T | null
  readonly error: HostError | null
  readonly loading: boolean
  readonly reload: () => void
}

interface HostDataOptions {
  /** False asks nothing (yet). */
  readonly enabled?: boolean
  /** Asks again, quietly, when the host tells of one of these. */
  readonly refreshOn?: readonly HostEvent['type'][]
}

const NO_EVENTS: readonly HostEvent['type'][] = []

/**
 * Reads from the host and keeps it fresh: asks when the input changes, on `refreshOn` events
 * (at most every 250 ms) and when the line comes back. Answers that arrive late are dropped.
 */
export function useHostData<Name extends CallName>(
  name: Name,
  input: CallInput<Name>,
  { enabled = true, refreshOn = NO_EVENTS }: HostDataOptions = {},
): HostData<CallOutput<Name>> {
  const key = JSON.stringify(input)
  const [asked, setAsked] = useState(0)
  const [answer, setAnswer] = useState<{
    readonly key: string
    readonly data: CallOutput<Name> | null
    readonly error: HostError | null
  } | null>(null)
  const latest = useRef(0)
  const reload = useCallback(() => setAsked((count) => count + 1), [])

  useEffect(() => {
    if (!enabled) return undefined
    const turn = ++latest.current
    void callHost(name, JSON.parse(key) as CallInput<Name>).then((result) => {
      if (turn !== latest.current) return
      setAnswer((before) =>
        result.ok
          ? { key, data: result.data, error: null }
          : { key, data: before?.data ?? null, error: result.error },
      )
    })
    return () => {
      if (turn === latest.current) latest.current = turn + 1
    }
  }, [name, key, enabled, asked])

  const events = refreshOn.join(' ')
  useEffect(() => {
    if (!enabled) return undefined
    const wanted = new Set(events.split(' '))
    let waiting: ReturnType<typeof setTimeout> | undefined
    const soon = () => {
      waiting ??= setTimeout(() => {
        waiting = undefined
        reload()
      }, 250)
    }
    const stopEvents = onHostEvent((event) => {
      if (wanted.has(event.type)) soon()
    })
    const stopConnection = onConnection((connected) => {
      if (connected) soon()
    })
    return () => {
      clearTimeout(waiting)
      stopEvents()
      stopConnection()
    }
  }, [events, enabled, reload])

  const current = answer?.key === key
  return {
    data: answer?.data ?? null,
    error: current ? answer.error : null,
    loading: enabled && !current,
    reload,
  }
}
