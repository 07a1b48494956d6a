import { writeLongThread } from './support/long-thread.ts'
import { footLine, messages, replies, send } from './support/studio.ts'
import { expect, type Page, test } from './support/test.ts'

const EXCHANGES = 300
/** Far fewer than there are, wherever one is. */
const MOST_SHOWN = 60

test.use({
  appOptions: { practiceSpeed: 30 },
  sharesApp: true,
  prepared: { folder: (folder) => writeLongThread(folder, EXCHANGES) },
})

test.beforeEach(async ({ page }) => {
  await page.getByRole('link', { name: 'A long talk' }).click()
  await expect(page.getByText(`Reply ${EXCHANGES}.`, { exact: true })).toBeInViewport()
})

const area = (page: Page) => page.getByRole('region', { name: 'Messages' })
const shown = (page: Page) => replies(page).count()
const distanceFromEnd = (page: Page) =>
  area(page).evaluate((element) =>
    Math.round(element.scrollHeight - element.scrollTop - element.clientHeight),
  )

/** The number of the reply at the top of the view, and where it stands. */
const readingPlace = (page: Page) =>
  area(page).evaluate((element) => {
    const top = element.getBoundingClientRect().top
    const reply = [...element.querySelectorAll('article[aria-label="Reply"]')].find(
      (each) => each.getBoundingClientRect().bottom > top + 40,
    )
    return {
      reply: /Reply \d+/.exec(reply?.textContent ?? '')?.[0],
      at: Math.round((reply?.getBoundingClientRect().top ?? 0) - top),
    }
  })

/** One turn of the wheel, to where the view has come to rest. */
const wheelUp = async (page: Page) => {
  const scrolling = await area(page).evaluateHandle((element) => ({
    end: new Promise((resolve) => element.addEventListener('scrollend', resolve, { once: true })),
  }))
  await page.mouse.wheel(0, -1_400)
  await scrolling.evaluate(({ end }) => end.then(() => null))
}

test('only what is near the view is in the page as messages', async ({ page }) => {
  expect(await shown(page)).toBeLessThan(MOST_SHOWN)
  for (const [key, reply] of [
    ['Home', 1],
    ['End', EXCHANGES],
    ['Home', 1],
    ['End', EXCHANGES],
  ] as const) {
    await area(page).focus()
    await page.keyboard.press(key)
    await expect(page.getByText(`Reply ${reply}.`, { exact: true })).toBeInViewport()
    await expect.poll(() => shown(page)).toBeLessThan(MOST_SHOWN)
    if (key === 'End') await expect.poll(() => distanceFromEnd(page)).toBeLessThan(2)
  }
})

test('the end key comes to rest at the end, though what is near it grows on the way', async ({
  page,
}) => {
  await area(page).focus()
  await page.keyboard.press('Home')
  await expect(page.getByText('Reply 1.', { exact: true })).toBeInViewport()
  // As a code block does whose font comes late.
  await page.getByText(`Reply ${EXCHANGES}.`, { exact: true }).evaluate((reply) => {
    const grow = () => setTimeout(() => (reply.style.paddingBlockEnd = '47px'), 50)
    addEventListener('keydown', grow, { once: true })
    reply.style.display = 'inline-block'
  })
  await page.keyboard.press('End')
  await expect(page.getByText(`Reply ${EXCHANGES}.`, { exact: true })).toHaveCSS(
    'padding-block-end',
    '47px',
  )
  await expect.poll(() => distanceFromEnd(page)).toBeLessThan(2)
})

test('is found in by the words of a message far away', async ({ page }) => {
  const far = page.getByText('Question 42. What next?', { exact: true })
  await expect(far).toHaveAttribute('hidden', 'until-found')
  // What a browser's find does with such an element before it shows it.
  await far.evaluate((element) =>
    element.dispatchEvent(new Event('beforematch', { bubbles: true })),
  )
  await expect(far).toBeInViewport()
  await expect(messages(page).filter({ has: far })).toBeVisible()
  await expect.poll(() => shown(page)).toBeLessThan(MOST_SHOWN)
})

test('scrolls up without jumping: what is read stays where it is', async ({ page }) => {
  await area(page).hover()
  for (let turn = 0; turn < 6; turn++) {
    const before = await distanceFromEnd(page)
    await wheelUp(page)
    expect(await distanceFromEnd(page)).toBeGreaterThan(before)
  }
  await expect(page.getByRole('button', { name: 'Latest' })).toBeVisible()
  const before = await readingPlace(page)
  await page.waitForTimeout(500)
  expect(await readingPlace(page)).toEqual(before)
  await expect(
    replies(page)
      .filter({ hasText: `${before.reply ?? ''}.` })
      .first(),
  ).toBeInViewport()
  await expect.poll(() => shown(page)).toBeLessThan(MOST_SHOWN)
})

test.describe('with a new reply', () => {
  test.use({ sharesApp: false })

  test('a new reply streams at the end, and stays there while it grows', async ({ page }) => {
    await area(page).focus()
    await page.keyboard.press('Home')
    await expect(page.getByText('Reply 1.', { exact: true })).toBeInViewport()
    await send(page, 'Tell me about rivers.')
    const last = replies(page).last()
    await expect(last).toHaveAttribute('aria-busy', 'true')
    for (let look = 0; look < 5; look++) {
      await page.waitForTimeout(200)
      expect(await distanceFromEnd(page)).toBeLessThan(40)
    }
    await expect(footLine(last)).toBeVisible({ timeout: 40_000 })
    await expect.poll(() => distanceFromEnd(page)).toBeLessThan(2)
  })
})

test('an edit that is begun stays when it is scrolled out of view', async ({ page }) => {
  await messages(page).last().getByRole('button', { name: 'Edit message' }).click()
  const edit = page.getByRole('textbox', { name: 'Edited message' })
  await edit.fill('Another question')
  await area(page).focus()
  await page.keyboard.press('Home')
  await expect(page.getByText('Reply 1.', { exact: true })).toBeInViewport()
  await page.keyboard.press('End')
  await expect(edit).toHaveValue('Another question')
})

test('the tab key goes from message to message, also into those not yet in the page', async ({
  page,
}) => {
  await area(page).focus()
  await page.keyboard.press('Home')
  await expect(page.getByText('Reply 1.', { exact: true })).toBeInViewport()
  for (let press = 0; press < 60; press++) await page.keyboard.press('Tab')
  const inside = await page.evaluate(
    () => document.activeElement?.closest('article')?.textContent ?? '',
  )
  expect(Number(/(?:Question|Reply) (\d+)/.exec(inside)?.[1])).toBeGreaterThan(12)
  await expect(page.locator('article :focus')).toBeInViewport()
})
