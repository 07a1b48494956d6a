import { describe, expect, test } from 'vitest'
import { ZERO } from '#shared/credits/amount.ts'
import { earningGrant, earningsByRecipe } from '#shared/journal/earnings.ts'
import { allBack, holdEntry, settleEntry } from '#shared/journal/entries.ts'
import type { EntryDraft, RecipeFacts } from '#shared/journal/journal.ts'
import { anOperation, aQuote, credits } from '../../support/credits.ts'

const ANA: RecipeFacts = { id: 'haiku', name: 'Haiku', creatorId: 'ana-key' }

function runOf(operationId: string, recipe: RecipeFacts, premium: string): readonly EntryDraft[] {
  const maximum = credits('50')
  const operation = {
    ...anOperation(operationId, maximum),
    subject: 'Secret project',
    modelName: 'Runner’s model',
    deviceId: 'runner-device',
    quote: aQuote(maximum),
    recipe,
  }
  const draws = [{ grantId: 'runner-grant', amount: maximum }]
  const settled = settleEntry(
    {
      operationId,
      outcome: 'completed',
      units: { outputTokens: 321 },
      usageSource: 'provider',
      charge: {
        amount: credits('42'),
        lines: [],
        premium: { percent: 5, amount: credits(premium) },
        decidedBy: 'lines',
      },
    },
    draws,
    allBack,
  )
  return [holdEntry(operation, draws), settled]
}

describe('what creators get', () => {
  test('counts runs and sums premiums, under the latest name', () => {
    const entries = [
      ...runOf('op-1', ANA, '2'),
      ...runOf('op-2', { ...ANA, name: 'Haiku, better' }, '3'),
    ]
    expect(earningsByRecipe(entries)).toEqual([
      {
        recipeId: 'haiku',
        recipeName: 'Haiku, better',
        creatorId: 'ana-key',
        runs: 2,
        credits: credits('5'),
      },
    ])
  })

  test('says nothing of who ran it, on what, with which words and results', () => {
    const entries = runOf('op-1', ANA, '2')
    const [earned] = earningsByRecipe(entries)
    const run = { operationId: 'op-1', recipe: ANA, premium: credits('2') }
    const terms = { at: 7, expiresAt: null, priority: 30, catalogVersion: 'test-1' }
    const seen = JSON.stringify([earned, earningGrant(run, terms)])
    expect(Object.keys(earned ?? {}).sort()).toEqual([
      'creatorId',
      'credits',
      'recipeId',
      'recipeName',
      'runs',
    ])
    for (const word of ['Secret project', 'Runner', 'runner', 'Echo', 'practice', '321', '42000']) {
      expect(seen).not.toContain(word)
    }
  })

  test('is a grant of its own for each run, and none for a run that earned nothing', () => {
    const terms = { at: 7, expiresAt: null, priority: 30, catalogVersion: 'test-1' }
    const run = { operationId: 'op-1', recipe: ANA, premium: credits('2') }
    expect(earningGrant(run, terms)).toMatchObject({
      id: 'earnings:op-1',
      source: 'earnings',
      amount: credits('2'),
      effectiveAt: 7,
      label: 'Earnings: Haiku',
    })
    expect(earningGrant({ ...run, premium: ZERO }, terms)).toBeNull()
  })
})
