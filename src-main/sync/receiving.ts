/**
 * Receives what the server sends: entries, leases, documents and history. Each message is a
 * position, a total or a request; what does not follow from what is here is asked for.
 */

import type { RecallMessage, ToDevice, ToServer } from '#shared/sync/messages.ts'
import { MAX_SEGMENTS_ASKED } from '#shared/sync/protocol.ts'
import type { TroubleCode } from '#shared/sync/trouble.ts'
import type { PoolState } from '#shared/team/api.ts'
import type { SyncPorts } from './ports.ts'

export type Received = Extract<
  ToDevice,
  {
    type:
      'entries' | 'lease' | 'recall' | 'pool' | 'have' | 'changes' | 'segment' | 'segments-missing'
  }
>

export interface Receiving {
  take(message: Received): Promise<void>
  /** Asks for history that somebody waits for, and gives back what could not be given back before. */
  goOn(): void
  /** Which of the server's words on the pool this connection has heard last; 0 for none. */
  poolHeard(): number
  /** The last word on the pool is as good as said now, when other credits may be in force. */
  poolHolds(): void
  /** When the oldest thing without an answer was asked for, on the monotonic clock; null for none. */
  waitingSince(): number | null
}

/** The ledger lacks entries that a lease builds on. */
const NOT_YET: ReadonlySet<string> = new Set(['lease_early', 'lease_incomplete'])
/** Recalls that wait for the ledger to have its issuer. */
const MOST_RECALLS = 32

type ReceivePorts = Pick<SyncPorts, 'authority' | 'clock' | 'documents' | 'log'>

export function createReceiving(
  { authority, clock, documents, log }: ReceivePorts,
  send: (message: ToServer) => void,
  heard: {
    trouble(code: TroubleCode): void
    over(ending: { readonly code: TroubleCode }): void
  },
): Receiving {
  const segmentsAsked = new Map<string, number>()
  let entriesAskedAt: number | null = null
  let recalls: readonly RecallMessage[] = []
  let heardPool: { readonly number: number; readonly pool: PoolState } | null = null

  function wantEntries(): void {
    if (entriesAskedAt !== null) return
    entriesAskedAt = clock.monotonic()
    send({ type: 'entries-wanted', after: authority.entries() })
  }

  function takeEntries({ after, to, entries, hash }: Extract<Received, { type: 'entries' }>): void {
    if (after > authority.entries()) {
      wantEntries()
      return
    }
    entriesAskedAt = null
    if (to <= authority.entries()) return
    const taken = authority.takeEntries(after, to, entries, hash)
    if (!taken.ok) {
      log.error('Entries of the server could not be taken up', { error: taken.error })
      heard.over({ code: 'entries_invalid' })
    }
  }

  function takeLease({ statement, signature }: Extract<Received, { type: 'lease' }>): void {
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
    log.error('A lease could not be taken up', { error: taken.error })
    heard.over({ code: 'lease_invalid' })
  }

  /** What cannot be given back yet is remembered: nobody asks again for what was heard. */
  function giveBack(): void {
    recalls = recalls.filter(({ keep, others }) => !authority.recall({ keep, others }).ok)
  }

  function takePool({ type: _, number = 0, ...pool }: Extract<Received, { type: 'pool' }>): void {
    // An older word that comes late says nothing any more.
    if (number > 0 && heardPool && number <= heardPool.number) return
    heardPool = { number, pool }
    authority.pool(pool)
  }

  async function takeChanges(message: Extract<Received, { type: 'changes' }>): Promise<void> {
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

  function askForSegments(): void {
    const names = documents
      .wanted()
      .filter((name) => !segmentsAsked.has(name))
      .slice(0, MAX_SEGMENTS_ASKED - segmentsAsked.size)
    if (names.length === 0) return
    for (const name of names) segmentsAsked.set(name, clock.monotonic())
    send({ type: 'segments-wanted', names })
  }

  return {
    async take(message) {
      switch (message.type) {
        case 'entries':
          takeEntries(message)
          break
        case 'lease':
          takeLease(message)
          break
        case 'recall':
          recalls = [...recalls, message].slice(-MOST_RECALLS)
          giveBack()
          if (recalls.length > 0) log.info('What was asked back waits for the lease')
          break
        case 'pool':
          takePool(message)
          break
        case 'have': {
          const positions = [...documents.positions()].map(
            ([document, position]): [string, number] => [document, position],
          )
          send({ type: 'have', documents: positions, whole: true })
          break
        }
        case 'changes':
          await takeChanges(message)
          break
        case 'segment':
          await takeSegment(message.name, message.bytes)
          break
        case 'segments-missing':
          for (const name of message.names) await takeSegment(name, null)
          break
      }
    },
    goOn() {
      if (recalls.length > 0) giveBack()
      askForSegments()
    },
    poolHeard: () => heardPool?.number ?? 0,
    poolHolds() {
      if (heardPool) authority.pool(heardPool.pool)
    },
    waitingSince() {
      const waits = [
        ...segmentsAsked.values(),
        ...(entriesAskedAt === null ? [] : [entriesAskedAt]),
      ]
      return waits.length === 0 ? null : Math.min(...waits)
    },
  }
}
