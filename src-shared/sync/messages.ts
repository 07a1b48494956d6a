/**
 * Every message between a device and its server (docs/sync.md). Each says a position in a stream, a
 * total that only grows, or a wish, so one that comes twice, late or out of order changes nothing.
 * Control is JSON; what carries bytes is binary (frames.ts). A field that this build does not know is
 * let go, except inside entries, which are kept as they came.
 */

import { z } from 'zod'
import { MAX_AMOUNT, millicredits } from '../credits/amount.ts'
import { leaseStatement, MAX_LINES } from '../lease/statement.ts'
import { MAX_DOCUMENTS, MAX_ENTRIES, MAX_SEGMENTS_ASKED } from './protocol.ts'

const position = z.int().nonnegative()
const moment = z.int().nonnegative()
const name = z
  .string()
  .max(200)
  .regex(/^[\x21-\x7e]+$/)
const text = z.string().max(500)
const hash = z.string().regex(/^(?:[0-9a-f]{64})?$/)
const amount = z.int().nonnegative().transform(millicredits)

/** The end of a device's records; no hash before the first. */
const recordHead = z
  .object({ sequence: position, hash })
  .refine(({ sequence, hash }) => (sequence === 0) === (hash === ''), 'a head has a hash')

/** What a device has of everything that the server sends; compared, never trusted. */
const has = {
  entries: position,
  lease: position,
  records: recordHead,
  /** `documentsDigest` of its documents' positions. */
  documents: hash,
}

const segmentName = z.string().regex(/^[0-9a-f]{64}$/)
const segmentNames = z.array(segmentName).min(1).max(MAX_SEGMENTS_ASKED)

const documentPositions = z.array(z.tuple([name, position])).max(MAX_DOCUMENTS)

/** How far the sender has each document; `whole`: these are all of them. */
const have = z.object({ type: z.literal('have'), documents: documentPositions, whole: z.boolean() })

const entry = z.looseObject({
  sequence: z.int().positive(),
  id: name,
  at: moment,
  facts: z.looseObject({ kind: z.string().min(1).max(100) }),
  postings: z
    .array(z.object({ grantId: name, bucket: z.string().min(1).max(40), amount: z.int() }))
    .max(10_000),
})

/** What a device sends as JSON. */
export const TO_SERVER = {
  /** The first message of a connection, and only that. */
  hello: z.object({
    type: z.literal('hello'),
    protocol: z.int().positive(),
    oldest: z.int().positive(),
    /** The app's version, for the page of machines. */
    app: z.string().min(1).max(100),
    ...has,
    /** The hash of the authority's journal at `entries`. */
    journal: hash.optional(),
    /** Of the last change of the account document that it has. */
    names: hash.optional(),
  }),
  /** Is that everything? */
  ping: z.object({
    type: z.literal('ping'),
    ...has,
    /** Number of the last `pool` of this connection. */
    pool: position.optional(),
  }),
  /** Wants credits: a run lacks `needed` beyond what there is (0: the usual top-up). */
  'lease-request': z.object({
    type: z.literal('lease-request'),
    needed: z.int().nonnegative().max(MAX_AMOUNT).transform(millicredits),
    /** The operation it lacks them for; null for any. */
    operation: name.nullable(),
    /** The server must have the device's records up to here to judge the wish. */
    records: position,
  }),
  'entries-wanted': z.object({ type: z.literal('entries-wanted'), after: position }),
  have,
  'segments-wanted': z.object({ type: z.literal('segments-wanted'), names: segmentNames }),
} as const

