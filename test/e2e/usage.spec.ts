import { readFile } from 'node:fs/promises'
import { operations, rows } from './support/journal.ts'
import { ask, choose, footLine, goTo, write } from './support/studio.ts'
import { expect, type Page, test } from './support/test.ts'

test.use({ appOptions: { practiceSpeed: 'instant' } })

/** Two chats on two models, one picture and one recording, under two subjects. */
async function work(page: Page): Promise<void> {
  await ask(page, 'Tell me about rivers.')
  await page.getByRole('button', { name: 'Subject: No subject' }).click()
  const subjects = page.getByRole('dialog', { name: 'What is this work for?' })
  await subjects.getByRole('textbox', { name: 'New subject' }).fill('Bakery')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Subject: Bakery' })).toBeVisible()
  await choose(page, 'Model', /thorough/)
  await ask(page, 'Tell me about bread.')
  await goTo(page, 'Voice')
  await write(page, 'Text to speak', 'Good morning', 'Speak')
  await page.getByRole('button', { name: 'Speak', exact: true }).click()
  await expect(page.getByRole('article', { name: /^Recording/ })).toBeVisible()
  await goTo(page, 'Image')
  await write(page, 'Description', 'A loaf of bread', 'Make')
  await page.getByRole('button', { name: 'Make', exact: true }).click()
  await expect(footLine(page.getByRole('region', { name: 'A loaf of bread' }))).toBeVisible()
  await openUsage(page)
}

async function openUsage(page: Page): Promise<void> {
  await goTo(page, 'Usage')
  await expect(rows(page)).toHaveCount(4)
}

const filterButton = (page: Page, name: string) =>
  page.getByRole('group', { name: 'Filters', exact: true }).getByRole('button', { name })

async function exported(page: Page): Promise<readonly string[]> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export CSV' }).click(),
  ])
  const text = await readFile(await download.path(), 'utf8')
  return text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split('\r\n')
}

test.describe('before anything is run', () => {
  test.use({ sharesApp: true })

  test('says that nothing was used yet', async ({ page }) => {
    await goTo(page, 'Usage')
    await expect(page.getByRole('heading', { name: /^Nothing used/ })).toBeVisible()
  })
})

