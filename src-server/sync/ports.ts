/** What sessions depend on: the records, the authority and the documents of accounts. */

import type { Recall } from '#shared/lease/device-lease.ts'
import type { LeaseRequest } from '#shared/lease/grant-lease.ts'
import type { ReportedRecord } from '#shared/lease/report.ts'
import type { SignedLease } from '#shared/lease/statement.ts'
import type { RecordHead } from '#shared/journal/lease-facts.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import type { Log } from '#shared/ports/log.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import type { Result } from '#shared/result.ts'
import type { Frame } from '#shared/sync/frames.ts'
import type { TroubleCode } from '#shared/sync/trouble.ts'
import type { DocumentsDigest } from '#shared/sync/positions.ts'
import type { PoolMessage, WireEntry } from '#shared/sync/messages.ts'
import type { DeviceStanding } from '#shared/team/members.ts'
import type { EarningIntake } from '../earnings/intake.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Database, Query, Transaction } from '../store/database.ts'
import type { Identity } from '../teams/identity.ts'

/** The part of the authority that devices deal with. */
export interface SyncAuthority {
  /** How long an account's journal is. */
  position(accountId: string): Promise<number>
  /** Entries after a position that concern devices, some at a time; `to` is how far they reach. */
  entriesAfter(
    accountId: string,
    after: number,
    maximumBytes: number,
  ): Promise<{ readonly to: number; readonly entries: readonly WireEntry[] }>
  /** The hash of an account's journal at a position that it has. */
  hashAt(accountId: string, position: number): Promise<string>
  /** A device's lease as it stands; null before its first. */
  statement(accountId: string, deviceId: string): Promise<SignedLease | null>
  /**
   * Tops up and renews a lease if that is due. `unmet`: less than was needed; `recalls`: what
   * others should give back, if the pool is short; `position`: entries in the journal by then.
   * Fails as `leaseEntries` does.
   */
  lease(
    accountId: string,
    deviceId: string,
    request: LeaseRequest,
  ): Promise<
    Result<{
      readonly unmet: boolean
      readonly recalls: readonly Recall[]
      readonly position: number
    }>
  >
  pool(accountId: string): Promise<Omit<PoolMessage, 'type' | 'number'>>
  /**
   * Accounts for records, in a transaction that has locked the account, and notifies all processes.
   * Fails as `reportEntries` does.
   */
  report(
    transaction: Transaction,
    accountId: string,
    deviceId: string,
    records: readonly ReportedRecord[],
    head: RecordHead,
    options: { readonly fork: boolean },
  ): Promise<Result<null>>
}

/** A batch as the codec reads it. */
export interface ReadBatch {
  /** The hash after each record, chained on the one before the batch. */
  readonly hashes: readonly string[]
  readonly reported: readonly ReportedRecord[]
  readonly records: readonly DeviceRecord[]
}

/** The stored records of devices. A stream is a device's own, or that of a copy of it. */
export interface RecordStore {
  /**
   * Reads a batch, which may build on the stream's last record. Fails with `record_invalid`.
   * `previous` is the hash before the first; empty before record 1.
   */
  read(
    query: Query,
    accountId: string,
    stream: string,
    place: {
      readonly deviceId: string
      readonly from: number
      readonly previous: string
      readonly batch: Uint8Array
    },
  ): Promise<Result<ReadBatch>>
  /** Whether the device's key signed a head. */
  isSigned(
    query: Query,
    identity: Identity,
    head: RecordHead,
    signature: Uint8Array,
  ): Promise<boolean>
  head(query: Query, accountId: string, stream: string): Promise<RecordHead>
  /** Hashes after records `from` to `to` of a stream, all of which it has. */
  hashes(
    query: Query,
    accountId: string,
    stream: string,
    from: number,
    to: number,
  ): Promise<readonly string[]>
  /**
   * Stores records from `from` on, also for the account's other devices. Earlier records of the
   * batch are stored already.
   */
  append(
    transaction: Transaction,
    batch: {
      readonly accountId: string
      readonly deviceId: string
      readonly stream: string
      readonly from: number
      readonly batchFrom: number
      readonly to: RecordHead
      readonly batch: Uint8Array
      readonly hashes: readonly string[]
      readonly records: readonly DeviceRecord[]
      readonly signature: Uint8Array
    },
  ): Promise<void>
}

/** Documents as ordered logs of changes, and sealed history beside them. */
export interface DocumentStore {
  positions(accountId: string): Promise<Iterable<readonly [document: string, position: number]>>
  /** Whether a document has a change. */
  has(accountId: string, document: string, hash: string): Promise<boolean>
  /** Some of what comes after a position; none when there is nothing. */
  after(
    accountId: string,
    document: string,
    position: number,
    maximumBytes: number,
  ): Promise<readonly Uint8Array[]>
  /**
   * Puts changes at the end of a document's log, those it has already excepted; what is new lies from
   * `after` to `to`; all of them or none. Tells all processes. Fails with `document_invalid`, or with
   * `name_refused` where a name is not theirs to give.
   */
  put(
    identity: Identity,
    document: string,
    items: readonly Uint8Array[],
  ): Promise<Result<{ readonly after: number; readonly to: number }>>
  segment(accountId: string, name: string): Promise<Uint8Array | null>
  /** Fails with `segment_invalid` when the bytes are not what the name says. */
  putSegment(identity: Identity, name: string, bytes: Uint8Array): Promise<Result<null>>
}

/** What sessions need of teams. */
export interface SyncTeams {
  /** The current standing of a machine. */
  standing(identity: Identity): Promise<DeviceStanding>
  /** A machine connected, running this version. */
  seen(identity: Identity, appVersion: string): Promise<void>
  /**
   * A one-time way for a copy to enrol as a machine of its own. What it did as a copy, `stream`, is
   * shown as a machine's from then on; null where it did nothing. `closes`: nobody else goes on as
   * the machine itself.
   */
  ticketForCopy(identity: Identity, stream: string | null, closes: boolean): Promise<string>
}

/** What is said beside a refusal. */
export interface Refusal {
  readonly retryAfterMs?: number
  readonly ticket?: string
}

/** Reports what was not accepted; ends the connection if the error is fatal. */
export type Refuse = (code: TroubleCode, more?: Refusal) => void

/** Does something in so many milliseconds, in turn with what the session does; returns how to stop it. */
export type Later = (ms: number, work: () => Promise<void>) => () => void

/** One connection, whatever carries it. After `close` nothing is sent. */
export interface Wire {
  send(frame: Frame): void
  /** Bytes that were sent and have not left yet. */
  buffered(): number
  close(): void
}

/** Counted for `/metrics` by all sessions of a process. */
export interface SessionCounts {
  message(type: string): void
  refused(code: TroubleCode): void
  /** Of a machine's own stream, or of a copy's. */
  records(count: number, isCopy: boolean): void
  refusedRecords(code: TroubleCode): void
  /** Machines were asked to give back. */
  recalled(count: number): void
}

export interface SessionPorts {
  /** Machines told of runs, so an account's credits are fewer. */
  poolChanged(accountId: string): void
  readonly database: Database
  readonly authority: SyncAuthority
  readonly earnings: EarningIntake
  readonly records: RecordStore
  readonly documents: DocumentStore
  readonly teams: SyncTeams
  readonly digest: DocumentsDigest
  /** Bytes a device may send: 0 when so many may come now, else in how many milliseconds. */
  readonly rate: { take(deviceId: string, bytes: number): number }
  /** What this build speaks; another one only in tests of mixed versions. */
  readonly speaks: { readonly protocol: number; readonly oldest: number }
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  readonly metrics: Metrics
}
