import { expect, it } from 'vitest'
import { rareDelay, retryDelay } from '#shared/sync/backoff.ts'

it('waits longer after each failure, up to a minute', () => {
  const waits = [0, 1, 2, 3, 10, 1_000].map((failures) => retryDelay(failures, 0.999))
  expect(waits).toEqual([1_000, 1_999, 3_998, 7_996, 59_970, 59_970])
})

it('spreads devices over half of the wait', () => {
  expect([retryDelay(5, 0), retryDelay(5, 0.5)]).toEqual([16_000, 24_000])
  expect(rareDelay(0)).toBe(1_800_000)
})
