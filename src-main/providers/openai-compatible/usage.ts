/** What a provider says it used, and whether it can be charged by. */

import { MAX_UNIT_COUNT, type Units } from '#shared/credits/units.ts'

export type UsageReport =
  | { readonly state: 'none' }
  | { readonly state: 'reported'; readonly units: Units }
  /** Negative, not whole, absurdly large, or more cached than sent. */
  | { readonly state: 'rejected' }

/**
 * Reads the `usage` object of a chat reply. A missing count makes the whole report `none`: half a
 * report is not one. Zero is a report of zero. Cached input is counted apart.
 */
export function readChatUsage(usage: unknown): UsageReport {
  if (!isObject(usage)) return { state: 'none' }
  const details = usage['prompt_tokens_details']
  const cached =
    (isObject(details) ? details['cached_tokens'] : undefined) ?? usage['prompt_cache_hit_tokens']
  return readCounts(usage['prompt_tokens'], cached, usage['completion_tokens'])
}

export function readCounts(input: unknown, cached: unknown, output: unknown): UsageReport {
  if (input == null || output == null) return { state: 'none' }
  const cachedTokens = cached ?? 0
  if (!isCount(input) || !isCount(output) || !isCount(cachedTokens) || cachedTokens > input) {
    return { state: 'rejected' }
  }
  const units = {
    inputTokens: input - cachedTokens,
    cachedInputTokens: cachedTokens,
    outputTokens: output,
  }
  return { state: 'reported', units }
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_UNIT_COUNT
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
