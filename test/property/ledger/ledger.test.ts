/** Whatever happens to a ledger, in whatever order, its file says what the pure rules say. */

import fc from 'fast-check'
import type { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { foldEntries } from '#shared/journal/balance.ts'
import { expireEntry } from '#shared/journal/entries.ts'
import { hasExpired } from '#shared/credits/grant.ts'
import { migrate, openReader, openWriter } from '../../../src-main/ledger/database.ts'
import { type EntryRecord, readEntry } from '../../../src-main/ledger/entry-chain.ts'
import { createDayClock } from '../../../src-main/ledger/local-day.ts'
import { rebuild } from '../../../src-main/ledger/rebuild.ts'
import { COMPARED } from '../../../src-main/ledger/verify.ts'
import type { OpenLedger } from '../../../src-main/ledger/open.ts'
import {
  codeOf,
  endingOf,
  grantDraft,
  HOUR,
  openTestLedger,
  operationOf,
  temporaryFolder,
  type TestClock,
  testClock,
  unwrap,
} from '../../support/ledger.ts'
import { totalsAt } from '../../support/totals.ts'

type Action =
  | { readonly do: 'grant'; readonly credits: number; readonly hours: number | null }
  | { readonly do: 'authorize'; readonly credits: number; readonly subject: string }
  | { readonly do: 'settle'; readonly which: number; readonly share: number }
  | { readonly do: 'void' | 'mark'; readonly which: number }
  | { readonly do: 'expire' | 'reopen' }
  | { readonly do: 'wait'; readonly hours: number }
  | { readonly do: 'label'; readonly which: readonly number[]; readonly subject: string }

const which = fc.nat(50)
const actions: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    do: fc.constant('grant' as const),
    credits: fc.integer({ min: 0, max: 20 }),
    hours: fc.option(fc.integer({ min: 1, max: 48 })),
  }),
  fc.record({
    do: fc.constant('authorize' as const),
    credits: fc.integer({ min: 0, max: 8 }),
    subject: fc.constantFrom('', 'A', 'B'),
  }),
  fc.record({ do: fc.constant('settle' as const), which, share: fc.integer({ min: 0, max: 10 }) }),
  fc.record({ do: fc.constantFrom('void' as const, 'mark' as const), which }),
  fc.record({ do: fc.constantFrom('expire' as const, 'reopen' as const) }),
  fc.record({
    do: fc.constant('label' as const),
    which: fc.array(which, { minLength: 1, maxLength: 8 }),
    subject: fc.constantFrom('', 'A', 'B', 'C'),
  }),
  fc.record({ do: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 20 }) }),
)

describe('a ledger under any sequence of events', () => {
  it('equals the fold of its entries, before and after a rebuild and a reopening', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(actions, { minLength: 1, maxLength: 60 }), async (script) => {
        const folder = temporaryFolder()
        try {
          await play(folder.path, script)
        } finally {
          folder.remove()
        }
      }),
      { numRuns: 60 },
    )
  })
})

async function play(directory: string, script: readonly Action[]): Promise<void> {
  const clock = testClock()
  let ledger = openTestLedger(directory, clock)
  for (const [step, action] of script.entries()) {
    if (action.do === 'reopen') {
      await ledger.close()
      ledger = openTestLedger(directory, clock)
    } else act(ledger, clock, action, step)
    compare(ledger, directory)
  }
  await ledger.close()
  compareTables(join(directory, 'ledger.sqlite'))
}

