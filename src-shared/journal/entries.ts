/**
 * Builders of complete journal entries: each moves credits between the buckets of grants and sums
 * to zero for each of them (design: ledger). Ids are derived from what an entry is about, so the
 * journal's unique id lets a grant arrive and expire, and an operation be held and end, once each.
 */

import {
  addCredits,
  type Credits,
  millicredits,
  minCredits,
  subtractCredits,
  ZERO,
} from '../credits/amount.ts'
import type { AccountChange } from './account-change.ts'
import type { Draw, Grant } from '../credits/grant.ts'
import type {
  Bucket,
  CatalogSource,
  EntryDraft,
  EntryFacts,
  OperationFacts,
  Posting,
} from './journal.ts'

/** What is known of a run when it is settled, apart from which grants paid. */
export type Settlement = Omit<Extract<EntryFacts, { kind: 'settle' }>, 'kind'>
export type Cancellation = Omit<Extract<EntryFacts, { kind: 'void' }>, 'kind'>

/**
 * How much of what a hold returns to a grant stays available when the entry is written: all of it,
 * nothing if the grant has ended, or what may still be rolled over. Asked once for each grant, in
 * paying order.
 */
export type Returned = (grantId: string, amount: Credits) => Credits

/** For grants that have not ended: all of it goes back. */
export const allBack: Returned = (_grantId, amount) => amount

export const catalogEntryId = (version: string) => `catalog:${version}`
export const grantEntryId = (grantId: string) => `grant:${grantId}`
const expireEntryId = (grantId: string) => `expire:${grantId}`
export const holdEntryId = (operationId: string) => `${operationId}:hold`
export const revokeEntryId = (id: string, grantId: string) => `revoke:${id}:${grantId}`
/** Settle and void share it: an operation ends once. */
export const endEntryId = (operationId: string) => `${operationId}:end`

/** Records a catalog, in force from `from` on. A version is written once, for good. */
export function catalogEntry(source: CatalogSource, from: number): EntryDraft {
  return {
    id: catalogEntryId(source.version),
    facts: { kind: 'catalog', from, source },
    postings: [],
  }
}

/** Records that a catalog published for later has come into force, so that no clock can undo it. */
export function inForceEntry(version: string): EntryDraft {
  return { id: `in-force:${version}`, facts: { kind: 'in-force', version }, postings: [] }
}

/** Adds a grant: issued → available. */
export function grantEntry(grant: Grant): EntryDraft {
  if (grant.amount < 0) throw new RangeError(`Grant ${grant.id} is negative`)
  return balanced({
    id: grantEntryId(grant.id),
    facts: { kind: 'grant', grant },
    postings: move(grant.id, 'issued', 'available', grant.amount),
  })
}

/** Takes what is still available of a grant at its end: available → expired. Once per grant. */
export function expireEntry(grantId: string, amount: Credits): EntryDraft {
  return balanced({
    id: expireEntryId(grantId),
    facts: { kind: 'expire', grantId },
    postings: move(grantId, 'available', 'expired', amount),
  })
}

/** Records a change of the account; moves no credits. Its `id` makes it happen once. */
export function accountEntry(id: string, change: AccountChange): EntryDraft {
  return { id: `account:${id}`, facts: { kind: 'account', change }, postings: [] }
}

/** Extends `grantIds` to `expiresAt`, because of the grant `because`. */
export function extendEntry(
  grantIds: readonly string[],
  expiresAt: number,
  because: string,
): EntryDraft {
  const facts = { kind: 'extend', grantIds, expiresAt, because } as const
  return { id: `extend:${because}`, facts, postings: [] }
}

/** Expires what a family of grants may not carry into `cycle`: available → expired, by grant. */
export function rolloverEntry(
  accountId: string,
  family: string,
  cycle: number,
  lost: readonly Draw[],
  room: Credits,
): EntryDraft {
  return balanced({
    id: `rollover:${accountId}:${family}:${cycle}`,
    facts: { kind: 'rollover', family, cycle, room },
    postings: lost.flatMap(({ grantId, amount }) => move(grantId, 'available', 'expired', amount)),
  })
}

/**
 * Takes back `amount` of what is unspent of a grant; with `closes`, also what open holds on it
 * return later. Its `id` makes it happen once.
 */
export function revokeEntry(
  id: string,
  { grantId, amount }: Draw,
  reason: string,
  closes: boolean,
): EntryDraft {
  return balanced({
    id: revokeEntryId(id, grantId),
    facts: { kind: 'revoke', grantId, reason, closes },
    postings: move(grantId, 'available', 'expired', amount),
  })
}

export const refundEntryId = (id: string) => `refund:${id}`

/**
 * Refunds `amount` of a charge: `returned` goes back to the grants that paid, the rest comes as a
 * grant of its own. Its `id` makes it happen once.
 */
