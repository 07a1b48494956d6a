/** The ledger's chain of entries, hashed with this machine's means. */

import * as chain from '#shared/journal/chain.ts'
import type { EntryRecord, Head } from '#shared/journal/chain.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import { sha256 } from '../ports/sha256.ts'

export { GENESIS, headAfter, readEntry } from '#shared/journal/chain.ts'
export type { EntryRecord, Head } from '#shared/journal/chain.ts'

/** The record that follows `head`. Throws a RangeError on an invalid id. */
export function sealEntry(head: Head, draft: EntryDraft, at: number): EntryRecord {
  return chain.sealEntry(sha256, head, draft, at)
}

/** Whether a record continues the chain exactly at `head`. */
export function continuesChain(head: Head, record: EntryRecord): boolean {
  return chain.continuesChain(sha256, head, record)
}
