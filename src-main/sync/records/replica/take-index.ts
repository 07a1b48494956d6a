/** What another device says of its sealed stretches. */

import { stretchEnd, tailDocument } from '#shared/records/stretches.ts'
import { type Result, success } from '#shared/result.ts'
import { readIndex } from '../index-document.ts'
import { type Arrived, freshOf, invalid } from './arrived.ts'
import type { ReplicaFile } from './file.ts'

/**
 * Takes up what is new of a device's index, and lets the tails of what is sealed go. Fails with
 * `document_invalid` where it is no index, or does not go on from what is here.
 */
export function takeIndex(file: ReplicaFile, deviceId: string, arrived: Arrived): Result<null> {
  const { store, positions } = file
  const { document } = arrived
  const added = readIndex(deviceId, store.indexEnd(deviceId), freshOf(file, arrived))
  if (!added) return invalid('it is no index of stretches')
  const to = (positions.get(document) ?? 0) + added.length
  const tailed = added.flatMap(({ sealed: { stretch } }) => {
    const tail = tailDocument(deviceId, stretch)
    return positions.has(tail) ? [{ stretch, tail }] : []
  })
  const read = new Set(
    tailed
      .filter(({ stretch }) => store.tailEnd(deviceId, stretch) === stretchEnd(stretch))
      .map(({ stretch }) => stretch),
  )
  file.together(() => {
    for (const stretch of added) {
      store.addStretch(deviceId, stretch, read.has(stretch.sealed.stretch))
    }
    for (const { stretch, tail } of tailed) {
      store.dropTail(deviceId, stretch)
      store.forget(tail)
    }
    store.setPosition(document, to)
  })
  positions.set(document, to)
  for (const { tail } of tailed) positions.delete(tail)
  return success(null)
}
