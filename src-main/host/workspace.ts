/** Everything that needs an open ledger: authority, meter and balance, made and ended together. */

import { availableAt } from '#shared/credits/burn-down.ts'
import { catalogEntry } from '#shared/journal/entries.ts'
import type { CatalogSource } from '#shared/journal/journal.ts'
import { type HostError, type Result, success } from '#shared/host/result.ts'
import type { RecipeView } from '#shared/recipes/recipe.ts'
import type { BalanceView, QuotedRecipe, RunEnding, RunView } from '#shared/host/views.ts'
import { createLocalAuthority, type LocalAuthority } from '../authority/local-authority.ts'
import { openLedger, type OpenLedger } from '../ledger/open.ts'
import { createMeter, type Meter } from '../meter/meter.ts'
import { interruptedNotice, recoverRuns } from '../meter/recovery.ts'
import { readBalance } from './balance.ts'
import { createLedgerProbe } from './ledger-probe.ts'
import { type LedgerWatch, watchLedger } from './ledger-watch.ts'
import type { HostParts } from './parts.ts'

export interface Workspace {
  readonly ledger: OpenLedger
  /** Why the ledger takes no entries at present; null while it does. */
  trouble(): HostError | null
  readonly authority: LocalAuthority
  readonly meter: Meter
  balance(): BalanceView
  close(): Promise<void>
}

/**
 * Opens the ledger, settles what a crash left open, grants what is due, and makes the meter. Fails
 * with the ledger's codes and then holds nothing open.
 */
export async function openWorkspace(
  parts: HostParts,
  troubleChanged: () => void,
): Promise<Result<Workspace>> {
  const opened = openLedger(parts.ledgerDirectory, parts.ledgerPorts)
  if (!opened.ok) return opened
  const ledger = opened.data
  const recovered = await recover(parts, ledger)
  if (!recovered.ok) {
    await ledger.close()
    return recovered
  }
  const published = publish(ledger, parts.catalogSource)
  if (!published.ok) {
    await ledger.close()
    return published
  }
  const watch = watchLedger(ledger, {
    probe: createLedgerProbe(parts.ledgerDirectory),
    timers: parts.timers,
    changed: troubleChanged,
  })
  const workspace = assemble(parts, watch)
  const granted = workspace.authority.bringUpToDate()
  if (!granted.ok) {
    await workspace.close()
    return granted
  }
  return success(workspace)
}

/** Writes the catalog in force into the journal, once; what is quoted by it can then be held. */
function publish(ledger: OpenLedger, source: CatalogSource): Result<unknown> {
  const known = ledger.catalogs().find(({ version }) => version === source.version)
  return ledger.append([catalogEntry(source, known?.from ?? ledger.now())])
}

/** Ends interrupted runs in the ledger, then in the library, and tells of each once. */
async function recover(parts: HostParts, ledger: OpenLedger): Promise<Result<null>> {
  const recovered = recoverRuns(ledger)
  if (!recovered.ok) return recovered
  for (const run of recovered.data) parts.notices.add(interruptedNotice(run))
  const endings = new Map(recovered.data.map(({ operationId, ending }) => [operationId, ending]))
  for (const operationId of parts.library.unendedOperations()) {
    const ending = endings.get(operationId) ?? (await readEnding(ledger, operationId))
    if (ending) parts.library.endOperation(operationId, ending)
  }
  return success(null)
}

/** The ending of a run that was settled just before the library could be told. */
async function readEnding(ledger: OpenLedger, operationId: string): Promise<RunEnding | null> {
  const explained = await ledger.history.explain(operationId)
  if (!explained.ok) return null
  const { status, outcome, charged, at, endedAt } = explained.data.row
  if (status === 'running' || outcome === null || charged === null) return null
  return { status, outcome, charged, elapsedMs: (endedAt ?? at) - at, error: null }
}

/** Closing cuts runs off too; the next start tells of it. */
function tellInterrupted({ notices }: HostParts, attached: Result<RunView>): void {
  if (!attached.ok || attached.data.ending?.outcome !== 'interrupted') return
  const { operationId, studio, startedAt: at, ending } = attached.data
  notices.add(interruptedNotice({ operationId, studio, at, ending }))
}

function quotedRecipe(recipe: RecipeView | undefined): QuotedRecipe | undefined {
  if (!recipe) return undefined
  const { id, name, creator, own } = recipe
  return { id, name, creatorId: creator.key, creatorName: creator.name, own }
}

function assemble(parts: HostParts, watch: LedgerWatch): Workspace {
  const { ledger } = watch
  const { account, events, timers, log, recipes, settings } = parts
  const catalog = () => parts.catalog
  let announced = false

  /** Several changes in one go are one event. */
  function balanceChanged(): void {
    if (announced) return
    announced = true
    queueMicrotask(() => {
      announced = false
      events.emit({ type: 'balance', balance: balance() })
    })
  }

  const authority = createLocalAuthority({
    ledger,
    accountId: account.accountId,
    firstPlanId: account.planId,
    anchor: { timeZone: account.timeZone, startsAt: account.createdAt },
    timers,
    changed: balanceChanged,
  })
  const balance = () => readBalance({ ledger, authority })
  const meter = createMeter({
    ...parts,
    ledger,
    catalog,
    deviceId: account.deviceId,
    available() {
      const upToDate = authority.bringUpToDate()
      if (!upToDate.ok) log.warn('Grants could not be written', { code: upToDate.error.code })
      return availableAt(ledger.buckets(), ledger.now())
    },
    recipe: (recipeId) => quotedRecipe(recipes.find(recipeId)),
    reuses: (studio) =>
      settings.read().resultCache && catalog().resultCache.studios.includes(studio),
    resetsAt: () => authority.nextRefill().at,
    emit: events.emit,
    balanceChanged,
  })

  return {
    ledger,
    trouble: watch.trouble,
    authority,
    meter,
    balance,
    async close() {
      watch.close()
      const cutOff = meter.running().map(({ operationId }) => operationId)
      await meter.close()
      for (const operationId of cutOff) tellInterrupted(parts, meter.attach(operationId))
      authority.close()
      await ledger.close()
    },
  }
}
