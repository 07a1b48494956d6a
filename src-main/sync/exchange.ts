/**
 * The exchange with the server over one connection (docs/sync.md). What must last is in the ledger
 * and the documents; here are only positions, so that a connection may end at any point and the
 * next one continues.
 */

import { type Frame, readFromServer, writeFrame } from '#shared/sync/frames.ts'
import type { Has, ToDevice, ToServer } from '#shared/sync/messages.ts'
import { commonProtocol, PING_EVERY_MS, STALLED_AFTER_MS } from '#shared/sync/protocol.ts'
import { type TroubleCode, troubleOf } from '#shared/sync/trouble.ts'
import type { SyncPorts, Wire } from './ports.ts'
import { createPushing } from './pushing.ts'
import { createReceiving } from './receiving.ts'

/** Why a connection has to end, and what came with the reason. */
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

/**
 * Out of step with nothing pending that would say when that is over: asks again after this, then
 * later.
 */
const ASK_SOON_MS = 500
const ASK_SOON_AT_MOST_MS = 4_000

/** A request is repeated after this long if nothing came of it. */
const WISH_AGAIN_MS = 30_000

/** What says that something of what was pushed was not accepted. */
const NOT_PUT: ReadonlySet<TroubleCode> = new Set([
  'document_forbidden',
  'document_invalid',
  'name_refused',
  'segment_invalid',
])
const NOT_RECORDED: ReadonlySet<TroubleCode> = new Set([
  'record_invalid',
  'draws_exceed_lease',
  'draws_not_valid',
])

export function createExchange(ports: SyncPorts, wire: Wire, heard: Heard): Exchange {
  const { authority, clock, documents, records, timers } = ports
  let isOver = false
  let hasGreeted = false
  let wasInStep = false
  let askedAt: number | null = clock.monotonic()
  let wished: { readonly text: string; readonly at: number } | null = null
  /** One after the other; documents take their time. */
  let taking: Promise<void> = Promise.resolve()
  const send = (message: ToServer) => {
    if (!isOver) wire.send(writeFrame(message))
  }
  const pushing = createPushing(ports, send)
  const receiving = createReceiving(ports, send, { trouble: heard.trouble, over })
  const { protocol, oldest } = ports.speaks
  send({ type: 'hello', protocol, oldest, app: ports.appVersion, ...has(), ...heardHashes() })
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

  /** By which the server knows whether it still has what it said. */
  function heardHashes() {
    const journal = authority.journalHash()
    const names = documents.namesHash()
    return { ...(journal ? { journal } : {}), ...(names ? { names } : {}) }
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
    const waits = [askedAt, pushing.waitingSince(), receiving.waitingSince()]
    const since = Math.min(...waits.map((at) => at ?? Infinity))
    if (clock.monotonic() - since >= STALLED_AFTER_MS) over({ code: 'stalled' })
    else cancelLook = timers.after(STALLED_AFTER_MS / 4, look)
  }

  function ask(): void {
    if (!hasGreeted || isOver) return
    askedAt ??= clock.monotonic()
    send({ type: 'ping', ...has(), pool: receiving.poolHeard() })
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
    receiving.goOn()
  }

  function askForCredits(): void {
    const wish = authority.wish()
    // The same request again, after it was met, is a new one.
    if (!wish) wished = null
    if (!wish || !pushing.isThrough()) return
    const text = JSON.stringify(wish)
    const now = clock.monotonic()
    if (text === wished?.text && now - wished.at < WISH_AGAIN_MS) return
    wished = { text, at: now }
    send({ type: 'lease-request', ...wish, records: records.head().sequence })
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

  /** The server has sent everything: compares whether both sides have the same. */
  function compare(pong: Extract<ToDevice, { type: 'pong' }>): void {
    askedAt = null
    authority.serverTime(pong.time)
    const mine = has()
    const isSame =
      mine.entries === pong.entries &&
      mine.lease === pong.lease &&
      mine.documents === pong.documents &&
      receiving.poolHeard() >= (pong.pool ?? 0) &&
      mine.records.sequence === records.acknowledged() &&
      documents.pending() === 0
    wasInStep ||= isSame
    if (isSame) {
      receiving.poolHolds()
      heard.inStep()
    } else if (!wasInStep) askSoon()
  }

  async function hearError(message: Extract<ToDevice, { type: 'error' }>): Promise<void> {
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
    if (NOT_PUT.has(known)) await pushing.refused()
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
      case 'acknowledged':
        pushing.acknowledged(message.head)
        break
      case 'records-wanted':
        pushing.goBack(message.after)
        break
      case 'kept':
        await pushing.kept(message.number, message.after, message.to)
        break
      case 'segment-kept':
        await pushing.segmentKept(message.name)
        break
      case 'team':
        ports.teamChanged()
        break
      case 'purchase':
      case 'report':
        ports.buyingChanged(message)
        break
      case 'error':
        await hearError(message)
        break
      default:
        await receiving.take(message)
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
