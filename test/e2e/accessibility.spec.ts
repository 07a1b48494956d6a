import { AxeBuilder } from '@axe-core/playwright'
import { aCreator } from '../support/recipes.ts'
import { openSettings, rows } from './support/journal.ts'
import { ask, closeNotice, footLine, goTo, PAGE_NAMES, replies, write } from './support/studio.ts'
import { expect, type Page, test } from './support/test.ts'

test.use({ appOptions: { practiceSpeed: 'instant' } })

async function expectAccessible(page: Page, where: string): Promise<void> {
  // Motion is off, but a dialog's first frame is still on its way in.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))),
  )
  // Passes are not read, nor are there frames of others, and axe need come into a page only once:
  // so it takes a third of the time.
  const isThere = await page.evaluate(() => 'axe' in window)
  const { violations } = await new AxeBuilder({ page, ...(isThere ? { axeSource: 'null' } : {}) })
    .options({ resultTypes: ['violations'] })
    .setLegacyMode()
    .analyze()
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => [html, failureSummary]),
    }))
  expect(serious, where).toEqual([])
}

async function close(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
}

async function expectNoSideways(page: Page, where: string): Promise<void> {
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(over, `${where} scrolls sideways`).toBe(0)
}

async function fill(page: Page): Promise<void> {
  await ask(page, 'Tell me about rivers.')
  await goTo(page, 'Image')
  await write(page, 'Description', 'A loaf of bread', 'Make')
  await page.getByRole('button', { name: 'Make', exact: true }).click()
  await expect(footLine(page.getByRole('region', { name: 'A loaf of bread' }))).toBeVisible()
  await goTo(page, 'Voice')
  await write(page, 'Text to speak', 'Good morning', 'Speak')
  await page.getByRole('button', { name: 'Speak', exact: true }).click()
  await expect(page.getByRole('article', { name: /^Recording/ })).toBeVisible()
}

const FILLED = { work: fill }

// Colours do not depend on the width, so each scheme is looked at in one of the two.
for (const [colorScheme, width] of [
  ['light', 900],
  ['dark', 1600],
] as const) {
  test.describe(`${colorScheme}, ${width} pixels`, () => {
    test.use({
      colorScheme,
      viewport: { width, height: 900 },
      contextOptions: { reducedMotion: 'reduce' },
    })

    test.slow()

    test.describe('before anything is run', () => {
      test.use({ sharesApp: true })

      test('first use is for everyone', async ({ page }) => {
        await expectAccessible(page, 'first use')
      })
    })

    test.describe('with something of each studio', () => {
      test.use({ sharesApp: true, prepared: FILLED })

      test('every page can be used by everyone', async ({ page }) => {
        for (const name of PAGE_NAMES) {
          await goTo(page, name)
          await expectAccessible(page, name)
          await expectNoSideways(page, name)
        }
        await goTo(page, 'Chat')
        await page.getByRole('link', { name: /rivers/ }).click()
        await expect(footLine(replies(page))).toBeVisible()
        await expectAccessible(page, 'a chat')
        await expectNoSideways(page, 'a chat')
        await goTo(page, 'Rates')
        await page.getByRole('link', { name: 'Edit the catalog' }).click()
        for (const part of ['Plans', 'Operations', 'Policies', 'JSON']) {
          await page.getByRole('tab', { name: part }).click()
          await expectAccessible(page, `Catalog: ${part}`)
          await expectNoSideways(page, `Catalog: ${part}`)
        }
        for (const section of ['Appearance', 'Account', 'Data and ledger', 'About']) {
          await openSettings(page, section)
          await expectAccessible(page, section)
          await expectNoSideways(page, section)
        }
      })

      test('so can every dialog', async ({ page }) => {
        await goTo(page, 'Chat')
        await page.getByRole('link', { name: /rivers/ }).click()
        await footLine(replies(page)).click()
        await expect(page.getByRole('table', { name: 'Line items' })).toBeVisible()
        await expectAccessible(page, 'how this was charged')
        await close(page)
        await page.keyboard.press('Control+k')
        await expect(page.getByRole('option').first()).toBeVisible()
        await expectAccessible(page, 'palette')
        await close(page)
        await page.getByRole('button', { name: /^Balance/ }).click()
        await expect(page.getByRole('dialog', { name: 'Your credits' })).toBeVisible()
        await expectAccessible(page, 'balance')
        await close(page)
        await page.getByRole('combobox', { name: 'Model' }).click()
        await expect(page.getByRole('listbox')).toBeVisible()
        await expectAccessible(page, 'models')
        await page.keyboard.press('Escape')
        await goTo(page, 'Settings')
        await page.getByRole('button', { name: 'Add a provider' }).click()
        await expect(page.getByRole('dialog', { name: 'Add a provider' })).toBeVisible()
        await expectAccessible(page, 'provider')
        await close(page)
        await goTo(page, 'Library')
        await page.getByRole('button', { name: /^Picture: / }).click()
        await expect(page.getByRole('dialog', { name: 'Picture' })).toBeVisible()
        await expectAccessible(page, 'picture')
        await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
        await expect(page.getByRole('alertdialog')).toBeVisible()
        await expectAccessible(page, 'question')
        await page.keyboard.press('Escape')
        await expect(page.getByRole('alertdialog')).toBeHidden()
        await close(page)
        await goTo(page, 'Usage')
        await expect(rows(page)).toHaveCount(3)
        await page
          .getByRole('group', { name: 'Filters', exact: true })
          .getByRole('button', { name: 'Studio' })
          .click()
        await expect(page.getByRole('checkbox').first()).toBeVisible()
        await expectAccessible(page, 'filter')
      })
    })

    test('recipes can be used by everyone, from the first to a run of another’s', async ({
      page,
    }) => {
      await goTo(page, 'Recipes')
      await page.getByRole('button', { name: /^Product description/ }).click()
      await page.getByRole('button', { name: 'Save recipe' }).click()
      await expect(page.getByText('Say who made it: a name others will see.')).toBeVisible()
      await expectAccessible(page, 'recipe editor')
      await expectNoSideways(page, 'recipe editor')
      await page.getByRole('textbox', { name: 'Made by' }).fill('Me')
      await page.getByRole('button', { name: 'Save recipe' }).click()
      await closeNotice(page)
      const text = aCreator('Ana').file()
      await page.getByLabel('Recipe files').setInputFiles({
        name: 'haiku.tallyrecipe',
        mimeType: 'application/json',
        buffer: Buffer.from(text),
      })
      await closeNotice(page)
      await page.getByRole('button', { name: 'Run Haiku' }).click()
      await page.getByRole('textbox', { name: 'Topic' }).fill('rain')
      await expectAccessible(page, 'a recipe in a studio')
      await expectNoSideways(page, 'a recipe in a studio')
      await page.getByRole('button', { name: 'Send', exact: true }).click()
      await expect(footLine(replies(page))).toBeVisible()
      await goTo(page, 'Recipes')
      await expect(page.getByRole('table', { name: 'Creator earnings' })).toBeVisible()
      await expectAccessible(page, 'recipes')
      await expectNoSideways(page, 'recipes')
    })
  })
}
