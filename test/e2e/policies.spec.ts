import { ask, balance, expectBalance, goTo, quoteLine } from './support/studio.ts'
import { expect, type Page, test } from './support/test.ts'

const message = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true })
const sendButton = (page: Page) => page.getByRole('button', { name: 'Send', exact: true })

async function addCap(page: Page, name: string, credits: number): Promise<void> {
  await goTo(page, 'Plan & billing')
  await page.getByRole('button', { name: 'Add a cap' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a cap' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name)
  await dialog.getByRole('textbox', { name: 'Credits' }).fill(String(credits))
  await dialog.getByRole('button', { name: 'Add cap' }).click()
  await expect(dialog).toBeHidden()
}

test.describe('a cap of one’s own', () => {
  test.use({ appOptions: { practiceSpeed: 'instant' } })

  test('is named by the price line when it is reached; without it the studio goes on', async ({
    page,
  }) => {
    const charged = await ask(page, 'Tell me about rivers.')
    await addCap(page, 'Not more a day', charged)
    await goTo(page, 'Chat')
    await message(page).fill('Tell me more.')
    await expect(quoteLine(page)).toHaveText(/“Not more a day”: .* used/)
    await expect(sendButton(page)).toBeDisabled()
    expect(await balance(page)).toBeGreaterThan(charged)

    await page.getByRole('link', { name: 'see caps' }).click()
    await page.getByRole('button', { name: 'Remove Not more a day' }).click()
    await goTo(page, 'Chat')
    await message(page).fill('Tell me more.')
    await expect(sendButton(page)).toBeEnabled()
  })
})

test.describe('when credits run low', () => {
  const alerts = [{ id: 'low', kind: 'left', credits: '59' }]
  test.use({ appOptions: { practiceSpeed: 'instant', allowance: 60, catalog: { alerts } } })

  test('it is told once, and what is dismissed stays away', async ({ page }) => {
    const charged = await ask(page, 'Tell me about rivers.')
    const notice = page.getByRole('status').filter({ hasText: 'Your credits run low' })
    await expect(notice).toBeVisible()
    await notice.getByRole('button', { name: 'Dismiss' }).click()
    await expect(notice).toBeHidden()
    await page.reload()
    await expectBalance(page, 60 - charged)
    await expect(notice).toBeHidden()
  })
})
