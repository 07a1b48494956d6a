/**
 * The device's side of a lease (design: leases): what it may spend, when it takes up more, and when
 * it gives back. A fold of the device's journal. A device with an issuer never expires a grant by
 * itself: it gives back what it may no longer spend, and the authority decides.
 */

import type { AccountState, Books } from '../account/account.ts'
import { returnedAt } from '../account/state.ts'
import { addCredits, type Credits, minCredits, subtractCredits, ZERO } from '../credits/amount.ts'
import { burnOrder } from '../credits/burn-down.ts'
import { type Draw, hasExpired, isInForce, paysFor } from '../credits/grant.ts'
import type { BalanceState, GrantBalance } from '../journal/balance.ts'
import { allBack, type Returned } from '../journal/entries.ts'
import type { EntryDraft } from '../journal/journal.ts'
import type { LeaseLine } from '../journal/lease-facts.ts'
import { failure, type Result, success } from '../result.ts'
import { createMoves, movingEntry } from './moves.ts'
import type { LeaseStatement } from './statement.ts'

export interface DeviceLease {
  readonly deviceId: string
  /** The version of the last statement taken up; 0 before the first. */
  readonly version: number
  /** From then on nothing may be spent, epoch milliseconds. */
  readonly expiresAt: number
  /** Everything ever leased, by grant: lines outlive what is left of them. */
  readonly lines: ReadonlyMap<string, LeaseLine>
  /** How often something was given back; the entries' ids are made from it. */
  readonly returns: number
}

/** The part of the account that affects leased credits. */
type Closed = Pick<AccountState, 'closed'>

/** The lease after one more entry of the device's journal; null while the app is its own issuer. */
export function followLease(lease: DeviceLease | null, { facts }: EntryDraft): DeviceLease | null {
  switch (facts.kind) {
    case 'authority': {
      if (!facts.issuer) return null
      const lines = new Map(facts.lines.map((line) => [line.grantId, line]))
      return { deviceId: facts.issuer.deviceId, version: 0, expiresAt: 0, lines, returns: 0 }
    }
    case 'lease': {
      if (lease?.deviceId !== facts.deviceId) throw new Error('The lease is for another device')
      const lines = new Map(lease.lines)
      for (const line of facts.lines) lines.set(line.grantId, line)
      return { ...lease, version: facts.version, expiresAt: facts.expiresAt, lines }
    }
    case 'return':
      if (!lease) throw new Error('There is no lease to return from')
      return { ...lease, returns: lease.returns + 1 }
    default:
      return lease
  }
}

/**
 * What a statement writes: elsewhere → available, by what its lines grew; null if a later one was
 * already taken up. Fails with `lease_not_ours`, `lease_incomplete` if a grant it names has not
 * arrived, or `lease_not_valid` if its lines shrink or exceed what there is.
 */
export function takeUpLease(
  balances: BalanceState,
  lease: DeviceLease,
  statement: LeaseStatement,
): Result<EntryDraft | null> {
  const { deviceId, version, expiresAt, lines } = statement
  if (deviceId !== lease.deviceId) {
    return failure('lease_not_ours', 'The server sent a lease of another device. Sync again.', {
      deviceId,
    })
  }
  if (version <= lease.version) return success(null)
  const moves = createMoves()
  for (const { grantId, granted } of lines) {
    const balance = balances.get(grantId)
    if (!balance) {
      const message = 'The lease names credits that have not arrived yet. Sync again.'
      return failure('lease_incomplete', message, { grantId })
    }
    const growth = granted - (lease.lines.get(grantId)?.granted ?? 0)
    if (growth < 0 || growth > balance.elsewhere) {
      const message = 'The server sent a lease that does not fit. Your credits are as they were.'
      return failure('lease_not_valid', message, { grantId, version })
    }
    moves.add(grantId, 'elsewhere', 'available', growth as Credits)
  }
  const facts = { kind: 'lease', deviceId, version, expiresAt, lines } as const
  return success(movingEntry(leaseEntryId(deviceId, version), facts, moves))
}

/** The same on both sides. */
export const leaseEntryId = (deviceId: string, version: number) => `lease:${deviceId}:${version}`

