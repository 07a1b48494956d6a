/** What this machine's end of sync depends on: its ledger, its records and its documents. */

import type { RecordHead } from '#shared/journal/lease-facts.ts'
import type { LeaseRequest } from '#shared/lease/grant-lease.ts'
import type { LeaseStatement } from '#shared/lease/statement.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import type { Log } from '#shared/ports/log.ts'
import type { Result } from '#shared/result.ts'
import type { Frame } from '#shared/sync/frames.ts'
import type { BuyingNews, PoolMessage, RecallMessage, WireEntry } from '#shared/sync/messages.ts'
import type { DocumentsDigest } from '#shared/sync/positions.ts'

/** What this machine reports, in order; durable before it is sent. */
export interface RecordLog {
  head(): RecordHead
  /** The hash after a record; empty for 0; null where there is no such record. */
  hashAt(sequence: number): string | null
  /**
   * Records after one, as many as fit, as a frame's batch; null when there are none. `continued`
   * leans on the record before, which the server must have.
   */
  after(
    sequence: number,
    maximumBytes: number,
    form: 'whole' | 'continued',
  ): { readonly to: RecordHead; readonly batch: Uint8Array } | null
  /** Ed25519 over what a head says. */
  sign(head: RecordHead): Uint8Array
  /** The server has them up to here, for good. */
  acknowledge(head: RecordHead): void
  /** How far the server had them when last heard. */
  acknowledged(): number
}

/** Takes what the authority says into the ledger. */
export interface LeaseTaker {
  entries(): number
  leaseVersion(): number
  /** The hash of the authority's journal there; empty where it is not known. */
  journalHash(): string
  /** Takes up entries after position `after`, passing over those it has; `hash` is the journal's at `to`. */
  takeEntries(
    after: number,
    to: number,
    entries: readonly WireEntry[],
    hash: string | undefined,
  ): Result<null>
  /** Checks the signature and takes up a statement; an older one changes nothing. */
  takeLease(statement: LeaseStatement, signature: string): Result<null>
  /** Gives back what is beyond what the device is to keep. */
  recall(recall: Omit<RecallMessage, 'type'>): Result<null>
  /** What the server's clock says: by that leases end. */
  serverTime(time: number): void
  /** Credits this machine wants now; null while it has enough. */
  wish(): LeaseRequest | null
  pool(pool: Omit<PoolMessage, 'type' | 'number'>): void
}

/** A piece of a document or of history to send to the server. */
export type ToSend =
  | {
      readonly key: string
      readonly kind: 'put'
      readonly document: string
      readonly items: readonly Uint8Array[]
    }
  | {
      readonly key: string
      readonly kind: 'segment'
      readonly name: string
      readonly bytes: Uint8Array
    }

/** Documents and sealed history on this machine. */
export interface DocumentStore {
  /** How far it has read each document that others write to, too (`withoutOwn`). */
  positions(): Iterable<readonly [document: string, position: number]>
  position(document: string): number
  /** The hash of the last change of the account document here; empty before the first. */
  namesHash(): string
  /** Takes up items that begin at its position or before. Fails with `document_invalid`. */
  take(document: string, after: number, items: readonly Uint8Array[]): Promise<Result<null>>
  /** The next thing to send that is not under way; what it needs to be there comes before it. */
  next(underWay: ReadonlySet<string>): ToSend | null
  /** The server has it, for good: of a put, its new items lie from `after` to `to`. */
  sent(key: string, after: number, to: number): Promise<void>
  /** The server does not accept it. */
  refused(key: string): Promise<void>
  pending(): number
  /** Names of segments that somebody waits for. */
  wanted(): readonly string[]
  /** A segment came; null: the server has none of that name. Checked against its name. */
  takeSegment(name: string, bytes: Uint8Array | null): Promise<Result<null>>
}

export interface Wire {
  send(frame: Frame): void
  close(): void
}

/** Opens a connection. Nothing is heard before this has returned; `closed` once, also when it never opened. */
export type Dial = (
  token: string,
  heard: {
    readonly open: () => void
    readonly frame: (frame: Frame) => void
    readonly closed: () => void
  },
) => Wire

export interface SyncPorts {
  readonly records: RecordLog
  readonly authority: LeaseTaker
  readonly documents: DocumentStore
  readonly digest: DocumentsDigest
  readonly dial: Dial
  /** A right to connect, fresh enough; fails with `unreachable`, or a code of `TROUBLES`. */
  readonly session: () => Promise<Result<string>>
  /** The server did not let the connection in: what was good for it may be so no more. */
  readonly sessionRefused: () => void
  /**
   * This machine is a copy of another: it gets an identity of its own. With `copy_not_told` it
   * connects once more before.
   */
  readonly enrolAnew: (ticket: string) => Promise<Result<null>>
  /** Members or machines changed. */
  readonly teamChanged: () => void
  /** A purchase of the account went on, or a contested charge: worth asking for. */
  readonly buyingChanged: (news: BuyingNews) => void
  readonly appVersion: string
  readonly speaks: { readonly protocol: number; readonly oldest: number }
  readonly clock: Clock
  readonly timers: Timers
  /** From 0 up to 1. */
  readonly chance: () => number
  readonly log: Log
}
