/** The providers a person can run on: practice, which is always there, and the configured ones. */

import { failure, success, type Result } from '#shared/result.ts'
import type { ProviderDraft } from '#shared/host/calls.ts'
import type { ModelView, ProviderView } from '#shared/host/views.ts'
import { systemErrorCode } from '../files/atomic-file.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import { isLocalAddress } from './local-address.ts'
import { checkKey } from './openai-compatible/connection.ts'
import { listModels, type ProviderTestResult } from './openai-compatible/list-models.ts'
import { createOpenAiCompatibleProvider } from './openai-compatible/openai-compatible-provider.ts'
import { PRACTICE_ID } from './practice/practice-models.ts'
import { createPracticeProvider } from './practice/practice-provider.ts'
import type { Provider } from './provider.ts'
import {
  loadProviderFile,
  MAX_PROVIDERS,
  saveProviderFile,
  type ConfiguredProvider,
} from './provider-file.ts'
import { configuredView, MAX_MODEL_ID_LENGTH, modelId, practiceView } from './provider-views.ts'

export interface ResolvedModel {
  readonly provider: Provider
  /** `model.name` is what a call passes as `model`. */
  readonly model: ModelView
}

export type ProviderTestDraft = Pick<ProviderDraft, 'id' | 'baseUrl'> & {
  readonly key?: string | undefined
}

export type { ProviderTestResult }

export interface Providers {
  list(): readonly ProviderView[]
  /** The model and who runs it; undefined when it is not (or no longer) there. */
  resolve(modelId: string): ResolvedModel | undefined
  /** Adds or replaces a provider. Changes nothing unless it succeeds. */
  save(draft: ProviderDraft): Result<ProviderView>
  remove(providerId: string): Result<null>
  /** Connects and lists the models. Stores nothing. */
  test(draft: ProviderTestDraft): Promise<Result<ProviderTestResult>>
  /** Shown once to the person: the stored list was damaged and has been set aside. */
  readonly damage: string | null
}

export interface ProvidersOptions {
  /** Holds `providers.json`. */
  readonly directory: string
  readonly secrets: SecretStore
  /** Ids of the rate card in force. */
  readonly operations: () => readonly string[]
  readonly clock: Clock
  readonly timers: Timers
  readonly fetch: typeof globalThis.fetch
  readonly onChange: (providers: readonly ProviderView[]) => void
  /** Absent: the built-in practice provider at its usual pace. */
  readonly practice?: Provider
}

/** Loads the stored providers. Throws the system's error when their file cannot be opened at all. */
export function createProviders(options: ProvidersOptions): Providers {
  const { directory, secrets, clock, timers, fetch } = options
  const practice = options.practice ?? createPracticeProvider({ timers })
  const loaded = loadProviderFile(directory, clock.now())
  let configured = loaded.providers
  let connections = new Map<string, Provider>()

  const find = (id: string) => configured.find((provider) => provider.id === id)
  const list = () => [practiceView(), ...configured.map(configuredView)]

  function connect({ id, baseUrl }: ConfiguredProvider): Provider {
    const existing = connections.get(id)
    if (existing) return existing
    const readKey = () => secrets.read(secretName(id))
    const made = createOpenAiCompatibleProvider({ baseUrl, readKey, fetch, timers, clock })
    connections.set(id, made)
    return made
  }

  /** Writes the key and the list; puts the old key back if the list cannot be written. */
  function commit(
    id: string,
    key: string | undefined,
    next: readonly ConfiguredProvider[],
  ): Result<null> {
    const name = secretName(id)
    const before = key === undefined ? success(null) : secrets.read(name)
    if (key !== undefined) {
      const kept = key === '' ? secrets.remove(name) : secrets.write(name, key)
      if (!kept.ok) return kept
    }
    try {
      saveProviderFile(directory, next)
    } catch (error) {
      if (key !== undefined && before.ok) restoreKey(secrets, name, before.data)
      return notSaved(error)
    }
    configured = next
    connections = new Map([...connections].filter(([other]) => other !== id))
    options.onChange(list())
    return success(null)
  }

  function save(draft: ProviderDraft): Result<ProviderView> {
    const existing = draft.id === null ? undefined : find(draft.id)
    if (draft.id === PRACTICE_ID) return failure('practice_is_fixed', PRACTICE_IS_FIXED)
    if (draft.id !== null && !existing) return notFound()
    if (!existing && configured.length >= MAX_PROVIDERS) {
      return failure('too_many_providers', `At most ${MAX_PROVIDERS} providers can be kept.`)
    }
    const address = checkAddress(draft, existing)
    if (!address.ok) return address
    const key = draft.key === undefined ? undefined : checkKey(draft.key)
    if (key && !key.ok) return key
    const provider: ConfiguredProvider = {
      id: existing?.id ?? newId(draft.name, configured),
      name: draft.name,
      baseUrl: address.data,
      hasKey: key === undefined ? (existing?.hasKey ?? false) : key.data !== '',
      models: draft.models,
    }
    const problem = findModelProblem(provider, options.operations())
    if (problem) return problem
    const next = existing
      ? configured.map((other) => (other === existing ? provider : other))
      : [...configured, provider]
    const committed = commit(provider.id, key?.data, next)
    return committed.ok ? success(configuredView(provider)) : committed
  }

  return {
    list,
    resolve(id) {
      for (const view of list()) {
        const model = view.models.find((candidate) => candidate.id === id)
        if (!model) continue
        const stored = find(view.id)
        return { model, provider: stored ? connect(stored) : practice }
      }
      return undefined
    },
    save,
    remove(providerId) {
      if (providerId === PRACTICE_ID) return failure('practice_is_fixed', PRACTICE_IS_FIXED)
      if (!find(providerId)) return notFound()
      const others = configured.filter(({ id }) => id !== providerId)
      return commit(providerId, '', others)
    },
    async test(draft) {
      const existing = draft.id === null ? undefined : find(draft.id)
      if (draft.id !== null && !existing) return notFound()
      const address = checkAddress(draft, existing)
      if (!address.ok) return address
      const stored = () =>
        existing?.hasKey ? secrets.read(secretName(existing.id)) : success(null)
      const key = draft.key === undefined ? stored() : checkKey(draft.key)
      if (!key.ok) return key
      return listModels({
        baseUrl: address.data,
        key: key.data === '' ? null : key.data,
        operations: options.operations(),
        fetch,
        timers,
        clock,
      })
    },
    damage: loaded.damage,
  }
}

