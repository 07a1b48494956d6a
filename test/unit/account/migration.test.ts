import { expect, test } from 'vitest'
import { keepBooks, plainCatalog } from '../../support/books.ts'

const fresh = (from: string, to: string) => ({
  migrations: [{ from, to, credits: 'fresh' }],
})

test('a fresh set under unchanged limits is fresh all the same, each time', () => {
  const keeper = keepBooks(plainCatalog(), '2026-01-10T00:00:00Z')
  for (const [version, day] of [
    ['plain-2', '2026-01-12'],
    ['plain-3', '2026-01-14'],
  ] as const) {
    keeper.publish(plainCatalog({}, { version, ...fresh('small', 'small') }), `${day}T00:00:00Z`)
    keeper.spend('30')
    const written = keeper.at(`${day}T00:00:00Z`)
    expect(keeper.available()).toBe('100')
    expect(new Set(written).size).toBe(written.length)
  }
  const allowances = keeper.written().filter((id) => id.startsWith('account:allowance'))
  expect(new Set(allowances).size).toBe(3)
})

test('the new limits at once are also those of overage', () => {
  const keeper = keepBooks(plainCatalog(), '2026-01-10T00:00:00Z')
  const overage = { atZero: { kind: 'overage', limit: '40' } }
  const next = plainCatalog(overage, { version: 'plain-2', ...fresh('small', 'small') })
  keeper.publish(next, '2026-01-12T00:00:00Z')
  keeper.at('2026-01-12T00:00:00Z')
  expect(keeper.available()).toBe('140')
  const without = plainCatalog({}, { version: 'plain-3', ...fresh('small', 'small') })
  keeper.publish(without, '2026-01-13T00:00:00Z')
  keeper.at('2026-01-13T00:00:00Z')
  expect(keeper.available()).toBe('100')
})
