import { expectBooksToBalance, expectSoundLedger, notice, rows } from './support/journal.ts'
import {
  ask,
  choose,
  expectBalance,
  footLine,
  goTo,
  replies,
  replyEnds,
  replyStreams,
  send,
  write,
} from './support/studio.ts'
import { expect, test } from './support/test.ts'

test.use({
  appOptions: { practiceSpeed: 12 },
  expectedErrors: [/WebSocket|ERR_CONNECTION|Failed to load resource/],
})

test('a kill in mid-reply loses nothing that was settled and strands no hold', async ({
  page,
  app,
}) => {
  const first = await ask(page, 'Tell me about rivers.')
  await choose(page, 'Model', /thorough/)
  const price = await send(page, 'And about lakes?')
  const seen = await (await replyStreams(page, 120)).innerText()
  await app.kill()
  await app.start()
  await page.goto(app.address)

  await expect(notice(page)).toContainText('A chat reply was interrupted when Tallystick closed.')
  await expect(notice(page)).toContainText('You were charged')
  await page
    .getByRole('navigation', { name: 'Threads' })
    .getByRole('link', { name: /rivers/ })
    .click()
  await expect(replies(page)).toHaveCount(2)
  const second = await replyEnds(page)
  expect(second).toBeGreaterThan(0)
  expect(second).toBeLessThanOrEqual(price.maximum)
  await expect(replies(page).last()).toContainText('Interrupted')
  // What was shown had arrived; no less of it is kept than was charged for.
  const start = seen.slice(0, 40)
  await expect(replies(page).last()).toContainText(start)
  await expectBalance(page, 500 - first - second)
  await expectBooksToBalance(page, 500)
  await expect(rows(page)).toHaveCount(2)
  await expect(rows(page).first()).toContainText('Interrupted')

  await notice(page).getByRole('button', { name: 'Dismiss' }).click()
  await expect(notice(page)).toHaveCount(0)
  await expectSoundLedger(page)
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  await expect(notice(page)).toHaveCount(0)
})

test('a kill while pictures are made keeps and charges those that arrived', async ({
  page,
  app,
}) => {
  await goTo(page, 'Image')
  await page.getByRole('textbox', { name: 'How many' }).fill('6')
  await page.keyboard.press('Tab')
  await write(page, 'Description', 'A lighthouse', 'Make')
  await page.getByRole('button', { name: 'Make', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Being made' })).toContainText(/[1-5] of 6 made/)
  await app.kill()
  await app.start()
  await page.goto(app.address)
  await expect(notice(page)).toContainText('An image run was interrupted')
  await goTo(page, 'Image')
  const pictures = page.getByRole('button', { name: 'Open picture: A lighthouse' })
  await expect(pictures.first()).toBeVisible()
  const kept = await pictures.count()
  const line = footLine(page.getByRole('region', { name: 'A lighthouse', exact: true }))
  const charged = Number(/^\d+/.exec(await line.innerText())?.[0])
  expect(charged).toBeGreaterThanOrEqual(50)
  expect(charged).toBeLessThanOrEqual(50 * kept + 1)
  await expectBalance(page, 500 - charged)
  await expectBooksToBalance(page, 500)
})

test('whenever it is killed, the books balance at the next start', async ({ page, app }) => {
  for (const characters of [0, 1, 40, 160]) {
    await goTo(page, 'Chat')
    await page.getByRole('link', { name: 'New chat' }).click()
    await send(page, `Tell me about rivers, ${characters}.`)
    if (characters > 0) await replyStreams(page, characters)
    await app.kill()
    await app.start()
    await page.goto(app.address)
    await expect(notice(page)).toContainText('was interrupted')
    await expectBooksToBalance(page, 500)
  }
  await expect(rows(page)).toHaveCount(4)
  await expectSoundLedger(page)
})

test('an orderly end settles what runs', async ({ page, app }) => {
  await send(page, 'Tell me about rivers.')
  await replyStreams(page)
  await app.stop()
  await app.start()
  await page.goto(app.address)
  await expectBooksToBalance(page, 500)
  await expect(rows(page).first()).toContainText('Interrupted')
})
