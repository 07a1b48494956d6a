/**
 * The names people gave, as they are here. The log of the account document and what the server does
 * not have yet say them; what they come to is kept beside, so that reading a name needs no Automerge.
 */

import { ACCOUNT_DOCUMENT } from '#shared/records/stretches.ts'
import { type Result, success } from '#shared/result.ts'
import {
  type AccountDocument,
  type AutomergeLibrary,
  createAccountDocument,
} from './account-document.ts'
import { type Arrived, freshOf, invalid } from './arrived.ts'
import type { ReplicaFile } from './file.ts'

/** The document as its log here says it. */
export function acceptedNames(library: AutomergeLibrary, { store }: ReplicaFile): AccountDocument {
  const document = createAccountDocument(library)
  document.take(store.changes(ACCOUNT_DOCUMENT))
  return document
}

/** Takes up what is new, into `accepted` too. Fails with `document_invalid`, changing nothing. */
export function takeNames(
  accepted: AccountDocument,
  file: ReplicaFile,
  arrived: Arrived,
): Result<null> {
  const { store, positions } = file
  const { document } = arrived
  const known = positions.get(document) ?? 0
  const fresh = freshOf(file, arrived)
  if (!accepted.take(fresh)) return invalid('it names nothing')
  file.together(() => {
    fresh.forEach((bytes, at) => {
      store.addChange(document, known + at + 1, bytes)
      store.removeUnsent(bytes)
    })
    store.setPosition(document, known + fresh.length)
    keepNames(accepted, file)
  })
  positions.set(document, known + fresh.length)
  return success(null)
}

/**
 * Gives a name, by a change of `actor`. It follows what the server has and what was given to the same
 * before, but no other name that the server does not have yet: one that it refuses takes no other along.
 */
export function giveName(
  accepted: AccountDocument,
  file: ReplicaFile,
  actor: string,
  key: string,
  value: string,
): void {
  const { store } = file
  const document = accepted.copy(actor)
  const before = store.unsent().filter((unsent) => unsent.key === key)
  document.take(before.map(({ bytes }) => bytes))
  const change = document.name(key, value)
  if (!change) return
  file.together(() => {
    store.addUnsent(key, change)
    keepNames(accepted, file)
  })
}

/** Lets go of what was given to `key` and the server does not have. */
export function dropName(accepted: AccountDocument, file: ReplicaFile, key: string): void {
  file.together(() => {
    file.store.dropUnsent(key)
    keepNames(accepted, file)
  })
}

/** What it all comes to, with what the server does not have yet. */
function keepNames(accepted: AccountDocument, { store }: ReplicaFile): void {
  const unsent = store.unsent().map(({ bytes }) => bytes)
  const document = unsent.length > 0 ? accepted.copy() : accepted
  document.take(unsent)
  store.setNames(document.names())
}
