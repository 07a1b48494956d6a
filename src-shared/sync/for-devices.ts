/** Which of the authority's entries devices are told; the rest concerns one half only. */

import type { EntryKind } from '../journal/journal.ts'

/** `adopt` may bring the account itself: the one that the pool was made of. */
const TOLD: ReadonlySet<EntryKind> = new Set([
  'catalog',
  'in-force',
  'grant',
  'extend',
  'account',
  'adopt',
  'rollover',
  'revoke',
])

export function isForDevices(kind: EntryKind): boolean {
  return TOLD.has(kind)
}
