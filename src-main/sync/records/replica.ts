/**
 * What this machine has of the others': their tails, the indices of their sealed stretches, segments
 * that somebody looked at, and the names people gave. Nothing of it is read before it is asked for,
 * so a start does not notice how much there is.
 */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Credits, millicredits, ZERO } from '#shared/credits/amount.ts'
import type { HeardRun } from '#shared/policy/others.ts'
import { decodeRecords, isContinued } from '#shared/records/batch.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import { decodeRollup, rollUp } from '#shared/records/rollup.ts'
import { decodeTailItem } from '#shared/records/sealed.ts'
import {
  ACCOUNT_DOCUMENT,
  documentKind,
  stretchEnd,
  stretchStart,
  tailDocument,
} from '#shared/records/stretches.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { isLabelField, type Label } from '#shared/usage/labels.ts'
import { type AccountDocument, createAccountDocument } from './account-document.ts'
import { transaction } from '../../files/transaction.ts'
import { storageFailure } from '../../ledger/storage-errors.ts'
import { openDisposable } from './database.ts'
import { heardRuns } from './heard-runs.ts'
import { type AutomergeLibrary, createIndexReader, type IndexReader } from './index-document.ts'
import { nameOf } from './record-log.ts'
import {
  createReplicaStore,
  deviceOf,
  REPLICA_FILE,
  REPLICA_SCHEMA,
  REPLICA_VERSION,
  type ReplicaStore,
} from './replica-store.ts'

export type TotalsBy = 'day' | 'device' | 'member'

export interface TeamTotal {
  /** A device's or member's id, or days since the epoch (UTC). */
  readonly key: string
  readonly runs: number
  readonly credits: Credits
}

export interface Replica {
  positions(): ReadonlyMap<string, number>
  position(document: string): number
  /**
   * Takes up items of a document that begin at its position or before; those it has are passed over.
   * Fails with `document_invalid`, changing nothing.
   */
  take(document: string, after: number, items: readonly Uint8Array[]): Promise<Result<null>>
  /** Names of segments that somebody waits for. */
  wanted(): readonly string[]
  /**
   * A segment came; null: the server has none of that name. Fails with `segment_invalid` when the
   * bytes are not what the name says.
   */
  takeSegment(name: string, bytes: Uint8Array | null): Promise<Result<null>>
  /** Wants a whole stretch of a device; heard of through `onSegment`. */
  want(deviceId: string, stretch: number): void
  onSegment(listener: (name: string) => void): () => void
  /** What others labelled and came after label `number`: of each operation and field the last word. */
  labelsAfter(number: number, limit: number): readonly NumberedLabel[]
  onLabels(listener: () => void): () => void
  /**
   * Wants sealed history in which there may be labels that nobody here has read: where a stretch holds
   * more than runs. True when there is more to fetch.
   */
  seekLabels(): Promise<boolean>
  /** Records of a stretch that is here; null when it is sealed and has not been fetched. */
  records(deviceId: string, stretch: number): readonly DeviceRecord[] | null
  /** Totals of the others' runs that started on days from `from` up to `to` (UTC). */
  totals(by: TotalsBy, from: number, to: number): Promise<readonly TeamTotal[]>
  /** Runs of the others that started on day `from` (UTC) or later, by machine and member. */
  machineTotals(from: number): Promise<readonly MachineTotal[]>
  /** The others' runs that were held at `from` or later, as caps count them. */
  runsSince(from: number): Promise<readonly HeardRun[]>
  /** What a team, member or device is called; by the keys of the account document. */
  names(): Promise<ReadonlyMap<string, string>>
  /** Gives a name; it is here at once and goes to the server when there is one. */
  rename(key: string, value: string): Promise<void>
  /** For what this machine itself is to send. */
  store(): ReplicaStore
  close(): void
}

export interface MachineTotal {
  /** Of a copy of a machine: its stream. */
  readonly deviceId: string
  readonly memberId: string
  readonly runs: number
  readonly credits: Credits
}

export interface NumberedLabel {
  readonly number: number
  readonly label: Label
}

