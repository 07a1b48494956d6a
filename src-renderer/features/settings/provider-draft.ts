/** A provider as the form holds it, before the host has saved it. */

import type { ModelMapping, ProviderDraft } from '#shared/host/calls.ts'
import type { ModelView, ProviderView } from '#shared/host/views.ts'
import type { OperationRate } from '#shared/catalog/rates.ts'
import { STUDIOS, type Studio } from '#shared/credits/studios.ts'

export interface ProviderForm {
  /** Null while it is being added. */
  readonly id: string | null
  readonly name: string
  readonly baseUrl: string
  /** What was typed now; the stored key never comes back to the window. */
  readonly key: string
  readonly hasKey: boolean
  /** Set when the person asked to take the stored key away. */
  readonly dropKey: boolean
  readonly models: readonly ModelMapping[]
}

export interface ProviderPreset {
  readonly id: string
  readonly name: string
  readonly baseUrl: string
  readonly needsKey: boolean
  readonly note: string
}

export const PRESETS: readonly ProviderPreset[] = [
  {
    id: 'openai',
    name: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    needsKey: true,
    note: 'Needs a key from your OpenAI account, and the internet.',
  },
  {
    id: 'ollama',
    name: 'Ollama',
    baseUrl: 'http://127.0.0.1:11434/v1',
    needsKey: false,
    note: 'Runs on this machine. Works offline.',
  },
  {
    id: 'lm-studio',
    name: 'LM Studio',
    baseUrl: 'http://127.0.0.1:1234/v1',
    needsKey: false,
    note: 'Runs on this machine once its server is on. Works offline.',
  },
  {
    id: 'vllm',
    name: 'vLLM',
    baseUrl: 'http://127.0.0.1:8000/v1',
    needsKey: false,
    note: 'Your own server; change the address to where it runs.',
  },
]

export const NEW_PROVIDER: ProviderForm = {
  id: null,
  name: '',
  baseUrl: '',
  key: '',
  hasKey: false,
  dropKey: false,
  models: [],
}

export function formOf(provider: ProviderView): ProviderForm {
  return {
    id: provider.id,
    name: provider.name,
    baseUrl: provider.baseUrl ?? '',
    key: '',
    hasKey: provider.hasKey,
    dropKey: false,
    models: provider.models.map(({ id, studio, operation, webSearch }) => ({
      name: modelName(id, provider.id),
      studio,
      operation,
      webSearch,
    })),
  }
}

/** The provider's own name of a model: its id without the provider (`provider/name`). */
function modelName(modelId: string, providerId: string): string {
  return modelId.startsWith(`${providerId}/`) ? modelId.slice(providerId.length + 1) : modelId
}

/** What goes to the host: the key only when it was typed or is to be removed. */
export function draftOf(form: ProviderForm): ProviderDraft {
  const key = form.key.trim()
  return {
    id: form.id,
    name: form.name.trim(),
    baseUrl: form.baseUrl.trim(),
    models: [...form.models],
    ...(key === '' ? (form.dropKey ? { key: '' } : {}) : { key }),
  }
}

export interface FormProblems {
  readonly name?: string
  readonly baseUrl?: string
}

/** What must be put right before the host is asked, in words. */
export function formProblems({ name, baseUrl }: ProviderForm): FormProblems {
  return {
    ...(name.trim() === '' ? { name: 'Give it a name you will recognise.' } : {}),
    ...addressProblem(baseUrl.trim()),
  }
}

function addressProblem(address: string): FormProblems {
  if (address === '') return { baseUrl: 'Give the address, such as http://127.0.0.1:11434/v1.' }
  const url = URL.canParse(address) ? new URL(address) : null
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return { baseUrl: 'The address must start with http:// or https://.' }
  }
  if (url.username !== '' || url.password !== '') {
    return { baseUrl: 'Leave the key out of the address; it has a field of its own.' }
  }
  return {}
}

const KINDS: Readonly<Record<Studio, OperationRate['kind']>> = {
  chat: 'text',
  image: 'image',
  voice: 'speech',
}

/** The rates a model of this studio can be charged by. */
export function operationsFor(
  operations: readonly OperationRate[],
  studio: Studio,
): readonly OperationRate[] {
  return operations.filter(({ kind }) => kind === KINDS[studio])
}

/** Moves a model to another studio; its rate becomes one that the studio has. */
export function withStudio(
  model: ModelMapping,
  studio: Studio,
  operations: readonly OperationRate[],
): ModelMapping {
  const fitting = operationsFor(operations, studio)
  const operation = fitting.some(({ id }) => id === model.operation)
    ? model.operation
    : (fitting[0]?.id ?? model.operation)
  return { ...model, studio, operation, webSearch: studio === 'chat' && model.webSearch }
}

/** A choice for one listed model: whether it is used, and as what. */
export interface ListedModel {
  readonly mapping: ModelMapping
  readonly used: boolean
}

type FoundModel = Pick<ModelView, 'name' | 'studio' | 'operation'>

/**
 * The models to choose from: those in use first and as they are, then what the connection listed,
 * in the order of the studios. A model in use stays even when it was not listed this time.
 */
export function listModels(
  used: readonly ModelMapping[],
  found: readonly FoundModel[],
): readonly ListedModel[] {
  const names = new Set(used.map(({ name }) => name))
  const others = found
    .filter(({ name }) => !names.has(name))
    .map(({ name, studio, operation }) => ({
      mapping: { name, studio, operation, webSearch: false },
      used: false,
    }))
    .sort(
      (left, right) =>
        STUDIOS.indexOf(left.mapping.studio) - STUDIOS.indexOf(right.mapping.studio) ||
        left.mapping.name.localeCompare(right.mapping.name),
    )
  return [...used.map((mapping) => ({ mapping, used: true })), ...others]
}
