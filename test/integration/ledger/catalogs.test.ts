import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { catalogEntry } from '#shared/journal/entries.ts'
import type { CatalogSource } from '#shared/journal/journal.ts'
import { openReader } from '../../../src-main/ledger/database.ts'
import type { OpenLedger } from '../../../src-main/ledger/open.ts'
import {
  codeOf,
  endingOf,
  grantDraft,
  NOON,
  openTestLedger,
  operationOf,
  temporaryFolder,
  testCatalogSource,
  unwrap,
} from '../../support/ledger.ts'

/** The catalog of the tests under another version, where a request costs `price`. */
function catalogAt(version: string, price: string): CatalogSource {
  const operations = testCatalogSource.operations.map((operation) => ({
    ...operation,
    components: [{ unit: 'requests', price, per: 1 }],
  }))
  return { ...testCatalogSource, version, operations }
}

function pricedBy(catalogVersion: string, operationId: string) {
  const facts = operationOf(operationId, 1)
  return { ...facts, quote: { ...facts.quote, catalogVersion } }
}

describe('the catalogs of a ledger', () => {
  let folder = temporaryFolder()
  let ledger: OpenLedger

  beforeEach(() => {
    folder = temporaryFolder()
    ledger = openTestLedger(folder.path)
    unwrap(ledger.append([grantDraft('plan', 10_000)]))
  })
  afterEach(async () => {
    await ledger.close()
    folder.remove()
  })
  const reopen = async () => {
    await ledger.close()
    ledger = openTestLedger(folder.path)
  }

  it('are written once, and known again after a reopening', async () => {
    unwrap(ledger.append([catalogEntry(catalogAt('test-2', '2'), NOON + 5)]))
    const before = ledger.catalogs()
    expect(before.map(({ version, from }) => [version, from])).toEqual([
      ['test-1', 0],
      ['test-2', NOON + 5],
    ])
    await reopen()
    expect(ledger.catalogs()).toEqual(before)
    const { sequence } = ledger.head()
    unwrap(ledger.append([catalogEntry(catalogAt('test-2', '2'), NOON + 5)]))
    expect(ledger.head().sequence).toBe(sequence)
  })

  it('never change: the same version with other content is refused', async () => {
    const { sequence } = ledger.head()
    const changed = [
      catalogEntry(catalogAt('test-1', '2'), 0),
      catalogEntry(testCatalogSource, NOON),
    ]
    for (const draft of changed) {
      expect(codeOf(ledger.append([draft]))).toBe('entry_conflict')
      await reopen()
      expect(codeOf(ledger.append([draft]))).toBe('entry_conflict')
    }
    expect(ledger.head().sequence).toBe(sequence)
    expect(ledger.catalog('test-1')?.operations[0]?.components[0]?.price).toBe(1_000)
  })

  it('are whole: one that cannot be read is not written', () => {
    const spoilt = { ...catalogAt('test-2', '2'), defaultPlan: 'nowhere' }
    expect(() => ledger.append([catalogEntry(spoilt, 0)])).toThrow(/defaultPlan/)
    expect(ledger.catalogs()).toHaveLength(1)
  })

  it('price every hold: without its catalog, or its rate there, nothing is held', () => {
    const head = ledger.head()
    expect(codeOf(ledger.authorize(pricedBy('test-2', 'op-1')))).toBe('catalog_unknown')
    const facts = operationOf('op-1', 1)
    const unpriced = { ...facts, quote: { ...facts.quote, operation: 'chat.unheard' } }
    expect(codeOf(ledger.authorize(unpriced))).toBe('catalog_unknown')
    expect(ledger.head()).toEqual(head)
    unwrap(ledger.append([catalogEntry(catalogAt('test-2', '2'), NOON)]))
    unwrap(ledger.authorize(pricedBy('test-2', 'op-1')))
  })

  it('keep the rate of every run, which the hold only names', async () => {
    for (const [index, version] of ['test-2', 'test-3', 'test-4', 'test-5', 'test-6'].entries()) {
      unwrap(ledger.append([catalogEntry(catalogAt(version, String(index + 2)), NOON)]))
      unwrap(ledger.authorize(pricedBy(version, version)))
      if (index > 0) unwrap(ledger.settle(version, endingOf(1)))
    }
    await reopen()
    const [open] = ledger.openHolds()
    expect(open && ledger.rateOf(open.operation.quote).components[0]?.price).toBe(2_000)
    const { rate } = unwrap(await ledger.history.explain('test-5'))
    expect(rate.components[0]?.price).toBe(5_000)
    const db = openReader(join(folder.path, 'ledger.sqlite'))
    const bodies = db.prepare('SELECT body FROM entry').all()
    db.close()
    const holds = bodies.map(({ body }) => String(body)).filter((body) => body.includes('"hold"'))
    expect(holds).toHaveLength(5)
    for (const body of holds) expect(body).not.toContain('increment')
  })

  it('are in a snapshot, and follow from the journal', async () => {
    unwrap(ledger.append([catalogEntry(catalogAt('test-2', '2'), NOON)]))
    for (let run = 0; run < 520; run++) {
      unwrap(ledger.authorize(pricedBy('test-2', `op-${run}`)))
      unwrap(ledger.settle(`op-${run}`, endingOf(0.5)))
    }
    const before = ledger.catalogs()
    await reopen()
    expect(ledger.catalogs()).toEqual(before)
    expect(unwrap(await ledger.history.verify()).problems).toEqual([])
  })
})

describe('the memory that catalogs take', () => {
  it('does not grow with their number', async () => {
    const { createCatalogReader } = await import('../../../src-main/ledger/catalogs.ts')
    let read = 0
    const reader = createCatalogReader((id) => {
      read++
      const source = catalogAt(id.slice('catalog:'.length), '1')
      return { ...catalogEntry(source, 0), sequence: 1, at: 0 }
    })
    for (let n = 0; n < 100; n++) reader.catalog(`v${n}`)
    expect(read).toBe(100)
    reader.catalog('v99')
    expect(read).toBe(100)
    reader.catalog('v0')
    expect(read).toBe(101)
  })
})
