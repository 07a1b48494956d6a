import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { startProvider, type TestProvider } from './support/provider.ts'
import { ask, choose, expectBalance, goTo, replies } from './support/studio.ts'
import { expect, type Page, test } from './support/test.ts'

test.use({ expectedErrors: [/ERR_CONNECTION_REFUSED/] })

const KEY = 'test-key-7f3a9c51e2d84b60'

let provider: TestProvider
test.beforeAll(async () => {
  provider = await startProvider(KEY, ['little-writer', 'painter-image-1'])
  provider.mock.onMessage('rivers', {
    content: 'A river is water on its way to the sea.',
    usage: { prompt_tokens: 400, completion_tokens: 1_200, total_tokens: 1_600 },
  })
})
test.afterAll(() => provider.close())

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Add a provider' })

async function begin(page: Page, key: string): Promise<void> {
  await goTo(page, 'Settings')
  await page.getByRole('button', { name: 'Add a provider' }).click()
  await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('My server')
  await dialog(page).getByRole('textbox', { name: 'Base URL' }).fill(provider.baseUrl)
  await dialog(page).getByLabel('Key', { exact: true }).fill(key)
  await dialog(page).getByRole('button', { name: 'Test connection' }).click()
}

test('a provider is connected, mapped to a rate, used and removed', async ({ page, app }) => {
  const received: string[] = []
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => received.push(payload.toString())),
  )
  await page.reload()
  await begin(page, KEY)
  await expect(dialog(page)).toContainText(/Connected in .*, 2 models/)
  await dialog(page).getByRole('checkbox', { name: 'little-writer' }).click()
  await choose(page, 'Rate of little-writer', 'Request · advanced')
  await dialog(page).getByRole('button', { name: 'Save' }).click()
  await expect(dialog(page)).toBeHidden()
  const providers = page.getByRole('list', { name: 'Providers' })
  await expect(providers).toContainText('My server')

  await goTo(page, 'Chat')
  await choose(page, 'Model', /little-writer/)
  await choose(page, 'Length', 'Long reply')
  // 400 × 2.5/1,000 + 1,200 × 10/1,000, as the server reported them.
  expect(await ask(page, 'Tell me about rivers.')).toBe(13)
  await expect(replies(page)).toContainText('A river is water on its way to the sea.')
  await expectBalance(page, 487)

  await goTo(page, 'Settings')
  await page.getByRole('button', { name: 'Edit My server' }).click()
  const key = page.getByRole('dialog').getByLabel('Key', { exact: true })
  await expect(key).toHaveValue('')
  await expect(key).toHaveAttribute('placeholder', /A key is stored/)
  await page.keyboard.press('Escape')

  expect(received.length).toBeGreaterThan(0)
  expect(received.filter((text) => text.includes(KEY))).toEqual([])
  expect(await page.content()).not.toContain(KEY)
  expect(await stored(page)).not.toContain(KEY)
  await app.stop()
  expect(filesWith(app.dataDirectory, KEY)).toEqual(['secrets.json'])
  expect(statSync(path.join(app.dataDirectory, 'secrets.json')).mode & 0o077).toBe(0)
  // The window of before would ask the new door with the token of the old one.
  await page.goto('about:blank')
  await app.start()
  await page.goto(app.address)

  await goTo(page, 'Settings')
  await page.getByRole('button', { name: 'Remove My server' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove provider' }).click()
  await expect(providers).not.toContainText('My server')
  await expect.poll(() => filesWith(app.dataDirectory, KEY)).toEqual([])
})

/** Of a server that was closed a moment ago. */
async function deadAddress(): Promise<string> {
  const closed = await startProvider('', [])
  await closed.close()
  return closed.baseUrl
}

/** All the page keeps in the browser. */
function stored(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const texts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)]
    for (const { name } of await indexedDB.databases()) {
      if (!name) continue
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(name)
        opening.onsuccess = () => resolve(opening.result)
        opening.onerror = () => reject(new Error(name))
      })
      for (const store of db.objectStoreNames) {
        texts.push(
          await new Promise<string>((resolve) => {
            const all = db.transaction(store).objectStore(store).getAll()
            all.onsuccess = () => resolve(JSON.stringify(all.result))
            all.onerror = () => resolve('')
          }),
        )
      }
      db.close()
    }
    return texts.join('\n')
  })
}

/** The files of a folder that hold a text, by their path in it. */
function filesWith(directory: string, text: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const file = path.join(directory, name)
    return statSync(file).isFile() && readFileSync(file).includes(text)
  })
}

test.describe('that does not connect', () => {
  test.use({ sharesApp: true })

  test('a wrong key is said in words that help', async ({ page, app }) => {
    await begin(page, 'wrong-key-1234567890')
    await expect(dialog(page)).toContainText('The provider did not accept the key.')
    expect(filesWith(app.dataDirectory, 'wrong-key-1234567890')).toEqual([])
  })

  test('an address where nothing answers is said in words that help', async ({ page }) => {
    await goTo(page, 'Settings')
    await page.getByRole('button', { name: 'Add a provider' }).click()
    await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('Nowhere')
    await dialog(page)
      .getByRole('textbox', { name: 'Base URL' })
      .fill(await deadAddress())
    await dialog(page).getByRole('button', { name: 'Test connection' }).click()
    await expect(dialog(page)).toContainText(/could not be reached|Nothing answers|not reach/i)
  })
})
