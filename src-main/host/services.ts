/** The handlers of the contract's calls: thin, by subject; the work is in the parts they call. */

import { findOperation } from '#shared/catalog/catalog.ts'
import { priceUnits } from '#shared/pricing/rate-card.ts'
import type { CallParsed } from '#shared/host/calls.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { LedgerView } from '#shared/host/ledger.ts'
import type { AppView, SettingsView } from '#shared/host/views.ts'
import { backupView, listBackups } from '../ledger/backup.ts'
import { billingServices } from './billing-services.ts'
import { type Answer, opened } from './opened.ts'
import type { HostParts } from './parts.ts'
import { policyServices } from './policy-services.ts'
import type { Purchases } from '../purchase/purchases.ts'
import { purchaseServices } from './purchase-services.ts'
import type { Handlers } from './router.ts'
import { summarizeUsage } from './balance.ts'
import { teamServices } from './team-services.ts'
import { simulationQuestion } from './simulation.ts'
import { whoRuns } from './workspace.ts'
import type { WorkspaceKeeper } from './workspace-keeper.ts'

/**
 * Every call of the contract. Those that need the ledger fail with its own error while it is
 * closed.
 */
export function createServices(
  parts: HostParts,
  keeper: WorkspaceKeeper,
  purchases: Purchases,
): Handlers {
  return {
    ...appServices(parts, keeper),
    ...runServices(keeper),
    ...threadServices(parts),
    ...libraryServices(parts),
    ...recipeServices(parts, keeper),
    ...usageServices(parts, keeper),
    ...catalogServices(parts),
    ...ratesServices(parts, keeper),
    ...billingServices(parts, keeper),
    ...policyServices(parts, keeper),
    ...purchaseServices(parts, keeper, purchases),
    ...providerServices(parts),
    ...settingsServices(parts, keeper),
    ...ledgerServices(parts, keeper),
    ...teamServices(parts, keeper),
  }
}

function appServices(parts: HostParts, keeper: WorkspaceKeeper) {
  return {
    'app.open'(): Result<AppView> {
      const workspace = keeper.current()
      return success({
        version: parts.version,
        door: parts.door,
        platform: process.platform,
        online: parts.connectivity.online(),
        ledger: keeper.status(),
        balance: workspace.ok ? workspace.data.balance() : null,
        providers: parts.providers.list(),
        settings: parts.settings.read(),
        catalogVersion: parts.catalogs.catalog().version,
        notices: parts.notices.list(),
        runs: workspace.ok ? workspace.data.meter.running() : [],
      })
    },
    'notices.dismiss': ({ noticeId }: CallParsed<'notices.dismiss'>) =>
      parts.notices.dismiss(noticeId),
    async 'shell.openExternal'({ url }: CallParsed<'shell.openExternal'>): Promise<Result<null>> {
      if (await parts.openExternal(url)) return success(null)
      return failure(
        'browser_not_opened',
        'The browser could not be opened. Copy the address and open it yourself.',
      )
    },
  }
}

function runServices(keeper: WorkspaceKeeper) {
  return {
    'balance.read': opened<'balance.read'>(keeper, (_input, { balance }) => success(balance())),
    'balance.at': opened<'balance.at'>(keeper, ({ at }, { ledger }) =>
      ledger.history.balanceAt(at),
    ),
    'quote.read': opened<'quote.read'>(keeper, ({ request }, { meter }) => meter.quote(request)),
    'run.start': opened<'run.start'>(keeper, (input, { meter }) => meter.start(input)),
    'run.reuse': opened<'run.reuse'>(keeper, (input, { meter }) => meter.reuse(input)),
    'run.stop': opened<'run.stop'>(keeper, ({ operationId }, { meter }) => meter.stop(operationId)),
    'run.attach': opened<'run.attach'>(keeper, ({ operationId }, { meter }) =>
      meter.attach(operationId),
    ),
  }
}

