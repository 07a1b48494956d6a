/** The one way a window reaches its host, whichever door it came through. */

import type { CallInput, CallName, CallOutput } from './calls.ts'
import type { HostEvent } from './events.ts'
import type { Result } from '../result.ts'

export interface HostBridge {
  readonly door: 'electron' | 'browser'
  /** Never rejects: a lost connection is `{ok: false, error: {code: 'host_unreachable'}}`. */
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>>>
  /** Subscribes to host events; returns the unsubscribe. */
  onEvent(listener: (event: HostEvent) => void): () => void
  /** Tells when the connection is lost or back (under Electron it never is). */
  onConnection(listener: (connected: boolean) => void): () => void
}

/** WebSocket frames of the browser door, JSON text. */
export type ClientFrame = { readonly id: number; readonly call: string; readonly input: unknown }
export type ServerFrame =
  { readonly id: number; readonly result: Result<unknown> } | { readonly event: HostEvent }

/** Answers every call if the host could not start; the message says why and what to do. */
export const CANNOT_START = 'cannot_start'

/** What the sandboxed preload puts on `window.tallystick`: nothing else of Electron reaches a page. */
export interface WindowApi {
  call(name: string, input: unknown): Promise<Result<unknown>>
  onEvent(listener: (event: HostEvent) => void): () => void
}

/** Close codes of the browser door's WebSocket. */
export const CLOSE_CODES = {
  goingAway: 1001,
  /** A frame that is not text. */
  unsupported: 1003,
  /** Text that is no client frame. */
  badFrame: 4400,
  /** The page reads too slowly: it is to connect again and attach to its runs. */
  resync: 4409,
} as const
