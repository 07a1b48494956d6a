import { expect, test } from 'vitest'
import { returnedAt } from '#shared/account/state.ts'
import { holdEntry, settleEntry, drawsInto } from '#shared/journal/entries.ts'
import { drawFrom } from '#shared/credits/burn-down.ts'
import { priceUnits } from '#shared/pricing/rate-card.ts'
import { anOperation, aRate, credits } from '../../support/credits.ts'
import { type Bookkeeper, keepBooks, plainCatalog } from '../../support/books.ts'

const START = { timeZone: 'UTC' }

test('what lasts one cycle more pays first and is gone after it', () => {
  const catalog = plainCatalog({ rollover: { cycles: 1 } })
  const keeper = keepBooks(catalog, '2026-01-01T00:00:00Z', START)
  keeper.spend('60')
  keeper.at('2026-02-01T00:00:00Z')
  expect(keeper.available()).toBe('140')
  expect(keeper.spend('50').map(({ grantId }) => grantId)).toEqual([
    'plan:me:small:0',
    'plan:me:small:1',
  ])
  keeper.at('2026-03-01T00:00:00Z')
  expect(keeper.available()).toBe('190')
})

test('over the maximum the oldest is lost first', () => {
  const catalog = plainCatalog({ rollover: { cycles: null, maximum: '150' } })
  const keeper = keepBooks(catalog, '2026-01-01T00:00:00Z', START)
  keeper.at('2026-02-01T00:00:00Z')
  expect(keeper.available()).toBe('200')
  keeper.at('2026-03-01T00:00:00Z')
  expect(keeper.available()).toBe('250')
  const left = (id: string) => keeper.books().balances.get(id)?.available
  expect(left('plan:me:small:0')).toBe(credits('50'))
  expect(left('plan:me:small:1')).toBe(credits('100'))
})

function hold(keeper: Bookkeeper, operationId: string, amount: string) {
  const drawn = drawFrom(keeper.books().balances.values(), credits(amount), keeper.now())
  if (!drawn.ok) throw new Error('Not enough')
  const entry = holdEntry(anOperation(operationId, credits(amount)), drawn.draws)
  keeper.write([entry])
  return entry
}

function settle(keeper: Bookkeeper, held: ReturnType<typeof hold>, amount: string) {
  const operationId = held.id.replace(':hold', '')
  const charge = { ...priceUnits(aRate(), {}), amount: credits(amount) }
  const settlement = {
    operationId,
    outcome: 'completed',
    units: {},
    usageSource: 'provider',
    charge,
  } as const
  const returned = returnedAt(keeper.books(), keeper.now())
  keeper.write([settleEntry(settlement, drawsInto(held, 'held'), returned)])
}

test('a run over the boundary gives back no more than may still be carried', () => {
  const catalog = plainCatalog({ rollover: { cycles: 1, maximum: '30' } })
  const keeper = keepBooks(catalog, '2026-01-01T00:00:00Z', START)
  const first = hold(keeper, 'one', '60')
  const second = hold(keeper, 'two', '20')
  // 20 are left: they are carried, with room for 10 more.
  keeper.at('2026-02-01T00:00:00Z')
  expect(keeper.available()).toBe('120')
  settle(keeper, first, '55')
  expect(keeper.available()).toBe('125')
  settle(keeper, second, '0')
  expect(keeper.available()).toBe('130')
})
