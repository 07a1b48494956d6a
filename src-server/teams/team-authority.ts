/** What teams need of the authority: the part of an account that is credits. */

import type { Cap } from '#shared/catalog/policies.ts'
import type { Result } from '#shared/result.ts'
import type { Departure, DeviceLeaseView, PoolState } from '#shared/team/api.ts'
import type { Handover } from '#shared/team/handover.ts'
import type { Query, Transaction } from '../store/database.ts'

export interface EnrolledMachine {
  readonly accountId: string
  readonly memberId: string
  readonly deviceId: string
}

export interface TeamAuthority {
  /** Ed25519, base64url: what signs leases. */
  readonly publicKey: string
  /** Makes the account; with what the machine brings, or empty. Fails when that does not add up. */
  open(
    transaction: Transaction,
    machine: EnrolledMachine,
    handover: Handover | null,
  ): Promise<Result<null>>
  /** One more machine of a locked account. Fails as `open` does. */
  enrol(
    transaction: Transaction,
    machine: EnrolledMachine,
    handover: Handover | null,
  ): Promise<Result<null>>
  /** No more leases for a machine of a locked account; what it has is taken back. */
  close(
    transaction: Transaction,
    accountId: string,
    deviceId: string,
    reason: 'revoked' | 'lost',
  ): Promise<void>
  /** A machine leaves a locked account, with everything when it is the last. */
  leave(
    transaction: Transaction,
    accountId: string,
    deviceId: string,
    isLast: boolean,
  ): Promise<Result<Departure>>
  /** Where the credits are, and each machine's lease. */
  read(
    query: Query,
    accountId: string,
  ): Promise<{
    readonly pool: PoolState
    readonly leases: ReadonlyMap<string, DeviceLeaseView>
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
  changePlan(
    transaction: Transaction,
    accountId: string,
    choice: { readonly changeId: string; readonly planId: string; readonly seats: number },
  ): Promise<Result<null>>
  redeem(
    transaction: Transaction,
    accountId: string,
    requestId: string,
    code: string,
  ): Promise<Result<null>>
}