const PRACTICE_IS_FIXED = 'Practice is built in and cannot be changed or removed.'

function notFound() {
  return failure('provider_not_found', 'That provider is no longer there. Open Settings again.')
}

function secretName(providerId: string): string {
  return `provider:${providerId}`
}

function restoreKey(secrets: SecretStore, name: string, value: string | null): void {
  if (value === null) secrets.remove(name)
  else secrets.write(name, value)
}

function notSaved(error: unknown) {
  const code = systemErrorCode(error)
  if (code === undefined) throw error
  const message = `The provider could not be saved (${code}). Check the disk, then try again.`
  return failure('not_saved', message, { code })
}

/**
 * The address in the form it is used. A key goes only where it was meant to go: it must be entered
 * again for another origin, and never travels the internet unencrypted.
 */
function checkAddress(
  draft: ProviderTestDraft,
  existing: ConfiguredProvider | undefined,
): Result<string> {
  const url = URL.canParse(draft.baseUrl) ? new URL(draft.baseUrl) : null
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return failure('bad_address', 'The address must begin with https:// or http://.')
  }
  if (url.username || url.password || url.search || url.hash) {
    const message = 'The address must hold no user name, password, “?” or “#”. Enter the key apart.'
    return failure('bad_address', message)
  }
  const keepsKey = draft.key === undefined && existing?.hasKey === true
  if (keepsKey && new URL(existing.baseUrl).origin !== url.origin) {
    return failure('key_needed', 'The address has changed. Enter its key again.')
  }
  const withKey = keepsKey || (draft.key !== undefined && draft.key !== '')
  if (withKey && url.protocol === 'http:' && !isLocalAddress(url.href)) {
    const message = 'Use https:// for this address: over http:// others could read your key.'
    return failure('insecure_address', message)
  }
  return success(url.href.replace(/\/+$/, ''))
}

function findModelProblem({ id, models }: ConfiguredProvider, operations: readonly string[]) {
  const seen = new Set<string>()
  for (const { name, operation } of models) {
    if (!operations.includes(operation)) {
      const message = `The rate card has no operation “${operation}”. Choose another price for ${name}.`
      return failure('unknown_operation', message, { model: name, operation })
    }
    if (seen.has(name)) {
      return failure('model_twice', `“${name}” is in the list twice.`, { model: name })
    }
    if (modelId(id, name).length > MAX_MODEL_ID_LENGTH) {
      return failure('name_too_long', `The model name “${name}” is too long.`, { model: name })
    }
    seen.add(name)
  }
  return null
}

function newId(name: string, configured: readonly ConfiguredProvider[]): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 30)
    .replace(/-+$/, '')
  const base = slug === '' ? 'provider' : slug
  const taken = new Set([PRACTICE_ID, ...configured.map(({ id }) => id)])
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? base : `${base}-${count}`
    if (!taken.has(candidate)) return candidate
  }
}
