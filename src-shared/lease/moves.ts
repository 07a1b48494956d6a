/** Collects movements of credits into the postings of one entry: net, by grant and bucket. */

import { type Credits, millicredits } from '../credits/amount.ts'
import { assertBalanced } from '../journal/entries.ts'
import type { Bucket, EntryDraft, EntryFacts, Posting } from '../journal/journal.ts'

export interface Moves {
  add(grantId: string, from: Bucket, to: Bucket, amount: Credits): void
  postings(): readonly Posting[]
}

export function createMoves(): Moves {
  const byGrant = new Map<string, Map<Bucket, number>>()
  return {
    add(grantId, from, to, amount) {
      if (amount < 0) throw new RangeError(`Cannot move a negative amount: ${amount}`)
      if (amount === 0) return
      const buckets = byGrant.get(grantId) ?? new Map<Bucket, number>()
      byGrant.set(grantId, buckets)
      buckets.set(from, (buckets.get(from) ?? 0) - amount)
      buckets.set(to, (buckets.get(to) ?? 0) + amount)
    },
    postings: () =>
      [...byGrant].flatMap(([grantId, buckets]) =>
        [...buckets]
          .filter(([, amount]) => amount !== 0)
          .map(([bucket, amount]) => ({ grantId, bucket, amount: millicredits(amount) })),
      ),
  }
}

/** The entry that makes these moves. */
export function movingEntry(id: string, facts: EntryFacts, moves: Moves): EntryDraft {
  const entry = { id, facts, postings: moves.postings() }
  assertBalanced(entry)
  return entry
}
