import { readFileSync } from 'node:fs'
import { aCreator } from '../support/recipes.ts'
import { rows } from './support/journal.ts'
import {
  closeNotice,
  expectBalance,
  footLine,
  goTo,
  replies,
  replyEnds,
  write,
} from './support/studio.ts'
import { expect, type Page, test } from './support/test.ts'

test.use({ appOptions: { practiceSpeed: 'instant' } })

const card = (page: Page, name: string) =>
  page.getByRole('article', { name: `Recipe: ${name}`, exact: true })
const price = (page: Page) => page.getByRole('form').getByRole('button', { name: /credits?\b/ })

async function make(page: Page): Promise<void> {
  await goTo(page, 'Recipes')
  await page.getByRole('button', { name: 'New recipe' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('River facts')
  await page.getByRole('textbox', { name: 'Made by' }).fill('Ana')
  await page.getByRole('textbox', { name: 'Prompt' }).fill('Tell me {count} facts about {river}')
  const count = page.getByRole('group', { name: '{count}' })
  await count.getByRole('combobox', { name: 'Kind' }).click()
  await page.getByRole('option', { name: 'Number' }).click()
  await expect(count.getByRole('textbox', { name: 'Highest' })).toHaveValue('10')
  await page.getByRole('button', { name: 'Save recipe' }).click()
  await expect(card(page, 'River facts')).toContainText('Yours · 2 blanks')
  await closeNotice(page)
}

/** Gives the page a file as its picker would. */
async function importText(page: Page, text: string): Promise<void> {
  const file = { name: 'some.tallyrecipe', mimeType: 'application/json', buffer: Buffer.from(text) }
  await page.getByLabel('Recipe files').setInputFiles(file)
}

const anasIcon = (creator = aCreator('Ana'), revision = 1) =>
  creator.file({
    name: 'Flat icon',
    revision,
    prompt: 'A flat icon of {topic}',
    setup: { studio: 'image', count: 1, shape: 'square' },
    operation: 'image.standard',
  })

test('a recipe is made, filled in, run, and asks once in a chat', async ({ page }) => {
  await make(page)
  await card(page, 'River facts').getByRole('button', { name: 'Run River facts' }).click()
  const recipe = page.getByRole('group', { name: 'Recipe: River facts' })
  await expect(recipe).toContainText('your recipe')
  const send = page.getByRole('button', { name: 'Send', exact: true })
  await expect(send).toBeDisabled()
  await recipe.getByRole('textbox', { name: 'Count' }).fill('12')
  await expect(recipe).toContainText('whole number from 1 to 10')
  await recipe.getByRole('textbox', { name: 'River' }).fill('the Elbe')
  await expect(send).toBeDisabled()
  await recipe.getByRole('textbox', { name: 'Count' }).fill('3')
  await expect(recipe).toContainText('Tell me 3 facts about the Elbe')
  await expect(send).toBeEnabled()
  await expect(price(page)).not.toContainText('goes to')
  await page.keyboard.press('ControlOrMeta+Enter')
  await replyEnds(page)
  await expect(page.getByRole('article', { name: 'You' })).toContainText('3 facts about the Elbe')
  await expect(recipe).toBeHidden()
  await expect(page.getByRole('textbox', { name: 'Message', exact: true })).toHaveValue('')
  await expect(replies(page)).toHaveCount(1)
})

test('an own recipe is changed, copied, handed on and deleted', async ({ page }) => {
  await make(page)
  const more = (name: string) => page.getByRole('button', { name: `More for ${name}`, exact: true })
  await more('River facts').click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Rivers')
  await page.getByRole('button', { name: 'Save recipe' }).click()
  await closeNotice(page)
  await more('Rivers').click()
  await page.getByRole('menuitem', { name: 'Duplicate' }).click()
  await page.getByRole('button', { name: 'Save recipe' }).click()
  await expect(card(page, 'Rivers copy')).toBeVisible()

  await more('Rivers').click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: 'Export' }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe('Rivers.tallyrecipe')
  const text = readFileSync(await file.path(), 'utf8')

  await more('Rivers').click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete recipe' }).click()
  await expect(card(page, 'Rivers')).toHaveCount(0)
  await importText(page, text)
  await expect(card(page, 'Rivers')).toContainText('Yours')
})

test('somebody else’s recipe: the price says what goes to its creator, and so does the charge', async ({
  page,
}) => {
  await goTo(page, 'Recipes')
  await importText(page, anasIcon())
  await expect(card(page, 'Flat icon')).toContainText('By Ana')
  await closeNotice(page)
  await card(page, 'Flat icon').getByRole('button', { name: 'Run Flat icon' }).click()
  await page.getByRole('textbox', { name: 'Topic' }).fill('a lighthouse')
  await expect(price(page)).toHaveText(/\d+ credits.* · ~?\d+ goe?s? to Ana$/)
  await page.getByRole('button', { name: 'Make', exact: true }).click()
  const result = page.getByRole('region', { name: 'A flat icon of a lighthouse' })
  await footLine(result).click()
  const dialog = page.getByRole('dialog', { name: 'How this was charged' })
  await expect(dialog.getByRole('table', { name: 'Line items' })).toContainText(
    'For the creator of “Flat icon”5 % on top',
  )
  await page.keyboard.press('Escape')
  await goTo(page, 'Recipes')
  const earnings = page.getByRole('table', { name: 'Creator earnings' })
  await expect(earnings.getByRole('row', { name: /^Flat icon Ana 1 \d/ })).toBeVisible()
  // Another's recipe is run, handed on or deleted, and nothing else.
  await page.getByRole('button', { name: 'More for Flat icon' }).click()
  await expect(page.getByRole('menuitem')).toHaveText(['Export', 'Delete'])
})

test('a file that is not as it was signed is refused, and a drop is taken in', async ({ page }) => {
  await goTo(page, 'Recipes')
  const ana = aCreator('Ana')
  await importText(page, anasIcon(ana).replace('flat icon of', 'huge banner of'))
  await expect(page.getByText(/changed after it was signed/)).toBeVisible()
  await importText(page, '{}')
  await expect(page.getByText(/is not a recipe of Tallystick/)).toBeVisible()

  const dropped = await page.evaluateHandle((text) => {
    const data = new DataTransfer()
    data.items.add(new File([text], 'icon.tallyrecipe'))
    return data
  }, anasIcon(ana))
  const main = page.getByRole('heading', { name: 'No recipes yet' })
  await main.dispatchEvent('dragover', { dataTransfer: dropped })
  await main.dispatchEvent('drop', { dataTransfer: dropped })
  await expect(card(page, 'Flat icon')).toBeVisible()
  await importText(page, anasIcon(aCreator('Ana'), 9))
  await expect(page.getByText(/This claims to be “Flat icon” by Ana/)).toBeVisible()
})

test('what was made before is free, or made anew', async ({ page }) => {
  await goTo(page, 'Image')
  await write(page, 'Description', 'A loaf of bread', 'Make')
  await page.getByRole('button', { name: 'Make', exact: true }).click()
  const results = page.getByRole('region', { name: 'A loaf of bread' })
  await expect(footLine(results)).toBeVisible()
  const left = 500 - Number(/^[\d.]+/.exec(await footLine(results).innerText())?.[0])
  await expectBalance(page, left)

  await expect(price(page)).toHaveText(/^You made this before: free · a new one \d+ credits$/)
  await page.getByRole('button', { name: 'Use it' }).click()
  const taken = page.getByRole('region', { name: 'From the library' })
  await expect(taken.getByRole('listitem')).toHaveCount(1)
  await expect(taken).toContainText('From the library.')
  await expectBalance(page, left)
  await footLine(taken).click()
  const dialog = page.getByRole('dialog', { name: 'How this was charged' })
  await expect(dialog).toContainText('it came from the library, free')
  await dialog.getByRole('button', { name: 'Show the run that made it' }).click()
  await expect(dialog).toContainText('Completed')
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'Make a new one' }).click()
  await expect(results).toHaveCount(2)
  await expect(taken).toBeHidden()
  await goTo(page, 'Usage')
  await expect(rows(page)).toHaveCount(3)
  await expect(rows(page).nth(1)).toContainText('From the library')

  await goTo(page, 'Settings')
  await page.getByRole('tab', { name: 'Account' }).click()
  await page.getByRole('switch', { name: 'Offer what I made before' }).click()
  await goTo(page, 'Image')
  await expect(page.getByRole('button', { name: 'Make', exact: true })).toBeEnabled()
})

