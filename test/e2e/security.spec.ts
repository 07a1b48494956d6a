import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ask, footLine, goTo, PAGE_NAMES, write } from './support/studio.ts'
import { expect, test } from './support/test.ts'

test.describe('a page of another origin', () => {
  test.use({
    sharesApp: true,
    expectedErrors: [/WebSocket|Refused|Content Security Policy|inline script/],
  })

  test('cannot reach the host, even in a browser that was let in', async ({
    page,
    app,
    context,
  }) => {
    await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible()
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end('<!doctype html><title>Elsewhere</title>')
    }).listen(0, '127.0.0.1')
    try {
      await new Promise((resolve) => server.once('listening', resolve))
      const elsewhere = await context.newPage()
      await elsewhere.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      const outcome = await elsewhere.evaluate(
        (url) =>
          new Promise<string>((resolve) => {
            const socket = new WebSocket(url)
            socket.onopen = () => resolve('opened')
            socket.onerror = () => resolve('refused')
          }),
        `${app.origin.replace('http', 'ws')}/host`,
      )
      expect(outcome).toBe('refused')
      const read = await elsewhere.evaluate(
        (url) =>
          fetch(url, { credentials: 'include' }).then(
            () => 'read',
            () => 'refused',
          ),
        `${app.origin}/`,
      )
      expect(read).toBe('refused')
    } finally {
      server.close()
    }
  })

  test('without the token there is nothing to see', async ({ app, browser }) => {
    const context = await browser.newContext()
    const stranger = await context.newPage()
    await stranger.goto(`${app.origin}/chat`)
    await expect(stranger.getByRole('textbox', { name: 'Message' })).toHaveCount(0)
    const guess = await stranger.goto(`${app.origin}/?token=${'A'.repeat(43)}`)
    expect(guess?.status()).toBeGreaterThanOrEqual(400)
    await context.close()
  })

  test('a script written into the page does not run', async ({ page }) => {
    const response = await page.reload()
    const policy = response?.headers()['content-security-policy'] ?? ''
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe-inline')
    await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible()
    const ran = await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.intruder = true'
      document.body.append(script)
      const image = document.createElement('div')
      image.innerHTML = '<img src="data:," onerror="window.intruder = true">'
      document.body.append(image)
      return 'intruder' in window
    })
    expect(ran).toBe(false)
    await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible()
    expect(await page.evaluate(() => 'intruder' in window)).toBe(false)
  })
})

test.describe('a full tour', () => {
  test.use({ appOptions: { practiceSpeed: 'instant' } })

  test('asks nobody but this machine', async ({ page, app }) => {
    const elsewhere: string[] = []
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url())
      if (!['data:', 'blob:'].includes(protocol) && origin !== app.origin)
        elsewhere.push(request.url())
    })
    page.on('websocket', (socket) => {
      if (new URL(socket.url()).host !== new URL(app.origin).host) elsewhere.push(socket.url())
    })
    await page.reload()
    await ask(
      page,
      'Show me ![a picture](https://example.com/a.png) and <img src=//example.com/b.png>',
    )
    await goTo(page, 'Image')
    await write(page, 'Description', 'A loaf of bread', 'Make')
    await page.getByRole('button', { name: 'Make', exact: true }).click()
    await expect(footLine(page.getByRole('region', { name: 'A loaf of bread' }))).toBeVisible()
    for (const name of PAGE_NAMES) await goTo(page, name)
    expect(elsewhere).toEqual([])
  })
})
