import { readFileSync } from 'node:fs'
import {
  buy,
  buyingPlan,
  CARDS,
  current,
  onTheWay,
  openPanel,
  panel,
  paymentPage,
  payButton,
  payWith,
} from './support/get-credits.ts'
import { choose, expectBalance, goTo, quoteLine, replyEnds, write } from './support/studio.ts'
import { expect, test } from './support/test.ts'

test.use({ appOptions: buyingPlan(500) })

test('a quantity and a promo code make the price and are kept; a wrong code says so at the field', async ({
  page,
  app,
}) => {
  await openPanel(page)
  const summary = panel(page).getByLabel('What it comes to')
  const code = panel(page).getByRole('textbox', { name: 'Promo code' })
  await code.fill('NONE-SUCH')
  await panel(page).getByRole('button', { name: 'Apply' }).click()
  await expect(panel(page)).toContainText('There is no such code')
  await expect(payButton(page)).toBeDisabled()
  await panel(page)
    .getByRole('radio', { name: /^100 credits/ })
    .check()
  await panel(page).getByRole('textbox', { name: 'How many of 100 credits' }).fill('5')
  await code.fill('half')
  await code.press('Enter')
  await expect(summary).toContainText('5 × 100 credits')
  await expect(summary).toContainText('Half price')
  await expect(summary).toContainText('−$10')
  await page.keyboard.press('Escape')
  await openPanel(page)
  await expect(summary).toContainText('5 × 100 credits')
  await expect(summary).toContainText('−$10')
  const tab = await paymentPage(
    page,
    app,
    panel(page).getByRole('button', { name: 'Pay $10 in the browser' }),
  )
  await payWith(tab, CARDS.pays)
  await expect(current(page)).toContainText('1,000')
})

test('auto-refill is off until it is switched on, buys by itself, and is off in one click', async ({
  page,
  app,
}) => {
  await openPanel(page)
  const refill = panel(page).getByRole('switch', { name: /Auto-refill/ })
  await expect(refill).not.toBeChecked()
  await refill.click()
  await expect(panel(page).getByRole('alert')).toContainText('card')
  await expect(refill).not.toBeChecked()

  const tab = await paymentPage(
    page,
    app,
    panel(page).getByRole('button', { name: 'Add new card' }),
  )
  await tab.getByRole('textbox', { name: 'Card number' }).fill(CARDS.pays)
  await tab.getByRole('button', { name: 'Save card' }).click()
  await expect(panel(page)).toContainText('Visa ending in 4242')
  await refill.click()
  await expect(refill).toBeChecked()
  const region = panel(page).getByRole('region', { name: 'Auto-refill' })
  await expect(region).toContainText('There is enough at present')
  const threshold = region.getByRole('textbox', { name: /When fewer/ })
  await threshold.fill('600')
  await threshold.press('Tab')
  await region.getByRole('button', { name: 'Save' }).click()
  await expect(current(page)).toContainText('1,000')
  await expect(region).toContainText('It last bought on')
  await refill.click()
  await expect(refill).not.toBeChecked()

  await page.keyboard.press('Escape')
  await goTo(page, 'Plan & billing')
  await expect(page.getByRole('table', { name: 'Billing history' })).toContainText('Auto-refill')
})

test('the billing history has each purchase with its receipt, as CSV too, and pays back', async ({
  page,
  app,
}) => {
  await goTo(page, 'Plan & billing')
  await page.getByRole('button', { name: 'Buy 500 credits', exact: true }).click()
  await buy(page, app)
  await expect(panel(page)).toContainText(/Receipt TS-/)
  const refused = await paymentPage(page, app, payButton(page))
  await payWith(refused, CARDS.declined)
  await expect(onTheWay(page)).toContainText('Refused')
  await page.keyboard.press('Escape')
  const history = page.getByRole('table', { name: 'Billing history' })
  await expect(history.getByRole('row')).toHaveCount(3)
  await expect(history.getByRole('row').nth(1)).toContainText('bank refused the card')
  await expect(history.getByRole('row').nth(2)).toContainText(/Receipt TS-.*Visa ending in 4242/)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export purchases as CSV' }).click(),
  ])
  const csv = readFileSync(await download.path(), 'utf8')
  expect(csv).toContain('500 credits,person,granted')
  expect(csv).toContain('500 credits,person,declined,card_declined')
  await history.scrollIntoViewIfNeeded()
  await history.getByRole('button', { name: 'Refund 500 credits', exact: true }).click()
  await page.getByRole('button', { name: 'Refund $20' }).click()
  await expect(history).toContainText('$20 went back to your card')
  await expectBalance(page, 500)
})

test('an add-on is bought, renews until it is ended, and its credits stay', async ({
  page,
  app,
}) => {
  await openPanel(page)
  await buy(page, app, /^1,000 credits a month/)
  await expect(current(page)).toContainText('1,500')
  await page.keyboard.press('Escape')
  await goTo(page, 'Plan & billing')
  const addOns = page.getByRole('table', { name: 'Your add-ons' })
  await addOns.getByRole('button', { name: /^End / }).click()
  await page.getByRole('button', { name: 'End add-on' }).click()
  await expect(addOns).toContainText('Ends with this month')
  await expectBalance(page, 1_500)
})

test('a larger plan is bought and is in force at once', async ({ page, app }) => {
  await openPanel(page)
  await buy(page, app, /^Creator plan/)
  await page.keyboard.press('Escape')
  await goTo(page, 'Plan & billing')
  await expect(page.getByText(/^Creator plan\./)).toBeVisible()
  await expect(page.getByRole('table', { name: 'Billing history' })).toContainText('Creator')
})

test.describe('with 20 credits', () => {
  test.use({ appOptions: buyingPlan(20) })

  test('a studio at zero goes on by itself when a pack was bought', async ({ page, app }) => {
    await choose(page, 'Model', /expert/)
    await page.getByRole('textbox', { name: 'Message' }).fill('Tell me about rivers.')
    await expect(quoteLine(page)).toHaveText(/credits needed, 20 left/)
    await expect(page.getByRole('button', { name: 'Send' })).toBeDisabled()
    await page.getByRole('button', { name: 'or get credits' }).click()
    await buy(page, app)
    await page.keyboard.press('Escape')
    await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled()
    await expect(page.getByRole('textbox', { name: 'Message' })).toHaveValue(
      'Tell me about rivers.',
    )
    await page.getByRole('button', { name: 'Send' }).click()
    await replyEnds(page)
  })

  test('the panel opens by itself once for each level, and never over what is typed', async ({
    page,
  }) => {
    await goTo(page, 'Voice')
    for (const text of ['Good morning', 'Good evening']) {
      await write(page, 'Text to speak', text, 'Speak')
      await page.getByRole('textbox', { name: 'Text to speak' }).press('Control+Enter')
      await expect(page.getByRole('article', { name: new RegExp(text) })).toBeVisible()
    }
    await page.getByRole('textbox', { name: 'Text to speak' }).pressSequentially('And on', {
      delay: 200,
    })
    await expect(panel(page)).toBeHidden()
    await page.getByRole('textbox', { name: 'Text to speak' }).blur()
    await expect(panel(page)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(panel(page)).toBeHidden()
    await goTo(page, 'Usage')
    await page.waitForTimeout(1_500)
    await expect(panel(page)).toBeHidden()
  })
})
