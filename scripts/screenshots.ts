/// <reference lib="dom" />
// Writes the README's pictures: `node scripts/screenshots.ts` after a build. Fills a fresh app with
// practice work and photographs it, so that the pictures are always of the real thing.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { bringBrowser } from './browser/bring.ts'
import { projectRoot } from './launch/run.mjs'

const FOLDER = path.join(projectRoot, 'docs', 'images')
const VIEWPORT = { width: 1280, height: 800 }
const WAIT_MS = 60_000

const CHATS = [
  'Explain compound interest to a twelve-year-old, with one worked example.',
  'Name five short walks near a harbour, with what to look out for on each.',
  'Write a friendly note to a customer whose order arrived late.',
]
const PICTURES = [
  'A red rowing boat on a still lake at dawn, mist over the water',
  'A ceramic teapot on a linen cloth, soft window light',
]
const SPEECH = 'Good morning. Today is a good day to finish one small thing before lunch.'

function startHost(dataDirectory: string) {
  const entry = path.join(projectRoot, 'out', 'main', 'headless.js')
  const host = spawn(process.execPath, [entry, '--data-dir', dataDirectory, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const address = new Promise<string>((resolve, reject) => {
    host.stdout.on('data', (chunk: Buffer) => {
      const found = /Tallystick is at (http:\S+)/.exec(chunk.toString('utf8'))?.[1]
      if (found) resolve(found)
    })
    host.once('exit', () => reject(new Error('The app ended; is it built?')))
  })
  return { host, address }
}

const goTo = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click()

async function choose(page: Page, list: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: list, exact: true }).click()
  await page.getByRole('option', { name: option }).click()
}

async function run(page: Page, field: string, text: string, button: string): Promise<void> {
  await page.getByRole('textbox', { name: field, exact: true }).fill(text)
  await page.getByRole('button', { name: button, exact: true }).click()
}

async function newSubject(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^Subject: / }).click()
  await page.getByRole('textbox', { name: 'New subject' }).fill(name)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: `Subject: ${name}` }).waitFor()
}

async function chat(page: Page, text: string, model: string): Promise<void> {
  await page.getByRole('link', { name: 'New chat' }).click()
  await choose(page, 'Model', model)
  await run(page, 'Message', text, 'Send')
  const foot = page.getByRole('article', { name: 'Reply' }).getByTitle('How this was charged')
  await foot.waitFor({ timeout: WAIT_MS })
}

async function picture(page: Page, text: string, count: number): Promise<void> {
  const field = page.getByRole('textbox', { name: 'How many' })
  await field.fill(String(count))
  await field.press('Tab')
  await run(page, 'Description', text, 'Make')
  const made = page.getByRole('region', { name: text.slice(0, 40) })
  await made.getByTitle('How this was charged').waitFor({ timeout: WAIT_MS })
}

async function work(page: Page): Promise<void> {
  await newSubject(page, 'Harbour guide')
  await chat(page, CHATS[1] ?? '', 'Practice · brief')
  await goTo(page, 'Image')
  for (const [index, text] of PICTURES.entries()) await picture(page, text, 2 - index)
  await newSubject(page, 'Shop')
  await goTo(page, 'Voice')
  await run(page, 'Text to speak', SPEECH, 'Speak')
  await page.getByRole('article', { name: /^Recording/ }).waitFor({ timeout: WAIT_MS })
  await goTo(page, 'Chat')
  await chat(page, CHATS[2] ?? '', 'Practice · fast')
  await chat(page, CHATS[0] ?? '', 'Practice · thorough')
}

async function photograph(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, VIEWPORT.height - 1)
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`), animations: 'disabled' })
  console.log(`docs/images/${name}.png`)
}

async function takePictures(page: Page): Promise<void> {
  await work(page)
  await page.getByRole('textbox', { name: 'Message' }).fill('And with monthly deposits?')
  await page.getByRole('button', { name: 'Send', disabled: false }).waitFor()
  await photograph(page, 'chat')
  await page.getByRole('textbox', { name: 'Message' }).fill('')
  await goTo(page, 'Usage')
  await page.getByRole('grid', { name: 'Operations' }).waitFor()
  await photograph(page, 'usage')
  await page.emulateMedia({ colorScheme: 'dark' })
  await goTo(page, 'Image')
  const shown = page.getByRole('button', { name: /^Open picture: / })
  await shown.first().waitFor()
  await page.waitForFunction(() => [...document.images].every(({ complete }) => complete))
  await photograph(page, 'image')
}

const browser = await bringBrowser()
if (!browser) throw new Error('No Chromium: run `npx playwright install chromium`.')
mkdirSync(FOLDER, { recursive: true })
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'tallystick-pictures-'))
const { host, address } = startHost(dataDirectory)
const chromiumApp = await chromium.launch({
  executablePath: browser.binary,
  chromiumSandbox: browser.sandbox,
})
try {
  const page = await chromiumApp.newPage({
    viewport: VIEWPORT,
    locale: 'en-GB',
    colorScheme: 'light',
    reducedMotion: 'reduce',
  })
  page.setDefaultTimeout(WAIT_MS)
  await page.goto(await address)
  await takePictures(page)
} finally {
  await chromiumApp.close()
  host.kill('SIGTERM')
  await new Promise((resolve) => host.once('close', resolve))
  rmSync(dataDirectory, { recursive: true, force: true })
}