function threadServices({ library, events }: HostParts) {
  /** Tells every window of a change that was made. */
  function told<T>(result: Result<T>, threadId?: string): Result<T> {
    if (!result.ok) return result
    if (threadId) events.emit({ type: 'thread', threadId })
    events.emit({ type: 'threads' })
    return result
  }
  return {
    'threads.list': () => success(library.listThreads()),
    'threads.open': ({ threadId }: CallParsed<'threads.open'>) => library.openThread(threadId),
    'threads.create': ({ threadId }: CallParsed<'threads.create'>) =>
      told(library.createThread(threadId)),
    'threads.rename': ({ threadId, title }: CallParsed<'threads.rename'>) =>
      told(library.renameThread(threadId, title)),
    'threads.delete': ({ threadId }: CallParsed<'threads.delete'>) =>
      told(library.deleteThread(threadId)),
    'threads.show': ({ threadId, messageId }: CallParsed<'threads.show'>) =>
      told(library.showVersion(threadId, messageId), threadId),
  }
}

function libraryServices({ library, events }: HostParts) {
  return {
    'library.page': (query: CallParsed<'library.page'>) => success(library.libraryPage(query)),
    'library.delete'({ creationId }: CallParsed<'library.delete'>): Result<null> {
      const deleted = library.deleteCreation(creationId)
      if (deleted.ok) events.emit({ type: 'library' })
      return deleted
    },
  }
}

function recipeServices({ recipes, events }: HostParts, keeper: WorkspaceKeeper) {
  const told = <T>(result: Result<T>): Result<T> => {
    if (result.ok) events.emit({ type: 'recipes' })
    return result
  }
  return {
    'recipes.list': () => success(recipes.list()),
    'recipes.save'(draft: CallParsed<'recipes.save'>) {
      const saved = told(recipes.save(draft))
      const workspace = keeper.current()
      if (workspace.ok) workspace.data.creator.look()
      return saved
    },
    'recipes.earned': opened<'recipes.earned'>(keeper, (_input, { creator }) => creator.earned()),
    'recipes.delete': ({ recipeId }: CallParsed<'recipes.delete'>) =>
      told(recipes.remove(recipeId)),
    'recipes.export': ({ recipeId }: CallParsed<'recipes.export'>) => recipes.exportFile(recipeId),
    'recipes.import': ({ text }: CallParsed<'recipes.import'>) => told(recipes.importFile(text)),
    'recipes.earnings': opened<'recipes.earnings'>(keeper, (_input, { ledger }) =>
      ledger.history.recipeEarnings(),
    ),
  }
}

function usageServices(parts: HostParts, keeper: WorkspaceKeeper) {
  return {
    'usage.page': opened<'usage.page'>(keeper, (input, { ledger }) => ledger.history.page(input)),
    'usage.groups': opened<'usage.groups'>(keeper, (input, { ledger }) =>
      ledger.history.groups(input),
    ),
    'usage.days': opened<'usage.days'>(keeper, ({ filter }, { ledger }) =>
      ledger.history.days(filter),
    ),
    'usage.explain': opened<'usage.explain'>(keeper, ({ operationId }, { ledger }) =>
      ledger.history.explain(operationId),
    ),
    'usage.label': opened<'usage.label'>(keeper, ({ operationIds, ...edit }, { ledger }) => {
      const labelled = ledger.label(operationIds, edit, whoRuns(parts, ledger).deviceId)
      if (!labelled.ok) return labelled
      if (labelled.data > 0) parts.events.emit({ type: 'labels', operationIds, edit })
      return success({ changed: labelled.data })
    }),
    'usage.summary': opened<'usage.summary'>(keeper, (_input, { balance, ledger }) =>
      success(summarizeUsage(balance(), ledger.now())),
    ),
    'usage.export': opened<'usage.export'>(keeper, async ({ filter }, { ledger }) => {
      const csv = await collectCsv(ledger.history.exportCsv(filter))
      return csv.ok ? success({ fileName: csvFileName(ledger.now()), text: csv.data }) : csv
    }),
  }
}

const MAX_EXPORT_CHARACTERS = 64 * 1024 * 1024

async function collectCsv(pieces: AsyncIterable<Result<string>>): Promise<Result<string>> {
  let text = ''
  for await (const piece of pieces) {
    if (!piece.ok) return piece
    text += piece.data
    if (text.length > MAX_EXPORT_CHARACTERS) {
      return failure('export_too_large', 'That is too much for one file. Choose a shorter time.')
    }
  }
  return success(text)
}

