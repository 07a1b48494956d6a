/** "Test the connection": asks a provider for its models. */

import { z } from 'zod'
import { failure, success, type Result } from '#shared/result.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import { guessModel } from '../guess-model.ts'
import { isLocalAddress } from '../local-address.ts'
import type { ProviderFailure } from '../provider.ts'
import type { ModelView } from '#shared/host/views.ts'
import { MALFORMED, providerFailure, readRetryAfter, statusFailure, toFailure } from './failures.ts'
import { createGuardedFetch, type Fetch } from './guarded-fetch.ts'

const LIMITS = { firstByteMs: 15_000, idleMs: 15_000, maximumBytes: 8_000_000 }
const MAX_LISTED = 1_000

const modelListSchema = z.object({
  data: z.array(z.object({ id: z.string().min(1) })),
})

export interface ProviderTestResult {
  readonly latencyMs: number
  readonly local: boolean
  /** What the provider lists, each with a guess of its studio and rate-card operation. */
  readonly models: readonly Pick<ModelView, 'name' | 'studio' | 'operation'>[]
}

export interface ListModelsOptions {
  readonly baseUrl: string
  readonly key: string | null
  /** Operations of the rate card in force; a guess is always one of them. */
  readonly operations: readonly string[]
  readonly fetch: Fetch
  readonly timers: Timers
  readonly clock: Clock
  readonly timeoutMs?: number
}

export async function listModels(options: ListModelsOptions): Promise<Result<ProviderTestResult>> {
  const { baseUrl, clock, key, timers } = options
  const firstByteMs = options.timeoutMs ?? LIMITS.firstByteMs
  const guarded = createGuardedFetch({
    fetch: options.fetch,
    timers,
    key,
    limits: { ...LIMITS, firstByteMs, idleMs: firstByteMs },
  })
  const startedAt = clock.monotonic()
  try {
    const response = await guarded(`${baseUrl}/models`, { headers: { accept: 'application/json' } })
    const latencyMs = Math.round(clock.monotonic() - startedAt)
    if (!response.ok) {
      await response.body?.cancel()
      return asFailure(listFailure(response, clock))
    }
    const list = modelListSchema.safeParse(await response.json())
    if (!list.success) return asFailure(MALFORMED)
    const names = [...new Set(list.data.data.map(({ id }) => id))].toSorted().slice(0, MAX_LISTED)
    return success({
      latencyMs,
      local: isLocalAddress(baseUrl),
      models: names.flatMap((name) => guess(name, options.operations)),
    })
  } catch (error) {
    return asFailure(error instanceof SyntaxError ? MALFORMED : toFailure(error, clock))
  }
}

function guess(name: string, operations: readonly string[]): ProviderTestResult['models'] {
  const guessed = name.length <= 200 ? guessModel(name) : null
  const fallback = operations[0]
  if (!guessed || fallback === undefined) return []
  return [operations.includes(guessed.operation) ? guessed : { ...guessed, operation: fallback }]
}

function listFailure(response: Response, clock: Clock): ProviderFailure {
  if (response.status === 404) {
    const message = 'There is no list of models at this address. Most addresses end in /v1.'
    return providerFailure('model_not_found', message)
  }
  const retryAfterMs = readRetryAfter(Object.fromEntries(response.headers), clock)
  return { ...statusFailure(response.status, {}, clock), retryAfterMs }
}

function asFailure({ code, message, retryAfterMs }: ProviderFailure) {
  return failure(code, message, retryAfterMs === null ? undefined : { retryAfterMs })
}