export interface ReplicaDeps {
  readonly directory: string
  readonly automerge: () => Promise<AutomergeLibrary>
}

/** Stretches counted before others may go on. */
const COUNTED_AT_ONCE = 20

export function createReplica({ directory, automerge }: ReplicaDeps): Replica {
  const file = join(directory, REPLICA_FILE)
  let opened: ReturnType<typeof openReplica> | null = null
  const here = () => (opened ??= openReplica(file))
  const indices = new Map<string, IndexReader>()
  const waiting = new Set<string>()
  const listeners = new Set<(name: string) => void>()
  const labelListeners = new Set<() => void>()
  /** Segments asked for because of their labels: once is enough, the server may not have them. */
  const sought = new Set<string>()
  /** Segments that are here and of which the labels are not known yet. */
  const unread = new Set<string>()
  const tellLabels = () => {
    for (const listener of labelListeners) listener()
  }

  function position(document: string): number {
    return here().positions.get(document) ?? 0
  }

  function takeTail(
    stream: string,
    stretch: number,
    document: string,
    after: number,
    items: Items,
  ) {
    const { db, store, positions } = here()
    const fresh = items.slice(position(document) - after)
    const records: DeviceRecord[] = []
    let end = store.tailEnd(stream, stretch)
    for (const bytes of fresh) {
      const item = decodeTailItem(stretch, bytes)
      if (!item.ok) return invalid(item.error.message)
      const { from, batch } = item.data
      // A copy's stream begins anywhere; every other at its stretch's beginning.
      const isNext = from === end + 1 || (end === 0 && !isContinued(batch))
      if (!isNext) return invalid(`record ${end + 1} is missing`)
      const before = records.at(-1) ?? store.tailRecord(stream, from - 1)
      const read = decodeRecords(batch, deviceOf(stream), from, before)
      if (!read.ok) return invalid(read.error.message)
      records.push(...read.data)
      end = records.at(-1)?.sequence ?? end
    }
    const to = after + items.length
    const labels = labelsIn(records)
    transaction(db, () => {
      for (const record of records) store.addTail(stream, record)
      for (const label of labels) store.addLabel(label)
      store.setPosition(document, to)
    })
    positions.set(document, to)
    if (labels.length > 0) tellLabels()
    return success(null)
  }

  async function takeIndex(deviceId: string, document: string, after: number, items: Items) {
    const library = await automerge()
    const { db, store, positions } = here()
    let index = indices.get(deviceId)
    if (!index) {
      index = createIndexReader(library)
      index.take(store.changes(document))
    }
    const known = position(document)
    const fresh = items.slice(known - after)
    const added = index.take(fresh)
    if (added?.length !== fresh.length) {
      indices.delete(deviceId)
      return invalid('it is no index of stretches')
    }
    indices.set(deviceId, index)
    transaction(db, () => {
      fresh.forEach((bytes, at) => store.addChange(document, known + at + 1, bytes))
      for (const sealed of added) {
        store.addStretch(deviceId, sealed)
        store.forget(tailDocument(deviceId, sealed.stretch))
      }
      store.setPosition(document, known + fresh.length)
    })
    positions.set(document, known + fresh.length)
    for (const { stretch } of added) positions.delete(tailDocument(deviceId, stretch))
    return success(null)
  }

  async function takeNames(document: string, after: number, items: Items) {
    const library = await automerge()
    const { db, store, positions } = here()
    const known = position(document)
    const fresh = items.slice(known - after)
    const names = createAccountDocument(library, [...store.changes(document)])
    if (!names.take(fresh)) return invalid('it names nothing')
    transaction(db, () => {
      fresh.forEach((bytes, at) => store.addChange(document, known + at + 1, bytes))
      store.setPosition(document, known + fresh.length)
    })
    positions.set(document, known + fresh.length)
    return success(null)
  }

  /** What may be labelled in it is read soon after: whoever brings segments need not wait for it. */
  function keepSegment(name: string, bytes: Uint8Array, named: readonly Stretch[]): void {
    const { db, store } = here()
    transaction(db, () => {
      store.addSegment(name, bytes)
      for (const { deviceId, stretch, perhapsLabelled } of named) {
        if (!perhapsLabelled) store.setRead(deviceId, stretch)
      }
    })
    if (named.some(({ perhapsLabelled }) => perhapsLabelled)) readLabelsSoon(name)
  }

  /** One after the other, with a pause for others in between. */
  function readLabelsSoon(name: string): void {
    unread.add(name)
    if (unread.size === 1) setImmediate(readNextLabels)
  }

  function readNextLabels(): void {
    const [name] = unread
    if (name === undefined || !opened) return
    try {
      readLabels(name)
    } catch (error) {
      // Not read, so it is sought again after the next start.
      if (!storageFailure(error)) throw error
    }
    unread.delete(name)
    if (unread.size > 0) setImmediate(readNextLabels)
  }

  function readLabels(name: string): void {
    const { db, store } = here()
    const bytes = store.segment(name)
    if (!bytes) return
    const named = store.named(name).filter(({ perhapsLabelled }) => perhapsLabelled)
    const labels = named.flatMap(({ deviceId, stretch }) => {
      if (store.isNothingButRuns(deviceId, stretch)) return []
      const read = decodeRecords(bytes, deviceId, stretchStart(stretch))
      return read.ok ? labelsIn(read.data) : []
    })
    transaction(db, () => {
      for (const { deviceId, stretch } of named) store.setRead(deviceId, stretch)
      for (const label of labels) store.addLabel(label)
    })
    if (labels.length > 0) tellLabels()
  }

  /** The names as they are here, with those that the server does not have yet. */
  async function given(): Promise<AccountDocument> {
    const library = await automerge()
    const { store } = here()
    const unsent = store.unsent().map(({ bytes }) => bytes)
    return createAccountDocument(library, [...store.changes(ACCOUNT_DOCUMENT), ...unsent])
  }

  async function countAll(): Promise<void> {
    const { db, store } = here()
    for (;;) {
      const some = store.uncounted(COUNTED_AT_ONCE)
      if (some.length === 0) return
      transaction(db, () => {
        for (const { deviceId, stretch, rollup } of some) {
          const rows = decodeRollup(rollup)
          store.count(deviceId, stretch, rows.ok ? rows.data : [])
        }
      })
      await new Promise((resolve) => setImmediate(resolve))
      // Closed meanwhile.
      if (opened?.db !== db) return
    }
  }

  return {
    positions: () => here().positions,
    position,
    async take(document, after, items) {
      const kind = documentKind(document)
      if (!kind) return invalid('there is no such document')
      if (after > position(document)) return invalid('what comes before is missing')
      if (after + items.length <= position(document)) return success(null)
      if (kind.kind === 'account') return takeNames(document, after, items)
      if (kind.kind === 'index') return takeIndex(kind.deviceId, document, after, items)
      // Sealed meanwhile: its index came first.
      const { stream, stretch } = kind
      if (here().store.stretch(stream, stretch)) return success(null)
      return takeTail(stream, stretch, document, after, items)
    },
    wanted: () => [...waiting],
    async takeSegment(name, bytes) {
      waiting.delete(name)
      if (bytes) {
        const named = here().store.named(name)
        if (nameOf(bytes) !== name || named.length === 0) {
          return failure('segment_invalid', 'A piece of history does not match its name.', { name })
        }
        keepSegment(name, bytes, named)
      }
      for (const listener of listeners) listener(name)
      return success(null)
    },
    want(deviceId, stretch) {
      const { store } = here()
      const sealed = store.stretch(deviceId, stretch)
      if (sealed && !store.segment(sealed.name)) waiting.add(sealed.name)
    },
    onSegment(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    labelsAfter: (number, limit) =>
      existsSync(file) ? here().store.labelsAfter(number, limit) : [],
    onLabels(listener) {
      labelListeners.add(listener)
      return () => labelListeners.delete(listener)
    },
    async seekLabels() {
      if (!existsSync(file)) return false
      await countAll()
      if (!opened) return false
      const fresh = opened.store.perhapsLabelled().filter((name) => !sought.has(name))
      for (const name of fresh) {
        sought.add(name)
        // Here already, and cut off before it was read.
        if (opened.store.segment(name)) readLabelsSoon(name)
        else waiting.add(name)
      }
      return fresh.length > 0
    },
    records(deviceId, stretch) {
      const { store } = here()
      const sealed = store.stretch(deviceId, stretch)
      if (!sealed) {
        const from = stretchStart(stretch)
        return store.tail(deviceId, from).filter(({ sequence }) => sequence <= stretchEnd(stretch))
      }
      const bytes = store.segment(sealed.name)
      if (!bytes) return null
      const read = decodeRecords(bytes, deviceId, stretchStart(stretch))
      return read.ok ? read.data : null
    },
    async totals(by, from, to) {
      if (!existsSync(file)) return []
      await countAll()
      const { store } = here()
      const sums = new Map<string, TeamTotal>()
      const add = (key: string, runs: number, credits: number) => {
        const sum = sums.get(key) ?? { key, runs: 0, credits: ZERO }
        sums.set(key, {
          key,
          runs: sum.runs + runs,
          credits: millicredits(sum.credits + credits),
        })
      }
      const column = { day: 'day', device: 'device_id', member: 'member_id' } as const
      for (const { key, runs, credits } of store.totals(column[by], from, to)) {
        add(key, runs, credits)
      }
      for (const stream of store.streams()) {
        for (const { day, memberId, runs, credits } of rollUp(store.tail(stream))) {
          if (day < from || day >= to) continue
          add({ day: String(day), device: deviceOf(stream), member: memberId }[by], runs, credits)
        }
      }
      return [...sums.values()]
    },
    async machineTotals(from) {
      if (!existsSync(file)) return []
      await countAll()
      if (!opened) return []
      const { store } = opened
      const sums = new Map<string, MachineTotal>()
      const add = (deviceId: string, memberId: string, runs: number, credits: number) => {
        const key = JSON.stringify([deviceId, memberId])
        const sum = sums.get(key) ?? { deviceId, memberId, runs: 0, credits: ZERO }
        const total = millicredits(sum.credits + credits)
        sums.set(key, { ...sum, runs: sum.runs + runs, credits: total })
      }
      for (const { deviceId, memberId, runs, credits } of store.machineTotals(from)) {
        add(deviceId, memberId, runs, credits)
      }
      for (const stream of store.streams()) {
        for (const { day, memberId, runs, credits } of rollUp(store.tail(stream))) {
          if (day >= from) add(stream, memberId, runs, credits)
        }
      }
      return [...sums.values()]
    },
    async runsSince(from) {
      if (!existsSync(file)) return []
      await countAll()
      return opened ? heardRuns(opened.store, from) : []
    },
    async names() {
      return existsSync(file) ? (await given()).names() : new Map<string, string>()
    },
    async rename(key, value) {
      const change = (await given()).name(key, value)
      if (change) here().store.addUnsent(change)
    },
    store: () => here().store,
    close() {
      opened?.db.close()
      opened = null
      unread.clear()
    },
  }
}

type Items = readonly Uint8Array[]

interface Stretch {
  readonly deviceId: string
  readonly stretch: number
  readonly perhapsLabelled: boolean
}

/** The last moment a date can name: what is later no clock wrote. */
const LAST_MOMENT = 8.64e15

/** What records labelled; fields of a newer version stay in the records. */
function labelsIn(records: readonly DeviceRecord[]): readonly Label[] {
  return records.flatMap(({ deviceId, body }) => {
    if (body.type !== 'label') return []
    return body.labels
      .filter(({ field, editedAt }) => isLabelField(field) && editedAt <= LAST_MOMENT)
      .map((label) => ({ ...label, deviceId }))
  })
}

function openReplica(file: string) {
  const db = openDisposable(file, REPLICA_VERSION, REPLICA_SCHEMA)
  const store = createReplicaStore(db)
  return { db, store, positions: store.positions() }
}

function invalid(why: string) {
  return failure('document_invalid', `What the team wrote could not be taken in: ${why}.`)
}
