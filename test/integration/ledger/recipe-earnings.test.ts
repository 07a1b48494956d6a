/** What creators get, from the table beside the journal: the same as the fold of the journal. */

import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { earningsByRecipe, type RecipeEarnings } from '#shared/journal/earnings.ts'
import { refundEntry } from '#shared/journal/entries.ts'
import type { Entry } from '#shared/journal/journal.ts'
import { openReader } from '../../../src-main/ledger/database.ts'
import { readEntry, type EntryRecord } from '../../../src-main/ledger/entry-chain.ts'
import {
  endingOf,
  grantDraft,
  openTestLedger,
  operationOf,
  temporaryFolder,
  unwrap,
} from '../../support/ledger.ts'

const someRun = fc.record({
  recipe: fc.constantFrom(null, 'one', 'two'),
  creatorId: fc.constantFrom('ana', 'bo'),
  name: fc.constantFrom('First', 'Second'),
  premium: fc.integer({ min: 0, max: 300 }),
  ends: fc.constantFrom('settled', 'voided', 'refunded', 'running'),
})

function entriesOf(path: string): readonly Entry[] {
  const db = openReader(join(path, 'ledger.sqlite'))
  const rows = db.prepare('SELECT * FROM entry ORDER BY sequence').all()
  db.close()
  return rows.map((row) => readEntry(row as unknown as EntryRecord))
}

const inOrder = (earnings: readonly RecipeEarnings[]) =>
  earnings.toSorted((left, right) =>
    `${left.recipeId} ${left.creatorId}` < `${right.recipeId} ${right.creatorId}` ? -1 : 1,
  )

describe('earnings of recipes', () => {
  it('are those of the journal, whatever was run, voided and refunded', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someRun, { maxLength: 12 }), async (runs) => {
        const own = temporaryFolder()
        const ledger = openTestLedger(own.path)
        unwrap(ledger.append([grantDraft('plan', 1_000)]))
        runs.forEach(({ recipe, creatorId, name, premium, ends }, index) => {
          const operationId = `op-${index}`
          const facts = recipe === null ? {} : { recipe: { id: recipe, name, creatorId } }
          unwrap(ledger.authorize(operationOf(operationId, 2, facts)))
          if (ends === 'running') return
          if (ends === 'voided') {
            unwrap(ledger.void(operationId, { outcome: 'failed', reason: null }))
            return
          }
          const ending = endingOf(1)
          const paid = { percent: 5, amount: millicredits(premium) }
          const charge = recipe === null ? ending.charge : { ...ending.charge, premium: paid }
          unwrap(ledger.settle(operationId, { ...ending, charge }))
          if (ends !== 'refunded') return
          const { amount } = ending.charge
          const back = [{ grantId: 'plan', amount }]
          unwrap(ledger.append([refundEntry(operationId, operationId, amount, back, 'A fault')]))
        })
        const read = unwrap(await ledger.history.recipeEarnings())
        expect(inOrder(read)).toEqual(inOrder(earningsByRecipe(entriesOf(own.path))))
        expect(unwrap(await ledger.history.verify()).problems).toEqual([])
        await ledger.close()
        own.remove()
      }),
      { numRuns: 12 },
    )
  })
})
