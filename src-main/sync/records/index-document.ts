/**
 * The index of a device's sealed stretches: an Automerge document that only the device writes. Every
 * change is a function of the records before it, so the document need not be kept: made anew it is the
 * same, change by change, and a change twice is one change.
 */

import {
  EMPTY_INDEX,
  indexActor,
  indexChange,
  type IndexEnd,
  readIndexChange,
} from '#shared/records/index-change.ts'
import type { SealedStretch } from '#shared/records/stretches.ts'
import { sha256 } from '../../ports/sha256.ts'

/** The writing device's side. */
export interface IndexWriter {
  /** The change that adds the next stretch. Throws when it is not the next. */
  add(sealed: SealedStretch): Uint8Array
  length(): number
}

export function createIndexWriter(deviceId: string): IndexWriter {
  const actor = indexActor(deviceId, sha256)
  let end = EMPTY_INDEX
  return {
    add(sealed) {
      const { bytes, hash } = indexChange(actor, end, sealed, sha256)
      end = { stretch: sealed.stretch, hash }
      return bytes
    },
    length: () => end.stretch,
  }
}

/** A stretch with the index's end after it. */
export interface IndexedStretch {
  readonly sealed: SealedStretch
  readonly end: IndexEnd
}

/** The stretches that changes add after `end`, in order; null when they are no index of the device. */
export function readIndex(
  deviceId: string,
  end: IndexEnd,
  changes: readonly Uint8Array[],
): readonly IndexedStretch[] | null {
  const actor = indexActor(deviceId, sha256)
  const added: IndexedStretch[] = []
  for (const change of changes) {
    const read = readIndexChange(actor, added.at(-1)?.end ?? end, change, sha256)
    if (!read) return null
    added.push(read)
  }
  return added
}
