/** Small makers of what the credit rules work on, for tests. */

import { readFileSync } from 'node:fs'
import {
  type Credits,
  MILLICREDITS_PER_CREDIT,
  millicredits,
  parseCredits,
} from '#shared/credits/amount.ts'
import { type Catalog, readCatalog } from '#shared/catalog/catalog.ts'
import type { OperationRate } from '#shared/catalog/rates.ts'
import type { Grant } from '#shared/credits/grant.ts'
import type { Entry, EntryDraft, OperationFacts } from '#shared/journal/journal.ts'
import type { Quote } from '#shared/pricing/rate-card.ts'

const DEFAULT_CATALOG = new URL('../../resources/catalogs/default.json', import.meta.url)

/** The shipped catalog as plain JSON, fresh each time so that a test may spoil it. */
export function defaultCatalogJson(): Record<string, unknown> {
  return JSON.parse(readFileSync(DEFAULT_CATALOG, 'utf8')) as Record<string, unknown>
}

export function defaultCatalog(): Catalog {
  const result = readCatalog(defaultCatalogJson())
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.catalog
}

/** Whole or decimal credits as text, in millicredits: `credits('2.5')`. */
export function credits(text: string): Credits {
  const amount = parseCredits(text)
  if (amount === null) throw new Error(`Not an amount: ${text}`)
  return amount
}

/** Whole or decimal credits as a number, in millicredits. */
export const toCredits = (count: number): Credits =>
  millicredits(Math.round(count * MILLICREDITS_PER_CREDIT))

/** Millicredits as credits. */
export const toNumber = (amount: Credits): number => amount / MILLICREDITS_PER_CREDIT

export function aGrant(changes: Partial<Grant> = {}): Grant {
  return {
    id: 'g1',
    source: 'plan',
    amount: credits('100'),
    effectiveAt: 0,
    expiresAt: null,
    priority: 10,
    label: 'Free plan, January 2026',
    catalogVersion: 'test-1',
    ...changes,
  }
}

/** Text by tokens: 10 credits per 1,000 in, 2.5 cached, 40 out; +15 a search; 40 to 400 a run. */
export function aRate(changes: Partial<OperationRate> = {}): OperationRate {
  return {
    id: 'chat',
    name: 'Chat',
    kind: 'text',
    components: [
      { unit: 'inputTokens', price: credits('10'), per: 1_000 },
      { unit: 'cachedInputTokens', price: credits('2.5'), per: 1_000 },
      { unit: 'outputTokens', price: credits('40'), per: 1_000 },
    ],
    surcharges: [{ unit: 'searches', price: credits('15'), per: 1 }],
    minimum: credits('40'),
    maximum: credits('400'),
    increment: credits('1'),
    ...changes,
  }
}

export function aQuote(maximum: Credits, changes: Partial<Quote> = {}): Quote {
  return {
    operation: 'chat',
    operationName: 'Chat',
    catalogVersion: 'test-1',
    rate: aRate(),
    expected: millicredits(0),
    maximum,
    expectedUnits: {},
    maximumUnits: {},
    ...changes,
  }
}

export function anOperation(operationId: string, maximum: Credits): OperationFacts {
  return {
    operationId,
    studio: 'chat',
    providerId: 'practice',
    providerName: 'Practice',
    modelId: 'practice/echo',
    modelName: 'Echo',
    subject: '',
    deviceId: 'device-1',
    quote: aQuote(maximum),
  }
}

/** Gives drafts their place and time, one second apart from `startsAt` on. */
export function asEntries(drafts: readonly EntryDraft[], startsAt = 0): readonly Entry[] {
  return drafts.map((draft, index) => ({
    ...draft,
    sequence: index + 1,
    at: startsAt + index * 1_000,
  }))
}
