import { describe, expect, it } from 'vitest'
import { ZERO } from '#shared/credits/amount.ts'
import { DECLINES } from '#shared/purchase/events.ts'
import { PURCHASE_STATES } from '#shared/purchase/purchase.ts'
import type { PurchaseView } from '#shared/purchase/views.ts'
import {
  purchaseSentence,
  refillWords,
  stateWord,
} from '../../../src-renderer/words/purchase-words.ts'
import { credits } from '../../support/credits.ts'

const money = (amount: number) => ({ amount, currency: 'USD' })
const purchase = (patch: Partial<PurchaseView>): PurchaseView => ({
  ...{ id: 'p', state: 'pending', by: 'person', name: '500 credits', promoCode: null },
  ...{ credits: credits('500'), bonus: ZERO, listPrice: money(2_000), price: money(2_000) },
  ...{ createdAt: 0, updatedAt: 0, decline: null, payUrl: null, payUntil: null, slow: false },
  ...{ contest: null, receipt: null, refunded: money(0), refundable: money(0), test: false },
  ...patch,
})
const says = (patch: Partial<PurchaseView>) => purchaseSentence(purchase(patch), 'UTC')

describe('the words of a purchase', () => {
  it('are others for each state, refusal and long wait', () => {
    const states = PURCHASE_STATES.map((state) => stateWord({ state, contest: null }))
    expect(new Set(states).size).toBe(PURCHASE_STATES.length)
    const refusals = DECLINES.map((decline) => says({ state: 'declined', decline }))
    const others = PURCHASE_STATES.filter((state) => state !== 'declined' && state !== 'created')
    const sentences = [
      ...refusals,
      ...others.map((state) => says({ state })),
      says({ state: 'pending', slow: true }),
      says({ state: 'disputed', contest: 'lost' }),
    ]
    expect(new Set(sentences).size).toBe(sentences.length)
  })

  it('say what to do about a bank that asks, a card that is missing or over, and a long wait', () => {
    const refused = (decline: PurchaseView['decline']) => says({ state: 'declined', decline })
    expect(refused('authentication_required')).toContain('Open the page')
    expect(refused('no_card')).toContain('Add one')
    expect(refused('expired_card')).toContain('another one')
    expect(says({ state: 'expired' })).toContain('Nothing was charged')
    expect(says({ slow: true })).toContain('longer than usual')
    expect(refillWords({ reason: 'monthly_limit', until: null }, 'UTC')).toContain('limit')
  })
})
