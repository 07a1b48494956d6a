import { rows } from './support/journal.ts'
import { footLine, goTo, write } from './support/studio.ts'
import { expect, type Page, test } from './support/test.ts'

test.use({ appOptions: { practiceSpeed: 'instant' } })

async function create(page: Page): Promise<void> {
  await goTo(page, 'Image')
  await write(page, 'Description', 'A lighthouse at night', 'Make')
  await page.getByRole('button', { name: 'Make', exact: true }).click()
  await expect(footLine(page.getByRole('region', { name: 'A lighthouse at night' }))).toBeVisible()
  await goTo(page, 'Voice')
  await write(page, 'Text to speak', 'Mind the step', 'Speak')
  await page.getByRole('button', { name: 'Speak', exact: true }).click()
  await expect(page.getByRole('article', { name: /^Recording/ })).toBeVisible()
  await goTo(page, 'Library')
}

test('what was made is found, opened and deleted; its charge stays', async ({ page }) => {
  await create(page)
  const list = page.getByRole('list', { name: 'Creations' }).getByRole('button')
  await expect(list).toHaveCount(2)
  await page.getByRole('searchbox', { name: 'Search the library' }).fill('lighthouse')
  await expect(list).toHaveCount(1)
  await list.first().click()
  const picture = page.getByRole('dialog', { name: 'Picture' })
  await expect(picture.getByRole('img', { name: 'A lighthouse at night' })).toBeVisible()
  await expect(footLine(picture)).toHaveText(/^51 credits/)
  await picture.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete picture' }).click()
  await expect(picture).toBeHidden()
  await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible()
  await page.getByRole('button', { name: 'Show everything' }).click()
  await expect(list).toHaveCount(1)
  await page.reload()
  await expect(list).toHaveCount(1)
  await expect(list).toHaveAccessibleName(/^Recording: .*Mind the step/)

  await goTo(page, 'Usage')
  await expect(rows(page)).toHaveCount(2)
  await rows(page).filter({ hasText: 'Image · standard' }).click()
  await expect(page.getByRole('dialog', { name: 'How this was charged' })).toContainText('verified')
})
