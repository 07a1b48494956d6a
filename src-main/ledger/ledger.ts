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
   * The time that decides what may be spent, epoch milliseconds: under an issuer heard since the
   * start, its time plus what has passed since; otherwise the clock, but never before the last
   * entry plus the time passed since, so that turning a clock back extends nothing.
   */
  now(): number
  /** The issuer said its time is `at`. */
  heard(at: number): void
  /** The balance of every grant that still matters, in the order in which they pay. */
  buckets(): readonly BucketBalance[]
  /**
   * Writes grants and expiries, all or none. What is already written is skipped and returned, so a
   * repeated delivery changes nothing; the same id with other content fails with `entry_conflict`.
   */
  append(drafts: readonly EntryDraft[]): Result<readonly Entry[]>
  /**
   * Reserves the quote's maximum, or nothing. Fails with `insufficient_credits` (with `available`
   * and `needed` in millicredits), `operation_exists`, or `catalog_unknown` if the ledger does not
   * have the quote's rate; under an issuer also with `lease_over` if the lease has ended, and
   * `lease_short` if credits are elsewhere that this machine has no lease of; and with the error of
   * `allows`, which is asked at the very time of the hold. Only after success may a provider be
   * called.
   */
  authorize(operation: OperationFacts, allows?: (at: number) => Result<unknown>): Result<Hold>
  /**
   * Ends a run that is charged. Repeated with the same facts it returns the first entry; with
   * others it fails with `operation_ended`. Throws if the charge is more than what is held.
   */
  settle(operationId: string, ending: Omit<Settlement, 'operationId'>): Result<Entry>
  /** Ends a run that costs nothing; repeatable like `settle`. */
  void(operationId: string, ending: Omit<Cancellation, 'operationId'>): Result<Entry>
  /** Holds of runs that have not ended, oldest first. */
  openHolds(): readonly Hold[]
  /** Records durably how far a run has come, so that it can be settled after a crash. */
  checkpoint(operationId: string, progress: Omit<Checkpoint, 'at'>): Result<Checkpoint>
  /** The catalogs and the dates they come into force, in the order they were recorded. */
  catalogs(): readonly CatalogPlace[]
  /** A catalog it holds, or null. */
  catalog(version: string): Catalog | null
  /** A catalog it holds as it was published, or null. */
  catalogSource(version: string): CatalogSource | null
  /** The rate an authorized operation was quoted at, whichever catalog is in force now. */
  rateOf(quote: QuotedPrice): OperationRate
  /** The account with its catalogs, and the balances that still matter. */
  books(): Books
  /** The state of the trials of operations. */
  trials(): Trials
  /** The head of the chain. */
  head(): Head
}

/** The kinds of entry that runs write; the authority appends the rest. */
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

  /** The ledger's time continues from the entry just written. */
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

  /** Ends an operation once; `draft` makes the entry if it is still open. */
  function end(operationId: string, draft: (held: Hold, at: number) => EntryDraft): Result<Entry> {
    const hold = journal.state().holds.get(operationId)
    if (!hold) return alreadyEnded(operationId, draft)
    const at = now()
    return noted(journal.add(draft(hold, at), stamp(at)))
  }

  /** The first ending again, if it is the same. */
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

  /** Catalogs are read once per change of their list, since terms may come from any of them. */
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
