/**
 * The server as the issuer of credits. What it does within a transaction expects the account to be
 * locked by it, so that whoever keeps something beside the credits can write both at once.
 */

import type { AccountState } from '#shared/account/account.ts'
import type { PlanChoice } from '#shared/account/plan-change.ts'
import type { Cap } from '#shared/catalog/policies.ts'
import type { Credits } from '#shared/credits/amount.ts'
import type { RecordHead } from '#shared/journal/lease-facts.ts'
import type { Entry, EntryDraft } from '#shared/journal/journal.ts'
import type { Recall } from '#shared/lease/device-lease.ts'
import type { LeaseRequest } from '#shared/lease/grant-lease.ts'
import type { Pool } from '#shared/lease/pool.ts'
import type { ReportedRecord } from '#shared/lease/report.ts'
import type { SignedLease } from '#shared/lease/statement.ts'
import type { Result } from '#shared/result.ts'
import type { Departure, DeviceLeaseView, PoolState } from '#shared/team/api.ts'
import type { Handover } from '#shared/team/handover.ts'
import type { Query, Transaction } from '../store/database.ts'
import type { Verification } from './account-journal.ts'

/** A machine as the server knows it. */
export interface Machine {
  readonly accountId: string
  readonly memberId: string
  readonly deviceId: string
}

export interface LeaseAnswer {
  /** As it stands now, changed or not; null before the first. */
  readonly lease: SignedLease | null
  /** What of the needed was not there. */
  readonly unmet: Credits
  /** What to ask of other machines, as the pool is short. */
  readonly recalls: readonly Recall[]
  /** Entries in the journal by then. */
  readonly position: number
}

export interface Authority {
  /** Ed25519, base64url: what signs leases. */
  readonly publicKey: string

  /**
   * Makes the account; with what its first machine brings, or on the default plan. Fails with
   * what `adoptEntries` fails with; then the transaction must not commit.
   */
  open(transaction: Transaction, machine: Machine, handover: Handover | null): Promise<Result<null>>
  /** One more machine. Fails as `open` does, or with `device_known`. */
  enrol(
    transaction: Transaction,
    machine: Machine,
    handover: Handover | null,
  ): Promise<Result<null>>
  /**
   * No more leases for a machine; what it has is taken back. Closing twice is no error; nor is it
   * where the pool has no such machine.
   */
  close(
    transaction: Transaction,
    accountId: string,
    deviceId: string,
    reason: 'revoked' | 'lost' | 'copied',
  ): Promise<void>
  /** Fails as `leaveEntries` does. Leaving twice gives the same again. */
  leave(
    transaction: Transaction,
    accountId: string,
    deviceId: string,
    dissolves: boolean,
  ): Promise<Result<Departure>>

  /** Tops up or renews a machine's lease where that is wanted. Fails as `leaseEntries` does. */
  lease(
    transaction: Transaction,
    accountId: string,
    deviceId: string,
    request: LeaseRequest,
  ): Promise<Result<LeaseAnswer>>
  /**
   * What `lease` answers a machine that needs nothing, without holding the account. Null where it
   * would write something or fail: then it is to be asked.
   */
  lookAtLease(
    query: Query,
    accountId: string,
    deviceId: string,
  ): Promise<Pick<LeaseAnswer, 'recalls' | 'position'> | null>
  /** The lease as it was last stated, whatever became of the machine; null before the first. */
  statement(query: Query, accountId: string, deviceId: string): Promise<SignedLease | null>
  /** Takes in records. Fails as `reportEntries` does; then nothing of them counts. */
  report(
    transaction: Transaction,
    accountId: string,
    deviceId: string,
    records: readonly ReportedRecord[],
    head: RecordHead,
    options?: { readonly fork?: boolean },
  ): Promise<Result<null>>
  /** How far a machine's records are accounted for; null for one that the pool does not know. */
  reported(query: Query, accountId: string, deviceId: string): Promise<RecordHead | null>
  /** Writes what is due. */
  bringUpToDate(transaction: Transaction, accountId: string): Promise<Result<null>>

  /** The account's journal after a position, at most `limit` entries. */
  entriesAfter(
    query: Query,
    accountId: string,
    position: number,
    limit: number,
  ): Promise<readonly Entry[]>
  /** As of now, whether or not what is due is written. Throws when there is no such account. */
  read(
    query: Query,
    accountId: string,
  ): Promise<{
    readonly pool: PoolState
    readonly leases: ReadonlyMap<string, DeviceLeaseView>
    /** What is in force for it, and what is known of what was and will be. */
    readonly account: AccountState
    /** Entries in the journal. */
    readonly position: number
  }>

  setCap(
    transaction: Transaction,
    accountId: string,
    changeId: string,
    cap: Cap,
  ): Promise<Result<null>>
  removeCap(
    transaction: Transaction,
    accountId: string,
    changeId: string,
    capId: string,
  ): Promise<Result<null>>
  /** Fails as `changePlan` of the rules does. */
  changePlan(transaction: Transaction, accountId: string, choice: PlanChoice): Promise<Result<null>>
  /** Fails as `redeem` of the rules does. */
  redeem(
    transaction: Transaction,
    accountId: string,
    requestId: string,
    code: string,
  ): Promise<Result<null>>
  /**
   * Writes what a rule makes of the account as it is now, for purchases and what is done by hand.
   * `entryId` is one of the entries: where the journal has it, nothing is done.
   */
  change(
    transaction: Transaction,
    accountId: string,
    entryId: string,
    rule: (pool: Pool, now: number) => Result<readonly EntryDraft[]>,
  ): Promise<Result<null>>
  /** Folds the account's whole journal anew and holds it against what is kept. */
  verify(query: Query, accountId: string): Promise<Verification>
}
