/**
 * What this machine reports, in order: derived from its ledger, numbered from 1 and chained. The
 * file is disposable: rebuilt, it is the same byte for byte. A run costs it one hash; the file
 * follows in batches, and full stretches are sealed when somebody asks for them. A machine that
 * leaves a team has reported everything: what comes after starts at 1 again, for the next team.
 */

import { join } from 'node:path'
import type { Entry } from '#shared/journal/journal.ts'
import type { RecordHead } from '#shared/journal/lease-facts.ts'
import { decodeRecords, encodeRecords } from '#shared/records/batch.ts'
import { headAfterRecord, NO_RECORDS } from '#shared/records/canonical.ts'
import { labelBodies, type OpenRun, recordBody } from '#shared/records/of-journal.ts'
import type { DeviceRecord, RecordBody } from '#shared/records/record.ts'
import { encodeRollup, rollUp } from '#shared/records/rollup.ts'
import { STRETCH, stretchEnd, stretchOf, stretchStart } from '#shared/records/stretches.ts'
import type { LabelEdits, Labels } from '../../ledger/labels.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { transaction } from '../../files/transaction.ts'
import { sha256 } from '../../ports/sha256.ts'
import { createRecordStore, type LoggedRecord, openRecords, type Segment } from './record-store.ts'

export const RECORDS_FILE = 'records.sqlite'

/** Records in memory before they go to the file together. */
const TOGETHER = 64
/** Entries that opening follows before it lets others work. */
const AT_ONCE = 1_000

export interface RecordLog {
  head(): RecordHead
  /** Ledger time at which its first record could be: 0, or when a team was left. */
  since(): number
  /** The hash after a record; empty for 0; null where there is no such record. */
  hashAt(sequence: number): string | null
  /** Records after one, in order, up to the end of its stretch. */
  recordsAfter(sequence: number, limit: number): readonly DeviceRecord[]
  /**
   * Records after one as a frame's batch, up to the end of their stretch and to about so many bytes;
   * null when there are none. `continued`: the reader has the record before, which makes it shorter.
   */
  after(
    sequence: number,
    maximumBytes: number,
    form?: 'whole' | 'continued',
  ): { readonly to: RecordHead; readonly batch: Uint8Array } | null
  /** A full stretch; null while it is not. */
  segment(stretch: number): Segment | null
  /** Whether a stretch was given out whole as a batch since the log was opened. */
  wasSentWhole(stretch: number): boolean
  /** Tells that there are more; returns how to stop. */
  onAdded(listener: () => void): () => void
  /** Stops following the ledger, which must still be open. */
  close(): void
}

export interface RecordLogDeps {
  readonly ledger: Pick<Ledger, 'head' | 'entriesAfter' | 'hashAt' | 'onWritten'>
  readonly labelled: Pick<Labels, 'editsAfter' | 'onEdited'>
  /** Where the file is kept; exists. */
  readonly directory: string
  /** Who this machine is to others. */
  readonly deviceId: () => string
  /** How an entry is told; otherwise than here only where versions that differ are simulated. */
  readonly bodyOf?: typeof recordBody
}

/**
 * Opens the log and brings it up to the ledger's last entry, some entries at a time: other work goes
 * on meanwhile.
 */
