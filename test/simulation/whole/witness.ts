/** Sees every record that the server keeps, once it is committed, by itself and beside the store. */

import { sumDraws } from '#shared/journal/entries.ts'
import { reportedRecord } from '#shared/records/reported.ts'
import type { Transaction } from '../../../src-server/store/database.ts'
import { createRecordStore } from '../../../src-server/sync/records.ts'
import type { RecordStore } from '../../../src-server/sync/ports.ts'
import type { ChainedRecord } from '../messages.ts'
import type { Stream } from '../talk.ts'
import { operationIdOf } from './newer.ts'

/** What a device did; `newer`: what it told by types that nobody here knows. */
export interface Used {
  readonly runs: number
  readonly newer: number
  readonly credits: number
}

export interface Witness {
  /** The real store, watched. */
  readonly recordStore: RecordStore
  /** By device: its own records and those of its copies. */
  readonly streams: ReadonlyMap<string, Stream>
  /** All charges that were taken in and not brought along, each once. */
  accounted(): number
  /** Records of a device up to here came with it and are accounted for. */
  brought(deviceId: string, sequence: number): void
  /** Runs and charges by device, of all that is kept. */
  used(): ReadonlyMap<string, Used>
}

/** What is to be noted when a transaction has committed. */
const NOTES = new WeakMap<object, (() => void)[]>()
export const committed = (transaction: Transaction) => () => {
  for (const note of NOTES.get(transaction) ?? []) note()
  NOTES.delete(transaction)
}

export function createWitness(): Witness {
  const real = createRecordStore()
  const streams = new Map<string, Stream>()
  const brought = new Map<string, number>()
  const used = new Map<string, Used>()
  /** Of own streams, charges by record: those that came along count elsewhere. */
  const charges = new Map<string, { readonly sequence: number; readonly credits: number }[]>()
  let accounted = 0

  function streamOf(deviceId: string): Stream {
    const found = streams.get(deviceId) ?? { own: [''], known: new Map<string, ChainedRecord>() }
    streams.set(deviceId, found)
    return found
  }

  function keep(batch: Parameters<RecordStore['append']>[1]): void {
    const { deviceId, stream, from, batchFrom, hashes } = batch
    const kept = streamOf(deviceId)
    for (const [at, record] of batch.records.entries()) {
      if (batchFrom + at < from) continue
      const hash = hashes[at] ?? ''
      const told = reportedRecord(record)
      if (stream === deviceId) kept.own.push(hash)
      kept.known.set(hash, { ...told, hash, operationId: operationIdOf(record) })
      const credits = sumDraws(told.spent)
      const sums = used.get(deviceId) ?? { runs: 0, newer: 0, credits: 0 }
      const runs = sums.runs + (record.body.type === 'usage' ? 1 : 0)
      const newer = sums.newer + (record.body.type === 'newer' ? 1 : 0)
      used.set(deviceId, { runs, newer, credits: sums.credits + credits })
      if (stream === deviceId && record.sequence <= (brought.get(deviceId) ?? 0)) continue
      accounted += credits
      if (stream !== deviceId) continue
      const all = charges.get(deviceId) ?? []
      all.push({ sequence: record.sequence, credits })
      charges.set(deviceId, all)
    }
  }

  return {
    recordStore: {
      ...real,
      async append(transaction, batch) {
        await real.append(transaction, batch)
        const notes = NOTES.get(transaction) ?? []
        NOTES.set(transaction, [...notes, () => keep(batch)])
      },
    },
    streams,
    accounted: () => accounted,
    brought(deviceId, sequence) {
      brought.set(deviceId, sequence)
      for (const one of charges.get(deviceId) ?? []) {
        if (one.sequence <= sequence) accounted -= one.credits
      }
    },
    used: () => used,
  }
}
