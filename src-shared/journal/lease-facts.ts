/**
 * What the two halves of a lease record (design: leases). The authority and a device each keep a
 * journal of their own; what one records about the other names the place in the other's stream.
 */

import type { Credits } from '../credits/amount.ts'
import type { Draw } from '../credits/grant.ts'
import type { AccountSnapshot } from './account-snapshot.ts'

/** The server that issues an account's credits, and who this machine is there. */
export interface Issuer {
  readonly accountId: string
  readonly memberId: string
  readonly deviceId: string
  /** Ed25519 public key, base64url: what signs leases. */
  readonly publicKey: string
}

/** The total ever leased to a device of one grant; it only grows. */
export interface LeaseLine {
  readonly grantId: string
  readonly granted: Credits
  /**
   * The first moment at which the device may no longer start runs on it; null: as long as the
   * grant.
   */
  readonly until: number | null
}

/** The end of a device's stream of records: each hash covers all before it. */
export interface RecordHead {
  /** 1, 2, 3 …; 0 before the first. */
  readonly sequence: number
  /** SHA-256, hex; empty before the first. */
  readonly hash: string
}

/** A grant that left with one device and comes back with another. */
export interface BroughtBack {
  readonly grantId: string
  /** The device that left with it, whose line ends. */
  readonly deviceId: string
  /** Everything that was left of the line; what does not come back was spent at home. */
  readonly amount: Credits
}

/** What a device spent on one day. */
export interface DayUse {
  /** Days since the epoch. */
  readonly day: number
  readonly spent: Credits
}

/** Written by a device. */
type DeviceFacts =
  /**
   * Who issues credits from here on: a server, or (null) the app itself. `account` is what is in
   * force then; null if the issuer's own entries will say. Moves no credits: what the device has
   * stays with it, as its first lease.
   */
  | {
      readonly kind: 'authority'
      readonly issuer: Issuer | null
      readonly account: AccountSnapshot | null
      /** What the issuer took over as leased to this device; none without an issuer. */
      readonly lines: readonly LeaseLine[]
    }
  /**
   * The issuer's entries have been read up to here: a position in its journal, and the hash there.
   */
  | { readonly kind: 'read'; readonly entries: number; readonly hash?: string }
  /** A catalog already recorded here is the issuer's too, in force from then on. */
  | { readonly kind: 'catalog-term'; readonly version: string; readonly from: number }
  /** A lease statement was adopted: elsewhere → available by what its lines grew. */
  | {
      readonly kind: 'lease'
      readonly deviceId: string
      /** Grows with each statement. */
      readonly version: number
      readonly expiresAt: number
      readonly lines: readonly LeaseLine[]
    }
  /** Gives back what is unspent: available → elsewhere. */
  | {
      readonly kind: 'return'
      readonly reason: 'lapsed' | 'recalled' | 'leaving'
    }

/** Written by the authority; it writes `lease` too: available → elsewhere. */
type AuthorityFacts =
  /** A device joins with credits of its own, which stay with it as its first lease. */
  | {
      readonly kind: 'adopt'
      readonly deviceId: string
      readonly memberId: string
      /** Records up to here are accounted for already. */
      readonly records: RecordHead
      /**
       * What was in force for the device's own account. It becomes the pool's if the pool has none;
       * otherwise it is given back when the device leaves.
       */
      readonly account: AccountSnapshot
      /** The grants it came with. */
      readonly brought: readonly string[]
      /** When its first lease ends. */
      readonly expiresAt: number
      /** The part of these that somebody took home when they left and now brings back. */
      readonly back?: readonly BroughtBack[]
      /** What its own books show as spent or ended of the pool's grants, from an earlier stay. */
      readonly used?: readonly Draw[]
    }
  /** A device that joins without credits of its own. */
  | { readonly kind: 'device'; readonly deviceId: string; readonly memberId: string }
  /**
   * A device's records were received: elsewhere → spent, → expired, or → available as returned.
   * What had been reclaimed before it surfaced is paid from the pool; what nothing pays is debt.
   */
  | {
      readonly kind: 'report'
      readonly deviceId: string
      readonly from: number
      readonly to: RecordHead
      /** What the device spent or let expire of its lines. */
      readonly used: readonly Draw[]
      /** What it returned, and how much of that is available again. */
      readonly returned: readonly Draw[]
      readonly kept: readonly Draw[]
      /** What it spent by day (days since the epoch). */
      readonly use: readonly DayUse[]
      /** Spent from what had been reclaimed, or by a copy of the device. */
      readonly surfaced: Credits
      readonly debt: Credits
      /** A copy of the device wrote them; the device's own stream continues elsewhere. */
      readonly fork?: true
    }
  /**
   * Takes back what is unreported of a lease that has ended: elsewhere → available. It has a
   * version, like the statement that tells the device so.
   */
  | {
      readonly kind: 'reclaim'
      readonly deviceId: string
      readonly version: number
      readonly reason: 'expired' | 'revoked' | 'lost'
    }
  /** Debt is paid by what has come since: available → spent. */
  | { readonly kind: 'debt-paid'; readonly amount: Credits }
  /** No more leases for a device. */
  | {
      readonly kind: 'device-closed'
      readonly deviceId: string
      readonly reason: 'revoked' | 'lost' | 'left' | 'copied'
      /** It was the last one, and took everything. */
      readonly dissolves?: boolean
    }

export type LeaseFacts = DeviceFacts | AuthorityFacts
