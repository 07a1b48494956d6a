import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { openBrowserDoor } from '../../../src-main/host/browser-door/door.ts'
import type { BrowserDoor } from '../../../src-main/host/browser-door/door.ts'
import { createFakeHost } from './fake-host.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} }

/** A dev server that repeats what it was asked and echoes what its socket hears. */
function createDevServer() {
  const seen: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers)
    response.writeHead(200, { 'content-type': 'text/plain' }).end(`dev ${request.url}`)
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, request) => {
    seen.push(request.headers)
    socket.on('message', (data) => socket.send(`echo ${(data as Buffer).toString()}`))
  })
  return { server, seen }
}

let directory: string
let dev: ReturnType<typeof createDevServer>
let door: BrowserDoor
let cookie: string
beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'tallystick-dev-'))
  dev = createDevServer()
  await new Promise<void>((resolve) => dev.server.listen(0, '127.0.0.1', resolve))
  const { port } = dev.server.address() as AddressInfo
  door = await openBrowserDoor({
    host: createFakeHost(directory).host,
    renderer: { url: new URL(`http://127.0.0.1:${port}/`) },
    port: 0,
    log,
  })
  cookie = `tallystick_${door.port}=${new URL(door.address).searchParams.get('token')}`
})
afterEach(async () => {
  await door.close()
  dev.server.closeAllConnections()
  dev.server.close()
  rmSync(directory, { recursive: true, force: true })
})

it('takes the window from the dev server, which never sees our cookie', async () => {
  const page = await fetch(`http://127.0.0.1:${door.port}/src/main.tsx?t=1`, {
    headers: { cookie },
  })
  expect(await page.text()).toBe('dev /src/main.tsx?t=1')
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self' 'unsafe-inline'")
  expect(dev.seen[0]!.cookie).toBeUndefined()
  expect(dev.seen[0]!.host).toBe(`127.0.0.1:${(dev.server.address() as AddressInfo).port}`)
})

it('lets nobody through to it without the cookie', async () => {
  const page = await fetch(`http://127.0.0.1:${door.port}/src/main.tsx`)
  expect(page.status).toBe(401)
  expect(dev.seen).toEqual([])
})

it('carries hot reload, and keeps creations and calls for itself', async () => {
  const origin = `http://127.0.0.1:${door.port}`
  const reload = new WebSocket(`ws://127.0.0.1:${door.port}/?token=vite`, {
    headers: { cookie, origin },
  })
  const heard = new Promise((resolve) =>
    reload.on('message', (data) => resolve((data as Buffer).toString())),
  )
  reload.on('open', () => reload.send('ping'))
  expect(await heard).toBe('echo ping')
  reload.terminate()
  expect(dev.seen[0]!.cookie).toBeUndefined()

  const media = await fetch(`${origin}/media/sound`, { headers: { cookie } })
  expect(await media.text()).toBe('0123456789')
})

it('says so when the dev server is gone', async () => {
  dev.server.closeAllConnections()
  await new Promise((resolve) => dev.server.close(resolve))
  const page = await fetch(`http://127.0.0.1:${door.port}/`, { headers: { cookie } })
  expect(page.status).toBe(502)
  expect(await page.text()).toContain('does not answer')
})
