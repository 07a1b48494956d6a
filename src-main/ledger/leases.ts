/**
 * The ledger's side of an issuer elsewhere (design: leases): takes up its entries and leases, and
 * gives back what may no longer be spent. Every call is synchronous, durable, and all or nothing.
 */

import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import { accountSnapshotOf } from './issuer-account.ts'
import { applyEntry, type BalanceState, type GrantBalance } from '#shared/journal/balance.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import type { Issuer, LeaseLine } from '#shared/journal/lease-facts.ts'
import {
  deviceDue,
  type DeviceLease,
  followLease,
  leavingEntries,
  type Recall,
  recalledEntries,
  spendableAt,
  takeUpLease,
} from '#shared/lease/device-lease.ts'
import type { SignedLease } from '#shared/lease/statement.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { draftsOf, type IssuerNews } from './issuer-entries.ts'
import type { Journal } from './journal.ts'
import { isSignedByIssuer } from './lease-signature.ts'
import { forgetSpentGrants } from './state.ts'

/** Another issuer, and all that is needed to continue under it at once. */
export interface Arrival {
  readonly issuer: Issuer
  /** What it took over as leased to this machine. */
  readonly lines: readonly LeaseLine[]
  /** Its entries from the first on. */
  readonly news: IssuerNews
  readonly lease: SignedLease
}

export interface Leases {
  /** Who issues the credits; null while the app itself does. */
  issuer(): Issuer | null
  lease(): DeviceLease | null
  /** How far the issuer's entries have been taken up. */
  entriesRead(): number
  /** The hash of the issuer's journal at that position; empty if unknown. */
  readHash(): string
  /** The account as it was before there was an issuer; null if there is none. */
  home(): AccountSnapshot | null
  /** The balances a run starting now may draw on. */
  spendable(): readonly GrantBalance[]
  /**
   * From here on credits come from an issuer; open runs continue. Fails as taking up its entries
   * and its lease does, or with `issuer_known` if there is one already.
   */
  arrive(arrival: Arrival): Result<null>
  /**
   * Takes up entries, skipping those it has. Fails with `no_issuer`, `entries_gap` if earlier ones
   * are missing, `entries_invalid`, `catalog_differs` or `catalog_unreadable`.
   */
  takeEntries(news: IssuerNews): Result<null>
  /**
   * Takes up a lease; the same one again changes nothing. Fails with `no_issuer`, `lease_forged`,
   * `lease_not_ours`, `lease_stale`, `lease_early` if the issuer's entries must come first,
   * `lease_incomplete` or `lease_not_valid`.
   */
  takeLease(lease: SignedLease): Result<null>
  /** Gives back what may no longer be spent; cheap if there is nothing. */
  giveBackLapsed(): Result<null>
  /** Gives back what the issuer asks for. */
  giveBackRecalled(recall: Omit<Recall, 'deviceId'>): Result<null>
  /** Gives back everything that no run holds. */
  giveBackAll(): Result<null>
  /** Makes the app its own issuer again, with a last lease from the previous one. */
  depart(account: AccountSnapshot, lease: SignedLease | null): Result<null>
}

export interface LeasePorts {
  now(): number
  /** The issuer's time is at least `at`. */
  issued(at: number): void
  /** Appends at a time that is never before the ledger's. */
  write(drafts: readonly EntryDraft[], at: number): Result<unknown>
}

/** Entries about to be written, and the books as they would be after them. */
interface Draft {
  readonly entries: readonly EntryDraft[]
  readonly balances: BalanceState
  readonly lease: DeviceLease | null
}

