import { beforeEach, expect, it } from 'vitest'
import {
  choosePurchase,
  closePurchasePanel,
  keepWish,
  openPurchasePanel,
  usePurchasePanel,
  wishFor,
} from '../../../src-renderer/state/purchase-panel.ts'

beforeEach(() => usePurchasePanel.setState({ open: false, choice: null, wish: null }))

const wish = { quantity: 5, promoCode: 'HALF' }

it('keeps how many and which code for the next time', () => {
  openPurchasePanel('pack-custom')
  keepWish('pack-custom', wish)
  closePurchasePanel()
  openPurchasePanel()
  expect(usePurchasePanel.getState().choice).toBe('pack-custom')
  expect(wishFor('pack-custom')).toEqual(wish)
})

it('of the first choice too, which nobody had to make', () => {
  openPurchasePanel()
  keepWish('pack-500', wish)
  expect(wishFor('pack-500')).toEqual(wish)
})

it('but not for another choice, nor of one that stands in for it', () => {
  openPurchasePanel('add-on')
  keepWish('pack-500', wish)
  expect(usePurchasePanel.getState()).toMatchObject({ choice: 'add-on', wish: null })
  keepWish('add-on', wish)
  choosePurchase('pack-500')
  expect(wishFor('pack-500')).toBeNull()
  expect(wishFor('add-on')).toBeNull()
})
