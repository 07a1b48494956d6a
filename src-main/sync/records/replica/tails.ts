/**
 * Records of stretches that fill. What comes is kept as it came, once nothing is missing between it
 * and what is here, and read soon after or by whoever looks first: who brings it need not wait.
 */

import { decodeRecords, isContinued } from '#shared/records/batch.ts'
import { decodeTailItem } from '#shared/records/sealed.ts'
import { stretchOf, tailDocument } from '#shared/records/stretches.ts'
import { type Result, success } from '#shared/result.ts'
import { storageFailure } from '../../../ledger/storage-errors.ts'
import { type Arrived, freshOf, invalid } from './arrived.ts'
import type { ReplicaFile } from './file.ts'
import { labelsIn } from './labels-in.ts'
import { deviceOf, type TailItem } from './stored-tails.ts'

export interface Tails {
  /**
   * Takes up what is new of a stream's tail. Fails with `document_invalid` where a record is missing,
   * or where what came of it before could not be read and cannot be now.
   */
  take(file: ReplicaFile, stream: string, stretch: number, arrived: Arrived): Result<null>
  /** Reads some of what came; false when all is read. */
  readSome(file: ReplicaFile): boolean
  /** Reads what came before the last stop. */
  goOn(file: ReplicaFile): void
  /** Before the file is closed. */
  stop(): void
}

/** `labelled` hears when there are more labels. */
export function createTails(labelled: () => void): Tails {
  /** Documents that could not be read, and why: asked for again, they are read as they come. */
  const broken = new Map<string, string>()
  let next: NodeJS.Immediate | null = null

  function goOn(file: ReplicaFile): void {
    next ??= setImmediate(() => {
      next = null
      try {
        if (readSome(file)) goOn(file)
      } catch (error) {
        // Whoever looks meets it again.
        if (!storageFailure(error)) throw error
      }
    })
  }

  function readSome(file: ReplicaFile): boolean {
    const [item] = file.store.unreadTails(1)
    if (!item) return false
    read(file, item)
    return true
  }

  function read(file: ReplicaFile, { stream, from, batch }: TailItem): void {
    const { store } = file
    const before = isContinued(batch) ? store.tailRecord(stream, from - 1) : null
    const records = decodeRecords(batch, deviceOf(stream), from, before)
    const document = tailDocument(stream, stretchOf(from))
    if (!records.ok) {
      broken.set(document, records.error.message)
      file.together(() => {
        store.dropTail(stream, stretchOf(from))
        store.forget(document)
      })
      file.positions.delete(document)
      return
    }
    const labels = labelsIn(records.data)
    file.together(() => {
      for (const record of records.data) store.addTail(stream, record)
      for (const label of labels) store.addLabel(label)
      store.dropTailItem(stream, from)
    })
    if (labels.length > 0) labelled()
  }

  return {
    take(file, stream, stretch, arrived) {
      const { document, after, items } = arrived
      const fresh: TailItem[] = []
      let end = file.store.tailEnd(stream, stretch)
      for (const bytes of freshOf(file, arrived)) {
        const item = decodeTailItem(stretch, bytes)
        if (!item.ok) return invalid(item.error.message)
        const { from, to, batch } = item.data
        // A copy's stream begins anywhere; every other at its stretch's beginning.
        const isNext = end === 0 ? !isContinued(batch) : from === end + 1
        if (!isNext) return invalid(`record ${end + 1} is missing`)
        fresh.push({ stream, from, to, batch })
        end = to
      }
      const to = after + items.length
      file.together(() => {
        for (const item of fresh) file.store.addTailItem(item)
        file.store.setPosition(document, to)
      })
      file.positions.set(document, to)
      if (!broken.delete(document)) {
        goOn(file)
        return success(null)
      }
      while (readSome(file));
      const why = broken.get(document)
      return why === undefined ? success(null) : invalid(why)
    },
    readSome,
    goOn,
    stop() {
      if (next) clearImmediate(next)
      next = null
    },
  }
}