export function createLeases(journal: Journal, { now, issued, write }: LeasePorts): Leases {
  const team = () => journal.state().team

  function written(drafts: readonly EntryDraft[], at = now()): Result<null> {
    if (drafts.length === 0) return success(null)
    const appended = write(drafts, at)
    return appended.ok ? success(null) : appended
  }

  /** What the issuer wrote takes effect as soon as it is taken up. */
  function writtenByIssuer(drafts: readonly EntryDraft[], at: number): Result<null> {
    issued(at)
    return written(drafts, at)
  }

  function begin(at: number): Draft {
    const { balances, team: known } = forgetSpentGrants(journal.state(), at)
    return { entries: [], balances, lease: known?.lease ?? null }
  }

  /** Adds the entries of `news` beyond `read`, and how far they reach. */
  function withNews(draft: Draft, issuer: Issuer, read: number, news: IssuerNews): Result<Draft> {
    const { accountId, deviceId } = issuer
    if (news.to <= read) return success(draft)
    if (news.after > read) return entriesGap(read, news.after)
    let current = draft
    const known = { accountId, deviceId, balances: () => current.balances, find: journal.find }
    let last = read
    for (const entry of news.entries) {
      if (entry.sequence <= read) continue
      if (entry.sequence <= last || entry.sequence > news.to) return outOfOrder(entry.sequence)
      last = entry.sequence
      const taken = draftsOf(entry, known)
      if (!taken.ok) return taken
      current = taken.data.reduce(push, current)
    }
    const { to, hash } = news
    const facts = { kind: 'read', entries: to, ...(hash ? { hash } : {}) } as const
    const id = `read:${accountId}:${deviceId}:${to}`
    return success(push(current, { id, facts, postings: [] }))
  }

  /**
   * Adds what a lease statement writes, once it is verified to be the issuer's and about this
   * machine.
   */
  function withLease(
    draft: Draft,
    issuer: Issuer,
    read: number,
    lease: SignedLease,
  ): Result<Draft> {
    const { statement } = lease
    if (!draft.lease) return noIssuer()
    if (!isSignedByIssuer(lease, issuer.publicKey)) return leaseForged()
    if (statement.accountId !== issuer.accountId) return leaseNotOurs(statement.accountId)
    if (statement.version < draft.lease.version) return leaseStale(statement.version)
    if (statement.entries > read) return leaseEarly(statement.entries, read)
    const taken = takeUpLease(draft.balances, draft.lease, statement)
    if (!taken.ok) return taken
    return success(taken.data ? push(draft, taken.data) : draft)
  }

  function arrive({ issuer, lines, news, lease }: Arrival): Result<null> {
    if (team()) return failure('issuer_known', 'This machine is in a team already.')
    const account = accountSnapshotOf(news.entries)
    const facts = { kind: 'authority', issuer, account, lines } as const
    const id = `authority:${issuer.accountId}:${issuer.deviceId}`
    const begun = push(begin(now()), { id, facts, postings: [] })
    const read = tried(() => withNews(begun, issuer, 0, news))
    if (!read.ok) return read
    const leased = tried(() => withLease(read.data, issuer, news.to, lease))
    if (!leased.ok) return leased
    return writtenByIssuer(leased.data.entries, latest(news, lease))
  }

  function takeEntries(news: IssuerNews): Result<null> {
    const known = team()
    if (!known) return noIssuer()
    const taken = tried(() => withNews(begin(now()), known.issuer, known.read, news))
    return taken.ok ? writtenByIssuer(taken.data.entries, latest(news, null)) : taken
  }

  function takeLease(lease: SignedLease): Result<null> {
    const known = team()
    if (!known) return noIssuer()
    const taken = tried(() => withLease(begin(now()), known.issuer, known.read, lease))
    return taken.ok ? writtenByIssuer(taken.data.entries, latest(null, lease)) : taken
  }

  function depart(account: AccountSnapshot, lease: SignedLease | null): Result<null> {
    const known = team()
    if (!known) return noIssuer()
    const begun = begin(now())
    const { issuer } = known
    // The last lease is of grants it already had; what else the issuer did meanwhile does not
    // matter here.
    const leased = lease ? tried(() => withLease(begun, issuer, Infinity, lease)) : success(begun)
    if (!leased.ok) return leased
    const facts = { kind: 'authority', issuer: null, account, lines: [] } as const
    const id = leftEntryId(issuer.accountId, issuer.deviceId)
    const drafts = [...leased.data.entries, { id, facts, postings: [] }]
    return written(drafts, latest(null, lease))
  }

  return {
    issuer: () => team()?.issuer ?? null,
    lease: () => team()?.lease ?? null,
    entriesRead: () => team()?.read ?? 0,
    readHash: () => team()?.readHash ?? '',
    home: () => team()?.home.account ?? null,
    spendable() {
      const { account, balances } = journal.state()
      return [...spendableAt(balances, team()?.lease ?? null, account, now())]
    },
    arrive,
    takeEntries,
    takeLease,
    giveBackLapsed() {
      const { account, balances } = journal.state()
      const lease = team()?.lease
      return written(lease ? deviceDue(balances, lease, account, now()) : [])
    },
    giveBackRecalled(recall) {
      const lease = team()?.lease
      if (!lease) return noIssuer()
      return written(recalledEntries(journal.state().balances, lease, recall, now()))
    },
    giveBackAll() {
      const lease = team()?.lease
      return lease ? written(leavingEntries(journal.state().balances, lease)) : noIssuer()
    },
    depart,
  }
}

/**
 * The id of the entry with which a machine continues alone after having been this device of a team.
 */
export const leftEntryId = (accountId: string, deviceId: string) =>
  `authority:left:${accountId}:${deviceId}`

function push({ entries, balances, lease }: Draft, entry: EntryDraft): Draft {
  return {
    entries: [...entries, entry],
    balances: applyEntry(balances, entry),
    lease: followLease(lease, entry),
  }
}

/** Anything that makes the rules of the books throw cannot be taken up and is refused whole. */
function tried<T>(take: () => Result<T>): Result<T> {
  try {
    return take()
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    return failure(
      'entries_invalid',
      'What the server says about the team’s credits could not be taken in.',
      { cause },
    )
  }
}

/** The latest time known of the issuer. */
function latest(news: IssuerNews | null, lease: SignedLease | null): number {
  const times = news?.entries.map(({ at }) => at) ?? []
  return Math.max(0, lease?.statement.issuedAt ?? 0, ...times)
}

function noIssuer() {
  return failure('no_issuer', 'This machine is not in a team.')
}

function entriesGap(read: number, after: number) {
  return failure('entries_gap', 'Some of the team’s news is missing. Sync again.', { read, after })
}

function outOfOrder(sequence: number) {
  return failure('entries_invalid', 'The team’s news came out of order.', { sequence })
}

function leaseForged() {
  return failure(
    'lease_forged',
    'What the server says this machine may spend is not signed by the team’s server.',
  )
}

function leaseNotOurs(accountId: string) {
  return failure('lease_not_ours', 'The server sent a lease of another team.', { accountId })
}

function leaseStale(version: number) {
  return failure('lease_stale', 'The server sent an older lease than this machine has.', {
    version,
  })
}

function leaseEarly(entries: number, read: number) {
  return failure('lease_early', 'The lease needs news of the team that has not arrived yet.', {
    entries,
    read,
  })
}
