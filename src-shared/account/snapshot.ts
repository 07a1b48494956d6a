/** The account to and from its snapshot form. */

import type { AccountSnapshot } from '../journal/account-snapshot.ts'
import { type AccountState, EMPTY_ACCOUNT } from './account.ts'

/** Without its catalogs: they are in the journal and are added when it is read. */
export function packAccount(state: AccountState): AccountSnapshot {
  const { account, plans, cycle, allowed, overrideMoments } = state
  return {
    account,
    plans,
    cycle,
    allowed,
    overrideMoments,
    subscriptions: [...state.subscriptions.values()],
    overrides: [...state.overrides.values()],
    redeemed: [...state.redeemed],
    caps: [...state.caps.values()],
    rooms: [...state.rooms],
    closed: [...state.closed],
  }
}

/** The account again, without catalogs. */
export function unpackAccount(packed: AccountSnapshot): AccountState {
  const { account, plans, cycle, allowed, overrideMoments } = packed
  return {
    ...EMPTY_ACCOUNT,
    account,
    plans,
    cycle,
    allowed,
    overrideMoments,
    subscriptions: new Map(packed.subscriptions.map((one) => [one.id, one])),
    overrides: new Map(packed.overrides.map((one) => [one.override.id, one])),
    redeemed: new Map(packed.redeemed),
    caps: new Map(packed.caps.map((one) => [one.id, one])),
    rooms: new Map(packed.rooms),
    closed: new Set(packed.closed),
  }
}
