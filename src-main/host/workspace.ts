/** Everything that needs an open ledger: authority, meter and balance, made and closed together. */

import { ZERO } from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import type { BalanceView, QuotedRecipe, RunView } from '#shared/host/views.ts'
import type { RecipeView } from '#shared/recipes/recipe.ts'
import type { HostError, Result } from '#shared/result.ts'
import type { Authority } from '../authority/authority.ts'
import { createEitherAuthority } from '../authority/either-authority.ts'
import { createLocalAuthority } from '../authority/local-authority.ts'
import { createTeamAuthority } from '../authority/team-authority.ts'
import type { OpenLedger } from '../ledger/open.ts'
import { createMeter, type Meter } from '../meter/meter.ts'
import { interruptedNotice } from '../meter/recovery.ts'
import { type AlertKeeper, createAlertKeeper } from '../policies/alert-keeper.ts'
import { createGate, type Gate } from '../policies/gate.ts'
import { createSpendCounter } from '../policies/spend-counter.ts'
import type { TeamLink } from '../sync/team-ports.ts'
import { readBalance } from './balance.ts'
import { type CreatorLink, createCreatorLink } from './creator-link.ts'
import type { LedgerWatch } from './ledger-watch.ts'
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

export function assembleWorkspace(parts: HostParts, watch: LedgerWatch): Workspace {
  const { ledger } = watch
  const { events } = parts
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
    policies.alerts.look()
    announce()
  }

  /** What is due, and what is shown, may be another: by another catalog, another issuer or none. */
  function termsChanged(): void {
    bringUpToDate(parts, authority)
    balanceChanged()
    events.emit({ type: 'policies' })
  }

  const base = { parts, ledger, team: () => team, balanceChanged }
  const authority = openAuthority(base)
  const policies = openPolicies(base, authority)
  const balance = () => readBalance({ ledger, authority, elsewhere: () => team.elsewhere() })
  const stopListening = ledger.onWritten(({ facts: { kind } }) => {
    if (kind === 'account' || kind === 'catalog') events.emit({ type: 'policies' })
    if (ledger.issuer() && (kind === 'catalog' || kind === 'catalog-term')) {
      parts.catalogs.followLedger()
    }
  })
  const meter = openMeter(base, authority, policies.gate)
  const team: TeamLink = openTeamLink(parts, ledger, {
    balanceChanged,
    issuerChanged() {
      parts.catalogs.followLedger()
      termsChanged()
    },
    syncChanged() {
      policies.heard()
      creator.look()
    },
  })
  const creator = createCreatorLink({ ...parts, team })
  policies.heard()

  return {
    ledger,
    trouble: watch.trouble,
    authority,
    team,
    creator,
    meter,
    gate: policies.gate,
    alerts: policies.alerts,
    balance,
    catalogChanged: termsChanged,
    async close() {
      watch.close()
      const cutOff = meter.running().map(({ operationId }) => operationId)
      await meter.close()
      for (const operationId of cutOff) tellInterrupted(parts, meter.attach(operationId))
      await team.close()
      authority.close()
      parts.catalogs.detach()
      stopListening()
      policies.close()
      await ledger.close()
    },
  }
}

/** What everything in a workspace is made of. */
interface Base {
  readonly parts: HostParts
  readonly ledger: OpenLedger
  /** The link to the team, once everything is put together. */
  readonly team: () => TeamLink
  readonly balanceChanged: () => void
}

function openAuthority({ parts, ledger, team, balanceChanged }: Base): Authority {
  const { account, ids, timers } = parts
  return createEitherAuthority(
    ledger,
    createLocalAuthority({
      ledger,
      accountId: account.accountId,
      firstPlanId: account.planId,
      anchor: { timeZone: account.timeZone, startsAt: account.createdAt },
      timers,
      isLeaving: () => team().isJoining(),
      changed: balanceChanged,
    }),
    createTeamAuthority({ ledger, server: teamServer(team), timers, ids, changed: balanceChanged }),
  )
}

/** A failure is logged: what is due is written at the next chance. */
function bringUpToDate({ log }: HostParts, authority: Authority): void {
  const upToDate = authority.bringUpToDate()
  if (!upToDate.ok) log.warn('Grants could not be written', { code: upToDate.error.code })
}

function openPolicies({ parts, ledger, team }: Base, authority: Authority) {
  const { account, events, log } = parts
  const directory = parts.ledgerDirectory
  const timeZone = () => authority.books().account.account?.anchor.timeZone ?? account.timeZone
  const counter = createSpendCounter({ ledger, directory, timeZone, log })
  const teamSpending = createTeamSpending({
    runsSince: (at) => team().othersRuns(at),
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
    elsewhere: () => team().elsewhere()?.amount ?? ZERO,
    timeZone,
    sources() {
      const { catalog, plan, overrides } = authority.terms()
      const { caps } = authority.books().account
      return { catalog, plan, overrides, caps: [...caps.values()] }
    },
    cycle: authority.cycle,
    resetsAt: () => authority.nextRefill().at,
  })
  const alerts = createAlertKeeper({
    directory,
    notices: parts.notices,
    log,
    notify: parts.notify,
    now: ledger.now,
    rules: () => gate.policies().alerts,
    level: gate.level,
    emit: events.emit,
  })
  return {
    gate,
    alerts,
    /** Something of other machines may have come. */
    heard: teamSpending.heard,
    close() {
      teamSpending.close()
      counter.close()
    },
  }
}

function openMeter(
  { parts, ledger, team, balanceChanged }: Base,
  authority: Authority,
  gate: Gate,
): Meter {
  const { recipes, settings } = parts
  const { catalog } = parts.catalogs
  return createMeter({
    ...parts,
    ledger,
    catalog,
    who: () => whoRuns(parts, ledger),
    short: (amount, operation) => team().need(amount, operation),
    gate,
    available(operation) {
      bringUpToDate(parts, authority)
      return availableAt(ledger.spendable(), ledger.now(), operation)
    },
    withTeam: (needed, operation) => withTeam(ledger, team(), needed, operation),
    recipe: (recipeId) => quotedRecipe(recipes.find(recipeId)),
    reuses: (studio) =>
      settings.read().resultCache && catalog().resultCache.studios.includes(studio),
    emit: parts.events.emit,
    balanceChanged,
  })
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
