import {
  balance,
  chip,
  choose,
  expectBalance,
  firstNumber,
  footLine,
  goTo,
  write,
} from './support/studio.ts'
import { expect, type Page, test } from './support/test.ts'

const PROMPT = 'A red rowing boat on a still lake'

async function make(page: Page, count: number) {
  await goTo(page, 'Image')
  await page.getByRole('textbox', { name: 'How many' }).fill(String(count))
  await page.keyboard.press('Tab')
  const price = await write(page, 'Description', PROMPT, 'Make')
  await page.getByRole('button', { name: 'Make', exact: true }).click()
  return price
}

const result = (page: Page) => page.getByRole('region', { name: PROMPT, exact: true })
const pictures = (page: Page) => page.getByRole('button', { name: `Open picture: ${PROMPT}` })

test('pictures arrive one by one and cost what Rates says', async ({ page }) => {
  await goTo(page, 'Rates')
  const rates = page.getByRole('table', { name: 'Rates, in credits' })
  const perImage = firstNumber(
    await rates
      .getByRole('row', { name: /^Image · standard/ })
      .getByText('per image')
      .innerText(),
  )
  const before = await balance(page)
  const price = await make(page, 3)

  const making = page.getByRole('region', { name: 'Being made' })
  await expect(making).toContainText(/[12] of 3 made/)
  await expect(chip(page)).toHaveAccessibleName(/held$/)
  await expect(footLine(result(page))).toBeVisible({ timeout: 20_000 })
  await expect(pictures(page)).toHaveCount(3)
  const charged = firstNumber(await footLine(result(page)).innerText())
  expect(charged).toBeLessThanOrEqual(price.maximum)
  expect(charged).toBeGreaterThanOrEqual(perImage * 3)
  expect(charged).toBeLessThanOrEqual(perImage * 3 + 1)
  await expectBalance(page, before - charged)
})

test('a reload in the middle shows again what is being made, and how many', async ({ page }) => {
  await goTo(page, 'Image')
  await choose(page, 'Shape', 'Landscape')
  await make(page, 4)
  const making = page.getByRole('region', { name: 'Being made' })
  await expect(making).toContainText(/1 of 4 made/)
  await page.reload()
  await expect(making).toContainText(PROMPT)
  await expect(making).toContainText(/[123] of 4 made/)
  await expect(making.getByRole('listitem')).toHaveCount(4)
  await expect(footLine(result(page))).toBeVisible({ timeout: 20_000 })
  await expect(pictures(page)).toHaveCount(4)
})

test.describe('without waiting', () => {
  test.use({ appOptions: { practiceSpeed: 'instant' } })

  test('the shape is the one that was asked for', async ({ page }) => {
    await goTo(page, 'Image')
    await choose(page, 'Shape', 'Landscape')
    await make(page, 1)
    await pictures(page).click()
    const image = page.getByRole('dialog').getByRole('img')
    await expect
      .poll(() =>
        image.evaluate((element) => {
          const { naturalWidth, naturalHeight } = element as HTMLImageElement
          return naturalHeight > 0 && naturalWidth > naturalHeight
        }),
      )
      .toBe(true)
  })

  test('a picture can be saved', async ({ page }) => {
    await make(page, 1)
    await pictures(page).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('dialog').getByRole('link', { name: 'Download' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^a-red-rowing-boat.*\.png$/)
  })
})
