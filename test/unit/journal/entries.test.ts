import { describe, expect, test } from 'vitest'
import { millicredits, ZERO } from '#shared/credits/amount.ts'
import {
  assertBalanced,
  drawsInto,
  expireEntry,
  grantEntry,
  holdEntry,
  settleEntry,
  voidEntry,
  allBack,
} from '#shared/journal/entries.ts'
import type { Posting } from '#shared/journal/journal.ts'
import { chargeWithin, priceUnits } from '#shared/pricing/rate-card.ts'
import { aGrant, anOperation, aRate, credits } from '../../support/credits.ts'

const draws = [
  { grantId: 'plan', amount: credits('20') },
  { grantId: 'pack', amount: credits('30') },
]
const post = (grantId: string, bucket: Posting['bucket'], amount: string): Posting => ({
  grantId,
  bucket,
  amount: credits(amount),
})

function settlement(amount: string) {
  const charge = { ...priceUnits(aRate(), {}), amount: credits(amount) }
  return {
    operationId: 'op-1',
    outcome: 'completed',
    units: {},
    usageSource: 'provider',
    charge,
  } as const
}

describe('entries', () => {
  test('a grant moves its amount from issued to available, under its own id', () => {
    expect(grantEntry(aGrant({ id: 'plan:1' }))).toMatchObject({
      id: 'grant:plan:1',
      postings: [post('plan:1', 'issued', '-100'), post('plan:1', 'available', '100')],
    })
  })

  test('a grant of nothing posts nothing; one below zero is refused', () => {
    expect(grantEntry(aGrant({ amount: ZERO })).postings).toEqual([])
    expect(() => grantEntry(aGrant({ amount: millicredits(-1) }))).toThrow(RangeError)
  })

  test('an expiry moves what is available to expired, once per grant', () => {
    expect(expireEntry('plan', credits('7'))).toEqual({
      id: 'expire:plan',
      facts: { kind: 'expire', grantId: 'plan' },
      postings: [post('plan', 'available', '-7'), post('plan', 'expired', '7')],
    })
  })

  test('a hold reserves exactly the quoted maximum', () => {
    const entry = holdEntry(anOperation('op-1', credits('50')), draws)
    expect(entry.id).toBe('op-1:hold')
    expect(drawsInto(entry, 'held')).toEqual(draws)
    expect(() => holdEntry(anOperation('op-1', credits('49')), draws)).toThrow('op-1')
  })

  test('settling pays in the order of the hold and returns the rest to where it came from', () => {
    const entry = settleEntry(settlement('25'), draws, allBack)
    expect(entry.id).toBe('op-1:end')
    expect(entry.postings).toEqual([
      post('plan', 'held', '-20'),
      post('plan', 'spent', '20'),
      post('pack', 'held', '-30'),
      post('pack', 'spent', '5'),
      post('pack', 'available', '25'),
    ])
    expect(drawsInto(entry, 'spent')).toEqual([
      { grantId: 'plan', amount: credits('20') },
      { grantId: 'pack', amount: credits('5') },
    ])
  })

  test('what would return to a grant that has ended expires in the same entry', () => {
    const entry = settleEntry(settlement('5'), draws, (grantId, amount) =>
      grantId === 'plan' ? ZERO : amount,
    )
    expect(entry.postings).toEqual([
      post('plan', 'held', '-20'),
      post('plan', 'spent', '5'),
      post('plan', 'expired', '15'),
      post('pack', 'held', '-30'),
      post('pack', 'available', '30'),
    ])
  })

  test('a charge above the hold is refused', () => {
    expect(() => settleEntry(settlement('50.001'), draws, allBack)).toThrow('op-1')
    expect(settleEntry(settlement('50'), draws, allBack).postings).toHaveLength(4)
  })

  test('voiding returns everything, under the same id as settling', () => {
    const cancellation = { operationId: 'op-1', outcome: 'failed', reason: 'offline' } as const
    const entry = voidEntry(cancellation, draws, allBack)
    expect(entry.id).toBe(settleEntry(settlement('1'), draws, allBack).id)
    expect(entry.postings).toEqual([
      post('plan', 'held', '-20'),
      post('plan', 'available', '20'),
      post('pack', 'held', '-30'),
      post('pack', 'available', '30'),
    ])
  })

  test('an operation that costs nothing holds and settles nothing', () => {
    expect(holdEntry(anOperation('op-1', ZERO), []).postings).toEqual([])
    expect(settleEntry(settlement('0'), [], allBack).postings).toEqual([])
  })

  test('a run charged within its hold always settles', () => {
    const charge = chargeWithin(aRate(), { maximum: credits('50') }, { outputTokens: 99_999 })
    expect(settleEntry({ ...settlement('0'), charge }, draws, allBack).facts).toMatchObject({
      charge: { amount: credits('50'), decidedBy: 'hold' },
    })
  })
})

describe('the balance check of an entry', () => {
  const check =
    (...postings: Posting[]) =>
    () =>
      assertBalanced({ id: 'e', postings })

  test('passes what sums to zero for each grant', () => {
    expect(check(post('a', 'held', '-1'), post('a', 'spent', '1'))).not.toThrow()
  })

  test.each([
    ['an odd millicredit', [post('a', 'held', '-1'), post('a', 'spent', '1.001')]],
    ['one grant paying for another', [post('a', 'held', '-1'), post('b', 'spent', '1')]],
    ['a posting of nothing', [post('a', 'held', '0')]],
    ['two postings to one bucket', [post('a', 'held', '-1'), post('a', 'held', '1')]],
  ] as const)('refuses %s', (_name, postings) => {
    expect(check(...postings)).toThrow('Entry e')
  })
})
