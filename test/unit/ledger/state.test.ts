import { expect, test } from 'vitest'
import { ZERO } from '#shared/credits/amount.ts'
import { aGrant } from '../../support/credits.ts'
import { stillMatters } from '../../../src-main/ledger/state.ts'

const usedUp = (grant: ReturnType<typeof aGrant>) => ({
  grant,
  available: ZERO,
  held: ZERO,
  spent: grant.amount,
  expired: ZERO,
  elsewhere: ZERO,
})

test('a grant that is used up matters until it ends', () => {
  const ending = usedUp(aGrant({ expiresAt: 1_000 }))
  expect(stillMatters(ending, 999)).toBe(true)
  expect(stillMatters(ending, 1_000)).toBe(false)
})

test('a grant that never ends and is used up matters while its cycle runs', () => {
  const rollingOver = usedUp(aGrant({ expiresAt: null, cycle: { index: 3, endsAt: 1_000 } }))
  expect(stillMatters(rollingOver, 999)).toBe(true)
  expect(stillMatters(rollingOver, 1_000)).toBe(false)
  expect(stillMatters(usedUp(aGrant({ expiresAt: null })), 0)).toBe(false)
})
