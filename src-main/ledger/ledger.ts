/**
 * The ledger: what gates every run and remembers every charge (design: ledger). All calls that move
 * credits are synchronous, atomic and durable when they return.
 */

import { type AccountState, type Books, EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { withCatalog } from '#shared/account/state.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import type { OperationRate } from '#shared/catalog/rates.ts'
import type { QuotedPrice } from '#shared/pricing/rate-card.ts'
import { burnOrder, drawFrom } from '#shared/credits/burn-down.ts'
import {
  assertBalanced,
  endEntryId,
  type Cancellation,
  holdEntry,
  holdEntryId,
  type Settlement,
  settleEntry,
  voidEntry,
} from '#shared/journal/entries.ts'
import type {
  CatalogSource,
  Entry,
  EntryDraft,
  EntryKind,
  OperationFacts,
} from '#shared/journal/journal.ts'
import { returnedToDevice, spendableAt } from '#shared/lease/device-lease.ts'
import type { Trials } from '#shared/policy/trials.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { BucketBalance } from '#shared/usage/views.ts'
import type { Clock } from '#shared/ports/time.ts'
import { createCatalogReader, parseSource } from './catalogs.ts'
import type { Head } from './entry-chain.ts'
import { type Journal, sameContent, unknownOperation } from './journal.ts'
import { createLeases, type Leases } from './leases.ts'
import { createLedgerClock } from './ledger-clock.ts'
import { notCovered } from './not-covered.ts'
import {
  type CatalogPlace,
  type Checkpoint,
  type Hold,
  openHold,
  type LedgerState,
  stillMatters,
} from './state.ts'

export interface Ledger
  extends Leases, Pick<Journal, 'find' | 'entriesSince' | 'entriesAfter' | 'hashAt' | 'onWritten'> {
  /**
   * What time it is for what may be spent, epoch milliseconds: under an issuer that was heard since
   * the start its time and what has passed since; otherwise the clock, but never before the last entry
   * and the time that has passed since, so that a clock turned back extends nothing.
   */
  now(): number
  /** The issuer says that it is `at`. */
  heard(at: number): void
  /** Balance of every grant that still matters, in the order in which they pay. */
  buckets(): readonly BucketBalance[]
  /**
   * Writes grants and expiries, all or none. What is already written is skipped and returned, so a
   * repeated delivery changes nothing; the same id with other content fails: `entry_conflict`.
   */
  append(drafts: readonly EntryDraft[]): Result<readonly Entry[]>
  /**
   * Reserves the quote's maximum, or nothing: `insufficient_credits` (with `available` and `needed`
   * in millicredits), `operation_exists`, or `catalog_unknown` when the ledger does not hold the
   * rate of the quote. Under an issuer it is `lease_over` when the lease has ended, and `lease_short`
   * when credits are elsewhere that this machine has no lease of. What `allows` refuses at the very time of the hold is refused with its error.
   * Only after success may a provider be called.
   */
  authorize(operation: OperationFacts, allows?: (at: number) => Result<unknown>): Result<Hold>
  /**
   * Ends a run that is paid for. Repeated with the same facts it returns the first entry; with
   * others it fails with `operation_ended`. Throws when the charge is above what is held.
   */
  settle(operationId: string, ending: Omit<Settlement, 'operationId'>): Result<Entry>
  /** Ends a run that costs nothing; repeatable like `settle`. */
  void(operationId: string, ending: Omit<Cancellation, 'operationId'>): Result<Entry>
  /** Holds whose run has not ended, oldest first. */
  openHolds(): readonly Hold[]
  /** Durably notes how far a run has come, so that a crash can settle it. */
  checkpoint(operationId: string, progress: Omit<Checkpoint, 'at'>): Result<Checkpoint>
  /** The catalogs in force by their dates, in the order in which they came. */
  catalogs(): readonly CatalogPlace[]
  /** A catalog it holds, or null. */
  catalog(version: string): Catalog | null
  /** A catalog it holds as it was published, or null. */
  catalogSource(version: string): CatalogSource | null
  /** The rate of an operation that was authorized, whichever catalog is in force now. */
  rateOf(quote: QuotedPrice): OperationRate
  /** The account with its catalogs, and the balances that still matter. */
  books(): Books
  /** How far the trials of operations have come. */
  trials(): Trials
  /** The end of the chain. */
  head(): Head
}

/** What runs write; the authority appends the rest. */
const OF_RUNS: ReadonlySet<EntryKind> = new Set<EntryKind>(['hold', 'settle', 'void'])

/** The money side of the ledger over an opened journal. */
export function createLedger(journal: Journal, clock: Clock): Ledger {
  const reader = createCatalogReader(journal.find)
  const times = createLedgerClock(
    clock,
    journal.state().head.at,
    () => journal.state().team !== null,
  )
  const { now, stamp } = times

  /** Time goes on from the entry just written. */
  function noted<T>(written: Result<T>): Result<T> {
    times.wrote(journal.state().head.at)
    return written
  }

  function authorize(
    operation: OperationFacts,
    allows: (at: number) => Result<unknown> = () => success(null),
  ): Result<Hold> {
    const { operationId, quote } = operation
    if (journal.state().holds.has(operationId)) return operationExists(operationId)
    if (!reader.rate(quote)) return catalogUnknown(quote)
    const at = now()
    const allowed = allows(at)
    if (!allowed.ok) {
      return journal.find(holdEntryId(operationId)) ? operationExists(operationId) : allowed
    }
    const { account, balances, team } = journal.state()
    const payers = spendableAt(balances, team?.lease ?? null, account, at)
    const drawn = drawFrom(payers, quote.maximum, at, quote.operation)
    if (!drawn.ok) {
      if (journal.find(holdEntryId(operationId))) return operationExists(operationId)
      return notCovered(journal.state(), drawn.available, quote, at)
    }
    const written = noted(journal.add(holdEntry(operation, drawn.draws), stamp(at)))
    if (written.ok) return success(openHold(written.data))
    return written.error.code === 'entry_conflict' ? operationExists(operationId) : written
  }

  /** Ends an operation once: `draft` is what would be written were it still open. */
  function end(operationId: string, draft: (held: Hold, at: number) => EntryDraft): Result<Entry> {
    const hold = journal.state().holds.get(operationId)
    if (!hold) return alreadyEnded(operationId, draft)
    const at = now()
    return noted(journal.add(draft(hold, at), stamp(at)))
  }

  /** The first ending again, when it says the same. */
  function alreadyEnded(
    operationId: string,
    draft: (held: Hold, at: number) => EntryDraft,
  ): Result<Entry> {
    const ended = journal.find(endEntryId(operationId))
    const started = journal.find(holdEntryId(operationId))
    if (!ended || !started) return unknownOperation(operationId)
    const { facts } = draft(openHold(started), ended.at)
    if (sameContent(ended, { id: ended.id, facts, postings: ended.postings })) return success(ended)
    return failure('operation_ended', 'This run has already ended differently.', {
      operationId,
      ended: ended.facts.kind,
    })
  }

  /** Catalogs are read once for each change of their list, as terms may be of any of them. */
  let terms: { readonly of: LedgerState['terms']; readonly list: AccountState['catalogs'] } = {
    of: [],
    list: [],
  }

  function books(): Books {
    const { account, balances, terms: inOrder } = journal.state()
    if (terms.of !== inOrder) terms = { of: inOrder, list: catalogTerms(inOrder, reader.catalog) }
    return { account: { ...account, catalogs: terms.list }, balances }
  }

  const returned = (at: number) => {
    const state = journal.state()
    return returnedToDevice(state, state.team?.lease ?? null, at)
  }

  return {
    now,
    heard: times.heard,
    buckets: () => {
      const at = now()
      return [...journal.state().balances.values()]
        .filter((balance) => stillMatters(balance, at))
        .sort((left, right) => burnOrder(left.grant, right.grant))
    },
    append(drafts) {
      for (const draft of drafts) {
        const { id, facts } = draft
        assertBalanced(draft)
        if (facts.kind === 'catalog') parseSource(facts.source)
        if (OF_RUNS.has(facts.kind)) {
          throw new Error(
            `Entry ${id} of kind ${facts.kind} is not appended but authorized or ended`,
          )
        }
      }
      return noted(journal.append(drafts, stamp()))
    },
    authorize,
    settle: (operationId, ending) =>
      end(operationId, ({ draws }, at) =>
        settleEntry({ operationId, ...ending }, draws, returned(at)),
      ),
    void: (operationId, ending) =>
      end(operationId, ({ draws }, at) =>
        voidEntry({ operationId, ...ending }, draws, returned(at)),
      ),
    openHolds: () => [...journal.state().holds.values()],
    checkpoint: (operationId, progress) => {
      const { units, usageSource } = progress
      return journal.mark(operationId, { units, usageSource, at: now() })
    },
    catalogs() {
      const { catalogs, terms: inOrder } = journal.state()
      return inOrder.flatMap(({ version, from }) => {
        const place = catalogs.get(version)
        return place ? [{ ...place, from }] : []
      })
    },
    catalog: reader.catalog,
    catalogSource: reader.source,
    rateOf(quote) {
      const rate = reader.rate(quote)
      if (!rate) throw new Error(`Catalog ${quote.catalogVersion} has no ${quote.operation}`)
      return rate
    },
    books,
    trials: () => journal.state().trials,
    find: journal.find,
    entriesSince: journal.entriesSince,
    entriesAfter: journal.entriesAfter,
    hashAt: journal.hashAt,
    onWritten: journal.onWritten,
    head: () => journal.state().head,
    ...createLeases(journal, {
      now,
      issued: times.issued,
      write: (drafts, at) => noted(journal.append(drafts, stamp(Math.max(now(), at)))),
    }),
  }
}

function catalogTerms(
  terms: LedgerState['terms'],
  read: (version: string) => Catalog | null,
): AccountState['catalogs'] {
  const account = terms.reduce<AccountState>((state, { version, from }) => {
    const catalog = read(version)
    return catalog ? withCatalog(state, catalog, from) : state
  }, EMPTY_ACCOUNT)
  return account.catalogs
}

function catalogUnknown({ catalogVersion, operation }: QuotedPrice) {
  return failure(
    'catalog_unknown',
    'This price is from a catalog that the ledger does not hold. Look at the price again.',
    { catalogVersion, operation },
  )
}

function operationExists(operationId: string) {
  return failure('operation_exists', 'This run was already started.', { operationId })
}
