/** The panel where credits are bought, and the payment page that it opens. */

import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { App, AppOptions } from './app.ts'
import { chip } from './studio.ts'
import { expect, type Locator, type Page } from './test.ts'

export const CARDS = {
  pays: '4242 4242 4242 4242',
  asks: '4000 0025 0000 3155',
  declined: '4000 0000 0000 0002',
  insufficient: '4000 0000 0000 9995',
  expired: '4000 0000 0000 0069',
} as const

const CATALOG = path.join(import.meta.dirname, '../../../resources/catalogs/default.json')
const PROMOTIONS = [
  { code: 'HALF', name: 'Half price', gives: { kind: 'percent-off', percent: 50 } },
]

/** The shipped free plan, allowed to buy. */
export function buyingPlan(allowance: number): AppOptions {
  const { plans } = JSON.parse(readFileSync(CATALOG, 'utf8')) as { plans: { id: string }[] }
  const changed = { allowance: String(allowance), packs: true, addOns: true }
  return {
    practiceSpeed: 'instant',
    catalog: {
      plans: plans.map((plan) => (plan.id === 'free' ? { ...plan, ...changed } : plan)),
      promotions: PROMOTIONS,
    },
  }
}

export const panel = (page: Page) => page.getByRole('dialog', { name: 'Get credits' })
export const onTheWay = (page: Page) =>
  panel(page).getByRole('list', { name: 'Purchases on their way' })
export const current = (page: Page) =>
  panel(page).getByRole('status').filter({ hasText: 'Current credits' })

export async function openPanel(page: Page): Promise<Locator> {
  await chip(page).click()
  await page.getByRole('button', { name: 'Get credits' }).click()
  await expect(panel(page)).toBeVisible()
  return panel(page)
}

/** Presses what leads to the payment page, and opens that page in a tab of its own. */
export async function paymentPage(page: Page, app: App, button: Locator): Promise<Page> {
  const before = app.opened().length
  await button.click()
  await expect.poll(() => app.opened().length).toBe(before + 1)
  const tab = await page.context().newPage()
  await tab.goto(app.opened().at(-1) ?? '')
  return tab
}

export const payButton = (page: Page) =>
  panel(page).getByRole('button', { name: /^Pay .* in the browser/ })

export async function payWith(tab: Page, card: string): Promise<void> {
  await tab.getByRole('textbox', { name: 'Card number' }).fill(card)
  await tab.getByRole('button', { name: /^Pay \$/ }).click()
}

export async function buy(page: Page, app: App, pack = /^500 credits/): Promise<void> {
  await panel(page).getByRole('radio', { name: pack }).check()
  const tab = await paymentPage(page, app, payButton(page))
  await payWith(tab, CARDS.pays)
  await expect(tab.getByRole('heading', { name: 'Payment successful' })).toBeVisible()
  await tab.close()
}