test.describe('of some work', () => {
  test.use({ sharesApp: true, prepared: { work } })

  test('every operation stands in the history, narrowed as the address says', async ({ page }) => {
    await openUsage(page)
    await expect(operations(page).getByRole('columnheader')).toHaveText([
      'Time',
      'Operation',
      'Model',
      'Subject',
      'Quote',
      'Hold',
      'Actual',
      'Status',
    ])
    const picture = rows(page).filter({ hasText: 'Image · standard' })
    await expect(picture.getByRole('gridcell')).toHaveText([
      /\d\d:\d\d/,
      'Image · standard',
      'Practice · sketch',
      'Bakery',
      '51',
      '51',
      '51',
      'Completed',
    ])

    await filterButton(page, 'Studio').click()
    await page.getByRole('checkbox', { name: 'Chat' }).click()
    await page.keyboard.press('Escape')
    await expect(rows(page)).toHaveCount(2)
    await page.getByRole('searchbox', { name: 'Search the usage history' }).fill('bakery')
    await expect(rows(page)).toHaveCount(1)
    await expect(page).toHaveURL(/bakery/)
    await page.reload()
    await expect(rows(page)).toHaveCount(1)
    await expect(rows(page)).toContainText('Practice · thorough')

    const lines = await exported(page)
    expect(lines).toHaveLength(2)
    expect(lines[1]).toContain('Practice · thorough')

    const chips = page.getByRole('group', { name: 'Filters in force' })
    await chips.getByRole('button', { name: /Studio: Chat/ }).click()
    await expect(rows(page)).toHaveCount(3)
    await chips.getByRole('button', { name: 'Clear filters' }).click()
    await expect(rows(page)).toHaveCount(4)
    expect(await exported(page)).toHaveLength(5)
  })

  test('groups add up and open their rows', async ({ page }) => {
    await openUsage(page)
    await choose(page, 'Group by', 'By subject')
    const table = page.getByRole('table', { name: 'Usage by subject' })
    await expect(table.getByRole('row', { name: /^No subject 1 2 / })).toBeVisible()
    await expect(table.getByRole('row', { name: /^Bakery 3 / })).toBeVisible()
    await expect(table.getByRole('row', { name: /^Total 4 / })).toBeVisible()
    for (const by of ['Day', 'Operation', 'Model'] as const) {
      await choose(page, 'Group by', `By ${by.toLowerCase()}`)
      const grouped = page.getByRole('table', { name: `Usage by ${by.toLowerCase()}` })
      await expect(grouped.getByRole('row', { name: /^Total 4 / })).toBeVisible()
    }
    await page.getByRole('button', { name: 'Practice · sketch' }).click()
    await expect(rows(page)).toHaveCount(1)
  })

  test('how a row was charged opens by keyboard and gives the focus back', async ({ page }) => {
    await openUsage(page)
    await rows(page).first().focus()
    await page.keyboard.press('ArrowDown')
    await expect(rows(page).nth(1)).toBeFocused()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'How this was charged' })
    await expect(dialog.getByRole('table', { name: 'Line items' })).toContainText('12 characters')
    await expect(dialog.getByRole('combobox', { name: 'Subject' })).toHaveValue('Bakery')
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    await expect(rows(page).nth(1)).toBeFocused()
  })

  test('a part of a bar narrows the history to its day and its operation', async ({ page }) => {
    await openUsage(page)
    const chart = page.getByRole('group', { name: /^Days and operations/ })
    const part = chart.getByRole('button', { name: / · Image · standard: / })
    await part.click()
    await expect(rows(page)).toHaveCount(1)
    await expect(rows(page)).toContainText('Image · standard')
    await expect(part).toHaveAttribute('aria-pressed', 'true')
    await part.click()
    await expect(rows(page)).toHaveCount(4)

    const day = chart.getByRole('button', { name: /^[^·]+: [1-9]\d* credits/ })
    await day.focus()
    await page.keyboard.press('ArrowUp')
    await expect(chart.locator(':focus')).toHaveAccessibleName(/^\d+ \w+ · .+: \d/)
    await page.keyboard.press('Enter')
    await expect(rows(page)).toHaveCount(1)
    await page.keyboard.press('ArrowDown')
    await expect(day).toBeFocused()
    await page.keyboard.press('ArrowLeft')
    await expect(chart.locator(':focus')).toHaveAccessibleName(/^[^·]+: 0 credits/)
  })

  test('a filter shows its rows at once, before the host has answered', async ({ page }) => {
    await openUsage(page)
    let held = false
    const waiting: (() => void)[] = []
    await page.routeWebSocket(/./, (socket) => {
      const server = socket.connectToServer()
      server.onMessage((message) => {
        if (held) waiting.push(() => socket.send(message))
        else socket.send(message)
      })
    })
    await page.reload()
    await expect(rows(page)).toHaveCount(4)
    await expect(page.getByText('Loading')).toHaveCount(0)
    held = true
    await page.getByRole('searchbox', { name: 'Search the usage history' }).fill('bakery')
    await expect(rows(page)).toHaveCount(3)
    await page.getByRole('searchbox', { name: 'Search the usage history' }).fill('bakery sketch')
    await expect(rows(page)).toHaveCount(1)
    held = false
    for (const send of waiting) send()
    await expect(rows(page)).toHaveCount(1)
    await expect(rows(page)).toContainText('Practice · sketch')
  })
})

test('subjects are given later, to one run or to many, and every total follows', async ({
  page,
}) => {
  await work(page)
  await rows(page).first().focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Space')
  const chosen = page.getByRole('group', { name: 'Chosen operations' })
  await expect(chosen).toContainText('2 chosen')
  await chosen.getByRole('button', { name: 'Set subject' }).click()
  await page.getByRole('combobox', { name: 'Subject' }).fill('Research')
  await page.keyboard.press('Enter')
  await expect(rows(page).filter({ hasText: 'Research' })).toHaveCount(2)
  await expect(chosen).toBeHidden()

  await rows(page).last().click()
  const dialog = page.getByRole('dialog', { name: 'How this was charged' })
  await dialog.getByRole('combobox', { name: 'Subject' }).fill('Rivers')
  await dialog.getByRole('textbox', { name: 'Note' }).fill('First try')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toContainText('Subject when it ran')
  await page.keyboard.press('Escape')
  expect((await exported(page)).filter((line) => line.includes('Rivers,First try'))).toHaveLength(1)
  await choose(page, 'Group by', 'By subject')
  const table = page.getByRole('table', { name: 'Usage by subject' })
  await expect(table.getByRole('row', { name: /^Research 2 / })).toBeVisible()
  await expect(table.getByRole('row', { name: /^Rivers 1 / })).toBeVisible()
  await expect(table.getByRole('row', { name: /^Bakery 1 / })).toBeVisible()
})
