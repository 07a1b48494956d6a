import type { UnitName } from '#shared/credits/units.ts'

/** What is counted, as a heading: over a field, along an axis. */
export const UNIT_NAMES: Readonly<Record<UnitName, string>> = {
  requests: 'Requests',
  inputTokens: 'Prompt',
  cachedInputTokens: 'Cached prompt',
  outputTokens: 'Reply',
  images: 'Images',
  seconds: 'Seconds',
  characters: 'Characters',
  searches: 'Web searches',
  pages: 'Pages',
}
