import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { App, AppOptions } from './support/app.ts'
import {
  ask,
  balance,
  choose,
  chip,
  expectBalance,
  footLine,
  goTo,
  quoteLine,
  replies,
  replyEnds,
  write,
} from './support/studio.ts'
import { expect, type Locator, type Page, test } from './support/test.ts'

const CARDS = {
  pays: '4242 4242 4242 4242',
  asks: '4000 0025 0000 3155',
  declined: '4000 0000 0000 0002',
  insufficient: '4000 0000 0000 9995',
  expired: '4000 0000 0000 0069',
} as const

const PROMOTIONS = [
  { code: 'HALF', name: 'Half price', gives: { kind: 'percent-off', percent: 50 } },
]

/** The shipped free plan, allowed to buy. */
function buyingPlan(allowance: number): AppOptions {
  const file = path.join(import.meta.dirname, '..', '..', 'resources', 'catalogs', 'default.json')
  const { plans } = JSON.parse(readFileSync(file, 'utf8')) as { plans: { id: string }[] }
  const changed = { allowance: String(allowance), packs: true, addOns: true }
  return {
    practiceSpeed: 'instant',
    catalog: {
      plans: plans.map((plan) => (plan.id === 'free' ? { ...plan, ...changed } : plan)),
      promotions: PROMOTIONS,
    },
  }
}

const panel = (page: Page) => page.getByRole('dialog', { name: 'Get credits' })
const onTheWay = (page: Page) => panel(page).getByRole('list', { name: 'Purchases on their way' })
const current = (page: Page) =>
  panel(page).getByRole('status').filter({ hasText: 'Current credits' })

async function openPanel(page: Page): Promise<Locator> {
  await chip(page).click()
  await page.getByRole('button', { name: 'Get credits' }).click()
  await expect(panel(page)).toBeVisible()
  return panel(page)
}

/** Presses what leads to the payment page, and opens that page in a tab of its own. */
async function paymentPage(page: Page, app: App, button: Locator): Promise<Page> {
  const before = app.opened().length
  await button.click()
  await expect.poll(() => app.opened().length).toBe(before + 1)
  const tab = await page.context().newPage()
  await tab.goto(app.opened().at(-1) ?? '')
  return tab
}

const payButton = (page: Page) =>
  panel(page).getByRole('button', { name: /^Pay .* in the browser/ })

async function payWith(tab: Page, card: string): Promise<void> {
  await tab.getByRole('textbox', { name: 'Card number' }).fill(card)
  await tab.getByRole('button', { name: /^Pay \$/ }).click()
}

async function buy(page: Page, app: App, pack = /^500 credits/): Promise<void> {
  await panel(page).getByRole('radio', { name: pack }).check()
  const tab = await paymentPage(page, app, payButton(page))
  await payWith(tab, CARDS.pays)
  await expect(tab.getByRole('heading', { name: 'Payment successful' })).toBeVisible()
  await tab.close()
}

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

test('a quantity and a promo code make the price, and a wrong code says so at the field', async ({
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

test('a charge is reported with its record, never with the prompt unless it is ticked, and answered', async ({
  page,
}) => {
  await ask(page, 'Tell me about rivers.')
  await footLine(replies(page).last()).click()
  const dialog = page.getByRole('dialog', { name: 'How this was charged' })
  await dialog.getByRole('button', { name: 'Report this charge' }).click()
  await expect(dialog.getByRole('checkbox', { name: 'Send the prompt as well' })).not.toBeChecked()
  await dialog.getByRole('textbox', { name: 'What is wrong with it?' }).fill('It is about lakes.')
  await dialog.getByRole('button', { name: 'Send report' }).click()
  await expect(dialog).toContainText('Waiting for an answer')
  await expect(dialog).toContainText('It is about lakes.')
  await expect(dialog).toContainText('no prompt')
  await page.keyboard.press('Escape')

  const before = await balance(page)
  await goTo(page, 'Plan & billing')
  const reports = page.getByRole('table', { name: 'Reported charges' })
  await expect(reports).toContainText('It is about lakes.')
  await reports.getByRole('button', { name: /^Answer: report of/ }).click()
  const answer = page.getByRole('dialog', { name: 'Reported charge' })
  await expect(answer).toContainText('Record, signed by the machine')
  await expect(answer).toContainText('The prompt was not sent.')
  const giveBack = answer.getByRole('button', { name: /^Give back \d/ })
  await expect(giveBack).toBeDisabled()
  await answer.getByRole('textbox', { name: 'What the member reads' }).fill('Our mistake.')
  await giveBack.click()
  await expect(answer).toContainText(/credits? given back\. Our mistake\./)
  await expect(answer.getByRole('textbox')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(reports).toContainText('given back')
  await expect.poll(() => balance(page)).toBeGreaterThan(before)
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
