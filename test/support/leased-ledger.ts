/** A ledger whose credits somebody else issues, and the steps its tests are told in. */

import { expect } from 'vitest'
import { foldEntries } from '#shared/journal/balance.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import type { OpenLedger } from '../../src-main/ledger/open.ts'
import { createTestIssuer, granting, opening, type TestIssuer } from './issuer.ts'
import {
  codeOf,
  endingOf,
  grantOf,
  openTestLedger,
  operationOf,
  temporaryFolder,
  type TemporaryFolder,
  type TestClock,
  testCatalogSource,
  testClock,
  unwrap,
} from './ledger.ts'

export let clock: TestClock
export let ledger: OpenLedger
export let issuer: TestIssuer
let folder: TemporaryFolder

/** Before each test. */
export function freshLedger(): void {
  folder = temporaryFolder()
  clock = testClock()
  ledger = openTestLedger(folder.path, clock)
  issuer = createTestIssuer()
}

/** After each test. */
export async function removeLedger(): Promise<void> {
  await ledger.close()
  folder.remove()
}

export async function reopen(): Promise<void> {
  await ledger.close()
  ledger = openTestLedger(folder.path, clock)
}

/** As an issuer tells of it. */
export const CATALOG = { kind: 'catalog', from: 0, source: testCatalogSource }

/** Joins a team of one grant, of which so much is leased. */
export function join(credits: number, leased: number): void {
  const news = issuer.news(opening(), CATALOG, granting(grantOf('pool', credits)))
  const lease = issuer.lease({ pool: leased })
  unwrap(ledger.arrive({ issuer: issuer.issuer, lines: [], news, lease }))
}

/** In credits. */
export const spendable = () => availableAt(ledger.spendable(), ledger.now()) / 1_000

/** Holds and settles; gives what became of it. */
export function run(id: string, credits: number): string {
  const held = ledger.authorize(operationOf(id, credits))
  if (!held.ok) return held.error.code
  return codeOf(ledger.settle(id, endingOf(credits)))
}

/** The balances are what all entries come to, and the derived tables say the same. */
export async function expectSound(): Promise<void> {
  const entries = [...ledger.entriesSince(0)]
  const folded = foldEntries(entries)
  for (const bucket of ledger.buckets()) {
    const { grant: _grant, ...amounts } = bucket
    expect(folded.get(bucket.grant.id)).toMatchObject(amounts)
  }
  expect(unwrap(await ledger.history.verify()).problems).toEqual([])
}
