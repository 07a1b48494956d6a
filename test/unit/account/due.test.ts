import { expect, test } from 'vitest'
import { entriesDue } from '#shared/account/due.ts'
import { overrideEntry } from '#shared/account/open.ts'
import { EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { credits } from '../../support/credits.ts'
import { keepBooks, plainCatalog } from '../../support/books.ts'

test('nothing is due before an account is opened', () => {
  expect(entriesDue({ account: EMPTY_ACCOUNT, balances: new Map() }, 1e12)).toEqual([])
})

test('each cycle grants the allowance once and lets the rest of the last one go', () => {
  const keeper = keepBooks(plainCatalog(), '2026-01-31T10:00:00Z')
  expect(keeper.available()).toBe('100')
  keeper.spend('30')
  expect(keeper.at('2026-02-27T22:59:59Z')).toEqual([])
  expect(keeper.at('2026-02-27T23:00:00Z')).toEqual([
    'expire:plan:me:small:0',
    'account:allowance:me:1:0:100000',
    'grant:plan:me:small:1',
  ])
  expect(keeper.available()).toBe('100')
  expect(keeper.at('2026-02-28T10:00:00Z')).toEqual([])
})

test('catching up after months away writes every cycle that passed', () => {
  const keeper = keepBooks(plainCatalog(), '2026-01-15T10:00:00Z')
  const written = keeper.at('2026-04-20T10:00:00Z')
  expect(written.filter((id) => id.startsWith('grant:'))).toEqual([
    'grant:plan:me:small:1',
    'grant:plan:me:small:2',
    'grant:plan:me:small:3',
  ])
  expect(keeper.available()).toBe('100')
})

test('credits of a plan with seats are for all seats', () => {
  const keeper = keepBooks(plainCatalog({ perSeat: true }), '2026-01-15T10:00:00Z', { seats: 7 })
  expect(keeper.available()).toBe('700')
})

test('overage comes with each cycle, is used last, and ends with it', () => {
  const atZero = { kind: 'overage', limit: '50' }
  const keeper = keepBooks(plainCatalog({ atZero }), '2026-01-15T10:00:00Z')
  expect(keeper.available()).toBe('150')
  const draws = keeper.spend('120')
  expect(draws.map(({ grantId }) => grantId)).toEqual(['plan:me:small:0', 'overage:me:0'])
  expect(keeper.at('2026-02-15T10:00:00Z')).toContain('expire:overage:me:0')
  expect(keeper.available()).toBe('150')
})

test('an override for a time raises the cycle it begins in and the next, and then ends', () => {
  const keeper = keepBooks(plainCatalog(), '2026-01-01T00:00:00Z', { timeZone: 'UTC' })
  const override = {
    id: 'launch',
    name: 'Launch month',
    from: Date.parse('2026-01-10T00:00:00Z'),
    until: Date.parse('2026-02-15T00:00:00Z'),
    allowance: credits('500'),
  }
  keeper.write([overrideEntry('1', override)])
  expect(keeper.at('2026-01-09T00:00:00Z')).toEqual([])
  expect(keeper.at('2026-01-12T00:00:00Z')).toEqual([
    'account:override:me:0',
    'account:allowance:me:0:1:500000',
    'grant:plan:me:small:0:override-1',
  ])
  expect(keeper.available()).toBe('500')
  keeper.at('2026-02-10T00:00:00Z')
  expect(keeper.available()).toBe('500')
  keeper.at('2026-03-10T00:00:00Z')
  expect(keeper.available()).toBe('100')
})

test('an override with overage gives it at once and takes it back at its end', () => {
  const keeper = keepBooks(plainCatalog(), '2026-01-01T00:00:00Z', { timeZone: 'UTC' })
  const override = {
    id: 'rush',
    name: 'Rush',
    from: Date.parse('2026-01-10T00:00:00Z'),
    until: Date.parse('2026-01-20T00:00:00Z'),
    atZero: { kind: 'overage', limit: credits('40') },
  } as const
  keeper.write([overrideEntry('1', override)])
  keeper.at('2026-01-11T00:00:00Z')
  expect(keeper.available()).toBe('140')
  keeper.at('2026-01-21T00:00:00Z')
  expect(keeper.available()).toBe('100')
})
