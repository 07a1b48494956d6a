/**
 * The catalogs. They live in the journal (decision 0008); a file brings new versions, when the app
 * starts and whenever it changes. A bad one is refused whole and the one in force stays.
 */

import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Catalog, CatalogProblem } from '#shared/catalog/catalog.ts'
import { diffCatalogs } from '#shared/catalog/diff.ts'
import type {
  CatalogCheckView,
  CatalogNewsView,
  CatalogRefusal,
  CatalogsView,
} from '#shared/host/catalog-views.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { catalogEntry, inForceEntry } from '#shared/journal/entries.ts'
import type { CatalogSource, EntryDraft } from '#shared/journal/journal.ts'
import { systemErrorCode, writeFileAtomic } from '../files/atomic-file.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import { byDate, inForceOf, newsOf, viewOf } from './catalog-terms.ts'
import {
  invalid,
  ofTheTeam,
  problemsOf,
  unusable,
  usedProblem,
  versionUsed,
} from './catalog-failures.ts'
import { readCatalogFile, readCatalogText, watchCatalogFile } from './catalog-file.ts'

/** The one that was last in force: for the time before the ledger is open. */
const LAST_GOOD_FILE = 'catalog.json'
/** A timer cannot wait longer than this; it then looks again. */
const LONGEST_TIMER_MS = 6 * 60 * 60_000
/** The wait after a disk refused to record what came into force. */
const AGAIN_MS = 60_000

export type CatalogLedger = Pick<
  Ledger,
  'append' | 'catalog' | 'catalogs' | 'catalogSource' | 'head' | 'issuer' | 'now'
>

export interface CatalogStoreDeps {
  readonly directory: string
  /** The file that brings new versions. */
  readonly file: string
  readonly clock: Clock
  readonly timers: Timers
  /** Another catalog is in force, or the scheduled ones changed. */
  changed(): void
  /** The file was refused. */
  refused(refusal: CatalogRefusal): void
  /** The file, refused before, was accepted. */
  accepted(): void
}

export interface CatalogStore {
  /** The catalog in force now; before the ledger is open, the file's, or the last one in force. */
  catalog(): Catalog
  /**
   * Continues with the journal of an opened ledger, and publishes what the file has. `inForce` is
   * called for every catalog that comes into force from then on.
   */
  attach(ledger: CatalogLedger, inForce: () => void): Result<null>
  /** The ledger is closed. */
  detach(): void
  /** These fail with `catalogs_closed` while no ledger is open. */
  read(): Result<CatalogsView>
  news(): Result<readonly CatalogNewsView[]>
  source(version: string): Result<{ readonly text: string }>
  check(text: string): Result<CatalogCheckView>
  /**
   * Publishes a catalog: at once, or from a later moment. Fails, changing nothing, with
   * `catalog_invalid` (details: problems), `catalog_version_used`, `catalog_of_team` or as the ledger does.
   */
  publish(text: string, from: number | null): Result<CatalogsView>
  /** Call when the ledger has another issuer, or other catalogs of one. */
  followLedger(): void
  close(): void
}

