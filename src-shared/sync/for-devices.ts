/** Which of the authority's entries devices are told; the rest concerns one half only. */

import type { EntryKind } from '../journal/journal.ts'

const TOLD: ReadonlySet<EntryKind> = new Set([
  'catalog',
  'in-force',
  'grant',
  'extend',
  'account',
  'rollover',
  'revoke',
])

export function isForDevices(kind: EntryKind): boolean {
  return TOLD.has(kind)
}
