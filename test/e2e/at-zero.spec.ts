import { rows } from './support/journal.ts'
import {
  ask,
  choose,
  chip,
  expectBalance,
  goTo,
  quoteLine,
  replyEnds,
  send,
  write,
} from './support/studio.ts'
import { expect, type Page, test } from './support/test.ts'

const RESETS = /resets \d+ \w+/

async function speak(page: Page, recordings: number): Promise<void> {
  await write(page, 'Text to speak', `Good morning, ${recordings}`, 'Speak')
  await page.getByRole('button', { name: 'Speak', exact: true }).click()
  await expect(page.getByRole('article', { name: /^Recording/ })).toHaveCount(recordings)
}

test.describe('with 60 credits', () => {
  test.use({ appOptions: { practiceSpeed: 'instant', allowance: 60 } })

  test('a shorter reply is offered where it fits, and kept to', async ({ page }) => {
    await choose(page, 'Model', /fast/)
    await choose(page, 'Length', 'Long reply')
    await page.getByRole('textbox', { name: 'Message' }).fill('Tell me about rivers.')
    await expect(quoteLine(page)).toHaveText(/^Short reply, at most 60 credits/)
    await send(page, 'Tell me about rivers.')
    const charged = await replyEnds(page)
    expect(charged).toBeLessThanOrEqual(60)
    await expectBalance(page, 60 - charged)
  })

  test('says what is needed, what is left and when more comes', async ({ page }) => {
    await choose(page, 'Model', /expert/)
    await page.getByRole('textbox', { name: 'Message' }).fill('Tell me about rivers.')
    await expect(quoteLine(page)).toHaveText(/^1\d\d credits needed, 60 left/)
    await expect(quoteLine(page)).toHaveText(RESETS)
    await expect(page.getByRole('button', { name: 'Send' })).toBeDisabled()
    await page.getByRole('button', { name: 'or get credits' }).click()
    await expect(page.getByRole('dialog', { name: 'Get credits' })).toBeVisible()
  })
})

test.describe('with 22 credits', () => {
  test.use({ appOptions: { practiceSpeed: 'instant', allowance: 22 } })

  test('at zero nothing runs, and everything else goes on working', async ({ page }) => {
    await ask(page, 'Tell me about rivers.')
    await goTo(page, 'Voice')
    await speak(page, 1)
    await speak(page, 2)
    await expectBalance(page, 0)

    await page.getByRole('textbox', { name: 'Text to speak' }).fill('Good evening')
    await expect(quoteLine(page)).toHaveText(/^10 credits needed, 0 left/)
    await expect(quoteLine(page)).toHaveText(RESETS)
    await expect(page.getByRole('form')).toContainText('Everything else goes on working.')
    await expect(
      page.getByRole('form').getByRole('button', { name: 'or get credits' }),
    ).toBeVisible()
    await expect(page.getByRole('button', { name: 'Speak', exact: true })).toBeDisabled()
    await page
      .getByRole('article', { name: /Good morning, 1/ })
      .getByRole('button', { name: 'Play' })
      .click()
    await expect(page.getByRole('dialog', { name: 'Get credits' })).toBeVisible()
    await page.keyboard.press('Escape')
    await chip(page).click()
    await expect(page.getByRole('dialog', { name: 'Your credits' })).toContainText(
      'All credits are used.',
    )
    await page.keyboard.press('Escape')

    await goTo(page, 'Usage')
    await expect(rows(page)).toHaveCount(3)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/\.csv$/)
    await goTo(page, 'Library')
    await expect(page.getByRole('button', { name: /^Recording: / })).toHaveCount(2)
    await goTo(page, 'Chat')
    await page.getByRole('link', { name: /rivers/ }).click()
    await expect(page.getByRole('article', { name: 'Reply' })).toBeVisible()
  })
})
