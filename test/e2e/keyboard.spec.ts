import { chip, firstNumber, footLine, PAGE_NAMES, replies } from './support/studio.ts'
import { expect, test } from './support/test.ts'

/** Pages where one can type at once. */
const PROMPTED: ReadonlySet<string> = new Set(['Chat', 'Image', 'Voice'])

test.use({ appOptions: { practiceSpeed: 'instant' } })

test('a chat is run, opened and closed without a mouse', async ({ page }) => {
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused()
  await page.keyboard.type('Tell me about rivers.')
  await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('combobox', { name: 'Model' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('listbox')).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('combobox', { name: 'Model' })).toContainText('thorough')
  await page.getByRole('textbox', { name: 'Message' }).focus()
  await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled()
  await page.keyboard.press('Control+Enter')
  const line = footLine(replies(page))
  await expect(line).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused()

  // Backwards from the prompt to the line under the reply.
  await expect
    .poll(async () => {
      await page.keyboard.press('Shift+Tab')
      return line.evaluate((element) => element === document.activeElement)
    })
    .toBe(true)
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'How this was charged' })
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(line).toBeFocused()
  expect(firstNumber(await chip(page).innerText())).toBeLessThan(500)
})

test.describe('without running anything', () => {
  test.use({ sharesApp: true })

  test('the palette reaches every page', async ({ page }) => {
    const heading = page.getByRole('heading', { level: 1 })
    await expect(heading).toHaveText('Chat')
    for (const name of [...PAGE_NAMES].reverse()) {
      await page.keyboard.press('Control+k')
      const palette = page.getByRole('dialog', { name: 'Go to a page or do something' })
      await expect(palette.getByRole('combobox')).toBeFocused()
      await page.keyboard.type(name)
      await page.keyboard.press('Enter')
      await expect(palette).toBeHidden()
      await expect(heading).toHaveText(name)
      const prompt = page.getByRole('form').getByRole('textbox').first()
      await expect(PROMPTED.has(name) ? prompt : page.getByRole('main')).toBeFocused()
    }
  })

  test('the skip link leads past the rail', async ({ page }) => {
    await page.goto(new URL('/rates', page.url()).href)
    await expect(page.getByRole('heading', { level: 1, name: 'Rates' })).toBeVisible()
    await page.keyboard.press('Tab')
    await expect(page.getByRole('link', { name: 'Skip to the page' })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('main')).toBeFocused()
    await expect(page.getByRole('heading', { level: 1, name: 'Rates' })).toBeVisible()
  })

  test('what has the focus can be seen', async ({ page }) => {
    await page.goto(new URL('/usage', page.url()).href)
    await expect(page.getByRole('searchbox')).toBeVisible()
    for (let stops = 0; stops < 25; stops += 1) {
      await page.keyboard.press('Tab')
      const focus = await page.evaluate(() => {
        const element = document.activeElement
        if (!element || element === document.body) return null
        // A field with an icon is outlined around both.
        const visible = [element, element.closest('label')].some((each) => {
          if (!each) return false
          const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each)
          return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none'
        })
        return { name: element.textContent, visible }
      })
      if (focus) expect(focus).toMatchObject({ visible: true })
    }
  })
})
