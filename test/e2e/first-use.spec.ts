import { chip, expectBalance, PAGE_NAMES, goTo, quoteLine } from './support/studio.ts'
import { expect, test } from './support/test.ts'

test.use({ sharesApp: true })

test('opens on Chat with the free credits and nothing to configure', async ({ page }) => {
  await expect(page.getByRole('heading', { level: 1, name: 'Chat' })).toBeVisible()
  await expectBalance(page, 500)
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused()
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('says that practice answers, and what that is', async ({ page }) => {
  await expect(page.getByRole('combobox', { name: 'Model' })).toContainText('Practice')
  await page.getByRole('button', { name: 'Practice: what is this?' }).click()
  await expect(page.getByRole('dialog', { name: 'A practice model' })).toContainText(
    'without a key or a network',
  )
})

for (const [studio, field] of [
  ['Chat', 'Message'],
  ['Image', 'Description'],
  ['Voice', 'Text to speak'],
] as const) {
  test(`${studio} begins with three examples, each with its price`, async ({ page }) => {
    await goTo(page, studio)
    const examples = page.getByRole('region', { name: 'Examples' }).getByRole('button')
    await expect(examples).toHaveCount(3)
    for (const example of await examples.all()) await expect(example).toContainText(/\d credits/)
    await examples.first().click()
    const prompt = page.getByRole('textbox', { name: field })
    await expect(prompt).not.toHaveValue('')
    await expect(prompt).toBeFocused()
    await expect(quoteLine(page)).toContainText('credits')
  })
}

test('the breakdown tells the grant, its expiry and the next refill', async ({ page }) => {
  await chip(page).click()
  const details = page.getByRole('dialog', { name: 'Your credits' })
  await expect(details).toContainText('500')
  await expect(details).toContainText(/until \d+ \w+/)
  await expect(details).toContainText(/Refill on \d+ \w+/)
  await page.keyboard.press('Escape')
  await expect(details).toBeHidden()
  await expect(chip(page)).toBeFocused()
})

test('every page opens on a fresh machine', async ({ page }) => {
  for (const name of PAGE_NAMES) {
    await goTo(page, name)
    await expect(page.getByRole('alert').filter({ hasText: /\S/ })).toHaveCount(0)
  }
})