export function refundEntry(
  id: string,
  operationId: string,
  amount: Credits,
  returned: readonly Draw[],
  reason: string,
): EntryDraft {
  return balanced({
    id: refundEntryId(id),
    facts: { kind: 'refund', operationId, amount, reason },
    postings: returned.flatMap(({ grantId, amount }) =>
      move(grantId, 'spent', 'available', amount),
    ),
  })
}

/** Reserves the quote's maximum before a run: available → held. */
export function holdEntry(operation: OperationFacts, draws: readonly Draw[]): EntryDraft {
  if (sumDraws(draws) !== operation.quote.maximum) {
    throw new Error(`Operation ${operation.operationId} must hold exactly its quoted maximum`)
  }
  return balanced({
    id: holdEntryId(operation.operationId),
    facts: { kind: 'hold', operation },
    postings: draws.flatMap(({ grantId, amount }) => move(grantId, 'available', 'held', amount)),
  })
}

/**
 * Ends a run that is charged. The charge is paid in the order in which the grants were held (held →
 * spent), and the rest goes back to the grants it came from (held → available). What may not go
 * back, because the grant has ended meanwhile, expires in the same entry (held → expired), so a
 * grant needs one expire entry however many holds outlive it. Throws if the charge is more than was
 * held.
 */
export function settleEntry(
  settlement: Settlement,
  held: readonly Draw[],
  returned: Returned,
): EntryDraft {
  const { operationId, charge } = settlement
  if (charge.amount < 0 || charge.amount > sumDraws(held)) {
    throw new Error(`Operation ${operationId} cannot be charged outside what it holds`)
  }
  let unpaid = charge.amount
  const postings = held.flatMap(({ grantId, amount }) => {
    const paid = minCredits(amount, unpaid)
    unpaid = subtractCredits(unpaid, paid)
    return release(grantId, amount, paid, returned)
  })
  return balanced({
    id: endEntryId(operationId),
    facts: { kind: 'settle', ...settlement },
    postings,
  })
}

/** Ends a run that costs nothing: everything held goes back as in `settleEntry`. */
export function voidEntry(
  cancellation: Cancellation,
  held: readonly Draw[],
  returned: Returned,
): EntryDraft {
  return balanced({
    id: endEntryId(cancellation.operationId),
    facts: { kind: 'void', ...cancellation },
    postings: held.flatMap(({ grantId, amount }) => release(grantId, amount, ZERO, returned)),
  })
}

/**
 * What an entry put into a bucket, in order: the draws of a hold (`held`), the grants that paid for
 * a settled run (`spent`).
 */
export function drawsInto(entry: Pick<EntryDraft, 'postings'>, bucket: Bucket): readonly Draw[] {
  return entry.postings
    .filter((posting) => posting.bucket === bucket && posting.amount > 0)
    .map(({ grantId, amount }) => ({ grantId, amount }))
}

/** The sum of draws. */
export function sumDraws(draws: readonly Draw[]): Credits {
  return addCredits(...draws.map(({ amount }) => amount))
}

/**
 * Throws unless the postings of every grant sum to zero, none is zero, and no bucket of a grant is
 * posted to twice. Runs in production too.
 */
export function assertBalanced(draft: Pick<EntryDraft, 'id' | 'postings'>): void {
  const sums = new Map<string, number>()
  draft.postings.forEach(({ grantId, bucket, amount }, place) => {
    const repeats = draft.postings.findIndex(
      (earlier) => earlier.grantId === grantId && earlier.bucket === bucket,
    )
    if (millicredits(amount) === 0 || repeats < place) {
      throw new Error(`Entry ${draft.id} posts nothing or twice to ${bucket} of ${grantId}`)
    }
    sums.set(grantId, millicredits((sums.get(grantId) ?? 0) + amount))
  })
  for (const [grantId, sum] of sums) {
    if (sum !== 0) throw new Error(`Entry ${draft.id} does not balance: ${sum} on ${grantId}`)
  }
}

function balanced(draft: EntryDraft): EntryDraft {
  assertBalanced(draft)
  return draft
}

function move(grantId: string, from: Bucket, to: Bucket, amount: Credits): readonly Posting[] {
  if (amount < 0) throw new RangeError(`Cannot move a negative amount: ${amount}`)
  if (amount === 0) return []
  return [
    { grantId, bucket: from, amount: subtractCredits(ZERO, amount) },
    { grantId, bucket: to, amount },
  ]
}

/** Empties a hold on one grant: `paid` is spent, the rest goes back or expires. */
function release(
  grantId: string,
  held: Credits,
  paid: Credits,
  returned: Returned,
): readonly Posting[] {
  const rest = subtractCredits(held, paid)
  const kept = rest === 0 ? ZERO : returned(grantId, rest)
  const postings: readonly Posting[] = [
    { grantId, bucket: 'held', amount: subtractCredits(ZERO, held) },
    { grantId, bucket: 'spent', amount: paid },
    { grantId, bucket: 'available', amount: kept },
    { grantId, bucket: 'expired', amount: subtractCredits(rest, kept) },
  ]
  return postings.filter(({ amount }) => amount !== 0)
}
