/** What can be read of the money in the pages: history, totals, notices and the ledger's health. */

import { chip, firstNumber, goTo } from './studio.ts'
import { expect, type Page } from './test.ts'

export const operations = (page: Page) => page.getByRole('grid', { name: 'Operations' })
/** Without the row of headings. */
export const rows = (page: Page) =>
  operations(page)
    .getByRole('row')
    .filter({ has: page.getByRole('gridcell') })

export const notice = (page: Page) =>
  page.getByRole('status').filter({ has: page.getByRole('button', { name: 'Dismiss' }) })

export async function openSettings(page: Page, section: string): Promise<void> {
  await goTo(page, 'Settings')
  await page.getByRole('tab', { name: section }).click()
}

/** Reads the whole ledger again from Settings. */
export async function expectSoundLedger(page: Page): Promise<void> {
  await openSettings(page, 'Data and ledger')
  await page.getByRole('button', { name: 'Verify now' }).click()
  await expect(page.getByText(/entries read, nothing wrong/)).toBeVisible()
}

/** Nothing is held, and what is left and what was spent make up the allowance. */
export async function expectBooksToBalance(page: Page, allowance: number): Promise<void> {
  await goTo(page, 'Usage')
  await expect(chip(page)).toHaveAccessibleName(/available$/)
  const spent = page.getByRole('region', { name: 'Spent this month' })
  await expect
    .poll(async () => {
      const left = firstNumber(await chip(page).innerText())
      return left + firstNumber(/[\d,.]+ of/.exec(await spent.innerText())?.[0] ?? '')
    })
    .toBe(allowance)
}
