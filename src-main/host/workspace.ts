/** Everything that needs an open ledger: authority, meter and balance, made and closed together. */

import { ZERO } from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import { type HostError, type Result, success } from '#shared/result.ts'
import type { RecipeView } from '#shared/recipes/recipe.ts'
import type { BalanceView, QuotedRecipe, RunEnding, RunView } from '#shared/host/views.ts'
import type { Authority } from '../authority/authority.ts'
import { createEitherAuthority } from '../authority/either-authority.ts'
import { createLocalAuthority } from '../authority/local-authority.ts'
import { type CreatorLink, createCreatorLink } from './creator-link.ts'
import { createTeamAuthority } from '../authority/team-authority.ts'
import { openLedger, type OpenLedger } from '../ledger/open.ts'
import { createMeter, type Meter } from '../meter/meter.ts'
import { interruptedNotice, recoverRuns } from '../meter/recovery.ts'
import { type AlertKeeper, createAlertKeeper } from '../policies/alert-keeper.ts'
import { createGate, type Gate } from '../policies/gate.ts'
import { createSpendCounter } from '../policies/spend-counter.ts'
import type { TeamLink } from '../sync/team-ports.ts'
import { readBalance } from './balance.ts'
import { createLedgerProbe } from './ledger-probe.ts'
import { type LedgerWatch, watchLedger } from './ledger-watch.ts'
import type { HostParts } from './parts.ts'
import { createTeamSpending } from './team-spending.ts'
import { openTeamLink, teamServer, withTeam } from './team.ts'

export interface Workspace {
  readonly ledger: OpenLedger
  /** Why the ledger accepts no entries at present; null while it does. */
  trouble(): HostError | null
  readonly authority: Authority
  readonly team: TeamLink
  readonly creator: CreatorLink
  readonly meter: Meter
  readonly gate: Gate
  readonly alerts: AlertKeeper
  balance(): BalanceView
  /** Another catalog came into force; what it brings is due now. */
  catalogChanged(): void
  close(): Promise<void>
}

/**
 * Opens the ledger, settles what a crash left open, grants what is due, and makes the meter. Fails
 * with the ledger's codes, leaving nothing open.
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
  const watch = watchLedger(ledger, {
    probe: createLedgerProbe(parts.ledgerDirectory),
    timers: parts.timers,
    changed: troubleChanged,
  })
  let inForce: () => void = () => undefined
  const attached = parts.catalogs.attach(watch.ledger, () => inForce())
  if (!attached.ok) {
    watch.close()
    await ledger.close()
    return attached
  }
  const workspace = assemble(parts, watch)
  const granted = workspace.authority.bringUpToDate()
  if (!granted.ok) {
    await workspace.close()
    return granted
  }
  inForce = workspace.catalogChanged
  workspace.alerts.look()
  return success(workspace)
}

/** Ends interrupted runs in the ledger, then in the library, and reports each once. */
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

/** Closing also interrupts runs; the next start reports it. */
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

/** Who runs on this machine: its member of the team, or its own account. */
export function whoRuns(
  { account }: Pick<HostParts, 'account'>,
  ledger: Pick<OpenLedger, 'issuer'>,
): { readonly deviceId: string; readonly memberId: string } {
  return ledger.issuer() ?? { deviceId: account.deviceId, memberId: account.accountId }
}