test.describe('not yet saved', () => {
  test.use({ sharesApp: true })

  test('what cannot be saved says why, by field', async ({ page }) => {
    await goTo(page, 'Recipes')
    await page.getByRole('button', { name: 'New recipe' }).click()
    await page.getByRole('button', { name: 'Save recipe' }).click()
    await expect(page.getByText('Give it a name, up to 60 characters.')).toBeVisible()
    await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused()
    await expect(page.getByText('Say who made it: a name others will see.')).toBeVisible()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await expect(page.getByRole('heading', { name: 'No recipes yet' })).toBeVisible()
  })

  test('the prompt and settings of a studio become a recipe', async ({ page }) => {
    await goTo(page, 'Image')
    await page.getByRole('textbox', { name: 'Description' }).fill('A red {thing} on a lake')
    await page.getByRole('button', { name: 'Save as a recipe' }).click()
    await expect(page.getByRole('textbox', { name: 'Prompt' })).toHaveValue(
      'A red {thing} on a lake',
    )
    await expect(page.getByRole('combobox', { name: 'Studio' })).toContainText('Image')
    await expect(page.getByRole('combobox', { name: 'Made for' })).toContainText('Practice')
    await expect(page.getByRole('group', { name: '{thing}' })).toBeVisible()
  })
})