function csvFileName(now: number): string {
  return `tallystick-usage-${new Date(now).toISOString().slice(0, 10)}.csv`
}

function catalogServices({ catalogs }: HostParts) {
  return {
    'catalog.read': () => catalogs.read(),
    'catalog.news': () => catalogs.news(),
    'catalog.source': ({ version }: CallParsed<'catalog.source'>) => catalogs.source(version),
    'catalog.check': ({ text }: CallParsed<'catalog.check'>) => catalogs.check(text),
    'catalog.publish': ({ text, from }: CallParsed<'catalog.publish'>) =>
      catalogs.publish(text, from),
  }
}

function ratesServices({ catalogs, account }: HostParts, keeper: WorkspaceKeeper) {
  return {
    'rates.read'(): Answer<'rates.read'> {
      const workspace = keeper.current()
      const planId = workspace.ok ? workspace.data.authority.terms().plan.id : account.planId
      const { name: catalogName, version: catalogVersion, ...lists } = catalogs.catalog()
      const { operations, plans, packs, subjects } = lists
      return success({ catalogName, catalogVersion, operations, plans, packs, planId, subjects })
    },
    'plans.simulate': opened<'plans.simulate'>(keeper, (input, { authority, ledger }) => {
      const { account: terms } = authority.books()
      const question = simulationQuestion(input, catalogs.catalog(), account, terms)
      return question.ok ? ledger.history.simulate(question.data) : question
    }),
    'rates.price'({ operation, units }: CallParsed<'rates.price'>): Answer<'rates.price'> {
      const rate = findOperation(catalogs.catalog(), operation)
      if (!rate) {
        return failure('unknown_operation', `The catalog has no operation "${operation}".`)
      }
      return success(priceUnits(rate, units))
    },
  }
}

function providerServices({ providers, events }: HostParts) {
  const told = <T>(result: Result<T>): Result<T> => {
    if (result.ok) events.emit({ type: 'providers', providers: providers.list() })
    return result
  }
  return {
    'providers.save': (draft: CallParsed<'providers.save'>) => told(providers.save(draft)),
    'providers.remove': ({ providerId }: CallParsed<'providers.remove'>) =>
      told(providers.remove(providerId)),
    'providers.test': (draft: CallParsed<'providers.test'>) => providers.test(draft),
  }
}

function settingsServices({ settings, events, log }: HostParts, keeper: WorkspaceKeeper) {
  /** If the ledger cannot take it now, it does when it is next opened. */
  async function regroup(timeZone: string): Promise<void> {
    const workspace = keeper.current()
    if (!workspace.ok) return
    const done = await workspace.data.ledger.regroup(timeZone)
    if (!done.ok) log.warn('Usage keeps its days for now', { code: done.error.code })
  }
  return {
    async 'settings.save'(patch: CallParsed<'settings.save'>): Promise<Result<SettingsView>> {
      const saved = settings.save(patch)
      if (!saved.ok) return saved
      if (patch.timeZone !== undefined) await regroup(saved.data.timeZone)
      events.emit({ type: 'settings', settings: saved.data })
      return saved
    },
  }
}

function ledgerServices(parts: HostParts, keeper: WorkspaceKeeper) {
  function read(): LedgerView {
    const { ledgerDirectory: directory } = parts
    const backups = listBackups(directory).map(backupView)
    return { status: keeper.status(), directory, backups, lastBackup: backups[0] ?? null }
  }
  return {
    'ledger.read': () => success(read()),
    'ledger.verify': opened<'ledger.verify'>(keeper, (_input, { ledger }) =>
      ledger.history.verify(),
    ),
    'ledger.backup': opened<'ledger.backup'>(keeper, (_input, { ledger }) => ledger.backup()),
    async 'ledger.repair'({ remedy }: CallParsed<'ledger.repair'>): Promise<Result<LedgerView>> {
      const repaired = await keeper.repair(remedy)
      return repaired.ok ? success(read()) : repaired
    },
  }
}
