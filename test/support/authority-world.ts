/** A server's authority over a real store, with a clock that a test turns. Amounts in millicredits. */

import { type Credits, millicredits } from '#shared/credits/amount.ts'
import type { Draw } from '#shared/credits/grant.ts'
import { adjustmentEntry } from '#shared/account/open.ts'
import type { SignedLease } from '#shared/lease/statement.ts'
import { type Result, success } from '#shared/result.ts'
import { withAccount } from '../../src-server/authority/accounts.ts'
import type { Authority, LeaseAnswer } from '../../src-server/authority/authority.ts'
import { type OpenAuthority, openAuthority } from '../../src-server/authority/open.ts'
import { newServerKey, serverKeyFrom } from '../../src-server/authority/server-key.ts'
import type { Database, Transaction } from '../../src-server/store/database.ts'
import { openDatabase } from '../../src-server/store/open.ts'
import { silentLog } from './silent-log.ts'
import { catalogJson } from './shipped-catalogs.ts'

export const START = Date.UTC(2026, 2, 10, 12)
export const DAY = 24 * 60 * 60_000
export const TEST_KEY = newServerKey()

export interface AuthorityProcess extends OpenAuthority {
  readonly database: Database
  /** In a transaction that holds the account. */
  inAccount<T>(
    accountId: string,
    work: (transaction: Transaction) => Promise<Result<T>>,
  ): Promise<Result<T>>
  lease(accountId: string, deviceId: string, needed?: number): Promise<Result<LeaseAnswer>>
  close(): Promise<void>
}

/** One server process on a store, with the default catalog published. */
export async function startProcess(
  url: string,
  now: () => number,
  key = TEST_KEY,
): Promise<AuthorityProcess> {
  const database = await openDatabase(url, silentLog)
  const opened = await openAuthority({
    database,
    clock: { now },
    key: serverKeyFrom(key),
    timeZone: 'UTC',
  })
  const { authority, catalogs } = opened
  const inAccount: AuthorityProcess['inAccount'] = (accountId, work) =>
    withAccount(database, accountId, work)
  return {
    ...opened,
    database,
    inAccount,
    lease: (accountId, deviceId, needed = 0) =>
      inAccount(accountId, (transaction) =>
        authority.lease(transaction, accountId, deviceId, {
          needed: millicredits(needed),
          operation: null,
        }),
      ),
    async close() {
      catalogs.close()
      await database.close()
    },
  }
}

export async function publishDefault({ catalogs }: AuthorityProcess): Promise<void> {
  must(await catalogs.publish(catalogJson('default'), null))
}

/** A fresh account with machines that bring nothing, and besides the plan's so many credits. */
export async function makeAccount(
  process: AuthorityProcess,
  accountId: string,
  deviceIds: readonly string[],
  credits = 0,
): Promise<void> {
  const { authority, database } = process
  const [first = 'none', ...others] = deviceIds
  const machine = (deviceId: string) => ({ accountId, memberId: `member-${deviceId}`, deviceId })
  await database.transaction(async (transaction) => {
    must(await authority.open(transaction, machine(first), null))
    for (const other of others) must(await authority.enrol(transaction, machine(other), null))
    if (credits > 0) must(await adjust(authority, transaction, accountId, credits))
  })
}

/** So many credits beyond what the account has, once. */
export async function grantByHand(
  { authority, inAccount }: AuthorityProcess,
  accountId: string,
  credits: number,
): Promise<void> {
  must(
    await inAccount(accountId, (transaction) => adjust(authority, transaction, accountId, credits)),
  )
}

function adjust(
  authority: Authority,
  transaction: Transaction,
  accountId: string,
  credits: number,
): Promise<Result<null>> {
  const adjustment = { id: 'extra', source: 'adjustment', amount: millicredits(credits) } as const
  const entryId = `grant:adjustment:${accountId}:by-hand:extra`
  return authority.change(transaction, accountId, entryId, (pool, now) => {
    const more = { ...adjustment, expiresAt: null, label: 'Extra' }
    return success([adjustmentEntry(pool.account, more, now)])
  })
}

/** A machine's spending, told by itself: each time its whole new lease, one record each. */
export function createSpender(
  process: Pick<AuthorityProcess, 'authority' | 'inAccount'>,
  accountId: string,
  deviceId: string,
) {
  const used = new Map<string, number>()
  let sequence = 0
  return {
    used,
    /** What is left of a lease goes. */
    spendable: ({ statement }: SignedLease) =>
      statement.lines.reduce((sum, { grantId, granted }) => {
        return sum + granted - (used.get(grantId) ?? 0)
      }, 0),
    async spend(lease: SignedLease, amount: number): Promise<Result<null>> {
      const spent = drawsOn(lease, amount, used)
      sequence += 1
      const record = { sequence, at: lease.statement.issuedAt, spent, returned: [], expired: [] }
      const head = { sequence, hash: sequence.toString(16).padStart(64, '0') }
      return process.inAccount(accountId, (transaction) =>
        process.authority.report(transaction, accountId, deviceId, [record], head),
      )
    },
  }
}

/** What a machine with a lease has spent and tells: draws in the order of its lines. */
function drawsOn(
  { statement }: SignedLease,
  amount: number,
  used: Map<string, number>,
): readonly Draw[] {
  const draws: Draw[] = []
  let left = amount
  for (const { grantId, granted } of statement.lines) {
    const part = Math.min(left, granted - (used.get(grantId) ?? 0))
    if (part <= 0) continue
    used.set(grantId, (used.get(grantId) ?? 0) + part)
    draws.push({ grantId, amount: part as Credits })
    left -= part
  }
  return draws
}

export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.data
}