function assemble(parts: HostParts, watch: LedgerWatch): Workspace {
  const { ledger } = watch
  const { account, events, timers, log, recipes, settings } = parts
  const { catalog } = parts.catalogs
  let announced = false

  /** Merges several changes made at once into one event. */
  function announce(): void {
    if (announced) return
    announced = true
    queueMicrotask(() => {
      announced = false
      events.emit({ type: 'balance', balance: balance() })
    })
  }

  /** Alerts are checked at every single change: a refill in between must not go unseen. */
  function balanceChanged(): void {
    alerts.look()
    announce()
  }

  /** Another issuer, or none: updates what is due and what is shown. */
  function issuerChanged(): void {
    parts.catalogs.followLedger()
    const upToDate = authority.bringUpToDate()
    if (!upToDate.ok) log.warn('Grants could not be written', { code: upToDate.error.code })
    balanceChanged()
    events.emit({ type: 'policies' })
  }

  const authority = createEitherAuthority(
    ledger,
    createLocalAuthority({
      ledger,
      accountId: account.accountId,
      firstPlanId: account.planId,
      anchor: { timeZone: account.timeZone, startsAt: account.createdAt },
      timers,
      isLeaving: () => team.isJoining(),
      changed: balanceChanged,
    }),
    createTeamAuthority({
      ledger,
      server: teamServer(() => team),
      timers,
      ids: parts.ids,
      changed: balanceChanged,
    }),
  )
  const balance = () => readBalance({ ledger, authority, elsewhere: () => team.elsewhere() })
  const timeZone = () => authority.books().account.account?.anchor.timeZone ?? account.timeZone
  const counter = createSpendCounter({
    ledger,
    directory: parts.ledgerDirectory,
    timeZone,
    log,
  })
  const teamSpending = createTeamSpending({
    runsSince: (at) => team.othersRuns(at),
    now: ledger.now,
    timeZone,
    timers: parts.timers,
    log,
    changed: () => events.emit({ type: 'policies' }),
  })
  const gate = createGate({
    ledger,
    counter,
    others: teamSpending.spending,
    elsewhere: () => team.elsewhere()?.amount ?? ZERO,
    timeZone,
    sources() {
      const { catalog: inForce, plan, overrides } = authority.terms()
      const { caps } = authority.books().account
      return { catalog: inForce, plan, overrides, caps: [...caps.values()] }
    },
    cycle: authority.cycle,
    resetsAt: () => authority.nextRefill().at,
  })
  const alerts = createAlertKeeper({
    directory: parts.ledgerDirectory,
    notices: parts.notices,
    log,
    notify: parts.notify,
    now: ledger.now,
    rules: () => gate.policies().alerts,
    level: gate.level,
    emit: events.emit,
  })
  const stopListening = ledger.onWritten(({ facts: { kind } }) => {
    if (kind === 'account' || kind === 'catalog') events.emit({ type: 'policies' })
    if (ledger.issuer() && (kind === 'catalog' || kind === 'catalog-term')) {
      parts.catalogs.followLedger()
    }
  })
  const meter = createMeter({
    ...parts,
    ledger,
    catalog,
    who: () => whoRuns(parts, ledger),
    short: (amount, operation) => team.need(amount, operation),
    gate,
    available(operation) {
      const upToDate = authority.bringUpToDate()
      if (!upToDate.ok) log.warn('Grants could not be written', { code: upToDate.error.code })
      return availableAt(ledger.spendable(), ledger.now(), operation)
    },
    withTeam: (needed, operation) => withTeam(ledger, team, needed, operation),
    recipe: (recipeId) => quotedRecipe(recipes.find(recipeId)),
    reuses: (studio) =>
      settings.read().resultCache && catalog().resultCache.studios.includes(studio),
    emit: events.emit,
    balanceChanged,
  })
  const team = openTeamLink(parts, ledger, {
    balanceChanged,
    issuerChanged,
    syncChanged() {
      teamSpending.heard()
      creator.look()
    },
  })
  const creator = createCreatorLink({ recipes, team, clock: parts.clock, log })
  teamSpending.heard()

  return {
    ledger,
    trouble: watch.trouble,
    authority,
    team,
    creator,
    meter,
    gate,
    alerts,
    balance,
    catalogChanged() {
      const upToDate = authority.bringUpToDate()
      if (!upToDate.ok) log.warn('Grants could not be written', { code: upToDate.error.code })
      balanceChanged()
      events.emit({ type: 'policies' })
    },
    async close() {
      watch.close()
      const cutOff = meter.running().map(({ operationId }) => operationId)
      await meter.close()
      for (const operationId of cutOff) tellInterrupted(parts, meter.attach(operationId))
      await team.close()
      authority.close()
      parts.catalogs.detach()
      stopListening()
      teamSpending.close()
      counter.close()
      await ledger.close()
    },
  }
}
