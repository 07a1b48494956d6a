import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startApp } from './support/app.ts'
import { expectSoundLedger, notice, openSettings, rows } from './support/journal.ts'
import { ask, expectBalance, goTo } from './support/studio.ts'
import { expect, test } from './support/test.ts'

test.use({
  appOptions: { practiceSpeed: 'instant' },
  expectedErrors: [/WebSocket|ERR_CONNECTION|Failed to load resource/],
})

const ledgerOf = (directory: string) => path.join(directory, 'ledger.sqlite')

/** Changes the stored text of the last entry, behind the ledger's back. */
function tamperWithLastEntry(directory: string): void {
  const db = new DatabaseSync(ledgerOf(directory))
  db.exec('DROP TRIGGER entry_never_changes')
  db.exec(`UPDATE entry SET body = body || ' '
           WHERE sequence = (SELECT max(sequence) FROM entry)`)
  db.close()
}

/** The files kept of damaged ledgers. */
function quarantined(directory: string): readonly string[] {
  const folder = path.join(directory, 'quarantine')
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []
}

test('an entry that was changed is set aside, and what is sound goes on', async ({ page, app }) => {
  await ask(page, 'Tell me about rivers.')
  await page.getByRole('link', { name: 'New chat' }).click()
  await ask(page, 'Tell me about bread.')
  await app.stop()
  tamperWithLastEntry(app.dataDirectory)
  await app.start()
  await page.goto(app.address)

  await expect(page.getByRole('heading', { name: 'The ledger could not be opened' })).toBeVisible()
  await expect(page.getByText('The ledger file is damaged.')).toBeVisible()
  await page.getByRole('button', { name: 'Set the damaged part aside' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Chat' })).toBeVisible()
  await expect(notice(page).first()).toContainText(/entries|set aside/)
  expect(quarantined(app.dataDirectory)).toContainEqual(expect.stringContaining('ledger.sqlite'))
  // The hold of the second run is open again without its end: it is ended as interrupted.
  await goTo(page, 'Usage')
  await expect(rows(page)).toHaveCount(2)
  await expectSoundLedger(page)
})

test('a file of garbage is replaced by the last backup', async ({ page, app }) => {
  const charged = await ask(page, 'Tell me about rivers.')
  await openSettings(page, 'Data and ledger')
  await page.getByRole('button', { name: 'Back up now' }).click()
  await expect(page.getByRole('table', { name: 'Backups' }).getByRole('row')).toHaveCount(2)
  await app.stop()
  writeFileSync(ledgerOf(app.dataDirectory), 'This is no ledger. '.repeat(1_000))
  await app.start()
  await page.goto(app.address)

  await page.getByRole('button', { name: 'Restore the last backup' }).click()
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible()
  await expect(notice(page)).toContainText('The ledger was restored from a backup')
  await expectBalance(page, 500 - charged)
  expect(quarantined(app.dataDirectory)).toContainEqual(expect.stringContaining('ledger.sqlite'))
  await goTo(page, 'Usage')
  await expect(rows(page)).toHaveCount(1)
  await expectSoundLedger(page)
})

test('a second app on the same folder says that the first has it', async ({
  page,
  app,
  browser,
}) => {
  await ask(page, 'Tell me about rivers.')
  const second = await startApp({ dataDirectory: app.dataDirectory })
  const context = await browser.newContext()
  try {
    const other = await context.newPage()
    await other.goto(second.address)
    await expect(other.getByText('Tallystick is already running with this ledger.')).toBeVisible()
    await expect(other.getByRole('button', { name: 'Restore the last backup' })).toHaveCount(0)
    await ask(page, 'And about lakes?')
    await app.stop()
    await other.getByRole('button', { name: 'Try again' }).click()
    await expect(other.getByRole('navigation', { name: 'Pages' })).toBeVisible()
    await goTo(other, 'Usage')
    await expect(rows(other)).toHaveCount(2)
  } finally {
    await context.close()
    await second.cleanUp()
  }
})
