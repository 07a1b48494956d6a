import { expect, test } from 'vitest'
import { renewalGrant } from '#shared/account/cycle-grants.ts'
import { cycleOfIndex } from '#shared/account/cycle.ts'
import { changePlan } from '#shared/account/plan-change.ts'
import { opened } from '#shared/account/terms.ts'
import { accountEntry } from '#shared/journal/entries.ts'
import { credits } from '../../support/credits.ts'
import { type Bookkeeper, catalogWith, keepBooks } from '../../support/books.ts'

function subscriber(): Bookkeeper {
  const keeper = keepBooks(catalogWith({}), '2026-04-01T00:00:00Z', { planId: 'creator' })
  const change = { subscriptionId: 's', addOnId: 'monthly-1000', quantity: 2 }
  keeper.write([accountEntry('s', { type: 'add-on', ...change })])
  return keeper
}

function renewal({ books }: Bookkeeper): number | null {
  const { account } = books()
  const next = cycleOfIndex(opened(account).anchor, account.cycle + 1)
  const [subscription] = account.subscriptions.values()
  return subscription ? (renewalGrant(account, subscription, next)?.amount ?? null) : null
}

test('a subscription renews with the next cycle', () => {
  expect(renewal(subscriber())).toBe(credits('2000'))
})

test('it does not where the plan of the next cycle has no add-ons', () => {
  const keeper = subscriber()
  const choice = { changeId: 'down', planId: 'free', seats: 1 }
  const changed = changePlan(keeper.books(), choice, keeper.now())
  if (!changed.ok) throw new Error(changed.error.code)
  keeper.write(changed.data.entries)
  expect(renewal(keeper)).toBeNull()
})
