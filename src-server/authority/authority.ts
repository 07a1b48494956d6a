/**
 * The server as the issuer of credits. What it does within a transaction expects the account to be
 * locked by it, so that whoever keeps something beside the credits can write both at once.
 */

import { openPoolEntries, adoptEntries, deviceEntries } from '#shared/lease/enrol.ts'
import { closeDeviceEntries, homeAccount, leaveEntries } from '#shared/lease/close.ts'
import { type LeaseRequest, leaseEntries, statementOf } from '#shared/lease/grant-lease.ts'
import { outstanding, type Pool } from '#shared/lease/pool.ts'
import { recallsFor } from '#shared/lease/recall.ts'
import { generalLease } from '#shared/lease/size.ts'
import type { Recall } from '#shared/lease/device-lease.ts'
import { type ReportedRecord, reportEntries } from '#shared/lease/report.ts'
import { type LeaseStatement, type SignedLease, statementText } from '#shared/lease/statement.ts'
import { changePlan, type PlanChoice } from '#shared/account/plan-change.ts'
import { catalogAt } from '#shared/account/terms.ts'
import type { Cap } from '#shared/catalog/policies.ts'
import { addCredits, type Credits, subtractCredits, ZERO } from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import { accountEntry } from '#shared/journal/entries.ts'
import type { Entry, EntryDraft } from '#shared/journal/journal.ts'
import type { RecordHead } from '#shared/journal/lease-facts.ts'
import { type Result, success } from '#shared/result.ts'
import type { Departure, DeviceLeaseView, PoolState } from '#shared/team/api.ts'
import type { Handover } from '#shared/team/handover.ts'
import type { Query, Transaction } from '../store/database.ts'
import type { Verification } from './account-journal.ts'
import type { Accounts, Command } from './accounts.ts'
import { redeemCode } from './redeem.ts'
import type { ServerKey } from './server-key.ts'

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

export interface AuthorityDeps {
  readonly accounts: Accounts
  readonly key: ServerKey
  /** Of accounts that begin here: their days and cycles. */
  readonly timeZone: string
}

