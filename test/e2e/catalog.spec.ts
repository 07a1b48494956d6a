import { choose, goTo } from './support/studio.ts'
import { expect, type Page, test } from './support/test.ts'

test.use({ appOptions: { practiceSpeed: 'instant' } })

async function openCatalog(page: Page, part: string): Promise<void> {
  await goTo(page, 'Rates')
  await page.getByRole('link', { name: 'Edit the catalog' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Catalog' })).toBeVisible()
  await page.getByRole('tab', { name: part }).click()
}

async function openEntry(page: Page, part: string, entry: string): Promise<void> {
  await openCatalog(page, part)
  await page.getByRole('list', { name: part }).getByRole('button', { name: entry }).click()
  await expect(page.getByRole('group', { name: new RegExp(`: ${entry}$`) })).toBeVisible()
}

const publish = (page: Page) => page.getByRole('button', { name: 'Publish', exact: true })

test('a wrong value is refused with the error at its field, and cannot be published', async ({
  page,
}) => {
  await openEntry(page, 'Plans', 'Creator')
  const allowance = page.getByRole('textbox', { name: 'Credits a month' })
  await allowance.fill('a lot')
  await expect(allowance).toHaveAccessibleDescription(/credits of zero or more/)
  const problems = page.getByRole('region', { name: 'What is wrong' })
  await expect(problems.getByRole('button')).toContainText(['plans[1].allowance'])
  await expect(publish(page)).toBeDisabled()

  await page.getByRole('tab', { name: 'General' }).click()
  await problems.getByRole('button', { name: /plans\[1\]\.allowance/ }).click()
  await expect(allowance).toBeFocused()
  await allowance.fill('6000')
  await expect(problems).toBeHidden()
  await expect(publish(page)).toBeEnabled()
})

test('rules between fields are told at their fields', async ({ page }) => {
  await openEntry(page, 'Operations', 'Speech')
  const most = page.getByRole('textbox', { name: 'A run costs at most' })
  await most.fill('5')
  await expect(most).toHaveAccessibleDescription(/below the minimum/)
})

test('a published catalog is in force, and Rates shows it without a reload', async ({ page }) => {
  await openEntry(page, 'Operations', 'Speech')
  await page.getByRole('textbox', { name: 'A run costs at least' }).fill('12')
  await page.getByRole('tab', { name: 'Changes' }).click()
  const changes = page.getByRole('table', { name: 'Changes from the version in force' })
  await expect(changes.getByRole('row').nth(1)).toContainText(/Speech.*10.*12/)
  await publish(page).click()
  const dialog = page.getByRole('dialog', { name: 'Publish the catalog' })
  const version = dialog.getByRole('textbox', { name: 'Version' })
  await expect(version).toHaveValue(/^default-\d+$/)
  await version.fill('spring')
  await dialog.getByRole('button', { name: 'Publish now' }).click()
  await expect(page.getByText('spring is in force.')).toBeVisible()
  await expect(page.getByText('No draft')).toBeVisible()

  await goTo(page, 'Rates')
  const rates = page.getByRole('table', { name: 'Rates, in credits' })
  await expect(rates.getByRole('row', { name: /^Speech/ })).toContainText('12')
  await expect(page.getByText('Catalog Tallystick, version spring')).toBeVisible()
})

test('a change published elsewhere reaches an open Rates page by itself', async ({
  page,
  context,
}) => {
  await goTo(page, 'Rates')
  const rates = page.getByRole('table', { name: 'Rates, in credits' })
  await expect(rates.getByRole('row', { name: /^Speech/ })).toContainText('10 per 1,000')
  const news = page.getByRole('region', { name: 'What changed' })
  await expect(news).toBeHidden()
  const other = await context.newPage()
  await other.goto(page.url())
  await openEntry(other, 'Operations', 'Speech')
  const line = other.getByRole('group', { name: 'Price line 1' })
  await line.getByRole('textbox', { name: 'Credits' }).fill('9')
  await publish(other).click()
  await other.getByRole('dialog').getByRole('button', { name: 'Publish now' }).click()
  await expect(rates.getByRole('row', { name: /^Speech/ })).toContainText('9 per 1,000')
  await news.getByText(/^Version .*, 1 change$/).click()
  await expect(news.getByRole('listitem').last()).toHaveText(/Speech.*: 9.*, was 10/)
  await expect(news.getByText('Coming')).toHaveCount(0)
})

test('a catalog published for a later day waits for it', async ({ page }) => {
  await openEntry(page, 'Plans', 'Free')
  await page.getByRole('textbox', { name: 'Credits a month' }).fill('700')
  await publish(page).click()
  const dialog = page.getByRole('dialog', { name: 'Publish the catalog' })
  await choose(page, 'In force', 'From a day on')
  await dialog.getByLabel('Day').fill('2099-01-01')
  await dialog.getByRole('button', { name: 'Publish for that day' }).click()
  await expect(page.getByText(/default-\d+ comes into force on 1 Jan/)).toBeVisible()
  await goTo(page, 'Rates')
  await expect(page.getByRole('table', { name: 'Plans' })).toContainText('500')
})

test('the JSON and the form are one document', async ({ page }) => {
  await openCatalog(page, 'JSON')
  const json = page.getByRole('textbox', { name: 'The catalog as JSON' })
  const text = await json.inputValue()
  await json.fill(text.replace('"name": "Creator"', '"name": "Maker"'))
  await page.getByRole('tab', { name: 'Plans' }).click()
  await expect(
    page.getByRole('list', { name: 'Plans' }).getByRole('button', { name: 'Maker' }),
  ).toBeVisible()
  await page.getByRole('button', { name: 'Discard draft' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard draft' }).click()
  await expect(
    page.getByRole('list', { name: 'Plans' }).getByRole('button', { name: 'Creator' }),
  ).toBeVisible()
})
