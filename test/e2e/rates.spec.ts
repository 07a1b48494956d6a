import { ask, choose, firstNumber, footLine, goTo, replies } from './support/studio.ts'
import { expect, type Page, test } from './support/test.ts'

test.use({ appOptions: { practiceSpeed: 'instant' } })

async function set(page: Page, field: string, count: number): Promise<void> {
  const input = page.getByRole('textbox', { name: field, exact: true })
  await input.fill(String(count))
  await input.press('Tab')
}

test('the calculator comes to what a real run was charged', async ({ page }) => {
  await choose(page, 'Model', /fast/)
  const text = 'Tell me about rivers. '.repeat(400)
  const charged = await ask(page, text)
  await footLine(replies(page).last()).click()
  const items = page.getByRole('table', { name: 'Line items' })
  const units = async (name: string) =>
    firstNumber(await items.getByRole('cell', { name: new RegExp(`^[\\d,]+ ${name}`) }).innerText())
  const prompt = await units('prompt tokens')
  const reply = await units('reply tokens')
  await page.keyboard.press('Escape')

  await goTo(page, 'Rates')
  await page.getByRole('button', { name: 'Chat · fast' }).click()
  await choose(page, 'Count text in', 'Tokens')
  await set(page, 'Prompt (tokens)', prompt)
  await set(page, 'Reply (tokens)', reply)
  const result = page.getByRole('region', { name: 'Calculator' }).getByRole('status')
  await expect(result).toHaveText(new RegExp(`^${charged} credits?$`))
})

test.describe('before anything is run', () => {
  test.use({ sharesApp: true })

  test('plans, packs and every operation are listed', async ({ page }) => {
    await goTo(page, 'Rates')
    const plans = page.getByRole('table', { name: 'Plans' })
    await expect(plans.getByRole('row')).toHaveCount(6)
    await expect(plans.getByRole('row', { name: /^Free/ })).toContainText('Your plan')
    await expect(page.getByRole('table', { name: 'Packs' }).getByRole('row')).toHaveCount(5)
    const rates = page.getByRole('table', { name: 'Rates, in credits' })
    for (const name of ['Chat · expert', 'Request · standard', 'Image · advanced', 'Speech']) {
      await expect(rates.getByRole('button', { name })).toBeVisible()
    }
  })
})
