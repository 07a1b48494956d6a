import { type App, startApp } from './support/app.ts'
import { openTestPostgres, type TestPostgres } from './support/postgres.ts'
import { firstNumber, goTo, replies, replyEnds } from './support/studio.ts'
import { startTeamServer, type TeamServer } from './support/team-server.ts'
import { expect, type Page, test } from './support/test.ts'

/** Of each machine that comes: little, so that it can be used up; a quarter of it is a run. */
const ALLOWANCE = 9
const APP = { allowance: ALLOWANCE, practiceSpeed: 'instant' } as const

test.use({
  appOptions: APP,
  expectedErrors: [/WebSocket|ERR_CONNECTION|Failed to load resource/],
})

let postgres: TestPostgres
test.beforeAll(async () => {
  postgres = await openTestPostgres()
})
test.afterAll(() => postgres.cleanUp())

const badge = (page: Page) => page.getByRole('button', { name: /^Status: / })

async function allAre(pages: readonly Page[], standing: RegExp): Promise<void> {
  for (const page of pages) {
    await expect(badge(page)).toHaveAccessibleName(standing, { timeout: 30_000 })
  }
}

async function found(page: Page, address: string): Promise<string> {
  await goTo(page, 'Team')
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ada')
  await page.getByRole('textbox', { name: 'Name of this machine' }).fill('Laptop')
  await page.getByRole('textbox', { name: 'Name of the team' }).fill('Engines')
  await page.getByRole('textbox', { name: 'Address of the server' }).fill(address)
  await page.getByRole('button', { name: 'Create team' }).click()
  await allAre([page], /In step/)
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  await page.getByRole('textbox', { name: 'People it lets in' }).fill('2')
  await page.getByRole('button', { name: 'Make invite' }).click()
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue()
  await page.getByRole('button', { name: 'Done' }).click()
  return link
}

async function join(page: Page, name: string, link: string): Promise<void> {
  await goTo(page, 'Team')
  await page.getByRole('textbox', { name: 'Your name' }).fill(name)
  await page.getByRole('textbox', { name: 'Name of this machine' }).fill('Desktop')
  await page.getByRole('textbox', { name: 'Invite link or code' }).fill(link)
  await page.getByRole('button', { name: 'Join team' }).click()
  await allAre([page], /In step/)
}

/** Runs until what this machine has does not cover another; what they cost. */
async function spendAll(page: Page): Promise<number> {
  await goTo(page, 'Chat')
  const run = page.getByRole('button', { name: 'Send', exact: true })
  const short = page.getByText(/of the team’s with this machine/)
  for (let charged = 0; ; charged += await replyEnds(page)) {
    const before = await replies(page).count()
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('Tell me about rivers.')
    await expect.poll(async () => (await short.isVisible()) || run.isEnabled()).toBe(true)
    if (await short.isVisible()) return charged
    await run.click()
    await expect(replies(page)).toHaveCount(before + 1)
  }
}

/** Credits run low here, and the panel says so whatever is being done. */
function closePanelAsItOpens(page: Page): Promise<void> {
  const panel = page.getByRole('dialog', { name: 'Get credits' })
  return page.addLocatorHandler(panel, () => page.keyboard.press('Escape'))
}

/** By asking at once: by itself a machine waits up to a minute. */
async function reach(page: Page): Promise<void> {
  await goTo(page, 'Team')
  const again = page.getByRole('button', { name: 'Try now' })
  const inStep = page.getByText(/^In step with the server/)
  await expect(async () => {
    // It may be in step just then: there is nothing to ask for any more.
    if (await again.isVisible()) await again.click({ timeout: 2_000 })
    await expect(inStep).toBeVisible({ timeout: 2_000 })
  }).toPass({ timeout: 90_000 })
}

async function figure(page: Page, name: string): Promise<number> {
  const entry = page.locator('dl > div').filter({ has: page.getByText(name, { exact: true }) })
  const text = await entry.getByRole('definition').first().innerText()
  return text === '' ? NaN : firstNumber(text)
}

/** What the team has, as a machine sees it; and what each used. */
async function seenBy(page: Page) {
  const usage = page.getByRole('table', { name: 'Usage by member and machine' })
  return {
    left: (await figure(page, 'On this machine')) + (await figure(page, 'Elsewhere in the team')),
    usage: (await usage.getByRole('row').allInnerTexts()).sort(),
  }
}

async function startServers(count: number, databaseUrl: string): Promise<TeamServer[]> {
  const options = { databaseUrl, freePlan: { allowance: String(ALLOWANCE) } }
  const first = await startTeamServer(options)
  if (count === 1) return [first]
  return [first, await startTeamServer({ ...options, directory: first.directory })]
}

for (const count of [1, 2]) {
  const on = count === 1 ? 'its server' : 'two servers'
  test(`three machines on ${on} agree after two spent all they had apart, and all was cut short`, async ({
    page,
    browser,
  }) => {
    test.setTimeout(240_000)
    test.skip(postgres.missing !== null, postgres.missing ?? '')
    const servers = await startServers(count, await postgres.database())
    const others: App[] = await Promise.all([startApp(APP), startApp(APP)])
    const context = await browser.newContext()
    try {
      const [grace, kim] = (await Promise.all(others.map(() => context.newPage()))) as [Page, Page]
      const machines = [page, grace, kim]
      await Promise.all(machines.map(closePanelAsItOpens))
      const [first, last] = [servers[0]!, servers.at(-1)!]
      const link = await found(page, first.address)
      for (const [at, each] of [grace, kim].entries()) await each.goto(others[at]!.address)
      await join(grace, 'Grace', link.replace(first.address, last.address))
      await join(kim, 'Kim', link)

      for (const server of servers) await server.stop()
      await allAre(machines, /Offline/)
      const spent = await Promise.all([spendAll(page), spendAll(grace)])
      expect(Math.min(...spent)).toBeGreaterThan(0)
      await others[0]!.kill()
      for (const server of servers) await server.start()
      // One of them is gone again at once, without a word.
      await last.kill()
      await last.start()
      await others[0]!.start()
      await grace.goto(others[0]!.address)
      await Promise.all(machines.map(reach))
      const left = 3 * ALLOWANCE - spent[0] - spent[1]
      const charged = spent.filter((one) => one > 0).length
      await expect
        .poll(async () => (await Promise.all(machines.map(seenBy))).map((seen) => seen.left), {
          timeout: 30_000,
        })
        .toEqual([left, left, left])
      await expect
        .poll(async () => {
          const seen = await Promise.all(machines.map(seenBy))
          return seen.map(({ usage }) => JSON.stringify(usage) === JSON.stringify(seen[0]?.usage))
        })
        .toEqual([true, true, true])
      // A row of headings, and of each who ran something one for them and one for their machine.
      expect((await seenBy(kim)).usage).toHaveLength(1 + 2 * charged)
    } finally {
      await context.close()
      for (const app of others) await app.cleanUp()
      for (const server of servers.toReversed()) await server.cleanUp()
    }
  })
}