export async function openRecordLog(deps: RecordLogDeps): Promise<RecordLog> {
  const { ledger, labelled, deviceId, bodyOf = recordBody } = deps
  const file = join(deps.directory, RECORDS_FILE)
  const db = openRecords(file)
  const store = createRecordStore(db)
  let place = store.place()
  if (place.entry > 0 && ledger.hashAt(place.entry) !== place.hash) {
    // From another ledger, or from one that was repaired.
    store.clear()
    place = store.place()
  }
  const runs = new Map<string, OpenRun>(place.runs)
  let head = store.head()
  let lastEdit = place.edit
  let waiting: LoggedRecord[] = []
  const listeners = new Set<() => void>()
  const sentWhole = new Set<number>()

  function add(at: number, body: RecordBody): void {
    const sequence = head.sequence + 1
    // Spelled once: the file keeps what the chain covers.
    const record: DeviceRecord = { deviceId: '', sequence, at, body }
    head = headAfterRecord(head, record, sha256)
    waiting.push({ sequence, hash: head.hash, record })
  }

  function beginAnew({ sequence: entry, at: since }: Entry): void {
    head = NO_RECORDS
    waiting = []
    sentWhole.clear()
    place = { entry, hash: ledger.hashAt(entry) ?? '', edit: lastEdit, runs: [...runs], since }
    transaction(db, () => {
      store.clear()
      store.setPlace(place)
    })
  }

  function follow(entry: Entry): void {
    if (entry.facts.kind === 'authority' && !entry.facts.issuer) {
      beginAnew(entry)
      return
    }
    const body = bodyOf(entry, runs)
    if (body) add(entry.at, body)
    place = { ...place, entry: entry.sequence }
  }

  function followEdit({ number, at, labels }: LabelEdits): void {
    lastEdit = number
    for (const body of labelBodies(labels)) add(at, body)
  }

  /** Follows some entries, and the edits among them, as they were written; false at the end. */
  function catchUpSome(): boolean {
    const edits = labelled.editsAfter(lastEdit)[Symbol.iterator]()
    let edit = edits.next()
    let left = AT_ONCE
    for (const entry of ledger.entriesAfter({ sequence: place.entry, hash: place.hash }) ?? []) {
      if (left-- === 0) break
      for (; !edit.done && edit.value.after < entry.sequence; edit = edits.next()) {
        followEdit(edit.value)
      }
      follow(entry)
    }
    const isEnd = left >= 0
    if (isEnd) for (; !edit.done; edit = edits.next()) followEdit(edit.value)
    else edits.return?.(undefined)
    flush()
    return !isEnd
  }

  function flush(): void {
    const { entry } = place
    place = { ...place, hash: ledger.hashAt(entry) ?? '', edit: lastEdit, runs: [...runs] }
    transaction(db, () => {
      for (const one of waiting) store.add(one)
      store.setPlace(place)
    })
    waiting = []
  }

  while (catchUpSome()) await new Promise((resolve) => setImmediate(resolve))

  const stops = [
    ledger.onWritten((entry) => {
      const before = head.sequence
      follow(entry)
      if (waiting.length >= TOGETHER) flush()
      if (head.sequence > before) for (const listener of listeners) listener()
    }),
    labelled.onEdited((edits) => {
      followEdit(edits)
      for (const listener of listeners) listener()
    }),
  ]

  const mine = (record: DeviceRecord): DeviceRecord => ({ ...record, deviceId: deviceId() })

  function recordsAfter(sequence: number, limit: number): readonly DeviceRecord[] {
    const stretch = stretchOf(sequence + 1)
    const to = Math.min(sequence + limit, stretchEnd(stretch), head.sequence)
    if (to <= sequence) return []
    const segment = store.segment(stretch)
    if (segment) {
      const from = stretchStart(stretch)
      return decoded(segment, deviceId()).slice(sequence + 1 - from, to + 1 - from)
    }
    const found = store.records(sequence + 1, to)
    for (const { record } of waiting) {
      if (record.sequence > sequence && record.sequence <= to) found.push(record)
    }
    return found.map(mine)
  }

  function hashAt(sequence: number): string | null {
    if (sequence === 0) return ''
    if (sequence < 0 || sequence > head.sequence) return null
    const here = waiting.find((one) => one.sequence === sequence)
    if (here) return here.hash
    const kept = store.hash(sequence)
    if (kept !== null) return kept
    const stretch = stretchOf(sequence)
    const before = hashAt(stretchStart(stretch) - 1) ?? ''
    const segment = store.segment(stretch)
    if (!segment) throw new Error(`Record ${sequence} is not in the log`)
    const start = { sequence: stretchStart(stretch) - 1, hash: before }
    return decoded(segment, '')
      .slice(0, sequence - start.sequence)
      .reduce<RecordHead>((end, record) => headAfterRecord(end, record, sha256), start).hash
  }

  function segment(stretch: number): Segment | null {
    if (stretch < 1 || stretchEnd(stretch) > head.sequence) return null
    const kept = store.segment(stretch)
    if (kept) return kept
    flush()
    const records = recordsAfter(stretchStart(stretch) - 1, STRETCH)
    const bytes = encodeRecords(records)
    const sealed: Segment = {
      stretch,
      name: sha256(bytes),
      head: { sequence: stretchEnd(stretch), hash: hashAt(stretchEnd(stretch)) as string },
      rollup: encodeRollup(rollUp(records)),
      bytes,
    }
    transaction(db, () => store.seal(sealed))
    return sealed
  }

  return {
    head: () => head,
    since: () => place.since,
    hashAt,
    recordsAfter,
    after(sequence, maximumBytes, form = 'whole') {
      const stretch = stretchOf(sequence + 1)
      const isWhole = sequence + 1 === stretchStart(stretch)
      const sealed = isWhole && maximumBytes > STRETCH * SEALED_BYTES ? segment(stretch) : null
      if (sealed) {
        sentWhole.add(stretch)
        return { to: sealed.head, batch: sealed.bytes }
      }
      const limit = Math.max(1, Math.min(STRETCH, Math.floor(maximumBytes / RECORD_BYTES)))
      const records = recordsAfter(sequence, limit)
      const last = records.at(-1)
      if (!last) return null
      const [before] = form === 'continued' && !isWhole ? recordsAfter(sequence - 1, 1) : []
      const to = { sequence: last.sequence, hash: hashAt(last.sequence) as string }
      return { to, batch: encodeRecords(records, before ?? null) }
    },
    segment,
    wasSentWhole: (stretch) => sentWhole.has(stretch),
    onAdded(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      for (const stop of stops) stop()
      if (waiting.length > 0) flush()
      db.close()
    },
  }
}

/** What a record of a batch may take at most, by and large, and one of a segment. */
const RECORD_BYTES = 1_024
const SEALED_BYTES = 64

function decoded({ bytes, stretch }: Segment, deviceId: string): readonly DeviceRecord[] {
  const read = decodeRecords(bytes, deviceId, stretchStart(stretch))
  if (!read.ok) throw new Error(`Segment ${stretch}: ${read.error.message}`)
  return read.data
}
