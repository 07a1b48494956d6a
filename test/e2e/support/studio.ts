/** What a person does in the studios, by the words they see. */

import { expect, type Locator, type Page } from './test.ts'

export type PageName =
  | 'Chat'
  | 'Image'
  | 'Voice'
  | 'Recipes'
  | 'Library'
  | 'Usage'
  | 'Rates'
  | 'Plan & billing'
  | 'Team'
  | 'Settings'

export const PAGE_NAMES: readonly PageName[] = [
  'Chat',
  'Image',
  'Voice',
  'Recipes',
  'Library',
  'Usage',
  'Rates',
  'Plan & billing',
  'Team',
  'Settings',
]

export async function goTo(page: Page, name: PageName): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click()
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
}

export const chip = (page: Page) => page.getByRole('button', { name: /^Balance: / })

/** What the chip says can be spent now, in credits. */
export async function balance(page: Page): Promise<number> {
  return firstNumber(await chip(page).innerText())
}

/** Waits until nothing is held and this much can be spent. */
export async function expectBalance(page: Page, credits: number): Promise<void> {
  await expect(chip(page)).toHaveAccessibleName(/available$/)
  // The figure runs to its new value; it is the value that counts.
  await expect.poll(() => balance(page)).toBe(credits)
}

/** Closes what was just told, which may lie over a button for some seconds. */
export async function closeNotice(page: Page): Promise<void> {
  // Assistive technology hears the notice, and is offered its button only once the focus is in it.
  const close = page.getByRole('button', { name: 'Close notice', includeHidden: true })
  await close.click({ timeout: 10_000 })
  await expect(close).toHaveCount(0)
}

/** Chooses in a list such as `Model` or `Length`. */
export async function choose(page: Page, list: string, option: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: list, exact: true }).click()
  await page.getByRole('option', { name: option }).click()
  await expect(page.getByRole('listbox')).toBeHidden()
}

/** The price under the prompt: `~2 credits · at most 3`. */
export const quoteLine = (page: Page) =>
  page.getByRole('form').getByRole('button', { name: /^(?!or get).*(credits?\b|needed)/ })

export interface Price {
  readonly expected: number
  readonly maximum: number
}

export function priceOf(text: string): Price {
  const numbers = [...text.matchAll(/[\d,.]*\d/g)].map(([found]) => firstNumber(found))
  const [expected] = numbers
  const maximum = numbers.at(-1)
  if (expected === undefined || maximum === undefined) throw new Error(`No price in “${text}”`)
  return { expected, maximum }
}

/** Fills the prompt and waits until the price is of these words and the run may start. */
export async function write(page: Page, field: string, text: string, run: string): Promise<Price> {
  await page.getByRole('textbox', { name: field, exact: true }).fill(text)
  await expect(page.getByRole('button', { name: run, exact: true })).toBeEnabled()
  return priceOf(await quoteLine(page).innerText())
}

/** Sends a chat message; gives the price that was shown. */
export async function send(page: Page, text: string): Promise<Price> {
  const price = await write(page, 'Message', text, 'Send')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(page.getByRole('textbox', { name: 'Message', exact: true })).toHaveValue('')
  return price
}

export const replies = (page: Page) => page.getByRole('article', { name: 'Reply' })
export const messages = (page: Page) => page.getByRole('article', { name: 'You' })

/** The line under a result: `14 credits · 1.2 s · model`. */
export const footLine = (result: Locator) =>
  result.getByRole('button', { name: /^[\d,.]+ credits? · / })

/** Waits for the end of the newest reply; gives what it cost. */
export async function replyEnds(page: Page): Promise<number> {
  const last = replies(page).last()
  await expect(footLine(last)).toBeVisible({ timeout: 30_000 })
  return firstNumber(await footLine(last).innerText())
}

/** A whole run of chat; gives what it cost. */
export async function ask(page: Page, text: string): Promise<number> {
  const before = await replies(page).count()
  await send(page, text)
  await expect(replies(page)).toHaveCount(before + 1)
  return replyEnds(page)
}

/** Waits until the newest reply has begun and still goes on. */
export async function replyStreams(page: Page, characters = 30): Promise<Locator> {
  const last = replies(page).last()
  await expect(last).toHaveAttribute('aria-busy', 'true')
  await expect
    .poll(async () => (await last.innerText()).length, { intervals: [50] })
    .toBeGreaterThan(characters)
  return last
}

export function firstNumber(text: string): number {
  const found = /\d[\d,]*(?:\.\d+)?/.exec(text)?.[0]
  if (found === undefined) throw new Error(`No number in “${text}”`)
  return Number(found.replaceAll(',', ''))
}
