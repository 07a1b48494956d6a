/**
 * A year of 1,000,000 usage records run through the richest catalog, against summing one integer
 * column of the same rows in SQLite and reading them; and opening one charge of as many.
 */

import { DatabaseSync } from 'node:sqlite'
import type { Catalog } from '#shared/catalog/catalog.ts'
import type { Grant } from '#shared/credits/grant.ts'
import { millicredits } from '#shared/credits/amount.ts'
import type { UnitName, Units } from '#shared/credits/units.ts'
import { simulate } from '#shared/simulation/simulate.ts'
import type { UsageRecord } from '#shared/simulation/usage.ts'
import { grantOf, openTestLedger, unwrap } from '../support/ledger.ts'
import { SHIPPED_CATALOGS, shippedCatalog } from '../support/shipped-catalogs.ts'
import { type Bench, limit, median, ratio } from './bench.ts'
import { benchOperation, ledgerOf } from './generate.ts'

const RECORDS = 1_000_000
const ROUNDS = 5
const YEAR = 365 * 24 * 3_600_000
const START = Date.UTC(2025, 10, 21)

/** That of most operations, plans and offers. */
function richest(): Catalog {
  const weight = ({ operations, plans, packs, addOns, promotions }: Catalog) =>
    [operations, plans, packs, addOns, promotions].reduce((sum, list) => sum + list.length, 0)
  const [first] = SHIPPED_CATALOGS.map(shippedCatalog).sort(
    (left, right) => weight(right) - weight(left),
  )
  if (!first) throw new Error('There is no catalog')
  return first
}

/** Credits enough, in a dozen grants of overlapping terms, that every run is paid. */
function gifts({ version }: Catalog): readonly Grant[] {
  return Array.from({ length: 12 }, (_, n) =>
    grantOf(`gift-${n}`, 200_000_000, {
      effectiveAt: START + (n * YEAR) / 12,
      expiresAt: START + ((n + 3) * YEAR) / 12,
      catalogVersion: version,
    }),
  )
}

function fill(catalog: Catalog): DatabaseSync {
  const db = new DatabaseSync('')
  db.exec(`CREATE TABLE usage (sequence INTEGER PRIMARY KEY, at INTEGER, operation TEXT,
    unit TEXT, count INTEGER, other_unit TEXT, other_count INTEGER, charged INTEGER) STRICT; BEGIN`)
  const insert = db.prepare('INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  for (let n = 0; n < RECORDS; n++) {
    const at = START + Math.floor((n * YEAR) / RECORDS)
    const rate = catalog.operations[n % catalog.operations.length]
    const [first, second = first] = rate?.components ?? []
    const count = (per = 1) => (per === 1 ? 1 + (n % 3) : 50 + (n % 4_000))
    insert.run(
      n,
      at,
      rate?.id ?? '',
      first?.unit ?? '',
      count(first?.per),
      second?.unit ?? '',
      count(second?.per),
      1_000,
    )
  }
  db.exec('COMMIT')
  return db
}

interface Row {
  readonly at: number
  readonly operation: string
  readonly unit: UnitName
  readonly count: number
  readonly other_unit: UnitName
  readonly other_count: number
  readonly charged: number
}

const ALL =
  'SELECT at, operation, unit, count, other_unit, other_count, charged FROM usage ORDER BY sequence'

function* records(db: DatabaseSync): Iterable<UsageRecord> {
  for (const row of db.prepare(ALL).iterate() as Iterable<unknown> as Iterable<Row>) {
    const units: Units = { [row.unit]: row.count, [row.other_unit]: row.other_count }
    yield { at: row.at, operation: row.operation, units, charged: millicredits(row.charged) }
  }
}

function timed(work: () => unknown): number {
  const from = performance.now()
  work()
  return performance.now() - from
}

export const simulation: Bench = {
  async run() {
    const catalog = richest()
    const db = fill(catalog)
    const grants = gifts(catalog)
    const anchor = { startsAt: START, timeZone: 'Europe/Berlin' }
    const planId = catalog.plans.findLast(({ offered }) => offered)?.id ?? catalog.defaultPlan
    const folds: number[] = []
    const baselines: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      baselines.push(
        timed(() => {
          db.prepare('SELECT sum(charged) FROM usage').get()
          let rows = 0
          for (const _row of db.prepare(ALL).iterate()) rows++
          return rows
        }),
      )
      folds.push(timed(() => simulate({ catalog, planId, anchor, grants }, records(db))))
    }
    db.close()
    const ledger = openTestLedger(ledgerOf(1_000_000))
    const opened: number[] = []
    for (let n = 0; n < 200; n++) {
      const { operationId } = benchOperation(n * 2_003)
      const from = performance.now()
      unwrap(await ledger.history.explain(operationId))
      opened.push(performance.now() - from)
    }
    await ledger.close()
    return [
      ratio('a year of 1M usage records', median(folds), median(baselines), 'ms', 3),
      limit('one charge explained', median(opened), 'ms', 5),
    ]
  },
}
