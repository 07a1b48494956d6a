import {
  ask,
  balance,
  choose,
  chip,
  expectBalance,
  firstNumber,
  footLine,
  goTo,
  messages,
  priceOf,
  quoteLine,
  replies,
  replyEnds,
  replyStreams,
  send,
} from './support/studio.ts'
import { expect, test } from './support/test.ts'

test.describe('before it is sent', () => {
  test.use({ sharesApp: true })

  test('the price moves with the words, the model and the length', async ({ page }) => {
    const price = async () => priceOf(await quoteLine(page).innerText())
    await page.getByRole('textbox', { name: 'Message' }).fill('Tell me about rivers.')
    await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled()
    const medium = await price()

    await choose(page, 'Length', 'Long reply')
    await expect.poll(async () => (await price()).maximum).toBeGreaterThan(medium.maximum)
    await choose(page, 'Length', 'Medium reply')
    await expect.poll(price).toEqual(medium)

    await choose(page, 'Model', /expert/)
    await expect.poll(async () => (await price()).maximum).toBeGreaterThan(medium.maximum)
    const short = await price()
    await page
      .getByRole('textbox', { name: 'Message' })
      .fill('Tell me about rivers. '.repeat(2_000))
    await expect.poll(async () => (await price()).expected).toBeGreaterThan(short.expected)

    await page.getByRole('switch', { name: 'Web search' }).click()
    await expect.poll(async () => (await price()).maximum).toBeGreaterThan(short.maximum + 14)
  })
})

test.describe('without waiting', () => {
  test.use({ appOptions: { practiceSpeed: 'instant' } })

  test('how it was charged agrees with the line under the reply', async ({ page }) => {
    const charged = await ask(page, 'Tell me about rivers.')
    await footLine(replies(page).last()).click()
    const dialog = page.getByRole('dialog', { name: 'How this was charged' })
    await expect(dialog.getByRole('row', { name: /^Charged/ })).toContainText(String(charged))
    await expect(dialog.getByRole('table', { name: 'Line items' })).toContainText('reply tokens')
    const paid = dialog.getByRole('table', { name: 'Which grants paid' }).getByRole('row').nth(1)
    expect(firstNumber(await paid.getByRole('cell').last().innerText())).toBe(charged)
    await expect(dialog).toContainText('verified')
    await expect(dialog).not.toContainText('does not match')
  })

  test('another reply and an edit are versions to go between', async ({ page }) => {
    await ask(page, 'Tell me about rivers.')
    const reply = replies(page).last()
    await reply.getByRole('button', { name: 'Another reply' }).click()
    const again = page.getByRole('dialog', { name: 'Another reply' })
    await expect(again).toContainText('credits')
    await again.getByRole('button', { name: 'Regenerate' }).click()
    await expect(reply.getByLabel('Version 2 of 2')).toBeVisible()
    await expect(page.getByRole('textbox', { name: 'Message', exact: true })).toBeFocused()
    await expect(footLine(reply)).toBeVisible()
    await reply.getByRole('button', { name: 'Version before' }).click()
    await expect(reply.getByLabel('Version 1 of 2')).toBeVisible()
    await expect(reply.getByRole('button', { name: 'Version before' })).toBeFocused()

    await messages(page).getByRole('button', { name: 'Edit message' }).click()
    await page.getByRole('textbox', { name: 'Edited message' }).fill('Tell me about lakes.')
    const edit = page.getByRole('form').filter({ has: page.getByLabel('Edited message') })
    await edit.getByRole('button', { name: 'Send' }).click()
    await expect(messages(page).getByLabel('Version 2 of 2')).toBeVisible()
    await expect(messages(page)).toContainText('lakes')
    await expect(messages(page).getByRole('button', { name: 'Edit message' })).toBeFocused()
    await expect(footLine(replies(page).last())).toBeVisible()
    await messages(page).getByRole('button', { name: 'Version before' }).click()
    await expect(messages(page)).toContainText('rivers')
    await expect(replies(page).getByLabel(/^Version \d of 2$/)).toBeVisible()
  })

  test('threads stand beside each other and are renamed and deleted', async ({ page }) => {
    const threads = page.getByRole('navigation', { name: 'Threads' })
    await ask(page, 'Tell me about rivers.')
    await threads.getByRole('link', { name: 'New chat' }).click()
    await ask(page, 'Tell me about bread.')
    await threads.getByRole('link', { name: /rivers/ }).click()
    await expect(messages(page)).toContainText('rivers')

    await threads.getByRole('button', { name: /^More about .*rivers/ }).click()
    await page.getByRole('menuitem', { name: 'Rename' }).click()
    const rename = page.getByRole('dialog', { name: 'Rename chat' })
    await rename.getByRole('textbox', { name: 'Title' }).fill('Waterways')
    await rename.getByRole('button', { name: 'Rename' }).click()
    await expect(threads.getByRole('link', { name: 'Waterways' })).toBeVisible()
    await expect(threads.getByRole('button', { name: 'More about Waterways' })).toBeFocused()

    await threads.getByRole('button', { name: 'More about Waterways' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete chat' }).click()
    await expect(threads.getByRole('link', { name: 'Waterways' })).toHaveCount(0)
    await expect(threads.getByRole('link', { name: /bread/ })).toBeVisible()
    await expect(page.getByRole('textbox', { name: 'Message', exact: true })).toBeFocused()
    await page.reload()
    await expect(threads.getByRole('link', { name: /bread/ })).toBeVisible()
    await expect(threads.getByRole('link', { name: 'Waterways' })).toHaveCount(0)

    await goTo(page, 'Usage')
    await expect(page.getByRole('grid', { name: 'Operations' }).getByRole('row')).toHaveCount(3)
  })
})

test.describe('a slow model', () => {
  test.use({ appOptions: { practiceSpeed: 12 } })

  test('a reply streams, and its charge leaves the balance', async ({ page }) => {
    const before = await balance(page)
    const price = await send(page, 'Tell me about rivers.')
    await replyStreams(page)
    await expect(chip(page)).toHaveAccessibleName(/held$/)
    const charged = await replyEnds(page)
    expect(charged).toBeGreaterThan(0)
    expect(charged).toBeLessThanOrEqual(price.maximum)
    await expectBalance(page, before - charged)
  })

  test('Esc stops it; what arrived stays and is all that is charged', async ({ page }) => {
    const before = await balance(page)
    await choose(page, 'Model', /expert/)
    const price = await send(page, 'Tell me about rivers.')
    const reply = await replyStreams(page)
    await page.keyboard.press('Escape')
    const charged = await replyEnds(page)
    await expect(reply).toContainText('Stopped.')
    expect(charged).toBeGreaterThan(0)
    expect(charged).toBeLessThanOrEqual(price.maximum)
    await expectBalance(page, before - charged)
    const kept = await reply.innerText()
    await page.reload()
    await expect(footLine(replies(page).last())).toBeVisible()
    expect(await replies(page).last().innerText()).toBe(kept)
  })

  test('leaving the page or reloading the window does not stop it', async ({ page }) => {
    await choose(page, 'Model', /expert/)
    await send(page, 'Tell me about rivers.')
    await replyStreams(page)
    await goTo(page, 'Rates')
    await page.goBack()
    const back = await replyStreams(page, 60)
    const seen = (await back.innerText()).slice(0, 30)
    await page.reload()
    const again = await replyStreams(page, 90)
    expect((await again.innerText()).slice(0, 30)).toBe(seen)
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await replyEnds(page)
    await expect(replies(page)).toHaveCount(1)
  })
})
