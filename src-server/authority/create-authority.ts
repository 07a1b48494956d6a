/** The authority over a store's accounts. */

import { openPoolEntries, adoptEntries, deviceEntries } from '#shared/lease/enrol.ts'
import {
  closedEntryId,
  closeDeviceEntries,
  homeAccount,
  leaveEntries,
} from '#shared/lease/close.ts'
import { leaseEntries, statementOf } from '#shared/lease/grant-lease.ts'
import type { Pool } from '#shared/lease/pool.ts'
import { recallsFor } from '#shared/lease/recall.ts'
import { reportEntries } from '#shared/lease/report.ts'
import { type LeaseStatement, type SignedLease, statementText } from '#shared/lease/statement.ts'
import { changePlan } from '#shared/account/plan-change.ts'
import { catalogAt } from '#shared/account/terms.ts'
import { addCredits, type Credits, subtractCredits, ZERO } from '#shared/credits/amount.ts'
import { accountEntry } from '#shared/journal/entries.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import { type Result, success } from '#shared/result.ts'
import type { Handover } from '#shared/team/handover.ts'
import type { Transaction } from '../store/database.ts'
import type { Accounts, Command } from './accounts.ts'
import type { Authority, Machine } from './authority.ts'
import { leasesOf, summaryOf } from './pool-views.ts'
import { redeemCode } from './redeem.ts'
import type { ServerKey } from './server-key.ts'

export interface AuthorityDeps {
  readonly accounts: Accounts
  readonly key: ServerKey
  /** The time zone of the days and cycles of accounts that begin here. */
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

  /** Runs a rule whose only answer is what it writes. */
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
    // What fell due while the machine stood alone was its own to write; what follows is the
    // server's.
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

    async leave(transaction, accountId, deviceId, isLast) {
      const before = await accounts.find(transaction.query, accountId, [closedEntryId(deviceId)])
      const [closed] = before.map(({ facts }) => facts)
      // Asked again, the answer is the same.
      const dissolves = closed?.kind === 'device-closed' ? closed.dissolves === true : isLast
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
      const { answer: leased, pool, now, position } = done.data
      const unmet = request.needed > leased ? subtractCredits(request.needed, leased) : ZERO
      const asked = unmet > 0 ? { ...request, needed: unmet, deviceId } : null
      return success({
        lease: signed(done.data, accountId, deviceId),
        unmet,
        recalls: recallsFor(pool, now, asked),
        position,
      })
    },
    async lookAtLease(query, accountId, deviceId) {
      const looked = await accounts.look(query, accountId)
      if (!looked || looked.isDue) return null
      const { pool, now, position } = looked
      const entries = leaseEntries(pool, deviceId, { needed: ZERO, operation: null }, now)
      if (!entries.ok || entries.data.length > 0) return null
      return { recalls: recallsFor(pool, now), position }
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
      const { account } = pool
      return { pool: summaryOf(pool, now), leases: leasesOf(pool, now), account, position }
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
