import type { ClientFrame, ServerFrame } from '#shared/host/bridge.ts'
import type { PurchasePanelView } from '#shared/host/purchase.ts'
import { type Result, success } from '#shared/result.ts'
import { ask, chip, expectBalance, firstNumber, goTo } from './support/studio.ts'
import { expect, type Page, test } from './support/test.ts'

const PROMOTIONS = [
  {
    code: 'WELCOME',
    name: 'Welcome',
    gives: { kind: 'credits', credits: '120', expiry: { kind: 'months', months: 3 } },
  },
  {
    code: 'SPEECH',
    name: 'Speech week',
    gives: {
      kind: 'credits',
      credits: '30',
      expiry: { kind: 'never' },
      operations: ['speech'],
    },
  },
]

test.use({ appOptions: { practiceSpeed: 'instant', catalog: { promotions: PROMOTIONS } } })

const buckets = (page: Page) => page.getByRole('table', { name: 'Balance by bucket' })
const plans = (page: Page) => page.getByRole('table', { name: 'Plans' })

async function redeem(page: Page, code: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Code' }).fill(code)
  await page.getByRole('button', { name: 'Redeem' }).click()
}

async function changeTo(page: Page, plan: string): Promise<void> {
  await page.getByRole('button', { name: `Change to ${plan}` }).click()
  const dialog = page.getByRole('dialog', { name: `Change to ${plan}` })
  await dialog.getByRole('button', { name: `Change to ${plan}` }).click()
  await expect(dialog).toBeHidden()
}

test('the balance is shown bucket by bucket with the day on which each ends', async ({ page }) => {
  await goTo(page, 'Plan & billing')
  const plan = buckets(page).getByRole('row', { name: /Free plan/ })
  await expect(plan).toContainText(/\d+ \w+ \d{4}/)
  await expect(plan).toContainText('then renews')
  await redeem(page, 'welcome')
  await expect(buckets(page).getByRole('row', { name: /^Welcome/ })).toContainText(/\d+ \w+ \d{4}/)
  await redeem(page, 'SPEECH')
  const speech = buckets(page).getByRole('row', { name: /^Speech week/ })
  await expect(speech).toContainText('Does not expire')
  await expect(speech).toContainText('Only for Speech')
})

test('the page shows this month’s use against the limit and what used most', async ({ page }) => {
  const charged = await ask(page, 'Tell me about rivers.')
  await goTo(page, 'Plan & billing')
  const month = page.getByRole('region', { name: 'This month' })
  await expect(month).toContainText(`${charged} of the plan’s 500 spent`)
  await expect(month.getByRole('meter')).toBeVisible()
  const top = page.getByRole('table', { name: 'What used most this month' })
  await expect(top.getByRole('row').nth(1)).toContainText(String(charged))
})

test('a change to a larger plan says what it gives and gives it at once', async ({ page }) => {
  await goTo(page, 'Plan & billing')
  await expect(page.getByText('nothing is charged for a plan')).toBeVisible()
  await expect(plans(page).getByRole('row', { name: /^Free/ })).toContainText('Your plan')
  await page.getByRole('button', { name: 'Change to Creator' }).click()
  const effect = page.getByRole('list', { name: 'What the change does' })
  await expect(effect).toContainText('You get 4,500 credits at once')
  await expect(effect).toContainText('You can then spend 5,000 credits.')
  await page.getByRole('dialog').getByRole('button', { name: 'Change to Creator' }).click()
  await expectBalance(page, 5_000)
  await expect(plans(page).getByRole('row', { name: /^Creator/ })).toContainText('Your plan')
  await expect(buckets(page).getByRole('row', { name: /Creator plan/ })).toContainText('4,500')
  await expect(
    page.getByRole('region', { name: 'Packs and add-ons' }).getByRole('button', { name: /^Buy/ }),
  ).toHaveCount(5)
})

test('a change to a smaller plan comes with the next month, and can be taken back', async ({
  page,
}) => {
  await goTo(page, 'Plan & billing')
  await changeTo(page, 'Creator')
  await changeTo(page, 'Free')
  const notice = page.getByRole('status').filter({ hasText: 'Changes to Free on' })
  await expect(notice).toBeVisible()
  await expectBalance(page, 5_000)
  await notice.getByRole('button', { name: 'Keep Creator' }).click()
  await expect(notice).toBeHidden()
})

test('seats are paid into one pool', async ({ page }) => {
  await goTo(page, 'Plan & billing')
  await page.getByRole('button', { name: 'Change to Team' }).click()
  const dialog = page.getByRole('dialog', { name: 'Change to Team' })
  const seats = dialog.getByRole('textbox', { name: 'Seats' })
  await seats.fill('3')
  await seats.press('Tab')
  await expect(dialog).toContainText('You can then spend 6,000 credits.')
  await dialog.getByRole('button', { name: 'Change to Team' }).click()
  await expectBalance(page, 6_000)
  await expect(plans(page).getByRole('row', { name: /^Team/ })).toContainText('3 seats')
})

