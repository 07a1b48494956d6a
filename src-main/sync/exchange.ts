/**
 * One connection's talk with the server (docs/sync.md). What has to last is in the ledger and the
 * documents; here are positions only, so that a connection may end at any point and the next goes on.
 */

import { type Frame, readFromServer, writeFrame } from '#shared/sync/frames.ts'
import type { Has, ToDevice, ToServer } from '#shared/sync/messages.ts'
import {
  commonProtocol,
  MAX_SEGMENTS_ASKED,
  PING_EVERY_MS,
  STALLED_AFTER_MS,
} from '#shared/sync/protocol.ts'
import { type TroubleCode, troubleOf } from '#shared/sync/trouble.ts'
import type { SyncPorts, Wire } from './ports.ts'
import { createPushing } from './pushing.ts'

/** Why a connection has to end, and what else was said. */
export interface Ending {
  readonly code: TroubleCode
  readonly retryAfterMs?: number
  readonly ticket?: string
}

export interface Heard {
  /** The server has greeted. */
  greeted(): void
  /** Both have the same, as of now. */
  inStep(): void
  /** What was waiting was taken in. */
  settled(): void
  /** Something was not accepted; the connection goes on. */
  trouble(code: TroubleCode): void
  over(ending: Ending): void
}

export interface Exchange {
  receive(frame: Frame): void
  /** There is something new to send or to ask for. */
  changed(): void
  /** Is that everything? */
  ask(): void
  stop(): void
}

/** Out of step, with nothing under way that says when that is over: asked again so soon, then later. */
const ASK_SOON_MS = 500
const ASK_SOON_AT_MOST_MS = 4_000

/** A wish is repeated after so long when nothing came of it. */
const WISH_AGAIN_MS = 30_000

/** What says that something of what was pushed was not accepted. */
const NOT_PUT: ReadonlySet<TroubleCode> = new Set([
  'document_forbidden',
  'document_invalid',
  'segment_invalid',
])
const NOT_RECORDED: ReadonlySet<TroubleCode> = new Set([
  'record_invalid',
  'draws_exceed_lease',
  'draws_not_valid',
])

/** The ledger lacks entries that a lease builds on. */
const NOT_YET: ReadonlySet<string> = new Set(['lease_early', 'lease_incomplete'])

