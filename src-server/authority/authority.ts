/**
 * The server as the issuer of credits. Calls that take a transaction expect it to have locked the
 * account, so that a caller that keeps something beside the credits can write both at once.
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
  /** The lease as it stands now, changed or not; null before the first. */
  readonly lease: SignedLease | null
  /** The part of the need that the pool could not meet. */
  readonly unmet: Credits
  /** What to ask other machines to give back, if the pool is short. */
  readonly recalls: readonly Recall[]
  /** The number of entries in the journal after it. */
  readonly position: number
}

export interface Authority {
  /** Ed25519, base64url: what signs leases. */
  readonly publicKey: string

  /**
   * Makes the account, with what its first machine brings or on the default plan. Fails as
   * `adoptEntries` does; the transaction must then not commit.
   */
  open(transaction: Transaction, machine: Machine, handover: Handover | null): Promise<Result<null>>
  /** One more machine. Fails as `open` does, or with `device_known`. */
  enrol(
    transaction: Transaction,
    machine: Machine,
    handover: Handover | null,
  ): Promise<Result<null>>
  /**
   * Stops leasing to a machine and takes back what it has. Closing twice, or a machine the pool
   * does not have, is not an error.
   */
  close(
    transaction: Transaction,
    accountId: string,
    deviceId: string,
    reason: 'revoked' | 'lost' | 'copied',
  ): Promise<void>
  /** Fails as `leaveEntries` does. Leaving twice gives the same answer. */
  leave(
    transaction: Transaction,
    accountId: string,
    deviceId: string,
    dissolves: boolean,
  ): Promise<Result<Departure>>

  /** Tops up or renews a machine's lease if needed. Fails as `leaseEntries` does. */
  lease(
    transaction: Transaction,
    accountId: string,
    deviceId: string,
    request: LeaseRequest,
  ): Promise<Result<LeaseAnswer>>
  /**
   * What `lease` would answer a machine that needs nothing, without locking the account. Null if it
   * would write something or fail: then `lease` must be called.
   */
  lookAtLease(
    query: Query,
    accountId: string,
    deviceId: string,
  ): Promise<Pick<LeaseAnswer, 'recalls' | 'position'> | null>
  /** The last statement of a lease, even if the machine was closed since; null before the first. */
  statement(query: Query, accountId: string, deviceId: string): Promise<SignedLease | null>
  /** Accounts for records. Fails as `reportEntries` does, and then none of them counts. */
  report(
    transaction: Transaction,
    accountId: string,
    deviceId: string,
    records: readonly ReportedRecord[],
    head: RecordHead,
    options?: { readonly fork?: boolean },
  ): Promise<Result<null>>
  /** How far a machine's records are accounted for; null if the pool does not know the machine. */
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
  /** As of now, whether or not what is due has been written. Throws if there is no such account. */
  read(
    query: Query,
    accountId: string,
  ): Promise<{
    readonly pool: PoolState
    readonly leases: ReadonlyMap<string, DeviceLeaseView>
    /** What is in force for it now, was before and will be. */
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
   * Writes the result of a rule applied to the account as it is now, for purchases and manual
   * changes. `entryId` is one of the entries: if the journal has it, nothing is done.
   */
  change(
    transaction: Transaction,
    accountId: string,
    entryId: string,
    rule: (pool: Pool, now: number) => Result<readonly EntryDraft[]>,
  ): Promise<Result<null>>
  /** Folds the account's whole journal anew and compares the result with the stored fold. */
  verify(query: Query, accountId: string): Promise<Verification>
}
