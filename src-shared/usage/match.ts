/** Whether an operation matches a usage filter: the same rule for the host and the window. */

import type { UsageFilter } from './filter.ts'
import type { UsageRow } from './views.ts'

/** What a filter can list or look for by words. */
export type FilterableFacts = Pick<
  UsageRow,
  'studio' | 'operation' | 'operationName' | 'modelId' | 'modelName' | 'providerName' | 'subject'
>

/** A search that can only mean an operation: the beginning of its id, long enough to be meant. */
const OPERATION_ID = /^[0-9a-f]{6,8}(-[0-9a-f-]*)?$/

export function searchWords(search = ''): readonly string[] {
  return search.toLocaleLowerCase().split(/\s+/).filter(Boolean)
}

/** The beginning of an operation id that a search asks for; null when it asks for words. */
export function searchedId(words: readonly string[]): string | null {
  const [word = ''] = words
  return OPERATION_ID.test(word) ? word : null
}

/** Whether it is of the studios, operations, models and subjects that the filter lists. */
export function isListed(filter: UsageFilter, facts: FilterableFacts): boolean {
  const { studios, operations, models, subjects } = filter
  return (
    (studios?.includes(facts.studio) ?? true) &&
    (operations?.includes(facts.operation) ?? true) &&
    (models?.includes(facts.modelId) ?? true) &&
    (subjects?.includes(facts.subject) ?? true)
  )
}

/** Whether every word is found somewhere. */
export function isFound(words: readonly string[], facts: FilterableFacts): boolean {
  const { operation, operationName, providerName, modelId, modelName, subject } = facts
  const text = [operation, operationName, providerName, modelId, modelName, subject]
    .join('\n')
    .toLocaleLowerCase()
  return words.every((word) => text.includes(word))
}

/** Whether a row of the history matches. */
export function matchesFilter(filter: UsageFilter, row: UsageRow): boolean {
  const words = searchWords(filter.search)
  const id = searchedId(words)
  return (
    row.at >= (filter.from ?? 0) &&
    row.at < (filter.to ?? Number.POSITIVE_INFINITY) &&
    (filter.statuses?.includes(row.status) ?? true) &&
    isListed(filter, row) &&
    (isFound(words, row) || (id !== null && row.operationId.startsWith(id)))
  )
}
