/** The names people gave, as they are here: Automerge is loaded when they are first touched. */

import { ACCOUNT_DOCUMENT } from '#shared/records/stretches.ts'
import { type Result, success } from '#shared/result.ts'
import {
  type AccountDocument,
  type AutomergeLibrary,
  createAccountDocument,
} from './account-document.ts'
import { type Arrived, freshOf, invalid } from './arrived.ts'
import type { ReplicaFile } from './file.ts'

/** Takes up what is new. Fails with `document_invalid`, changing nothing. */
export function takeNames(
  library: AutomergeLibrary,
  file: ReplicaFile,
  arrived: Arrived,
): Result<null> {
  const { store, positions } = file
  const { document } = arrived
  const known = positions.get(document) ?? 0
  const fresh = freshOf(file, arrived)
  if (!createAccountDocument(library, store.changes(document)).take(fresh)) {
    return invalid('it names nothing')
  }
  file.together(() => {
    fresh.forEach((bytes, at) => store.addChange(document, known + at + 1, bytes))
    store.setPosition(document, known + fresh.length)
  })
  positions.set(document, known + fresh.length)
  return success(null)
}

/** With those that the server does not have yet. */
export function namesGiven(library: AutomergeLibrary, { store }: ReplicaFile): AccountDocument {
  const unsent = store.unsent().map(({ bytes }) => bytes)
  return createAccountDocument(library, [...store.changes(ACCOUNT_DOCUMENT), ...unsent])
}
