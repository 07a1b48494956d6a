import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { openUnusableApp } from './support/app.ts'

test('a host that cannot start says why in the tab it opened, also once it has ended', async ({
  page,
}) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tallystick-e2e-'))
  const dataDirectory = path.join(folder, 'file')
  writeFileSync(dataDirectory, '')
  const app = await openUnusableApp(dataDirectory)
  await page.goto(app.address)
  await app.ended
  await expect(page.getByRole('heading', { name: 'Tallystick cannot start' })).toBeVisible()
  await expect(page.getByText(`The data folder ${dataDirectory} cannot be used`)).toBeVisible()
  rmSync(folder, { recursive: true })
})
