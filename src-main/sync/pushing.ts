/** Sends what the server lacks: records in order, then documents and sealed history. */

import type { RecordHead } from '#shared/journal/lease-facts.ts'
import type { ToServer } from '#shared/sync/messages.ts'
import { BATCH_BYTES, WINDOW } from '#shared/sync/protocol.ts'
import type { SyncPorts } from './ports.ts'

export interface Pushing {
  /** How far the server is: records continue from there. */
  begin(acknowledged: RecordHead): void
  /** The server lacks records after this one, or has others. */
  goBack(after: RecordHead): void
  acknowledged(head: RecordHead): void
  kept(number: number, after: number, to: number): Promise<void>
  segmentKept(name: string): Promise<void>
  /** One of what was put was not accepted: if it stays, it waits for the next connection. */
  refused(): Promise<void>
  /** Records were not accepted: they and those after them wait for the next connection. */
  recordsRefused(): void
  push(): void
  /** Every record has been sent. */
  isThrough(): boolean
  /** When the oldest thing without an answer was sent, on the monotonic clock; null for none. */
  waitingSince(): number | null
}

interface Sent {
  readonly from: number
  readonly to: number
  readonly at: number
}

type PushPorts = Pick<SyncPorts, 'records' | 'documents' | 'clock'>

export function createPushing(
  { records, documents, clock }: PushPorts,
  send: (message: ToServer) => void,
): Pushing {
  /** Last record that was sent. */
  let last: number | null = null
  let batches: Sent[] = []
  /** Until the server has taken one in, each batch says what it follows, and goes alone. */
  let isTaken = false
  let puts = 0
  const underWay = new Map<string, { readonly number: number | null; readonly at: number }>()
  const refusedKeys = new Set<string>()
  let areRecordsRefused = false

  function pushRecords(): void {
    const most = isTaken ? WINDOW : 1
    while (last !== null && !areRecordsRefused && batches.length < most) {
      const more = records.after(last, BATCH_BYTES, isTaken ? 'continued' : 'whole')
      if (!more) return
      const from = last + 1
      send({
        type: 'records',
        from,
        to: more.to,
        previous: isTaken ? '' : (records.hashAt(last) ?? ''),
        signature: records.sign(more.to),
        batch: more.batch,
      })
      batches.push({ from, to: more.to.sequence, at: clock.monotonic() })
      last = more.to.sequence
    }
  }

  function pushDocuments(): void {
    while (last !== null && underWay.size < WINDOW) {
      const next = documents.next(new Set([...underWay.keys(), ...refusedKeys]))
      if (!next) return
      const at = clock.monotonic()
      if (next.kind === 'segment') {
        send({ type: 'segment', name: next.name, bytes: next.bytes })
        underWay.set(next.key, { number: null, at })
      } else {
        puts += 1
        send({ type: 'put', number: puts, document: next.document, items: next.items })
        underWay.set(next.key, { number: puts, at })
      }
    }
  }

  function note(head: RecordHead): void {
    const isOurs = records.hashAt(head.sequence) === head.hash
    if (isOurs && head.sequence > records.acknowledged()) records.acknowledge(head)
  }

  return {
    begin(acknowledged) {
      note(acknowledged)
      last = Math.min(acknowledged.sequence, records.head().sequence)
    },
    goBack(after) {
      const from = Math.min(after.sequence, records.head().sequence) + 1
      // Each batch sent in vain is answered so; the answer to the first is under way.
      if (batches[0]?.from === from && !isTaken) return
      isTaken = false
      batches = []
      last = from - 1
    },
    acknowledged(head) {
      note(head)
      if (batches.some(({ to }) => to <= head.sequence)) isTaken = true
      batches = batches.filter(({ to }) => to > head.sequence)
      if (batches.length === 0) last = Math.max(last ?? 0, head.sequence)
    },
    async kept(number, after, to) {
      for (const [key, sent] of underWay) {
        if (sent.number !== number) continue
        underWay.delete(key)
        await documents.sent(key, after, to)
      }
    },
    async segmentKept(name) {
      const key = [...underWay.keys()].find((one) => one === segmentKey(name))
      if (key === undefined) return
      underWay.delete(key)
      await documents.sent(key, 0, 0)
    },
    async refused() {
      const [oldest] = underWay.keys()
      if (oldest === undefined) return
      underWay.delete(oldest)
      refusedKeys.add(oldest)
      await documents.refused(oldest)
    },
    recordsRefused() {
      areRecordsRefused = true
      batches = []
    },
    push() {
      pushRecords()
      pushDocuments()
    },
    isThrough: () => last !== null && !areRecordsRefused && last >= records.head().sequence,
    waitingSince() {
      const times = [...batches, ...underWay.values()].map(({ at }) => at)
      return times.length === 0 ? null : Math.min(...times)
    },
  }
}

/** The key that a segment to send has. */
export const segmentKey = (name: string) => `segment:${name}`
