/**
 * The balance as a fold of the journal (design: ledger): `balance = fold(entries)`, from the start
 * or from any earlier balance. Nothing is ever clamped: a bucket that would go below zero is a
 * broken journal and throws.
 */

import { addCredits, type Credits, millicredits, ZERO } from '../credits/amount.ts'
import type { Grant } from '../credits/grant.ts'
import type { Bucket, Entry, EntryDraft, EntryFacts } from './journal.ts'

/** Where the credits of one grant are. `grant.amount` is always the sum of the five. */
export interface GrantBalance {
  readonly grant: Grant
  readonly available: Credits
  readonly held: Credits
  readonly spent: Credits
  readonly expired: Credits
  readonly elsewhere: Credits
}

/** The balance of every grant, by grant id, in the order in which they were granted. */
export type BalanceState = ReadonlyMap<string, GrantBalance>

export const EMPTY_BALANCE: BalanceState = new Map()

/** The balance after one more entry. Throws on an entry that cannot follow this balance. */
export function applyEntry(state: BalanceState, entry: EntryDraft): BalanceState {
  return foldEntries([entry], state)
}

/**
 * The balance after `entries`, in order, starting from `from`. Throws when an entry names an unknown
 * grant, repeats one, or takes more from a bucket than is in it, and when a grant's credits do not
 * add up in the end.
 */
export function foldEntries(
  entries: Iterable<EntryDraft>,
  from: BalanceState = EMPTY_BALANCE,
): BalanceState {
  const touched = new Map<string, Account>()
  for (const entry of entries) post(touched, from, entry)
  const state = new Map(from)
  for (const [id, { issued, ...balance }] of touched) {
    assertConserved(balance, issued)
    state.set(id, balance)
  }
  return state
}

/** The balance at `time`: the fold of the entries written until then, `time` included. */
export function balanceAt(entries: Iterable<Entry>, time: number): BalanceState {
  return foldEntries(until(entries, time))
}

function* until(entries: Iterable<Entry>, time: number): Iterable<Entry> {
  for (const entry of entries) {
    if (entry.at > time) return
    yield entry
  }
}

/** One grant while folding; `issued` counts what was taken from the issuer, towards `grant.amount`. */
interface Account extends Record<Bucket, Credits> {
  readonly grant: Grant
}

function post(touched: Map<string, Account>, from: BalanceState, entry: EntryDraft): void {
  if (entry.facts.kind === 'grant') {
    const { grant } = entry.facts
    if (touched.has(grant.id) || from.has(grant.id)) {
      throw new Error(`Entry ${entry.id} repeats grant ${grant.id}`)
    }
    touched.set(grant.id, {
      grant,
      issued: ZERO,
      available: ZERO,
      held: ZERO,
      spent: ZERO,
      expired: ZERO,
      elsewhere: ZERO,
    })
  }
  if (entry.facts.kind === 'extend') extend(touched, from, entry.facts)
  for (const { grantId, bucket, amount } of entry.postings) {
    const account = touched.get(grantId) ?? openAccount(touched, from.get(grantId))
    if (!account) throw new Error(`Entry ${entry.id} posts to unknown grant ${grantId}`)
    const credit = bucket === 'issued' ? -amount : amount
    account[bucket] = millicredits(account[bucket] + credit)
    if (account[bucket] < 0) {
      throw new Error(`Entry ${entry.id} overdraws ${bucket} of grant ${grantId}`)
    }
  }
}

/** Extends grants; never shortens one, and leaves those that never end alone. */
function extend(
  touched: Map<string, Account>,
  from: BalanceState,
  { grantIds, expiresAt }: Extract<EntryFacts, { kind: 'extend' }>,
): void {
  for (const grantId of grantIds) {
    const account = touched.get(grantId) ?? openAccount(touched, from.get(grantId))
    if (!account) throw new Error(`An unknown grant cannot be extended: ${grantId}`)
    const { grant } = account
    if (grant.expiresAt === null || grant.expiresAt > expiresAt) {
      throw new Error(`Grant ${grantId} already lasts longer than ${expiresAt}`)
    }
    touched.set(grantId, { ...account, grant: { ...grant, expiresAt } })
  }
}

/** Continues a grant from an earlier balance. */
function openAccount(
  touched: Map<string, Account>,
  balance: GrantBalance | undefined,
): Account | undefined {
  if (!balance) return undefined
  const account = { ...balance, issued: balance.grant.amount }
  touched.set(balance.grant.id, account)
  return account
}

/** Entries move credits and never create or lose any: everything issued is still there. */
function assertConserved(balance: GrantBalance, issued: Credits): void {
  const { grant, available, held, spent, expired, elsewhere } = balance
  const sum = addCredits(available, held, spent, expired, elsewhere)
  if (issued !== grant.amount || sum !== issued) {
    throw new Error(`Grant ${grant.id} of ${grant.amount} issued ${issued} and accounts for ${sum}`)
  }
}
