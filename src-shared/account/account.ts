/** An account: what is in force for it, without its credits (design: account). */

import type { Catalog } from '../catalog/catalog.ts'
import type { Cap } from '../catalog/policies.ts'
import { type Credits, ZERO } from '../credits/amount.ts'
import type {
  OverrideTerm,
  PlanTerm,
  RolloverRoom,
  Subscription,
} from '../journal/account-snapshot.ts'
import type { BalanceState } from '../journal/balance.ts'
import type { CycleAnchor } from './cycle.ts'

/** A catalog and the moment it comes into force. */
export interface CatalogTerm {
  readonly catalog: Catalog
  readonly from: number
}

export interface AccountState {
  /** Null until the account was opened. */
  readonly account: { readonly id: string; readonly anchor: CycleAnchor } | null
  /** By `from`, earliest first. */
  readonly plans: readonly PlanTerm[]
  readonly subscriptions: ReadonlyMap<string, Subscription>
  readonly overrides: ReadonlyMap<string, OverrideTerm>
  /**
   * How many beginnings and ends of overrides were recorded; their entries' ids are made from it.
   */
  readonly overrideMoments: number
  /** How often each promo code was redeemed. */
  readonly redeemed: ReadonlyMap<string, number>
  /** Caps that people of the account set. */
  readonly caps: ReadonlyMap<string, Cap>
  /** By `from`, earliest first. */
  readonly catalogs: readonly CatalogTerm[]
  /** The last cycle begun (−1: none) and how much of the plan's allowance it was given. */
  readonly cycle: number
  readonly allowed: Credits
  readonly rooms: ReadonlyMap<string, RolloverRoom>
  /** Grants taken back for good while holds on them were open. */
  readonly closed: ReadonlySet<string>
}

export const EMPTY_ACCOUNT: AccountState = {
  account: null,
  plans: [],
  subscriptions: new Map(),
  overrides: new Map(),
  overrideMoments: 0,
  redeemed: new Map(),
  caps: new Map(),
  catalogs: [],
  cycle: -1,
  allowed: ZERO,
  rooms: new Map(),
  closed: new Set(),
}

/** An account and where its credits are: what every rule of this folder starts from. */
export interface Books {
  readonly account: AccountState
  readonly balances: BalanceState
}
