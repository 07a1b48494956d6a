/**
 * How a server judges records that come in: known, new, with a gap before them, from a copy of the
 * device, or not the device's at all (design: records; threat model). Nothing else decides this.
 */

import type { RecordHead } from '../journal/lease-facts.ts'

/** What came, with the hash after each of its records, chained on `previous`. */
export interface IncomingRecords {
  readonly from: number
  readonly to: RecordHead
  /** What the sender has before `from`; null where it means the server's own. */
  readonly previous: string | null
  /** Hashes of records `from`, `from` + 1, … */
  readonly hashes: readonly string[]
  /** Whether the device's key signed `to`. */
  readonly signed: boolean
}

/** What the server has of the device: the head, and the hash after any record before it. */
export interface KnownRecords {
  readonly head: RecordHead
  /** Hash after a record; empty for 0; asked only up to the head. */
  hashAt(sequence: number): string
}

export type Judgement =
  /** Nothing new. */
  | { readonly verdict: 'known' }
  /** Record `from` of them and those after are new and continue what is there. */
  | { readonly verdict: 'new'; readonly from: number }
  /** Send those after this head. */
  | { readonly verdict: 'wanted'; readonly after: RecordHead }
  /** Record `at` is another one than the server's, or follows another one. */
  | { readonly verdict: 'fork'; readonly at: number }
  | { readonly verdict: 'refused'; readonly code: 'record_invalid' | 'signature_invalid' }

/** Judges one batch. It only reads, so a batch that comes twice is judged anew, as `known`. */
export function judgeRecords(known: KnownRecords, incoming: IncomingRecords): Judgement {
  const { head } = known
  const { from, to, hashes } = incoming
  if (from > head.sequence + 1) return { verdict: 'wanted', after: head }
  if (hashes.length !== to.sequence - from + 1) return refused('record_invalid')
  const before = known.hashAt(from - 1)
  const previous = incoming.previous ?? before
  if (hashes.at(-1) !== to.hash) {
    // Chained on our hash, they may end elsewhere because the sender had another one before them.
    if (incoming.previous !== null || from === 1) return refused('record_invalid')
    return { verdict: 'wanted', after: { sequence: from - 1, hash: before } }
  }
  if (!incoming.signed) return refused('signature_invalid')
  if (previous !== before) return earlier(known, from - 1)
  const common = Math.min(to.sequence, head.sequence)
  for (let sequence = from; sequence <= common; sequence++) {
    if (hashes[sequence - from] !== known.hashAt(sequence)) return { verdict: 'fork', at: sequence }
  }
  return to.sequence <= head.sequence
    ? { verdict: 'known' }
    : { verdict: 'new', from: head.sequence + 1 }
}

/** The histories part somewhere before: looks in halves for what both have. */
function earlier(known: KnownRecords, sequence: number): Judgement {
  const half = Math.floor(sequence / 2)
  return { verdict: 'wanted', after: { sequence: half, hash: known.hashAt(half) } }
}

function refused(code: 'record_invalid' | 'signature_invalid'): Judgement {
  return { verdict: 'refused', code }
}
