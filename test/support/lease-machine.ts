/**
 * A machine under the real rules, as plain values: what it has, and what each act of it writes. How
 * that is kept, and whether the machine survives it, is up to whoever keeps it.
 */

import { type Books, EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { withEntry } from '#shared/account/state.ts'
import { type Credits, millicredits } from '#shared/credits/amount.ts'
import { drawFrom } from '#shared/credits/burn-down.ts'
import type { Draw } from '#shared/credits/grant.ts'
import { EMPTY_BALANCE } from '#shared/journal/balance.ts'
import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import {
  assertBalanced,
  drawsInto,
  holdEntry,
  settleEntry,
  sumDraws,
  voidEntry,
} from '#shared/journal/entries.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import type { LeaseLine } from '#shared/journal/lease-facts.ts'
import {
  deviceDue,
  type DeviceLease,
  followLease,
  leavingEntries,
  type Recall,
  recalledEntries,
  returnedToDevice,
  spendableAt,
  takeUpLease,
} from '#shared/lease/device-lease.ts'
import type { ReportedRecord } from '#shared/lease/report.ts'
import type { LeaseStatement } from '#shared/lease/statement.ts'
import { type Result, success } from '#shared/result.ts'
import { anOperation } from './credits.ts'

export interface Run {
  readonly id: string
  readonly held: readonly Draw[]
}

/** Values that are replaced, never changed: a copy of a machine is the same object. */
export interface MachineBooks {
  readonly deviceId: string
  readonly books: Books
  readonly lease: DeviceLease | null
  readonly runs: readonly Run[]
  /** Spent or ended before it joined, by grant. */
  readonly before: ReadonlyMap<string, number>
  /** Given back by grant, ever. */
  readonly returned: ReadonlyMap<string, number>
}

/** What a record says of credits. */
export type Told = Omit<ReportedRecord, 'sequence' | 'at'>

/** What a machine writes at once, and what it then has to tell. */
export interface Act {
  readonly entries: readonly EntryDraft[]
  readonly told: Told | null
  /** The run that it ends. */
  readonly operationId?: string
  /** Runs under way afterwards, where that is another list. */
  readonly runs?: readonly Run[]
}

const NOTHING_TOLD: Told = { spent: [], returned: [], expired: [] }

export function newMachineBooks(
  deviceId: string,
  catalogs: Books['account']['catalogs'] = [],
): MachineBooks {
  return {
    deviceId,
    books: { account: { ...EMPTY_ACCOUNT, catalogs }, balances: EMPTY_BALANCE },
    lease: null,
    runs: [],
    before: new Map(),
    returned: new Map(),
  }
}

/** The machine after an act. `follow`: the books after an entry, where that needs to know more. */
export function after(
  machine: MachineBooks,
  { entries, told, runs = machine.runs }: Act,
  follow: (books: Books, entry: EntryDraft) => Books = withEntry,
): MachineBooks {
  let { books, lease, before, returned } = machine
  for (const entry of entries) {
    assertBalanced(entry)
    if (entry.facts.kind === 'authority' && entry.facts.issuer) before = endedSoFar(books)
    books = follow(books, entry)
    lease = followLease(lease, entry)
  }
  if (told && told.returned.length > 0) returned = withDraws(returned, told.returned)
  return { ...machine, books, lease, runs, before, returned }
}

const endedSoFar = ({ balances }: Books) =>
  new Map([...balances.values()].map(({ grant, spent, expired }) => [grant.id, spent + expired]))

function withDraws(sums: ReadonlyMap<string, number>, draws: readonly Draw[]) {
  const more = new Map(sums)
  for (const { grantId, amount } of draws) more.set(grantId, (more.get(grantId) ?? 0) + amount)
  return more
}

/** An act for each entry that gives back. */
function givingBack(entries: readonly EntryDraft[]): readonly Act[] {
  return entries.map((entry) => ({
    entries: [entry],
    told: { ...NOTHING_TOLD, returned: drawsInto(entry, 'elsewhere') },
  }))
}

/** It gives back what it may no longer spend. */
export function lapsing({ books, lease }: MachineBooks, now: number): readonly Act[] {
  return lease ? givingBack(deviceDue(books.balances, lease, books.account, now)) : []
}

export function recalling(
  { books, lease }: MachineBooks,
  recall: Omit<Recall, 'deviceId'>,
  now: number,
): readonly Act[] {
  return lease ? givingBack(recalledEntries(books.balances, lease, recall, now)) : []
}

export function givingAllBack({ books, lease }: MachineBooks): readonly Act[] {
  return lease ? givingBack(leavingEntries(books.balances, lease)) : []
}

/** `account`: as the pool took it over from its first machine; null where entries say it. */
export function joining(
  { deviceId }: MachineBooks,
  lines: readonly LeaseLine[],
  account: AccountSnapshot | null,
): Act {
  const issuer = { accountId: 'team', memberId: 'm', deviceId, publicKey: 'key' }
  const facts = { kind: 'authority', issuer, account, lines } as const
  return { entries: [{ id: `authority:${deviceId}`, facts, postings: [] }], told: null }
}

export function goingHome({ deviceId }: MachineBooks, account: AccountSnapshot): Act {
  const facts = { kind: 'authority', issuer: null, account, lines: [] } as const
  return { entries: [{ id: `home:${deviceId}`, facts, postings: [] }], told: null }
}

/** Null where it has this statement, or a later one, already. */
export function takingUp(
  { books, lease }: MachineBooks,
  statement: LeaseStatement,
): Result<Act | null> {
  if (!lease) return success(null)
  const taken = takeUpLease(books.balances, lease, statement)
  if (!taken.ok) return taken
  return success(taken.data && { entries: [taken.data], told: null })
}

/** A run begins; null where there is not enough for it. */
export function holding(
  { books, lease, runs }: MachineBooks,
  id: string,
  amount: number,
  now: number,
): Act | null {
  const payers = spendableAt(books.balances, lease, books.account, now)
  const drawn = drawFrom(payers, millicredits(amount), now, 'op')
  if (!drawn.ok) return null
  const entry = holdEntry(anOperation(id, millicredits(amount)), drawn.draws)
  return { entries: [entry], told: null, runs: [...runs, { id, held: drawn.draws }] }
}

/**
 * A run ends; of what is held so many per cent are charged, null for void. `record`: what it has to tell
 * of it, also where it stands alone.
 */
export function ending(
  { books, lease, runs }: MachineBooks,
  run: Run,
  share: number | null,
  now: number,
): Act & { readonly charge: Credits; readonly record: Told } {
  const returned = returnedToDevice(books, lease, now)
  const charge = millicredits(Math.floor((sumDraws(run.held) * (share ?? 0)) / 100))
  const facts = { operationId: run.id, outcome: 'completed' as const }
  const usage = {
    units: {},
    usageSource: 'provider' as const,
    charge: { amount: charge, lines: [], decidedBy: 'lines' as const },
  }
  const entry =
    share === null
      ? voidEntry({ ...facts, reason: null }, run.held, returned)
      : settleEntry({ ...facts, ...usage }, run.held, returned)
  const told = {
    ...NOTHING_TOLD,
    spent: drawsInto(entry, 'spent'),
    expired: drawsInto(entry, 'expired'),
  }
  const rest = runs.filter((one) => one !== run)
  return {
    entries: [entry],
    told: lease ? told : null,
    record: told,
    operationId: run.id,
    runs: rest,
    charge,
  }
}