test('a promo code is redeemed once', async ({ page }) => {
  await goTo(page, 'Plan & billing')
  await redeem(page, 'welcome')
  await expect(page.getByText(/^Welcome: 120 credits were added, good until/)).toBeVisible()
  await expectBalance(page, 620)
  await redeem(page, 'WELCOME')
  await expect(page.getByText('You have used this code already.')).toBeVisible()
  await redeem(page, 'NO-SUCH')
  await expect(page.getByText('There is no such code. Check the spelling.')).toBeVisible()
  expect(firstNumber(await chip(page).innerText())).toBe(620)
})

test('recorded usage is priced under each plan to see which fits', async ({ page }) => {
  const charged = await ask(page, 'Tell me about rivers.')
  await goTo(page, 'Plan & billing')
  await page.getByRole('button', { name: 'Calculate' }).click()
  const fit = page.getByRole('table', { name: 'Your usage under each plan' })
  const free = fit.getByRole('row', { name: /^Free/ })
  await expect(free).toContainText('Fits')
  await expect(free.getByRole('cell').nth(1)).toHaveText(String(charged))
  await expect(free.getByRole('cell').nth(2)).toHaveText('0 of 1')
})

test('a cap is set, shown with what is used of it, and taken away', async ({ page }) => {
  const charged = await ask(page, 'Tell me about rivers.')
  await goTo(page, 'Plan & billing')
  await page.getByRole('button', { name: 'Add a cap' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a cap' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Not more a day')
  await dialog.getByRole('button', { name: 'Add cap' }).click()
  await expect(dialog).toBeHidden()
  const cap = page.getByRole('table', { name: 'Caps' }).getByRole('row', { name: /Not more a day/ })
  await expect(cap).toContainText('100 credits a day. Set by you.')
  await expect(cap).toContainText(`${charged} of 100 credits`)
  await cap.getByRole('button', { name: 'Remove Not more a day' }).click()
  await expect(cap).toBeHidden()
})

type Panel = Result<PurchasePanelView>

/** From the next load on, the page is told what it would be where a server sells through Stripe. */
async function sellThroughStripe(page: Page, portal: string): Promise<void> {
  await page.routeWebSocket(/\/host$/, (window) => {
    const host = window.connectToServer()
    const panels = new Set<number>()
    window.onMessage((text) => {
      const { id, call } = JSON.parse(String(text)) as ClientFrame
      if (call === 'purchase.panel') panels.add(id)
      if (call !== 'card.portal') host.send(text)
      else window.send(JSON.stringify({ id, result: success({ url: portal, opened: false }) }))
    })
    host.onMessage((text) => {
      const frame = JSON.parse(String(text)) as ServerFrame
      const panel = 'id' in frame && panels.has(frame.id) ? (frame.result as Panel) : null
      if (panel?.ok) Object.assign(panel.data, { processor: 'stripe' })
      window.send(JSON.stringify(frame))
    })
  })
}

test.describe('to be read', () => {
  test.use({ sharesApp: true })

  test('how each grant goes down is drawn, and is there as a table', async ({ page }) => {
    await goTo(page, 'Plan & billing')
    const section = page.getByRole('region', { name: 'How your credits go down' })
    await expect(section.getByRole('img', { name: /Free plan/ })).toBeVisible()
    await section.getByRole('button', { name: 'Show as table' }).click()
    const table = page.getByRole('table', { name: 'Left of each grant over the month' })
    await expect(table.getByRole('columnheader', { name: /Free plan/ })).toBeVisible()
    await expect(table.getByRole('row').nth(1)).toContainText('500')
  })

  test('Get more opens the panel, which says which plans may buy packs', async ({ page }) => {
    await goTo(page, 'Plan & billing')
    await page.getByRole('button', { name: 'Get more' }).click()
    const panel = page.getByRole('dialog', { name: 'Get credits' })
    await expect(panel.getByRole('radio', { name: /^500 credits/ }).first()).toBeDisabled()
    await expect(panel).toContainText('Free plan cannot buy this')
  })

  test('where Stripe sells, its own page for cards and invoices is a click away', async ({
    page,
  }) => {
    const url = 'https://billing.stripe.com/p/session/1'
    await sellThroughStripe(page, url)
    await page.reload()
    await goTo(page, 'Plan & billing')
    await page.getByRole('button', { name: 'Get more' }).click()
    await page.getByRole('button', { name: 'Cards and invoices at Stripe' }).click()
    await expect(page.getByText(`Open ${url} in your browser.`)).toBeVisible()
  })

  test('the balance chip leads to Plan & billing', async ({ page }) => {
    await chip(page).click()
    await page.getByRole('link', { name: 'Plan & billing' }).last().click()
    await expect(page.getByRole('heading', { level: 1, name: 'Plan & billing' })).toBeVisible()
  })

  test('the alerts of the plan are listed', async ({ page }) => {
    await goTo(page, 'Plan & billing')
    const alerts = page.getByRole('list', { name: 'Alerts' })
    await expect(alerts).toContainText('At 80% of the month’s credits used')
  })
})
