/** Items of a document that came, and those of them that are new here. */

import { failure } from '#shared/result.ts'
import type { ReplicaFile } from './file.ts'

export interface Arrived {
  readonly document: string
  /** The position they begin after: where the document is read to, or before. */
  readonly after: number
  readonly items: readonly Uint8Array[]
}

export function freshOf({ positions }: ReplicaFile, { document, after, items }: Arrived) {
  return items.slice((positions.get(document) ?? 0) - after)
}

export function invalid(why: string) {
  return failure('document_invalid', `What the team wrote could not be taken in: ${why}.`)
}
