import {
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
import { expect, test } from './support/test.ts'

test.use({ appOptions: buyingPlan(500) })

test('a pack is bought on the payment page, and the credits come by themselves', async ({
  page,
  app,
}) => {
  await openPanel(page)
  await expect(panel(page)).toContainText('Test money')
  for (const pack of [/^500 credits.*\$20$/, /^2,500 credits.*\$100$/, /^12,500 credits.*\$500$/]) {
    await expect(panel(page).getByRole('radio', { name: pack })).toBeEnabled()
  }
  await panel(page)
    .getByRole('radio', { name: /^500 credits/ })
    .check()
  const summary = panel(page).getByLabel('What it comes to')
  await expect(summary).toContainText('$20')
  await expect(summary).toContainText('1,000')
  await expect(summary).toContainText(/Tax\$0/)
  await expect(summary).toContainText(/Good until/)
  const tab = await paymentPage(page, app, payButton(page))
  await expect(onTheWay(page)).toContainText('Waiting for payment')
  await payWith(tab, CARDS.pays)
  await expect(tab.getByRole('heading', { name: 'Payment successful' })).toBeVisible()
  await expect(current(page)).toContainText('1,000')
})

const REFUSALS = [
  { card: CARDS.declined, what: 'a declined card', says: /bank refused the card/ },
  { card: CARDS.insufficient, what: 'a card without funds', says: /not enough on the card/ },
  { card: CARDS.expired, what: 'an expired card', says: /card has expired/ },
]

for (const { card, what, says } of REFUSALS) {
  test(`${what} is told with what to do, and another card pays after it`, async ({ page, app }) => {
    await openPanel(page)
    const tab = await paymentPage(page, app, payButton(page))
    await payWith(tab, card)
    await expect(tab.getByRole('alert')).toContainText('card')
    await expect(onTheWay(page)).toContainText('Refused')
    await expect(onTheWay(page)).toContainText(says)
    await expect(current(page)).toContainText('500')
    await payWith(tab, CARDS.pays)
    await expect(current(page)).toContainText('1,000')
    await expect(onTheWay(page)).toBeHidden()
  })
}

test('a bank that asks is answered on its page, or refuses', async ({ page, app }) => {
  await openPanel(page)
  const tab = await paymentPage(page, app, payButton(page))
  await payWith(tab, CARDS.asks)
  await tab.getByRole('button', { name: 'This is not me' }).click()
  await expect(onTheWay(page)).toContainText('could not confirm that it was you')
  await payWith(tab, CARDS.asks)
  await tab.getByRole('button', { name: 'Confirm payment' }).click()
  await expect(current(page)).toContainText('1,000')
})

test('a purchase is given up, in the panel or on the page, and charges nothing', async ({
  page,
  app,
}) => {
  await openPanel(page)
  const tab = await paymentPage(page, app, payButton(page))
  await onTheWay(page).getByRole('button', { name: 'Give up' }).click()
  await expect(onTheWay(page)).toBeHidden()
  await tab.reload()
  await expect(tab.getByRole('heading', { name: /Nothing to pay/ })).toBeVisible()

  const second = await paymentPage(page, app, payButton(page))
  await second.getByRole('button', { name: 'Cancel and go back' }).click()
  await expect(onTheWay(page)).toBeHidden()
  await expect(current(page)).toContainText('500')
})

test('a page that was closed is opened again, after a restart of the app too', async ({
  page,
  app,
}) => {
  await openPanel(page)
  const tab = await paymentPage(page, app, payButton(page))
  await tab.close()
  await page.goto('about:blank')
  await app.stop()
  await app.start()
  await page.goto(app.address)
  await openPanel(page)
  const open = onTheWay(page).getByRole('button', { name: 'Open the page' })
  const again = await paymentPage(page, app, open)
  await payWith(again, CARDS.pays)
  await expect(current(page)).toContainText('1,000')
})
