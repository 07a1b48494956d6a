/**
 * What a session sends by itself: the authority's entries, the lease, documents. Positions say what
 * is still to be sent, and no more is sent than the device can take, so a slow reader costs no
 * memory and loses nothing.
 */

import { withoutOwn } from '#shared/sync/documents.ts'
import { writeFrame } from '#shared/sync/frames.ts'
import type { Has, ToDevice, WireEntry } from '#shared/sync/messages.ts'
import { BATCH_BYTES, MAX_SEGMENTS_ASKED } from '#shared/sync/protocol.ts'
import type { Identity } from '../teams/identity.ts'
import type { SessionPorts, Wire } from './ports.ts'

/** While more than this waits to leave, nothing that can wait is added. */
export const ENOUGH_WAITING = 1_048_576
/** Segments that may be asked for before the first of them has come. */
const MOST_SEGMENTS = 4 * MAX_SEGMENTS_ASKED

export interface Outgoing {
  send(message: ToDevice): void
  /** Where to continue from: what the device says it has. */
  resume(has: Has): void
  /** What the device says about its documents; `whole`: it has no others. */
  resumeDocuments(positions: Iterable<readonly [string, number]>, whole: boolean): void
  /** The device is up to date in each document. */
  inStep(positions: Iterable<readonly [string, number]>): void
  /** The device put items into a log that begin where it is. */
  advance(document: string, after: number, to: number): void
  resumeEntries(after: number): void
  want(what: 'entries' | 'lease' | 'documents', force?: boolean): void
  wantSegments(names: readonly string[]): void
  /**
   * Sends what is wanted; false while the device must first read what was sent. A lease that is
   * newer is sent if `isTheirs` says so once it has been read, or nothing more is.
   */
  flush(isTheirs: () => Promise<boolean>): Promise<boolean>
  /** What was sent to the end, for the device to compare. */
  sent(): { readonly entries: number; readonly lease: number }
  /** A grant was among the entries sent since this was last asked. */
  tookGrants(): boolean
}

type OutgoingPorts = Pick<SessionPorts, 'authority' | 'documents'>

export function createOutgoing(
  { authority, documents }: OutgoingPorts,
  { accountId, deviceId }: Identity,
  wire: Wire,
): Outgoing {
  let entries = 0
  /** How far the entries were scanned; those that do not concern devices are not sent. */
  let scanned = 0
  /** The device asked, so it must be told its position even if nothing concerns it. */
  let isAsked = false
  let lease = 0
  let grants = false
  let isLeaseForced = false
  /** Null until the device's positions are known. */
  let far: Map<string, number> | null = null
  const wanted = new Set<'entries' | 'lease' | 'documents'>()
  const segments = new Set<string>()
  const isFull = () => wire.buffered() > ENOUGH_WAITING
  const send = (message: ToDevice) => wire.send(writeFrame(message))

  /**
   * `upTo`: the device must be told it has reached this, even if nothing on the way concerns it.
   */
  async function sendEntries(upTo: number): Promise<boolean> {
    const position = await authority.position(accountId)
    while (scanned < position) {
      if (isFull()) return false
      const more = await authority.entriesAfter(accountId, scanned, BATCH_BYTES)
      if (more.to <= scanned) break
      scanned = more.to
      if (more.entries.length === 0) continue
      grants ||= more.entries.some(({ facts }) => facts.kind === 'grant')
      await tellEntries(more.entries)
    }
    if (entries < Math.min(upTo, scanned)) await tellEntries([])
    return true
  }

  async function tellEntries(more: readonly WireEntry[]): Promise<void> {
    const hash = await authority.hashAt(accountId, scanned)
    send({ type: 'entries', after: entries, to: scanned, entries: [...more], hash })
    entries = scanned
  }

  async function sendLease(isTheirs: () => Promise<boolean>): Promise<boolean> {
    const signed = await authority.statement(accountId, deviceId)
    if (signed && (signed.statement.version > lease || isLeaseForced)) {
      if (!(await isTheirs())) return false
      // The grants it names come first.
      const needed = signed.statement.entries
      if (needed > entries && !(await sendEntries(needed))) return false
      const statement = { ...signed.statement, lines: [...signed.statement.lines] }
      send({ type: 'lease', statement, signature: signed.signature })
      lease = statement.version
    }
    isLeaseForced = false
    return true
  }

  async function sendDocuments(): Promise<boolean> {
    if (!far) return true
    for (const [document, position] of withoutOwn(deviceId, await documents.positions(accountId))) {
      let at = far.get(document) ?? 0
      while (at < position) {
        if (isFull()) return false
        const items = await documents.after(accountId, document, at, BATCH_BYTES)
        if (items.length === 0) break
        send({ type: 'changes', document, after: at, items })
        at += items.length
        far.set(document, at)
      }
    }
    return true
  }

  async function sendSegments(): Promise<boolean> {
    for (const name of segments) {
      if (isFull()) return false
      const bytes = await documents.segment(accountId, name)
      if (bytes) send({ type: 'segment', name, bytes })
      else send({ type: 'segments-missing', names: [name] })
      segments.delete(name)
    }
    return true
  }

  const senders = {
    entries: () => sendEntries(isAsked ? Infinity : 0),
    lease: sendLease,
    documents: sendDocuments,
  }

  return {
    send,
    resume(has) {
      entries = has.entries
      scanned = has.entries
      lease = has.lease
      isAsked = true
    },
    resumeDocuments(positions, whole) {
      if (whole) far = new Map(positions)
      else if (far) for (const [document, position] of positions) far.set(document, position)
    },
    inStep(positions) {
      far = new Map(positions)
    },
    advance(document, after, to) {
      if (far && (far.get(document) ?? 0) === after) far.set(document, to)
    },
    resumeEntries(after) {
      entries = after
      scanned = after
      isAsked = true
    },
    want(what, force = false) {
      wanted.add(what)
      if (what === 'lease') isLeaseForced ||= force
    },
    wantSegments(names) {
      for (const name of names) if (segments.size < MOST_SEGMENTS) segments.add(name)
    },
    async flush(isTheirs) {
      for (const what of ['entries', 'lease', 'documents'] as const) {
        if (!wanted.has(what)) continue
        if (!(await senders[what](isTheirs))) return false
        wanted.delete(what)
        if (what === 'entries') isAsked = false
      }
      return sendSegments()
    },
    sent: () => ({ entries, lease }),
    tookGrants() {
      const took = grants
      grants = false
      return took
    },
  }
}
