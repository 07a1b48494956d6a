import { describe, expect, test } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import type { PlanPreview } from '#shared/host/billing.ts'
import { dayStops, stackBurnDown } from '../../../src-renderer/features/billing/burn-down-layout.ts'
import { alertWords, capWords } from '../../../src-renderer/words/cap-words.ts'
import {
  planPrice,
  planTerms,
  previewLine,
  previewSentences,
} from '../../../src-renderer/features/billing/plan-words.ts'
import { grantRemarks } from '../../../src-renderer/words/grant-words.ts'
import { aGrant } from '../../support/credits.ts'
import { plainCatalog } from '../../support/books.ts'

const DAY = 24 * 60 * 60_000
const credits = (amount: number) => millicredits(amount * 1_000)

const preview = (changes: Partial<PlanPreview>): PlanPreview => ({
  planId: 'large',
  seats: 1,
  from: 0,
  atOnce: true,
  gets: [],
  ends: [],
  availableNow: credits(60),
  availableAfter: credits(60),
  refill: { at: 30 * DAY, amount: credits(1_000) },
  ...changes,
})

function planWith(changes: Record<string, unknown>) {
  const [plan] = plainCatalog(changes).plans
  if (!plan) throw new Error('no plan')
  return plan
}

describe('a plan in words', () => {
  test('price', () => {
    const price = { amount: 2_000, currency: 'USD' }
    expect(planPrice(planWith({ price, perSeat: true }))).toBe('$20 per seat')
    expect(planPrice(planWith({ price: { amount: 0, currency: 'USD' } }))).toBe('Free')
    expect(planPrice(planWith({ price: null }))).toBe('By agreement')
  })

  test('terms say what happens at zero, what rolls over and what can be bought', () => {
    expect(planTerms(planWith({ packs: false, addOns: false }))).toEqual([
      'At zero AI pauses until credits come',
      'No packs',
    ])
    expect(
      planTerms(
        planWith({
          atZero: { kind: 'overage', limit: '250' },
          rollover: { cycles: 1, maximum: '300' },
        }),
      ),
    ).toEqual([
      'At zero runs go on, up to 250 credits a month on the invoice',
      'Up to 300 credits left rolls over for 1 month',
      'Packs and add-ons can be bought',
    ])
  })
})

describe('what a change does, in words', () => {
  test('at once with more credits', () => {
    const shown = preview({
      gets: [{ label: 'Large plan', amount: credits(900), expiresAt: 30 * DAY }],
      availableAfter: credits(960),
    })
    expect(previewLine(shown, 'UTC')).toBe('Changes at once, with 900 credits more')
    expect(previewSentences(shown, 'UTC')).toEqual([
      'You get 900 credits at once (Large plan), good until 31 Jan 1970.',
      'You can then spend 960 credits.',
      '1,000 credits come on 31 Jan 1970, and each month after.',
    ])
  })

  test('at once with fewer', () => {
    const shown = preview({
      ends: [{ label: 'Large plan', amount: credits(40) }],
      availableAfter: credits(20),
    })
    expect(previewLine(shown, 'UTC')).toBe('Changes at once: 40 credits end')
    expect(previewSentences(shown, 'UTC')[0]).toBe('40 credits of “Large plan” end at once.')
  })

  test('later leaves all as it is until then', () => {
    const shown = preview({ atOnce: false, from: 30 * DAY })
    expect(previewLine(shown, 'UTC')).toBe('Changes on 31 Jan; until then all stays as it is')
    expect(previewSentences(shown, 'UTC')[0]).toBe(
      'Until 31 Jan 1970 your plan and your credits stay as they are.',
    )
  })
})

describe('a grant in words', () => {
  const names = new Map([['chat.fast', 'Chat · fast']])

  test('says what is rolled over and what it is only for', () => {
    const grant = aGrant({ cycle: { index: 0, endsAt: 10 }, operations: ['chat.fast', 'gone'] })
    expect(grantRemarks(grant, 10, names)).toEqual(['Rolled over', 'Only for Chat · fast, gone'])
    expect(grantRemarks(aGrant(), 10, names)).toEqual([])
  })

  test('says that it is still to come', () => {
    expect(grantRemarks(aGrant({ effectiveAt: 20 }), 10, names)).toEqual(['Not yet in force'])
  })
})

describe('caps and alerts in words', () => {
  const cap = {
    id: 'c',
    name: 'C',
    limit: credits(100),
    kind: 'hard',
    window: 'day',
    scope: {},
  } as const

  test('name the window and what is counted', () => {
    const names = {
      operations: new Map([['speech', 'Speech']]),
      people: new Map([['m-1', 'Grace']]),
    }
    expect(capWords(cap, names)).toBe('100 credits a day')
    expect(capWords({ ...cap, window: 'rolling', minutes: 90 }, names)).toBe(
      '100 credits in any 90 minutes',
    )
    expect(capWords({ ...cap, scope: { device: 'each', operation: 'speech' } }, names)).toBe(
      '100 credits a day, each machine by itself, only Speech',
    )
    expect(capWords({ ...cap, scope: { member: 'm-1' } }, names)).toBe(
      '100 credits a day, only Grace',
    )
  })

  test('name the threshold', () => {
    expect(alertWords({ id: 'a', kind: 'used', percent: 80 })).toBe(
      'At 80% of the month’s credits used',
    )
    expect(alertWords({ id: 'a', kind: 'left', credits: credits(1) })).toBe('At 1 credit left')
  })
})

describe('the burn-down drawn', () => {
  test('stands grants on each other, with what pays first on top', () => {
    const { bands, top } = stackBurnDown({
      startsAt: 0,
      endsAt: 10,
      moments: [0, 5],
      series: [
        { grantId: 'plan', label: 'Plan', left: [credits(10), credits(4)] },
        { grantId: 'pack', label: 'Pack', left: [null, credits(20)] },
      ],
    })
    expect(top).toBe(24_000)
    expect(bands.map(({ grantId, series }) => [grantId, series])).toEqual([
      ['pack', 2],
      ['plan', 1],
    ])
    expect(bands[1]).toMatchObject({ lower: [0, 20_000], upper: [10_000, 24_000] })
  })

  test('names days from the start to the end', () => {
    expect(dayStops(0, 10, 2)).toEqual([0, 5, 10])
  })
})
