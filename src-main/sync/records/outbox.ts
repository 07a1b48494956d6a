/** What of documents and sealed history this machine has to send, in the order it must arrive. */

import { ACCOUNT_DOCUMENT, indexDocument, stretchEnd } from '#shared/records/stretches.ts'
import type { ToSend } from '../ports.ts'
import { createIndexWriter, type IndexWriter } from './index-document.ts'
import type { RecordLog } from './record-log.ts'
import type { Replica } from './replica/replica.ts'

export interface Outbox {
  /** The next thing to send that is not under way; what it needs to be there comes before it. */
  next(underWay: ReadonlySet<string>): ToSend | null
  /** The server has it, for good: of a put, its new items lie from `after` to `to`. */
  sent(key: string, after: number, to: number): Promise<void>
  /** The server does not accept it: a name is let go, and is as it was before. */
  refused(key: string): Promise<void>
  pending(): number
}

export interface OutboxDeps {
  readonly log: RecordLog
  readonly replica: Replica
  readonly deviceId: string
  /** How far the server has the records. */
  readonly acknowledged: () => number
}

export function createOutbox(deps: OutboxDeps): Outbox {
  const { log, replica, deviceId, acknowledged } = deps
  /** Segments that the server has, though not in the index yet. */
  const there = new Set<number>()
  /** Names that the server has, though they have not come back from it. */
  const named = new Set<number>()
  const changes: Uint8Array[] = []
  let writer: IndexWriter | null = null

  /** The change of a stretch; those before it are made on the way. */
  function changeOf(stretch: number): Uint8Array {
    writer ??= createIndexWriter(deviceId)
    while (writer.length() < stretch) {
      const sealed = log.segment(writer.length() + 1)
      if (!sealed) throw new Error(`Stretch ${writer.length() + 1} is not full`)
      changes.push(writer.add(sealed))
    }
    return changes[stretch - 1] as Uint8Array
  }

  const unsentOf = (number: number) =>
    replica
      .store()
      .unsent()
      .find((unsent) => unsent.number === number)
  const isFull = (stretch: number) => stretchEnd(stretch) <= acknowledged()

  return {
    next(underWay) {
      const store = replica.store()
      for (const { number, bytes } of store.unsent()) {
        const key = `name:${number}`
        if (!underWay.has(key) && !named.has(number)) {
          return { key, kind: 'put', document: ACCOUNT_DOCUMENT, items: [bytes] }
        }
      }
      // One after the other: each follows the one before.
      const stretch = store.indexKept(deviceId) + 1
      if (!isFull(stretch)) return null
      const sealed = log.segment(stretch)
      if (!sealed) return null
      const segmentKey = `segment:${sealed.name}`
      if (!there.has(stretch) && !log.wasSentWhole(stretch)) {
        if (underWay.has(segmentKey)) return null
        return { key: segmentKey, kind: 'segment', name: sealed.name, bytes: sealed.bytes }
      }
      const key = `index:${stretch}`
      if (underWay.has(key)) return null
      const items = [changeOf(stretch)]
      return { key, kind: 'put', document: indexDocument(deviceId), items }
    },
    async sent(key, after, to) {
      const store = replica.store()
      const [kind, what = ''] = key.split(':')
      if (kind === 'segment') there.add(store.indexKept(deviceId) + 1)
      else if (kind === 'index') store.setIndexKept(deviceId, Number(what))
      else {
        const unsent = unsentOf(Number(what))
        if (!unsent) return
        named.add(unsent.number)
        // Right behind what is here; anything else comes from the server in its order.
        if (to === after + 1 && replica.position(ACCOUNT_DOCUMENT) === after) {
          await replica.take(ACCOUNT_DOCUMENT, after, [unsent.bytes])
        }
      }
    },
    async refused(key) {
      const [kind, what = ''] = key.split(':')
      const unsent = kind === 'name' ? unsentOf(Number(what)) : undefined
      if (unsent) await replica.dropName(unsent.key)
    },
    pending() {
      const store = replica.store()
      const full = Math.floor(acknowledged() / stretchEnd(1))
      const names = store.unsent().filter(({ number }) => !named.has(number))
      return names.length + Math.max(0, full - store.indexKept(deviceId))
    },
  }
}
