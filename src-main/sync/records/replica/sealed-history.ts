/** Segments of the others: what is wanted, what came, and the labels that are in it. */

import { decodeRecords } from '#shared/records/batch.ts'
import { stretchStart } from '#shared/records/stretches.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { storageFailure } from '../../../ledger/storage-errors.ts'
import { sha256 } from '../../../ports/sha256.ts'
import type { ReplicaFile } from './file.ts'
import { labelsIn } from './labels-in.ts'

export interface SealedHistory {
  /** The bytes of one that is here. */
  segment(file: ReplicaFile, name: string): Uint8Array | null
  /** Names of segments that somebody waits for. */
  wanted(): readonly string[]
  /** Wants a segment unless it is here. */
  want(file: ReplicaFile, name: string): void
  /** Wants those in which there may be labels that nobody here has read; true when there are some. */
  seek(file: ReplicaFile): boolean
  /** One came; null: the server has none of that name. Fails with `segment_invalid`. */
  take(file: ReplicaFile, name: string, bytes: Uint8Array | null): Result<null>
  /** Before the file is closed. */
  stop(file: ReplicaFile): void
}

/** Segments that are written in one transaction; what came before a pause is written in it. */
const TOGETHER = 64

/** `labelled` hears when there are more labels. */
export function createSealedHistory(labelled: () => void): SealedHistory {
  const waiting = new Set<string>()
  /** Asked for because of their labels: once is enough, the server may not have them. */
  const sought = new Set<string>()
  /** Came, and not written yet. */
  const unwritten = new Map<string, Uint8Array>()
  /** Here, and their labels are not known yet. */
  const unread = new Set<string>()
  let next: NodeJS.Immediate | null = null

  const segment = ({ store }: ReplicaFile, name: string) =>
    unwritten.get(name) ?? store.segment(name)

  /** What may be labelled in it is read soon after: whoever brings segments need not wait for it. */
  function keep(file: ReplicaFile, name: string, bytes: Uint8Array): Result<null> {
    const named = file.store.named(name)
    if (sha256(bytes) !== name || named.length === 0) {
      return failure('segment_invalid', 'A piece of history does not match its name.', { name })
    }
    unwritten.set(name, bytes)
    if (named.some(({ perhapsLabelled }) => perhapsLabelled)) unread.add(name)
    if (unwritten.size >= TOGETHER) write(file)
    goOn(file)
    return success(null)
  }

  function write(file: ReplicaFile): void {
    file.together(() => {
      for (const [name, bytes] of unwritten) file.store.addSegment(name, bytes)
    })
    unwritten.clear()
  }

  /** One thing after the other, with a pause for others in between. */
  function goOn(file: ReplicaFile): void {
    if (unwritten.size > 0 || unread.size > 0) next ??= setImmediate(workSome, file)
  }

  function workSome(file: ReplicaFile): void {
    next = null
    const [name] = unread
    try {
      if (unwritten.size > 0) write(file)
      else if (name !== undefined) readLabels(file, name)
    } catch (error) {
      if (!storageFailure(error)) throw error
      // Not written: the next to come tries again. Not read: it is sought again after the next start.
      unread.clear()
      return
    }
    goOn(file)
  }

  function readLabels(file: ReplicaFile, name: string): void {
    const { store } = file
    unread.delete(name)
    const bytes = segment(file, name)
    if (!bytes) return
    const named = store.named(name).filter(({ perhapsLabelled }) => perhapsLabelled)
    const labels = named.flatMap(({ deviceId, stretch }) => {
      if (store.isNothingButRuns(deviceId, stretch)) return []
      const read = decodeRecords(bytes, deviceId, stretchStart(stretch))
      return read.ok ? labelsIn(read.data) : []
    })
    file.together(() => {
      for (const { deviceId, stretch } of named) store.setRead(deviceId, stretch)
      for (const label of labels) store.addLabel(label)
    })
    if (labels.length > 0) labelled()
  }

  return {
    segment,
    wanted: () => [...waiting],
    want(file, name) {
      if (!segment(file, name)) waiting.add(name)
    },
    seek(file) {
      const fresh = file.store.perhapsLabelled().filter((name) => !sought.has(name))
      for (const name of fresh) {
        sought.add(name)
        // Here already, and cut off before it was read.
        if (segment(file, name)) unread.add(name)
        else waiting.add(name)
      }
      goOn(file)
      return fresh.length > 0
    },
    take(file, name, bytes) {
      waiting.delete(name)
      return bytes ? keep(file, name, bytes) : success(null)
    },
    stop(file) {
      if (next) clearImmediate(next)
      next = null
      unread.clear()
      try {
        if (unwritten.size > 0) write(file)
      } catch (error) {
        // Then it is fetched again when somebody looks.
        if (!storageFailure(error)) throw error
      }
      unwritten.clear()
    },
  }
}
