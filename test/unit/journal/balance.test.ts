import { describe, expect, test } from 'vitest'
import { millicredits, ZERO } from '#shared/credits/amount.ts'
import { applyEntry, balanceAt, EMPTY_BALANCE, foldEntries } from '#shared/journal/balance.ts'
import { grantEntry, holdEntry, settleEntry, voidEntry, allBack } from '#shared/journal/entries.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import { priceUnits } from '#shared/pricing/rate-card.ts'
import { aGrant, anOperation, aRate, asEntries, credits } from '../../support/credits.ts'
import { expiriesDue, totalsAt } from '../../support/totals.ts'

const plan = aGrant({ id: 'plan', amount: credits('100'), expiresAt: 10_000 })
const pack = aGrant({ id: 'pack', amount: credits('50'), effectiveAt: 5_000, priority: 50 })
const held = [{ grantId: 'plan', amount: credits('60') }]
const hold = holdEntry(anOperation('op-1', credits('60')), held)
const settle = settleEntry(
  {
    operationId: 'op-1',
    outcome: 'completed',
    units: {},
    usageSource: 'provider',
    charge: { ...priceUnits(aRate(), {}), amount: credits('45') },
  },
  held,
  allBack,
)
const drafts = [grantEntry(plan), hold, settle, grantEntry(pack)]

describe('the balance', () => {
  test('follows credits from grant to hold to spent', () => {
    const states = drafts.map((_draft, index) =>
      foldEntries(drafts.slice(0, index + 1)).get('plan'),
    )
    expect(states.map((s) => [s!.available, s!.held, s!.spent].map((n) => n / 1_000))).toEqual([
      [100, 0, 0],
      [40, 60, 0],
      [55, 0, 45],
      [55, 0, 45],
    ])
  })

  test('is the same applied one by one and leaves earlier balances untouched', () => {
    const first = applyEntry(EMPTY_BALANCE, drafts[0]!)
    const all = drafts.slice(1).reduce(applyEntry, first)
    expect(all).toEqual(foldEntries(drafts))
    expect(first.get('plan')).toMatchObject({ available: credits('100'), held: 0 })
    expect(EMPTY_BALANCE.size).toBe(0)
  })

  test('can be had at any past moment', () => {
    const entries = asEntries(drafts)
    expect(balanceAt(entries, 999)).toEqual(foldEntries(drafts.slice(0, 1)))
    expect(balanceAt(entries, 1_000)).toEqual(foldEntries(drafts.slice(0, 2)))
    expect(balanceAt(entries, -1).size).toBe(0)
  })

  test('counts a grant past its expiry as expired before anything is written', () => {
    const state = foldEntries(drafts)
    expect(totalsAt(state, 4_999)).toEqual({
      available: credits('55'),
      held: 0,
      spent: credits('45'),
      expired: 0,
      upcoming: credits('50'),
    })
    expect(totalsAt(state, 9_999)).toMatchObject({ available: credits('105'), upcoming: 0 })
    expect(totalsAt(state, 10_000)).toMatchObject({
      available: credits('50'),
      expired: credits('55'),
    })
  })

  test('shows the same totals once the due expiry is written, which happens once', () => {
    const state = foldEntries(drafts)
    expect(expiriesDue(state, 9_999)).toEqual([])
    const due = expiriesDue(state, 10_000)
    expect(due.map(({ id }) => id)).toEqual(['expire:plan'])
    const after = foldEntries(due, state)
    expect(totalsAt(after, 10_000)).toEqual(totalsAt(state, 10_000))
    expect(expiriesDue(after, 10_000)).toEqual([])
  })

  test('a hold that outlives its grant is paid from it, and only the rest expires', () => {
    const before = foldEntries([grantEntry(plan), hold])
    const expired = foldEntries(expiriesDue(before, 10_000), before)
    expect(expired.get('plan')).toMatchObject({
      available: 0,
      held: credits('60'),
      expired: credits('40'),
    })
    const late = voidEntry(
      { operationId: 'op-1', outcome: 'failed', reason: null },
      held,
      () => ZERO,
    )
    const end = applyEntry(expired, late)
    expect(end.get('plan')).toMatchObject({ available: 0, held: 0, expired: credits('100') })
    expect(expiriesDue(end, 10_000)).toEqual([])
  })
})

describe('a broken journal throws instead of being evened out', () => {
  const forged = (postings: EntryDraft['postings']): EntryDraft => ({
    ...hold,
    id: 'forged',
    postings,
  })

  test.each([
    [
      'a hold of more than is available',
      [grantEntry(aGrant({ id: 'plan', amount: credits('59') })), hold],
    ],
    ['an operation that ends twice', [...drafts, settle]],
    ['a grant that arrives twice', [grantEntry(plan), grantEntry(plan)]],
    ['a posting to an unknown grant', [hold]],
    [
      'credits from nowhere',
      [
        grantEntry(plan),
        forged([{ grantId: 'plan', bucket: 'available', amount: millicredits(1) }]),
      ],
    ],
    [
      'a second issue',
      [
        grantEntry(plan),
        forged([
          { grantId: 'plan', bucket: 'issued', amount: millicredits(-1) },
          { grantId: 'plan', bucket: 'available', amount: millicredits(1) },
        ]),
      ],
    ],
    [
      'a grant that is not what was issued',
      [
        {
          ...grantEntry(plan),
          postings: grantEntry(pack).postings.map((p) => ({ ...p, grantId: 'plan' })),
        },
      ],
    ],
  ])('%s', (_name, entries) => {
    expect(() => foldEntries(entries)).toThrow(/grant/i)
  })
})