/** What a server sends as JSON. `time` is its clock, epoch milliseconds. */
export const TO_DEVICE = {
  welcome: z.object({
    type: z.literal('welcome'),
    protocol: z.int().positive(),
    oldest: z.int().positive(),
    time: moment,
    /** How far it has the device's records. */
    acknowledged: recordHead,
  }),
  /** The answer to hello, ping and have: what the server has, all of it sent by now. */
  pong: z.object({
    type: z.literal('pong'),
    time: moment,
    entries: position,
    lease: position,
    documents: hash,
    /** Number of the last `pool`. */
    pool: position.optional(),
  }),
  /** The authority's entries that concern devices, of those after `after` up to `to`. */
  entries: z.object({
    type: z.literal('entries'),
    after: position,
    to: position,
    entries: z.array(entry).max(MAX_ENTRIES),
    /** Of the journal at `to`. */
    hash: hash.optional(),
  }),
  lease: z.object({
    type: z.literal('lease'),
    statement: leaseStatement,
    /** Ed25519 over `statementText`, base64url. */
    signature: z.string().min(1).max(200),
  }),
  /** Records are missing, or do not continue what the server has: send those after this head. */
  'records-wanted': z.object({ type: z.literal('records-wanted'), after: recordHead }),
  /** Others need credits: keep so much of what pays for anything, and of these other grants. */
  recall: z.object({
    type: z.literal('recall'),
    keep: amount,
    others: z.array(z.object({ grantId: name, amount })).max(MAX_LINES),
  }),
  have,
  /** Where the team's credits are: with no machine, with machines, spent but not yet paid. */
  pool: z.object({
    type: z.literal('pool'),
    available: amount,
    leased: amount,
    debt: amount,
    /** Counted from 1 on each connection. */
    number: position.optional(),
  }),
  /** Members, machines or rights changed: worth asking for the team again. */
  team: z.object({ type: z.literal('team') }),
  /** A purchase of the account went on; null: how it pays changed. */
  purchase: z.object({ type: z.literal('purchase'), purchaseId: name.nullable() }),
  /** A contested charge was sent, or answered. */
  report: z.object({ type: z.literal('report'), reportId: name }),
  'segments-missing': z.object({ type: z.literal('segments-missing'), names: segmentNames }),
  error: z.object({
    type: z.literal('error'),
    code: z.string().regex(/^[a-z][a-z_]{0,59}$/),
    message: text,
    /** Ends the connection. */
    fatal: z.boolean(),
    /** Not before so long. */
    retryAfterMs: z.int().nonnegative().max(86_400_000).optional(),
    /** For a copy: what it enrols anew with. */
    ticket: z.string().min(1).max(500).optional(),
  }),
} as const

type Union<Schemas extends Record<string, z.ZodType>> = z.output<Schemas[keyof Schemas]>

/** New records of the device, in order and without gaps, and its signature over their end. */
export interface RecordsFrame {
  readonly type: 'records'
  readonly from: number
  readonly to: RecordsEnd
  /** Hash of the record before `from`, hex; empty where the receiver's own is meant. */
  readonly previous: string
  readonly signature: Uint8Array
  /** As the codec of records writes them. */
  readonly batch: Uint8Array
}

/** Sequence and hash (hex) of a batch's last record. */
interface RecordsEnd {
  readonly sequence: number
  readonly hash: string
}

/** Changes to a document, for the server to put at the end of its log. */
export interface PutFrame {
  readonly type: 'put'
  /** Repeated in the answer; counted anew on each connection. */
  readonly number: number
  readonly document: string
  readonly items: readonly Uint8Array[]
}

/** A document's log from a position on. */
export interface ChangesFrame {
  readonly type: 'changes'
  readonly document: string
  /** Position before the first item. */
  readonly after: number
  readonly items: readonly Uint8Array[]
}

/** Sealed history, named by the SHA-256 of its bytes. */
export interface SegmentFrame {
  readonly type: 'segment'
  readonly name: string
  readonly bytes: Uint8Array
}

/** The server has the device's records up to here, for good. */
export interface AcknowledgedFrame {
  readonly type: 'acknowledged'
  readonly head: RecordsEnd
}

/** The items of a put are in the document's log, from a position on; those it had already, before. */
export interface KeptFrame {
  readonly type: 'kept'
  readonly number: number
  readonly after: number
  readonly to: number
}

/** The server has a segment for good. */
export interface SegmentKeptFrame {
  readonly type: 'segment-kept'
  readonly name: string
}

export type ToServer = Union<typeof TO_SERVER> | RecordsFrame | PutFrame | SegmentFrame
export type ToDevice =
  | Union<typeof TO_DEVICE>
  | AcknowledgedFrame
  | ChangesFrame
  | KeptFrame
  | SegmentFrame
  | SegmentKeptFrame

export type Hello = z.output<typeof TO_SERVER.hello>
export type Has = Pick<Hello, keyof typeof has>
export type WireEntry = z.output<typeof entry>
export type RecallMessage = z.output<typeof TO_DEVICE.recall>
export type BuyingNews = z.output<typeof TO_DEVICE.purchase> | z.output<typeof TO_DEVICE.report>
export type PoolMessage = z.output<typeof TO_DEVICE.pool>
