/** A machine's records taken into a replica, for the benches. */

import { sha256 } from '../../src-main/ports/sha256.ts'
import { createIndexWriter, readIndex } from '../../src-main/sync/records/index-document.ts'
import type { Replica } from '../../src-main/sync/records/replica/replica.ts'
import { EMPTY_INDEX } from '#shared/records/index-change.ts'
import { indexDocument, tailDocument } from '#shared/records/stretches.ts'
import { temporaryFolderIn, unwrap } from '../support/ledger.ts'
import { CACHE } from './generate.ts'
import type { Shard } from './shard-of.ts'

/** Everything of a shard into a replica, as a session brings it. */
export async function takeAll(replica: Replica, shard: Shard): Promise<void> {
  const { deviceId, index, tail, segments } = shard
  unwrap(await replica.take(indexDocument(deviceId), 0, index))
  for (const { name, bytes } of segments) unwrap(await replica.takeSegment(name, bytes))
  // The last of them are written in the next pause.
  await new Promise((resolve) => setImmediate(resolve))
  const stretch = segments.length + 1
  if (tail.length > 0) unwrap(await replica.take(tailDocument(deviceId, stretch), 0, tail))
}

/**
 * The same records as another machine's would look from outside: segments of their own, a byte longer
 * each, under names of their own, and an index of them. For what never looks into a segment.
 */
export function asMachine({ deviceId, segments, index, tail }: Shard, machine: number): Shard {
  const stretches = readIndex(deviceId, EMPTY_INDEX, index)
  if (!stretches) throw new Error('It is no index')
  const own = segments.map(({ bytes }) => {
    const longer = Uint8Array.of(...bytes, machine)
    return { name: sha256(longer), bytes: longer }
  })
  const writer = createIndexWriter(`machine-${machine}`)
  const changes = stretches.map(({ sealed }, at) =>
    writer.add({ ...sealed, name: own[at]?.name ?? '' }),
  )
  return { deviceId: `machine-${machine}`, segments: own, index: changes, tail }
}

/** Works in a folder on the disk that is measured, gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = temporaryFolderIn(CACHE)
  try {
    return await work(folder.path)
  } finally {
    folder.remove()
  }
}