/** Fails with `catalog_unusable` when neither the file nor the last good one can be read. */
export function openCatalogs(deps: CatalogStoreDeps): Result<CatalogStore> {
  const { clock, directory, file, timers } = deps
  const first = readCatalogFile(file)
  const last = first.ok ? first : readCatalogFile(join(directory, LAST_GOOD_FILE))
  if (!last.ok) return unusable(file, first.ok ? [] : first.problems)
  const { source: beginning } = last

  let current: Catalog = last.catalog
  /** What the file brings; null while it is bad. */
  let brought = first.ok ? first.source : null
  let refusal: CatalogRefusal | null = null
  let attached: { readonly ledger: CatalogLedger; inForce(): void } | null = null
  /** When the next catalog comes into force. */
  let nextFrom = Infinity
  let cancelTimer: (() => void) | null = null
  if (!first.ok) refuse(first.problems)
  const stopWatching = watchCatalogFile(file, timers, lookAtFile)

  function refuse(problems: readonly CatalogProblem[]): void {
    refusal = { file, at: clock.now(), problems }
    deps.refused(refusal)
  }

  function lookAtFile(): void {
    const read = readCatalogFile(file)
    brought = read.ok ? read.source : null
    if (!read.ok) refuse(read.problems)
    else if (!attached) current = read.catalog
    else takeFile(attached.ledger, read.source)
    deps.changed()
  }

  /**
   * Publishes what the file has, and reports what is wrong with it. A team's catalogs come from its
   * server.
   */
  function takeFile(ledger: CatalogLedger, source: CatalogSource): void {
    if (ledger.issuer()) return
    const taken = take(ledger, source, null)
    if (!taken.ok) refuse(problemsOf(taken.error))
    else if (refusal) {
      refusal = null
      deps.accepted()
    }
  }

  /** Publishes from `from` or now on, unless this very catalog was published before. */
  function take(ledger: CatalogLedger, source: CatalogSource, from: number | null): Result<null> {
    const { version } = source
    const known = ledger.catalogs().find((place) => place.version === version)
    if (known) {
      const isSame = isDeepStrictEqual(ledger.catalogSource(version), source)
      const isThen = from === null || from === known.from
      return isSame && isThen ? success(null) : versionUsed(version)
    }
    const start = Math.max(from ?? 0, ledger.now())
    const written = ledger.append([takenEntry(ledger, source, start)])
    if (written.ok) return follow(ledger)
    return written.error.code === 'entry_conflict' ? versionUsed(version) : written
  }

  /** Brings into force what is due, and waits for what comes next. */
  function follow(ledger: CatalogLedger): Result<null> {
    const now = ledger.now()
    const terms = byDate(ledger)
    nextFrom = terms.find(({ from }) => from > now)?.from ?? Infinity
    lookAgainIn(nextFrom - now)
    const due = inForceOf(terms, now)
    if (due === undefined) return success(null)
    if (due.from <= now && ledger.head().at < due.from) {
      const noted = ledger.append([inForceEntry(due.version)])
      if (!noted.ok) {
        lookAgainIn(AGAIN_MS)
        return noted
      }
    }
    if (due.version !== current.version) comeIntoForce(ledger, due.version)
    return success(null)
  }

  function lookAgainIn(ms: number): void {
    cancelTimer?.()
    cancelTimer = null
    if (ms === Infinity) return
    cancelTimer = timers.after(Math.min(LONGEST_TIMER_MS, Math.max(1, ms)), followDate)
  }

  function followDate(): void {
    if (!attached) return
    const before = current
    follow(attached.ledger)
    if (current !== before) deps.changed()
  }

  function comeIntoForce(ledger: CatalogLedger, version: string): void {
    const catalog = ledger.catalog(version)
    if (!catalog) throw new Error(`Catalog ${version} is not in the journal`)
    current = catalog
    remember(directory, ledger.catalogSource(version))
    attached?.inForce()
  }

  /** Records the version in force, from the first moment on. */
  function attach(ledger: CatalogLedger, inForce: () => void): Result<null> {
    if (ledger.catalogs().length === 0) {
      const taken = take(ledger, beginning, null)
      if (!taken.ok) return taken
    } else if (brought) takeFile(ledger, brought)
    const followed = follow(ledger)
    if (!followed.ok) return followed
    const { version } = current
    current = ledger.catalog(version) ?? current
    remember(directory, ledger.catalogSource(version))
    attached = { ledger, inForce }
    return success(null)
  }

  /** A machine that slept may be past a date without its timer. */
  function catalog(): Catalog {
    if (attached && attached.ledger.now() >= nextFrom) {
      const before = current
      follow(attached.ledger)
      if (current !== before) queueMicrotask(deps.changed)
    }
    return current
  }

  function opened<T>(answer: (ledger: CatalogLedger) => Result<T>): Result<T> {
    return attached
      ? answer(attached.ledger)
      : failure('catalogs_closed', 'The ledger is not open.')
  }

  function view(ledger: CatalogLedger): CatalogsView {
    const now = ledger.now()
    const terms = byDate(ledger)
    const inForce = inForceOf(terms, now)
    if (!inForce) throw new Error('The journal has no catalog')
    return {
      inForce: viewOf(inForce),
      upcoming: terms.filter(({ from }) => from > now && from > inForce.from).map(viewOf),
      past: terms.slice(0, terms.indexOf(inForce)).reverse().map(viewOf),
      refusal,
    }
  }

  function check(ledger: CatalogLedger, text: string): CatalogCheckView {
    const read = readCatalogText(text)
    if (!read.ok) return { problems: read.problems, changes: [] }
    const known = ledger.catalogSource(read.source.version)
    const isUsed = known !== null && !isDeepStrictEqual(known, read.source)
    const problems = isUsed ? [usedProblem(read.source.version)] : []
    return { problems, changes: diffCatalogs(current, read.catalog) }
  }

  return success({
    catalog,
    attach,
    detach() {
      lookAgainIn(Infinity)
      attached = null
    },
    read: () => opened((ledger) => success(view(ledger))),
    news: () => opened((ledger) => success(newsOf(ledger))),
    source: (version) =>
      opened((ledger) => {
        const source = ledger.catalogSource(version)
        if (!source) return failure('catalog_unknown', `There is no catalog "${version}".`)
        return success({ text: `${JSON.stringify(source, null, 2)}\n` })
      }),
    check: (text) => opened((ledger) => success(check(ledger, text))),
    followLedger() {
      if (!attached) return
      const { ledger } = attached
      const before = current
      if (brought) takeFile(ledger, brought)
      follow(ledger)
      if (current !== before) deps.changed()
    },
    publish: (text, from) =>
      opened((ledger) => {
        if (ledger.issuer()) return ofTheTeam()
        const read = readCatalogText(text)
        if (!read.ok) return invalid(read.problems)
        const taken = take(ledger, read.source, from)
        if (!taken.ok) return taken
        deps.changed()
        return success(view(ledger))
      }),
    close() {
      stopWatching()
      lookAgainIn(Infinity)
    },
  })
}

/** A catalog a team had is already in the journal. */
function takenEntry(ledger: CatalogLedger, source: CatalogSource, from: number): EntryDraft {
  const { version } = source
  if (!isDeepStrictEqual(ledger.catalogSource(version), source)) return catalogEntry(source, from)
  const facts = { kind: 'catalog-term', version, from } as const
  return { id: `catalog-term:${version}:${ledger.head().sequence}`, facts, postings: [] }
}

/** Only a convenience for the next start: a write that fails is no reason to stop. */
function remember(directory: string, source: CatalogSource | null): void {
  try {
    writeFileAtomic(join(directory, LAST_GOOD_FILE), `${JSON.stringify(source, null, 2)}\n`)
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error
  }
}
