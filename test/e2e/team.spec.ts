import { ask, chip, goTo } from './support/studio.ts'
import { type App, startApp } from './support/app.ts'
import { startTeamServer } from './support/team-server.ts'
import { expect, type Page, test } from './support/test.ts'

const badge = (page: Page) => page.getByRole('button', { name: /^Status: / })
const members = (page: Page) => page.getByRole('table', { name: 'Members' })
const devices = (page: Page) => page.getByRole('table', { name: 'Machines' })

async function openTeam(page: Page, person: string, machine: string): Promise<void> {
  await goTo(page, 'Team')
  await page.getByRole('textbox', { name: 'Your name' }).fill(person)
  await page.getByRole('textbox', { name: 'Name of this machine' }).fill(machine)
}

const caps = (page: Page) => page.getByRole('table', { name: 'Caps for members' })

/** An owner sets, changes and removes a cap of a member, who sees it. */
async function setCaps(owner: Page, member: Page): Promise<void> {
  await owner.getByRole('button', { name: 'Add a cap' }).click()
  const dialog = owner.getByRole('dialog', { name: 'Add a cap' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Daily')
  await dialog.getByRole('combobox', { name: 'Counts' }).click()
  await owner.getByRole('option', { name: 'Grace' }).click()
  await dialog.getByRole('button', { name: 'Add cap' }).click()
  for (const each of [owner, member]) {
    await expect(caps(each)).toContainText('100 credits a day, only Grace')
  }
  await expect(member.getByRole('button', { name: /cap|Daily/ })).toHaveCount(0)
  await caps(owner).getByRole('button', { name: 'Change Daily' }).click()
  const change = owner.getByRole('dialog', { name: 'Change Daily' })
  await change.getByRole('textbox', { name: 'Credits' }).fill('250')
  await change.getByRole('button', { name: 'Save' }).click()
  await expect(caps(member)).toContainText('250 credits a day')
  await caps(owner).getByRole('button', { name: 'Remove Daily' }).click()
  await expect(caps(member)).toHaveCount(0)
}

const panel = (page: Page) => page.getByRole('dialog', { name: 'Get credits' })

async function openPanel(page: Page): Promise<void> {
  await chip(page).click()
  await page.getByRole('button', { name: 'Get credits' }).click()
  await expect(panel(page)).toBeVisible()
}

const current = (page: Page) =>
  panel(page).getByRole('status').filter({ hasText: 'Current credits' })

/** An owner buys, and a member who may not sees the credits come. */
async function buyForAll(owner: Page, member: Page, app: App): Promise<void> {
  for (const each of [owner, member]) {
    await openPanel(each)
    await expect(current(each)).toContainText('1,000')
  }
  await expect(panel(member)).toContainText('Ask Ada')
  await panel(owner)
    .getByRole('radio', { name: /^500 credits/ })
    .check()
  await panel(owner)
    .getByRole('button', { name: /^Pay .* in the browser/ })
    .click()
  await expect.poll(() => app.opened().length).toBe(1)
  const tab = await owner.context().newPage()
  await tab.goto(app.opened()[0] ?? '')
  await tab.getByRole('textbox', { name: 'Card number' }).fill('4242 4242 4242 4242')
  await tab.getByRole('button', { name: /^Pay \$/ }).click()
  await expect(tab.getByRole('heading', { name: 'Payment successful' })).toBeVisible()
  await tab.close()
  for (const each of [owner, member]) {
    await expect(current(each)).toContainText('1,500')
    await each.keyboard.press('Escape')
    await expect(panel(each)).toBeHidden()
  }
}

/** An owner sets an address to be told, sees its secret once, and tries it. */
async function setWebhook(owner: Page, member: Page): Promise<void> {
  await owner.getByRole('button', { name: 'Set an address' }).click()
  const dialog = owner.getByRole('dialog', { name: 'Address to notify' })
  const address = dialog.getByRole('textbox', { name: 'Address' })
  await address.fill('https://10.0.0.1/')
  await dialog.getByRole('button', { name: 'Set' }).click()
  await expect(dialog).toContainText('inside the server’s own network')
  await address.fill('https://hooks.invalid/credits')
  await dialog.getByRole('button', { name: 'Set' }).click()
  const secret = owner.getByRole('dialog', { name: 'Its secret' })
  await expect(secret.getByRole('textbox', { name: 'Secret' })).toHaveValue(/^whsec_/)
  await secret.getByRole('button', { name: 'Done' }).click()
  await owner.getByRole('button', { name: 'Send a test' }).click()
  await expect(owner.getByText(/The last message will be tried again/)).toBeVisible()
  await expect(member.getByRole('button', { name: 'Set an address' })).toHaveCount(0)
}

async function rename(page: Page, dialog: string, label: string, name: string): Promise<void> {
  const open = page.getByRole('dialog', { name: dialog })
  await open.getByRole('textbox', { name: label }).fill(name)
  await open.getByRole('button', { name: 'Rename' }).click()
  await expect(open).toBeHidden()
}

/** Without the server: who did it sees it at once. */
async function renameApart(owner: Page, member: Page): Promise<void> {
  for (const each of [owner, member]) await goTo(each, 'Team')
  await owner.getByRole('button', { name: 'Rename team' }).click()
  await rename(owner, 'Rename team', 'Name of the team', 'Analytical Engines')
  await expect(owner.getByRole('heading', { name: 'Analytical Engines' })).toBeVisible()
  await member.getByRole('button', { name: 'More about Desktop' }).click()
  await member.getByRole('menuitem', { name: 'Rename' }).click()
  await rename(member, 'Rename Desktop', 'Name', 'Mark I')
  await expect(devices(member)).toContainText('Mark I')
}

async function seeNames(pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    await goTo(page, 'Team')
    await expect(page.getByRole('heading', { name: 'Analytical Engines' })).toBeVisible()
    await expect(devices(page)).toContainText('Mark I')
  }
}

test.use({ appOptions: { practiceSpeed: 'instant' } })

test('two machines share a team, with its server and without', async ({ page, app, browser }) => {
  test.setTimeout(180_000)
  const server = await startTeamServer({ freePlan: { packs: true } })
  const other = await startApp({ practiceSpeed: 'instant' })
  const context = await browser.newContext()
  try {
    await openTeam(page, 'Ada', 'Laptop')
    await page.getByRole('textbox', { name: 'Name of the team' }).fill('Engines')
    await page.getByRole('textbox', { name: 'Address of the server' }).fill(server.address)
    await page.getByRole('button', { name: 'Create team' }).click()
    await expect(badge(page)).toHaveAccessibleName(/In step/)

    await page.getByRole('button', { name: 'Invite', exact: true }).click()
    await page.getByRole('button', { name: 'Make invite' }).click()
    const link = await page.getByRole('textbox', { name: 'Link' }).inputValue()
    await page.getByRole('button', { name: 'Done' }).click()

    const second = await context.newPage()
    await second.goto(other.address)
    await openTeam(second, 'Grace', 'Desktop')
    await second.getByRole('textbox', { name: 'Invite link or code' }).fill(link)
    await second.getByRole('button', { name: 'Join team' }).click()
    for (const each of [page, second]) {
      await expect(badge(each)).toHaveAccessibleName(/In step/)
      await expect(members(each)).toContainText('Ada')
      await expect(members(each)).toContainText('Grace')
    }

    await setCaps(page, second)
    await buyForAll(page, second, app)
    await setWebhook(page, second)

    await server.stop()
    for (const each of [page, second]) await expect(badge(each)).toHaveAccessibleName(/Offline/)
    await page.getByRole('button', { name: /^Balance: / }).click()
    await page.getByRole('button', { name: 'Get credits' }).click()
    const panel = page.getByRole('dialog', { name: 'Get credits' })
    await expect(panel).toContainText(/which cannot be reached\. [\d,.]+ credits are left on this/)
    await expect(panel).toContainText('What you chose here is kept')
    await page.keyboard.press('Escape')
    await goTo(page, 'Chat')
    await ask(page, 'Tell me about rivers.')
    await renameApart(page, second)
    await server.start()
    for (const each of [page, second]) {
      await expect(badge(each)).toHaveAccessibleName(/In step/, { timeout: 30_000 })
    }
    await seeNames([page, second])
  } finally {
    await context.close()
    await other.cleanUp()
    await server.cleanUp()
  }
})
