import { ask, balance, footLine, goTo, replies } from './support/studio.ts'
import { expect, test } from './support/test.ts'

test.use({ appOptions: { practiceSpeed: 'instant' } })

test('a charge is reported with its record, never with the prompt unless it is ticked, and answered', async ({
  page,
}) => {
  await ask(page, 'Tell me about rivers.')
  await footLine(replies(page).last()).click()
  const dialog = page.getByRole('dialog', { name: 'How this was charged' })
  await dialog.getByRole('button', { name: 'Report this charge' }).click()
  await expect(dialog.getByRole('checkbox', { name: 'Send the prompt as well' })).not.toBeChecked()
  await dialog.getByRole('textbox', { name: 'What is wrong with it?' }).fill('It is about lakes.')
  await dialog.getByRole('button', { name: 'Send report' }).click()
  await expect(dialog).toContainText('Waiting for an answer')
  await expect(dialog).toContainText('It is about lakes.')
  await expect(dialog).toContainText('no prompt')
  await page.keyboard.press('Escape')

  const before = await balance(page)
  await goTo(page, 'Plan & billing')
  const reports = page.getByRole('table', { name: 'Reported charges' })
  await expect(reports).toContainText('It is about lakes.')
  await reports.getByRole('button', { name: /^Answer: report of/ }).click()
  const answer = page.getByRole('dialog', { name: 'Reported charge' })
  await expect(answer).toContainText('Record, signed by the machine')
  await expect(answer).toContainText('The prompt was not sent.')
  const giveBack = answer.getByRole('button', { name: /^Give back \d/ })
  await expect(giveBack).toBeDisabled()
  await answer.getByRole('textbox', { name: 'What the member reads' }).fill('Our mistake.')
  await giveBack.click()
  await expect(answer).toContainText(/credits? given back\. Our mistake\./)
  await expect(answer.getByRole('textbox')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(reports).toContainText('given back')
  await expect.poll(() => balance(page)).toBeGreaterThan(before)
})