function act(ledger: OpenLedger, clock: TestClock, action: Action, n: number) {
  const open = ledger.openHolds()
  const isOfHold = 'which' in action && action.do !== 'label'
  const hold = open.length > 0 && isOfHold ? open[action.which % open.length] : undefined
  const operationId = hold?.operation.operationId ?? ''
  switch (action.do) {
    case 'reopen':
      throw new Error('Reopening makes another ledger')
    case 'wait':
      clock.advance(action.hours * HOUR)
      return
    case 'grant': {
      const expiresAt = action.hours === null ? null : clock.now() + action.hours * HOUR
      unwrap(ledger.append([grantDraft(`grant-${n}`, action.credits, { expiresAt })]))
      return
    }
    case 'authorize': {
      const facts = operationOf(`op-${n}`, action.credits, { subject: action.subject })
      const affordable = facts.quote.maximum <= availableNow(ledger)
      expect(codeOf(ledger.authorize(facts))).toBe(affordable ? 'ok' : 'insufficient_credits')
      return
    }
    case 'settle': {
      if (!hold) return
      const credits = (hold.operation.quote.maximum * action.share) / 10 / 1_000
      unwrap(ledger.settle(operationId, endingOf(credits)))
      return
    }
    case 'void':
      if (hold) unwrap(ledger.void(operationId, { outcome: 'failed', reason: null }))
      return
    case 'mark':
      if (!hold) return
      unwrap(ledger.checkpoint(operationId, { units: { requests: n }, usageSource: 'local' }))
      return
    case 'label': {
      // Operations are named by the step that began them; many of these never were.
      const ids = action.which.map((step) => `op-${step}`)
      unwrap(ledger.label(ids, { subject: action.subject }, 'device-1'))
      return
    }
    case 'expire': {
      const now = ledger.now()
      const due = ledger.buckets().filter(({ grant }) => hasExpired(grant, now))
      const left = due.filter(({ available }) => available > 0)
      unwrap(ledger.append(left.map(({ grant, available }) => expireEntry(grant.id, available))))
    }
  }
}

function availableNow(ledger: OpenLedger): number {
  const state = new Map(ledger.buckets().map((bucket) => [bucket.grant.id, bucket]))
  return totalsAt(state, ledger.now()).available
}

/** The ledger in memory against the fold of what is on disk. */
function compare(ledger: OpenLedger, directory: string): void {
  const db = openReader(join(directory, 'ledger.sqlite'))
  const records = db.prepare('SELECT * FROM entry ORDER BY sequence').all()
  db.close()
  const entries = records.map((record) => readEntry(record as unknown as EntryRecord))
  const folded = foldEntries(entries)
  const now = ledger.now()
  const { available, held } = totalsAt(folded, now)
  expect(availableNow(ledger)).toBe(available)
  expect(ledger.buckets().reduce((sum, bucket) => sum + bucket.held, 0)).toBe(held)
  for (const bucket of ledger.buckets()) expect(bucket).toEqual(folded.get(bucket.grant.id))
  const ended = new Set(
    entries.flatMap(({ facts }) =>
      facts.kind === 'settle' || facts.kind === 'void' ? [facts.operationId] : [],
    ),
  )
  const started = entries.flatMap(({ facts }) =>
    facts.kind === 'hold' ? [facts.operation.operationId] : [],
  )
  expect(ledger.openHolds().map(({ operation }) => operation.operationId)).toEqual(
    started.filter((id) => !ended.has(id)),
  )
}

/** Every derived table against one rebuilt from nothing, and balances against the fold. */
function compareTables(file: string): void {
  const db = openWriter(file)
  migrate(db)
  const dump = () => Object.values(COMPARED).map((sql) => db.prepare(sql).all())
  const grown = dump()
  rebuild(db, createDayClock('UTC'), 'UTC')
  expect(dump()).toEqual(grown)
  expect(staleCheckpoints(db)).toBe(0)
  const folded = foldEntries(
    db
      .prepare('SELECT * FROM entry ORDER BY sequence')
      .all()
      .map((record) => readEntry(record as unknown as EntryRecord)),
  )
  const rows = db.prepare('SELECT id, available, held, spent, expired FROM grant_balance').all()
  expect(new Map(rows.map(({ id, ...row }) => [id, { ...row }]))).toEqual(
    new Map(
      [...folded].map(([id, { available, held, spent, expired }]) => [
        id,
        { available, held, spent, expired },
      ]),
    ),
  )
  db.close()
}

/** Checkpoints of operations that have ended. */
function staleCheckpoints(db: DatabaseSync): number {
  const row = db
    .prepare(
      `SELECT count(*) AS count FROM checkpoint JOIN operation USING (operation_id)
       WHERE status <> 'running'`,
    )
    .get()
  return Number(row?.['count'])
}