export function createExchange(ports: SyncPorts, wire: Wire, heard: Heard): Exchange {
  const { authority, clock, documents, records, timers } = ports
  let isOver = false
  let hasGreeted = false
  let wasInStep = false
  let askedAt: number | null = clock.monotonic()
  let entriesAskedAt: number | null = null
  let wished = { text: '', at: -WISH_AGAIN_MS }
  const segmentsAsked = new Map<string, number>()
  /** One after the other; documents take their time. */
  let taking: Promise<void> = Promise.resolve()
  const send = (message: ToServer) => {
    if (!isOver) wire.send(writeFrame(message))
  }
  const pushing = createPushing(ports, send)
  const { protocol, oldest } = ports.speaks
  send({ type: 'hello', protocol, oldest, app: ports.appVersion, ...has() })
  let cancelLook = timers.after(STALLED_AFTER_MS / 4, look)
  let cancelAsk = timers.after(PING_EVERY_MS, askAgain)
  let askSoonMs = ASK_SOON_MS
  let cancelAskSoon = () => {}

  function has(): Has {
    return {
      entries: authority.entries(),
      lease: authority.leaseVersion(),
      records: records.head(),
      documents: ports.digest(documents.positions()),
    }
  }

  function over(ending: Ending): void {
    if (isOver) return
    stop()
    heard.over(ending)
  }

  function stop(): void {
    isOver = true
    cancelLook()
    cancelAsk()
    cancelAskSoon()
    wire.close()
  }

  function look(): void {
    const waits = [askedAt, entriesAskedAt, pushing.waitingSince(), ...segmentsAsked.values()]
    const oldest = Math.min(...waits.map((at) => at ?? Infinity))
    if (clock.monotonic() - oldest >= STALLED_AFTER_MS) over({ code: 'stalled' })
    else cancelLook = timers.after(STALLED_AFTER_MS / 4, look)
  }

  function ask(): void {
    if (!hasGreeted || isOver) return
    askedAt ??= clock.monotonic()
    send({ type: 'ping', ...has() })
  }

  function askAgain(): void {
    ask()
    if (!isOver) cancelAsk = timers.after(PING_EVERY_MS, askAgain)
  }

  /** What was missing comes by itself, and its arrival alone does not say that it was all. */
  function askSoon(): void {
    cancelAskSoon()
    cancelAskSoon = timers.after(askSoonMs, ask)
    askSoonMs = Math.min(2 * askSoonMs, ASK_SOON_AT_MOST_MS)
  }

  function push(): void {
    if (!hasGreeted || isOver) return
    pushing.push()
    askForCredits()
    askForSegments()
  }

  function askForCredits(): void {
    const wish = authority.wish()
    if (!wish || !pushing.isThrough()) return
    const text = JSON.stringify(wish)
    const now = clock.monotonic()
    if (text === wished.text && now - wished.at < WISH_AGAIN_MS) return
    wished = { text, at: now }
    send({ type: 'lease-request', ...wish, records: records.head().sequence })
  }

  function askForSegments(): void {
    const names = documents
      .wanted()
      .filter((name) => !segmentsAsked.has(name))
      .slice(0, MAX_SEGMENTS_ASKED - segmentsAsked.size)
    if (names.length === 0) return
    for (const name of names) segmentsAsked.set(name, clock.monotonic())
    send({ type: 'segments-wanted', names })
  }

  function wantEntries(): void {
    if (entriesAskedAt !== null) return
    entriesAskedAt = clock.monotonic()
    send({ type: 'entries-wanted', after: authority.entries() })
  }

  function greet(message: Extract<ToDevice, { type: 'welcome' }>): void {
    const common = commonProtocol(ports.speaks, message)
    if (common === 'theirs_too_old') over({ code: 'server_too_old' })
    else if (common === 'mine_too_old') over({ code: 'protocol_too_old' })
    else {
      hasGreeted = true
      authority.serverTime(message.time)
      pushing.begin(message.acknowledged)
      heard.greeted()
    }
  }

  function takeEntries({ after, to, entries }: Extract<ToDevice, { type: 'entries' }>): void {
    if (after > authority.entries()) {
      wantEntries()
      return
    }
    entriesAskedAt = null
    if (to <= authority.entries()) return
    const taken = authority.takeEntries(after, to, entries)
    if (!taken.ok) {
      ports.log.error('Entries of the server could not be taken up', { error: taken.error })
      over({ code: 'entries_invalid' })
    }
  }

  function takeLease({ statement, signature }: Extract<ToDevice, { type: 'lease' }>): void {
    if (statement.entries > authority.entries()) {
      wantEntries()
      return
    }
    const taken = authority.takeLease(statement, signature)
    if (taken.ok) return
    if (NOT_YET.has(taken.error.code)) {
      wantEntries()
      return
    }
    ports.log.error('A lease could not be taken up', { error: taken.error })
    over({ code: 'lease_invalid' })
  }

  async function takeChanges(message: Extract<ToDevice, { type: 'changes' }>): Promise<void> {
    const { document, after, items } = message
    const position = documents.position(document)
    if (after > position) {
      send({ type: 'have', documents: [[document, position]], whole: false })
      return
    }
    if (after + items.length <= position) return
    const taken = await documents.take(document, after, items)
    if (!taken.ok) heard.trouble('document_invalid')
  }

  async function takeSegment(name: string, bytes: Uint8Array | null): Promise<void> {
    segmentsAsked.delete(name)
    const taken = await documents.takeSegment(name, bytes)
    if (!taken.ok) heard.trouble('segment_invalid')
  }

  /** The server has sent everything: is it the same here? */
  function compare(pong: Extract<ToDevice, { type: 'pong' }>): void {
    askedAt = null
    authority.serverTime(pong.time)
    const mine = has()
    const isSame =
      mine.entries === pong.entries &&
      mine.lease === pong.lease &&
      mine.documents === pong.documents &&
      mine.records.sequence === records.acknowledged() &&
      documents.pending() === 0
    wasInStep ||= isSame
    if (isSame) heard.inStep()
    else if (!wasInStep) askSoon()
  }

  function hearError(message: Extract<ToDevice, { type: 'error' }>): void {
    const { code, fatal, retryAfterMs, ticket } = message
    const { code: known } = troubleOf(code)
    ports.log.warn('The server did not accept something', { code, message: message.message })
    if (fatal) {
      over({
        code: known,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        ...(ticket === undefined ? {} : { ticket }),
      })
      return
    }
    if (NOT_PUT.has(known)) pushing.refused()
    if (NOT_RECORDED.has(known)) pushing.recordsRefused()
    heard.trouble(known)
  }

  async function take(message: ToDevice): Promise<void> {
    if (isOver || (!hasGreeted && message.type !== 'welcome' && message.type !== 'error')) return
    switch (message.type) {
      case 'welcome':
        if (!hasGreeted) greet(message)
        break
      case 'pong':
        compare(message)
        break
      case 'entries':
        takeEntries(message)
        break
      case 'lease':
        takeLease(message)
        break
      case 'acknowledged':
        pushing.acknowledged(message.head)
        break
      case 'records-wanted':
        pushing.goBack(message.after)
        break
      case 'recall': {
        const given = authority.recall({ keep: message.keep, others: message.others })
        if (!given.ok) ports.log.warn('Nothing could be given back', { error: given.error })
        break
      }
      case 'have':
        send({ type: 'have', documents: asPairs(documents.positions()), whole: true })
        break
      case 'changes':
        await takeChanges(message)
        break
      case 'kept':
        pushing.kept(message.number, message.after, message.to)
        break
      case 'segment':
        await takeSegment(message.name, message.bytes)
        break
      case 'segments-missing':
        for (const name of message.names) await takeSegment(name, null)
        break
      case 'segment-kept':
        pushing.segmentKept(message.name)
        break
      case 'pool': {
        const { type: _, ...pool } = message
        authority.pool(pool)
        break
      }
      case 'team':
        ports.teamChanged()
        break
      case 'purchase':
      case 'report':
        ports.buyingChanged(message)
        break
      case 'error':
        hearError(message)
        break
    }
    push()
    if (message.type === 'acknowledged' || message.type === 'kept') noteSettled()
  }

  /** Nothing waits any more: with what was compared last, or is now, both have the same. */
  function noteSettled(): void {
    const isTaken = records.acknowledged() === records.head().sequence
    if (isOver || !isTaken || documents.pending() > 0) return
    if (wasInStep) heard.settled()
    else if (askedAt === null) ask()
  }

  function failed(error: unknown): void {
    ports.log.error('What the server sent could not be taken in', { error })
    over({ code: 'server_trouble' })
  }

  return {
    receive(frame) {
      if (isOver) return
      const read = readFromServer(frame)
      if (read.ok) taking = taking.then(() => take(read.data)).catch(failed)
      // What a newer server says beyond what is known here is for newer devices.
      else if (read.error.code !== 'message_unknown') over({ code: read.error.code as TroubleCode })
    },
    changed() {
      taking = taking.then(push).catch(failed)
    },
    ask,
    stop,
  }
}

function asPairs(positions: Iterable<readonly [string, number]>): [string, number][] {
  return [...positions].map(([document, position]) => [document, position])
}