export function createAuthority({ accounts, key, timeZone }: AuthorityDeps): Authority {
  function sign(statement: LeaseStatement): SignedLease {
    return { statement, signature: key.sign(statementText(statement)) }
  }

  function signed(
    { pool, now, position }: { pool: Pool; now: number; position: number },
    accountId: string,
    deviceId: string,
  ): SignedLease | null {
    if (!pool.devices.has(deviceId)) return null
    const statement = statementOf(pool, accountId, deviceId, now, position)
    return statement && sign(statement)
  }

  /** Runs a rule that answers nothing but what it writes. */
  async function write(
    transaction: Transaction,
    accountId: string,
    rule: (pool: Pool, now: number) => Result<readonly EntryDraft[]>,
  ): Promise<Result<null>> {
    const done = await accounts.run(transaction, accountId, writing(rule))
    return done.ok ? success(null) : done
  }

  async function open(
    transaction: Transaction,
    machine: Machine,
    handover: Handover | null,
  ): Promise<Result<null>> {
    const { accountId } = machine
    await accounts.create(transaction, accountId)
    const brings = handover?.account.account != null
    if (!brings) {
      const begun = await write(transaction, accountId, (pool, now) => {
        const { defaultPlan } = catalogAt(pool.account, now)
        const anchor = { startsAt: now, timeZone }
        return success(openPoolEntries(pool, accountId, anchor, defaultPlan, 1, now))
      })
      if (!begun.ok) return begun
    }
    const come = await arrive(transaction, machine, handover)
    // What came due while the machine stood alone was its own to write; the next is the server's.
    return come.ok ? write(transaction, accountId, () => success([])) : come
  }

  function arrive(
    transaction: Transaction,
    { accountId, deviceId, memberId }: Machine,
    handover: Handover | null,
  ): Promise<Result<null>> {
    return write(transaction, accountId, (pool, now) =>
      handover
        ? adoptEntries(pool, { ...handover, deviceId, memberId }, now)
        : deviceEntries(pool, deviceId, memberId),
    )
  }

  return {
    publicKey: key.publicKey,
    open,
    enrol: arrive,
    async close(transaction, accountId, deviceId, reason) {
      await write(transaction, accountId, (pool, now) =>
        closeDeviceEntries(pool, deviceId, reason, now),
      )
    },

    async leave(transaction, accountId, deviceId, dissolves) {
      const left = await accounts.run(transaction, accountId, (pool, now) => {
        const isGone = pool.devices.get(deviceId)?.closed === 'left'
        const entries = isGone ? success([]) : leaveEntries(pool, deviceId, dissolves, now)
        if (!entries.ok) return entries
        const answer = homeAccount(pool, deviceId, dissolves, now)
        return success({ entries: entries.data, answer })
      })
      if (!left.ok) return left
      const { answer: account } = left.data
      return success({ account, lease: signed(left.data, accountId, deviceId) })
    },

    async lease(transaction, accountId, deviceId, request) {
      const done = await accounts.run(transaction, accountId, (pool, now) => {
        const entries = leaseEntries(pool, deviceId, request, now)
        if (!entries.ok) return entries
        return success({ entries: entries.data, answer: leasedBy(entries.data) })
      })
      if (!done.ok) return done
      const { answer: leased, pool, now } = done.data
      const unmet = request.needed > leased ? subtractCredits(request.needed, leased) : ZERO
      const asked = unmet > 0 ? { ...request, needed: unmet, deviceId } : null
      return success({
        lease: signed(done.data, accountId, deviceId),
        unmet,
        recalls: recallsFor(pool, now, asked),
      })
    },
    async statement(query, accountId, deviceId) {
      const looked = await accounts.stand(query, accountId)
      return looked && signed(looked, accountId, deviceId)
    },
    report: (transaction, accountId, deviceId, records, head, options = {}) =>
      write(transaction, accountId, (pool, now) =>
        reportEntries(pool, deviceId, records, head, now, options),
      ),
    async reported(query, accountId, deviceId) {
      const stand = await accounts.stand(query, accountId)
      return stand?.pool.devices.get(deviceId)?.reported ?? null
    },
    bringUpToDate: (transaction, accountId) => write(transaction, accountId, () => success([])),

    entriesAfter: accounts.entriesAfter,
    async read(query, accountId) {
      const looked = await accounts.look(query, accountId)
      if (!looked) throw new Error(`There is no account ${accountId}`)
      const { pool, now, position } = looked
      return { pool: summaryOf(pool, now), leases: leasesOf(pool), position }
    },

    setCap: (transaction, accountId, changeId, cap) =>
      once(transaction, accountId, accountEntry(`cap:${changeId}`, { type: 'cap', cap })),
    removeCap: (transaction, accountId, changeId, capId) =>
      once(transaction, accountId, accountEntry(`cap:${changeId}`, { type: 'cap-removed', capId })),
    changePlan: (transaction, accountId, choice) =>
      change(transaction, accountId, `account:plan:${choice.changeId}`, (pool, now) => {
        const effect = changePlan(pool, choice, now)
        return effect.ok ? success(effect.data.entries) : effect
      }),
    redeem: (transaction, accountId, requestId, code) =>
      redeemCode(accounts, transaction, accountId, requestId, code),
    change,
    verify: accounts.verify,
  }

  function once(
    transaction: Transaction,
    accountId: string,
    entry: EntryDraft,
  ): Promise<Result<null>> {
    return change(transaction, accountId, entry.id, () => success([entry]))
  }

  function change(
    transaction: Transaction,
    accountId: string,
    entryId: string,
    rule: (pool: Pool, now: number) => Result<readonly EntryDraft[]>,
  ): Promise<Result<null>> {
    return accounts.runOnce(transaction, accountId, entryId, writing(rule))
  }
}

function writing(rule: (pool: Pool, now: number) => Result<readonly EntryDraft[]>): Command<null> {
  return (pool, now) => {
    const entries = rule(pool, now)
    return entries.ok ? success({ entries: entries.data, answer: null }) : entries
  }
}

/** What entries moved from the pool to machines. */
function leasedBy(entries: readonly EntryDraft[]): Credits {
  return addCredits(
    ...entries
      .flatMap(({ postings }) => postings)
      .filter(({ bucket, amount }) => bucket === 'elsewhere' && amount > 0)
      .map(({ amount }) => amount),
  )
}

/**
 * What may pay now. The next cycle's credits, leased in advance, are not yet the team's; what
 * somebody left with is so no longer.
 */
function summaryOf(pool: Pool, now: number): PoolState {
  const { balances, debt } = pool
  const leased = addCredits(
    ...[...pool.devices.values()]
      .filter(({ closed }) => closed !== 'left')
      .map((device) => generalLease(pool, device, now)),
  )
  return { available: availableAt(balances.values(), now), leased, debt }
}

function leasesOf({ devices }: Pool): ReadonlyMap<string, DeviceLeaseView> {
  const views = new Map<string, DeviceLeaseView>()
  for (const { deviceId, version, expiresAt, lines } of devices.values()) {
    if (version === 0 && lines.size === 0) continue
    const all = [...lines.values()]
    views.set(deviceId, {
      outstanding: addCredits(...all.map(outstanding)),
      expiresAt,
      reclaimed: addCredits(...all.map(({ reclaimed }) => reclaimed)),
    })
  }
  return views
}
