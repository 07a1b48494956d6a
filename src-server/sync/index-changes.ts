/** What a device says of its sealed stretches: one after another, each what its segment says. */

import { changeHash, indexActor, readIndexChange } from '#shared/records/index-change.ts'
import {
  indexDocument,
  type SealedStretch,
  stretchEnd,
  stretchStart,
} from '#shared/records/stretches.ts'
import { failure, success } from '#shared/result.ts'
import { sha256 } from '../ports/sha256.ts'
import type { Query } from '../store/database.ts'
import type { Identity } from '../teams/identity.ts'
import { type AddChange, addToLog, isLogged } from './document-log.ts'
import { createRecordStore, dropItems, sealedStretch, sealStretch } from './records.ts'
import { hashesOfSegment, readSegment } from './segments.ts'

/** Fails with `document_invalid`. */
export const addStretch: AddChange = async ({ query }, identity, document, end, bytes) => {
  const { accountId, deviceId } = identity
  if (document !== indexDocument(deviceId)) return indexInvalid('it is another machine’s')
  const last = { stretch: end.position, hash: end.hash }
  const read = readIndexChange(indexActor(deviceId, sha256), last, bytes, sha256)
  if (!read) {
    const isKnown = await isLogged(query, accountId, document, changeHash(bytes, sha256))
    return isKnown ? success(end) : indexInvalid('it is not the next stretch')
  }
  const refusal = await seal(query, identity, read.sealed)
  if (refusal !== null) return indexInvalid(refusal)
  const after = { position: read.end.stretch, hash: read.end.hash }
  await addToLog(query, accountId, document, after, bytes)
  return success(after)
}

/** Lets the batches of a stretch go for its segment; says why where that does not hold them. */
async function seal(
  query: Query,
  { accountId, deviceId }: Identity,
  sealed: SealedStretch,
): Promise<string | null> {
  const { stretch } = sealed
  const known = await sealedStretch(query, accountId, deviceId, stretch)
  if (known) {
    if (known.name !== sealed.name || known.hash !== sealed.head.hash) {
      return 'it names another segment'
    }
    await dropItems(query, accountId, deviceId, stretch)
    return null
  }
  const bytes = await readSegment(query, accountId, sealed.name)
  if (!bytes) return 'its segment is missing'
  const records = createRecordStore()
  const start = stretchStart(stretch) - 1
  const head = await records.head(query, accountId, deviceId)
  if (head.sequence < stretchEnd(stretch)) return 'its records are missing'
  const [previous = ''] = await records.hashes(query, accountId, deviceId, start, start)
  const end = stretchEnd(stretch)
  const [ours] = await records.hashes(query, accountId, deviceId, end, end)
  const hashes = hashesOfSegment(bytes, stretch, previous)
  if (!hashes.ok || hashes.data.at(-1) !== ours || ours !== sealed.head.hash) {
    return 'its segment holds other records'
  }
  await sealStretch(query, accountId, deviceId, sealed)
  await dropItems(query, accountId, deviceId, stretch)
  return null
}

function indexInvalid(why: string) {
  return failure('document_invalid', `A change to an index was not accepted: ${why}.`)
}
