import {
  balance,
  choose,
  expectBalance,
  firstNumber,
  footLine,
  goTo,
  write,
} from './support/studio.ts'
import { expect, type Locator, type Page, test } from './support/test.ts'

test.use({ appOptions: { practiceSpeed: 'instant' } })

const TEXT = 'Good morning. Today is a good day to finish one small thing before lunch.'

async function speak(page: Page, count: number): Promise<Locator> {
  await write(page, 'Text to speak', TEXT, 'Speak')
  await page.getByRole('button', { name: 'Speak', exact: true }).click()
  const recordings = page.getByRole('article', { name: /^Recording: / })
  await expect(recordings).toHaveCount(count, { timeout: 20_000 })
  return recordings.first()
}

/** What the player says the recording's length is, in seconds. */
async function length(recording: Locator): Promise<number> {
  const text = await recording
    .getByRole('slider', { name: 'Position' })
    .getAttribute('aria-valuetext')
  const [, minutes, seconds] = /of (\d+):(\d+)$/.exec(text ?? '') ?? []
  return Number(minutes) * 60 + Number(seconds)
}

test('speech plays in the page and costs what was quoted', async ({ page }) => {
  await goTo(page, 'Voice')
  const before = await balance(page)
  const recording = await speak(page, 1)
  const charged = firstNumber(await footLine(recording).innerText())
  await expectBalance(page, before - charged)

  await recording.getByRole('button', { name: 'Play' }).click()
  await expect(recording.getByRole('button', { name: 'Pause' })).toBeVisible()
  const heard = () =>
    page.evaluate(() => {
      const audio = document.querySelector('audio')
      return audio ? { duration: audio.duration, played: audio.currentTime > 0 } : null
    })
  await expect.poll(heard).toMatchObject({ played: true })
  expect((await heard())?.duration).toBeGreaterThan(1)
})

test('a voice and a speed are heard in the length', async ({ page }) => {
  await goTo(page, 'Voice')
  await choose(page, 'Voice', 'Birch')
  const usual = await length(await speak(page, 1))
  const speed = page.getByRole('slider', { name: 'Speed' })
  await speed.focus()
  await page.keyboard.press('End')
  await expect(speed).toHaveAttribute('aria-valuetext', '2×')
  const fast = await length(await speak(page, 2))
  expect(fast).toBeGreaterThan(0)
  expect(fast).toBeLessThan(usual)
})

test.describe('before it is spoken', () => {
  test.use({ sharesApp: true })

  test('the price follows the number of characters', async ({ page }) => {
    await goTo(page, 'Voice')
    const short = await write(page, 'Text to speak', TEXT, 'Speak')
    await page.getByRole('textbox', { name: 'Text to speak' }).fill(TEXT.repeat(60))
    await expect
      .poll(async () => (await write(page, 'Text to speak', TEXT.repeat(60), 'Speak')).maximum)
      .toBeGreaterThan(short.maximum)
  })
})
