/** What the host says of itself: everything of `app.open` but the balance and the runs. */

import { create } from 'zustand'
import type { HostError } from '#shared/result.ts'
import type { LedgerStatus } from '#shared/host/ledger.ts'
import type {
  AppView,
  ModelView,
  NoticeView,
  ProviderView,
  SettingsView,
} from '#shared/host/views.ts'
import type { Studio } from '#shared/credits/studios.ts'

interface AppState {
  /** Null until the host, or the cache for the first paint, has answered. */
  readonly app: AppView | null
  /** True once the host itself has answered. */
  readonly fresh: boolean
  readonly connected: boolean
  readonly error: HostError | null
}

export const useAppStore = create<AppState>()(() => ({
  app: null,
  fresh: false,
  connected: true,
  error: null,
}))

/** Changes parts of the app view; does nothing before there is one. */
export function patchApp(change: (app: AppView) => Partial<AppView>): void {
  useAppStore.setState(({ app }) => (app ? { app: { ...app, ...change(app) } } : {}))
}

const NO_PROVIDERS: readonly ProviderView[] = []
const NO_NOTICES: readonly NoticeView[] = []
const DEFAULT_SETTINGS: SettingsView = {
  theme: 'system',
  timeZone: 'UTC',
  subjects: [],
  subject: '',
  resultCache: true,
}

export const useSettings = (): SettingsView =>
  useAppStore(({ app }) => app?.settings ?? DEFAULT_SETTINGS)
export const useProviders = (): readonly ProviderView[] =>
  useAppStore(({ app }) => app?.providers ?? NO_PROVIDERS)
export const useNotices = (): readonly NoticeView[] =>
  useAppStore(({ app }) => app?.notices ?? NO_NOTICES)
export const useLedgerStatus = (): LedgerStatus | null =>
  useAppStore(({ app }) => app?.ledger ?? null)
export const useOnline = (): boolean => useAppStore(({ app }) => app?.online ?? true)
export const useConnected = (): boolean => useAppStore(({ connected }) => connected)

/** The models of one studio, in the order of their providers. */
export function modelsOf(providers: readonly ProviderView[], studio: Studio): readonly ModelView[] {
  return providers.flatMap(({ models }) => models.filter((model) => model.studio === studio))
}
