/** Ledgers in throw-away folders, with a clock the test turns and facts it can name. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { millicredits } from '#shared/credits/amount.ts'
import { catalogEntry, grantEntry } from '#shared/journal/entries.ts'
import { type Grant, GRANT_SOURCES } from '#shared/credits/grant.ts'
import type { EntryDraft, OperationFacts, Outcome } from '#shared/journal/journal.ts'
import type { Charge } from '#shared/pricing/rate-card.ts'
import { type LedgerPorts, type OpenLedger, openLedger } from '../../src-main/ledger/open.ts'
import type { Clock } from '#shared/ports/time.ts'
import { systemTimers } from '../../src-main/ports/time.ts'
import { unwrap } from './results.ts'

export { codeOf, unwrap } from './results.ts'

/** 2026-11-02T12:00:00Z. */
export const NOON = Date.UTC(2026, 10, 2, 12)
export const HOUR = 3_600_000
export const DAY = 24 * HOUR

export interface TestClock extends Clock {
  /** Turns the wall clock alone, as a person or a time server does. */
  set(at: number): void
  /** Lets time pass. */
  advance(by: number): void
}

export function testClock(start = NOON): TestClock {
  let at = start
  let passed = 0
  return {
    now: () => at,
    monotonic: () => passed,
    set: (to) => {
      at = to
    },
    advance: (by) => {
      at += by
      passed += by
    },
  }
}

/** A folder of its own, and how to be rid of it. */
export interface TemporaryFolder {
  readonly path: string
  remove(): void
}

export const temporaryFolder = () => temporaryFolderIn(tmpdir())

export function temporaryFolderIn(parent: string): TemporaryFolder {
  mkdirSync(parent, { recursive: true })
  const path = mkdtempSync(join(parent, 'tallystick-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Ports of a ledger whose worker runs from source and whose backups are not signed. */
export function ledgerPorts(clock: Clock): LedgerPorts {
  const readerUrl = new URL('../../src-main/ledger/reader-worker.ts', import.meta.url)
  return { clock, timers: systemTimers, timeZone: 'UTC', readerUrl, signer: null }
}

/** Opens a ledger; a new one begins with the catalog of these tests, as its first entry. */
export function openTestLedger(directory: string, clock: TestClock = testClock()): OpenLedger {
  const ledger = unwrap(openLedger(directory, ledgerPorts(clock)))
  if (ledger.head().sequence === 0) unwrap(ledger.append([catalogEntry(testCatalogSource, 0)]))
  return ledger
}

/** A grant of `credits` whole credits. */
export function grantOf(id: string, credits: number, more: Partial<Grant> = {}): Grant {
  return {
    id,
    source: 'plan',
    amount: millicredits(credits * 1_000),
    effectiveAt: 0,
    expiresAt: null,
    priority: 10,
    label: `Grant ${id}`,
    catalogVersion: 'test-1',
    ...more,
  }
}

export function grantDraft(id: string, credits: number, more: Partial<Grant> = {}): EntryDraft {
  return grantEntry(grantOf(id, credits, more))
}

const pricedByRequest = (id: string, name: string) => ({
  id,
  name,
  kind: 'text',
  components: [{ unit: 'requests', price: '1', per: 1 }],
  minimum: '0',
  increment: '0.001',
})

/** The plan of catalogs that are not about plans. */
export const FREE_PLAN = {
  id: 'free',
  name: 'Free',
  description: '',
  price: { amount: 0, currency: 'USD' },
  allowance: '500',
  perSeat: false,
  packs: false,
}

/** The catalog that the operations of these tests are quoted by. */
export const testCatalogSource = {
  format: 1,
  version: 'test-1',
  name: 'Test',
  defaultPlan: 'free',
  plans: [FREE_PLAN],
  packs: [],
  priorities: Object.fromEntries(GRANT_SOURCES.map((source, index) => [source, index])),
  operations: [
    pricedByRequest('chat.fast', 'Chat, fast'),
    pricedByRequest('chat.expert', 'Chat, expert'),
    pricedByRequest('image.standard', 'Image'),
    pricedByRequest('speech.standard', 'Speech'),
  ],
}

/** Facts of an operation that holds `credits` whole credits. */
export function operationOf(
  operationId: string,
  credits: number,
  more: Partial<Omit<OperationFacts, 'quote'>> = {},
): OperationFacts {
  return {
    operationId,
    studio: 'chat',
    providerId: 'practice',
    providerName: 'Practice',
    modelId: 'practice/fast',
    modelName: 'Fast',
    subject: '',
    deviceId: 'device-1',
    ...more,
    quote: {
      operation: 'chat.fast',
      operationName: 'Chat, fast',
      catalogVersion: 'test-1',
      expected: millicredits(credits * 500),
      maximum: millicredits(credits * 1_000),
      expectedUnits: { requests: 1 },
      maximumUnits: { requests: 1 },
    },
  }
}

function chargeOf(credits: number): Charge {
  return { amount: millicredits(Math.round(credits * 1_000)), lines: [], decidedBy: 'lines' }
}

/** How a run that cost `credits` ended. */
export function endingOf(credits: number, outcome: Outcome = 'completed') {
  return {
    outcome,
    units: { requests: 1 },
    usageSource: 'provider' as const,
    charge: chargeOf(credits),
  }
}
