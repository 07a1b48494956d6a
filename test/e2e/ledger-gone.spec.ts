import { renameSync } from 'node:fs'
import path from 'node:path'
import { ask } from './support/studio.ts'
import { expect, test } from './support/test.ts'

test.use({ appOptions: { practiceSpeed: 'instant' } })

test('a ledger file that goes away is told at once, and over when it is back', async ({
  page,
  app,
}) => {
  await ask(page, 'Tell me about rivers.')
  const file = path.join(app.dataDirectory, 'ledger.sqlite')
  const told = page.getByRole('alert').filter({ hasText: 'The ledger file was moved or deleted' })
  renameSync(file, `${file}.away`)
  await expect(told).toBeVisible()
  renameSync(`${file}.away`, file)
  await expect(told).toBeHidden()
  await ask(page, 'Tell me about lakes.')
})
