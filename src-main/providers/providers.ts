/** The providers a person can run on: practice, which is always there, and the configured ones. */

import type { ProviderDraft } from '#shared/host/calls.ts'
import type { Result } from '#shared/host/result.ts'
import type { ModelView, ProviderView } from '#shared/host/views.ts'
import type { Provider } from './provider.ts'

export interface ResolvedModel {
  readonly provider: Provider
  readonly model: ModelView
}

export type ProviderTestDraft = Pick<ProviderDraft, 'id' | 'baseUrl'> & {
  readonly key?: string | undefined
}

export interface ProviderTestResult {
  readonly latencyMs: number
  readonly local: boolean
  /** What the provider lists, each with a guess of its studio and rate-card operation. */
  readonly models: readonly Pick<ModelView, 'name' | 'studio' | 'operation'>[]
}

export interface Providers {
  list(): readonly ProviderView[]
  /** The model and who runs it; undefined when it is not (or no longer) there. */
  resolve(modelId: string): ResolvedModel | undefined
  /** Adds or replaces a provider. Changes nothing unless it succeeds. */
  save(draft: ProviderDraft): Result<ProviderView>
  remove(providerId: string): Result<null>
  /** Connects and lists the models. Stores nothing. */
  test(draft: ProviderTestDraft): Promise<Result<ProviderTestResult>>
  /** Said once to the person: the stored list was damaged and has been set aside. */
  readonly damage: string | null
}