/** Whether the device may draw on a grant at `now`, whatever the grant itself says. */
function maySpend(lease: DeviceLease, { closed }: Closed, grantId: string, now: number): boolean {
  const line = lease.lines.get(grantId)
  if (!line || now >= lease.expiresAt || closed.has(grantId)) return false
  return line.until === null || now < line.until
}

/**
 * The balances a run starting at `now` may draw on: all of them while the app is its own issuer.
 * Which are in force and pay for the operation is up to burn-down.
 */
export function spendableAt(
  balances: BalanceState,
  lease: DeviceLease | null,
  account: Closed,
  now: number,
): Iterable<GrantBalance> {
  if (!lease) return balances.values()
  return [...balances.values()].filter(({ grant }) => maySpend(lease, account, grant.id, now))
}

/**
 * What a device with an issuer must write at `now`: it gives back what it may no longer spend,
 * because the grant, the line or the whole lease has ended or the grant was taken back. What runs
 * hold follows when they end. Nothing before its first statement.
 */
export function deviceDue(
  balances: BalanceState,
  lease: DeviceLease,
  account: Closed,
  now: number,
): readonly EntryDraft[] {
  if (lease.version === 0) return []
  const over = [...balances.values()]
    .filter(({ grant }) => hasExpired(grant, now) || !maySpend(lease, account, grant.id, now))
    .map(({ grant, available: amount }) => ({ grantId: grant.id, amount }))
  return returning(lease, over, 'lapsed')
}

/**
 * How much of what a run returns at its end stays available on the device: under an issuer all of
 * it, to be given back by `deviceDue` if its time is over.
 */
export function returnedToDevice(books: Books, lease: DeviceLease | null, at: number): Returned {
  return lease ? allBack : returnedAt(books, at)
}

/** What the server asks a device to give back when the pool is short: everything but this. */
export interface Recall {
  readonly deviceId: string
  /** How much to keep of the credits in force that pay for anything. */
  readonly keep: Credits
  /** How much to keep of each of these other grants: those to come, or for some operations only. */
  readonly others: readonly Draw[]
}

/** What a recall writes; no entries if there is nothing beyond what the device is to keep. */
export function recalledEntries(
  balances: BalanceState,
  lease: DeviceLease,
  { keep, others }: Omit<Recall, 'deviceId'>,
  now: number,
): readonly EntryDraft[] {
  // What would pay last is given back first.
  const general = [...balances.values()]
    .filter(({ grant }) => isInForce(grant, now) && paysFor(grant, null))
    .sort((left, right) => burnOrder(right.grant, left.grant))
  const total = addCredits(...general.map(({ available }) => available))
  let excess = subtractCredits(total, minCredits(total, keep))
  const draws: Draw[] = []
  for (const { grant, available } of general) {
    const amount = minCredits(available, excess)
    excess = subtractCredits(excess, amount)
    draws.push({ grantId: grant.id, amount })
  }
  for (const { grantId, amount: kept } of others) {
    const available = balances.get(grantId)?.available ?? ZERO
    if (general.some(({ grant }) => grant.id === grantId)) continue
    draws.push({ grantId, amount: subtractCredits(available, minCredits(available, kept)) })
  }
  return returning(lease, draws, 'recalled')
}

/** Gives back everything that no run holds, before the device leaves. */
export function leavingEntries(balances: BalanceState, lease: DeviceLease): readonly EntryDraft[] {
  const all = [...balances.values()].map(({ grant, available: amount }) => {
    return { grantId: grant.id, amount }
  })
  return returning(lease, all, 'leaving')
}

function returning(
  { deviceId, returns }: DeviceLease,
  draws: readonly Draw[],
  reason: 'lapsed' | 'recalled' | 'leaving',
): readonly EntryDraft[] {
  const moves = createMoves()
  for (const { grantId, amount } of draws) moves.add(grantId, 'available', 'elsewhere', amount)
  if (moves.postings().length === 0) return []
  return [movingEntry(`return:${deviceId}:${returns + 1}`, { kind: 'return', reason }, moves)]
}
