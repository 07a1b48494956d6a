/**
 * What is in force for an account, as a fold of the journal (design: account). Together with the
 * balances it decides which credits the account gets and when; it holds no credits itself.
 */

import type { Catalog } from '../catalog/catalog.ts'
import { type Credits, subtractCredits, ZERO } from '../credits/amount.ts'
import type { Draw } from '../credits/grant.ts'
import type { AccountChange } from '../journal/account-change.ts'
import type {
  AccountSnapshot,
  OverrideTerm,
  RolloverRoom,
  Subscription,
} from '../journal/account-snapshot.ts'
import { applyEntry, type BalanceState } from '../journal/balance.ts'
import { drawsInto } from '../journal/entries.ts'
import type { EntryDraft } from '../journal/journal.ts'
import { type AccountState, type Books, EMPTY_ACCOUNT } from './account.ts'
import { unpackAccount } from './snapshot.ts'

/** With one more catalog, in force from `from`. Later-added ones win from the same moment. */
export function withCatalog(state: AccountState, catalog: Catalog, from: number): AccountState {
  const earlier = state.catalogs.filter((term) => term.from <= from)
  const later = state.catalogs.filter((term) => term.from > from)
  return { ...state, catalogs: [...earlier, { catalog, from }, ...later] }
}

/**
 * The account after one more entry; `balances` are those before it. Most entries change nothing
 * here. Catalog entries are added through `withCatalog`, by whoever reads them.
 */
export function followEntry(
  state: AccountState,
  entry: EntryDraft,
  balances: BalanceState,
): AccountState {
  const { facts } = entry
  switch (facts.kind) {
    case 'account':
      return followChange(state, facts.change)
    case 'rollover': {
      const { family, cycle, room } = facts
      return { ...state, rooms: new Map(state.rooms).set(family, { cycle, room }) }
    }
    case 'revoke':
      if (!facts.closes) return state
      return { ...state, closed: new Set(state.closed).add(facts.grantId) }
    case 'authority':
      return adopted(state, facts.account)
    case 'adopt':
      return state.account ? state : adopted(state, facts.account)
    case 'settle':
    case 'void':
    case 'reclaim':
      return takeRoom(state, drawsInto(entry, 'available'), balances)
    case 'report':
      return takeRoom(state, facts.kept, balances)
    default:
      return state
  }
}

/** Another issuer's terms, or none yet; the catalogs stay known. */
function adopted({ catalogs }: AccountState, account: AccountSnapshot | null): AccountState {
  return { ...(account ? unpackAccount(account) : EMPTY_ACCOUNT), catalogs }
}

function followChange(state: AccountState, change: AccountChange): AccountState {
  switch (change.type) {
    case 'opened': {
      const { accountId: id, startsAt, timeZone, planId, seats } = change
      const plans = [{ planId, seats, from: startsAt }]
      return { ...state, account: { id, anchor: { startsAt, timeZone } }, plans }
    }
    case 'plan': {
      const { planId, seats, from } = change
      const earlier = state.plans.filter((term) => term.from < from)
      return { ...state, plans: [...earlier, { planId, seats, from }] }
    }
    case 'allowance':
      return { ...state, cycle: change.cycle, allowed: change.allowed }
    case 'add-on': {
      const { type: _, subscriptionId: id, ...bought } = change
      return withSubscription(state, { id, ...bought, endsFrom: null })
    }
    case 'add-on-ended': {
      const known = state.subscriptions.get(change.subscriptionId)
      return known ? withSubscription(state, { ...known, endsFrom: change.from }) : state
    }
    case 'override':
      return withOverride(state, { override: change.override, begun: false, over: false })
    case 'override-begun':
      return followOverride(state, change.overrideId, { begun: true })
    case 'override-over':
      return followOverride(state, change.overrideId, { over: true })
    case 'redeemed': {
      const times = (state.redeemed.get(change.code) ?? 0) + 1
      return { ...state, redeemed: new Map(state.redeemed).set(change.code, times) }
    }
    case 'cap':
      return { ...state, caps: new Map(state.caps).set(change.cap.id, change.cap) }
    case 'cap-removed':
      return { ...state, caps: without(state.caps, change.capId) }
  }
}

function withSubscription(state: AccountState, subscription: Subscription): AccountState {
  const subscriptions = new Map(state.subscriptions).set(subscription.id, subscription)
  return { ...state, subscriptions }
}

function withOverride(state: AccountState, term: OverrideTerm): AccountState {
  return { ...state, overrides: new Map(state.overrides).set(term.override.id, term) }
}

function followOverride(
  state: AccountState,
  overrideId: string,
  done: Partial<OverrideTerm>,
): AccountState {
  const term = state.overrides.get(overrideId)
  const counted = { ...state, overrideMoments: state.overrideMoments + 1 }
  return term ? withOverride(counted, { ...term, ...done }) : counted
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  const rest = new Map(map)
  rest.delete(key)
  return rest
}

/** What returns to grants of earlier cycles, from a run or a lease, uses up their family's room. */
function takeRoom(
  state: AccountState,
  back: readonly Draw[],
  balances: BalanceState,
): AccountState {
  if (state.rooms.size === 0) return state
  let rooms = state.rooms
  for (const { grantId, amount } of back) {
    const carried = roomOf(state, balances, grantId)
    if (!carried) continue
    const [family, { cycle }] = carried
    const room = subtractCredits(rooms.get(family)?.room ?? ZERO, amount)
    rooms = new Map(rooms).set(family, { cycle, room })
  }
  return rooms === state.rooms ? state : { ...state, rooms }
}

/** The family and room of a grant of an earlier cycle, if its family has a maximum. */
function roomOf(
  state: AccountState,
  balances: BalanceState,
  grantId: string,
): readonly [string, RolloverRoom] | null {
  const grant = balances.get(grantId)?.grant
  if (grant?.family === undefined || grant.cycle === undefined) return null
  const room = state.rooms.get(grant.family)
  return room && grant.cycle.index < room.cycle ? [grant.family, room] : null
}

/**
 * How much of what a hold or a lease returns to a grant stays available (`Returned` in
 * journal/entries.ts). Make a new one for each entry, since it keeps count within the entry.
 */
export function returnedAt(
  { account, balances }: Books,
  at: number,
): (grantId: string, amount: Credits) => Credits {
  const taken = new Map<string, number>()
  return (grantId, amount) => {
    const grant = balances.get(grantId)?.grant
    if (!grant || (grant.expiresAt !== null && grant.expiresAt <= at)) return ZERO
    if (account.closed.has(grantId)) return ZERO
    const carried = account.rooms.size === 0 ? null : roomOf(account, balances, grantId)
    if (!carried) return amount
    const [family, { room }] = carried
    const used = taken.get(family) ?? 0
    const kept = Math.max(0, Math.min(amount, room - used)) as Credits
    taken.set(family, used + kept)
    return kept
  }
}

/** The books after one more entry. */
export function withEntry({ account, balances }: Books, entry: EntryDraft): Books {
  return {
    account: followEntry(account, entry, balances),
    balances: applyEntry(balances, entry),
  }
}

/** The books after more entries, in order. */
export function withEntries(books: Books, entries: readonly EntryDraft[]): Books {
  return entries.reduce(withEntry, books)
}
