/** Feeds the stores from the host: the cached first paint, `app.open`, then events. */

import { CANNOT_START, type HostBridge } from '#shared/host/bridge.ts'
import type { HostEvent } from '#shared/host/events.ts'
import type { AppView } from '#shared/host/views.ts'
import { readCached, writeCached } from '../cache/cache.ts'
import { patchApp, useAppStore } from './app-store.ts'
import { useBalanceStore } from './balance-store.ts'
import { callHost, setBridge } from './host.ts'
import { attachRun, isRunning, putRun, putRuns, receiveDelta, useRunsStore } from './runs-store.ts'
import { loadThread, loadThreads, threadChanged, useThreadsStore } from './threads-store.ts'

/** Connects the stores to the host. Call once, before the first render. */
export function startState(bridge: HostBridge): void {
  setBridge(bridge)
  bridge.onEvent(receive)
  bridge.onConnection((connected) => {
    const { connected: before, fresh } = useAppStore.getState()
    useAppStore.setState({ connected })
    if (connected && (!before || !fresh)) void catchUp()
  })
  void paintFromCache()
  void openApp()
}

/** Shows what the host said last time until it answers now. */
async function paintFromCache(): Promise<void> {
  const cached = await readCached<AppView>('app')
  if (!cached || useAppStore.getState().fresh) return
  useAppStore.setState({ app: { ...cached, runs: [], notices: [] } })
  useBalanceStore.setState({ balance: cached.balance })
}

/** Reads everything the first screen needs. Safe to repeat. */
export async function openApp(): Promise<void> {
  const result = await callHost('app.open', {})
  if (!result.ok) {
    // A host that could not start ends: that it no longer answers says less than why.
    useAppStore.setState(({ error }) =>
      error?.code === CANNOT_START ? {} : { error: result.error },
    )
    return
  }
  useAppStore.setState({ app: result.data, fresh: true, error: null })
  useBalanceStore.setState({ balance: result.data.balance })
  putRuns(result.data.runs)
  writeCached('app', result.data)
}

/** After the line was lost: events may have been missed, so everything in view is read again. */
async function catchUp(): Promise<void> {
  await openApp()
  for (const run of Object.values(useRunsStore.getState().runs)) {
    if (isRunning(run)) void attachRun(run.operationId)
  }
  const { threads, details } = useThreadsStore.getState()
  if (threads) void loadThreads()
  for (const threadId of Object.keys(details)) void loadThread(threadId)
}

function receive(event: HostEvent): void {
  switch (event.type) {
    case 'balance':
      useBalanceStore.setState({ balance: event.balance })
      break
    case 'run.delta':
      receiveDelta(event)
      break
    case 'run':
      putRun(event.run)
      break
    case 'thread':
      threadChanged(event.threadId)
      break
    case 'threads':
      void loadThreads()
      break
    case 'providers':
      patchApp(() => ({ providers: event.providers }))
      break
    case 'catalog':
      patchApp(() => ({ catalogVersion: event.version }))
      break
    case 'settings':
      patchApp(() => ({ settings: event.settings }))
      break
    case 'ledger':
      patchApp(() => ({ ledger: event.status }))
      break
    case 'notice':
      patchApp(({ notices }) => ({
        notices: [...notices.filter(({ id }) => id !== event.notice.id), event.notice],
      }))
      break
    case 'notice.gone':
      patchApp(({ notices }) => ({ notices: notices.filter(({ id }) => id !== event.noticeId) }))
      break
    case 'online':
      patchApp(() => ({ online: event.online }))
      break
    case 'library':
    case 'usage':
    case 'policies':
    case 'recipes':
    case 'labels':
    case 'purchase':
    case 'charge.report':
    case 'team':
    case 'sync':
      // Pages that show these refresh themselves (useHostData's refreshOn).
      break
  }
}

/** Takes a notice away for good: the host will not tell it again. */
export function dismissNotice(noticeId: string): void {
  patchApp(({ notices }) => ({ notices: notices.filter(({ id }) => id !== noticeId) }))
  void callHost('notices.dismiss', { noticeId })
}
