import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { success } from '#shared/result.ts'
import type { HostEvent } from '#shared/host/events.ts'
import { serveAppScheme } from '../../../src-main/shell/app-scheme.ts'
import { connectWindows } from '../../../src-main/shell/calls.ts'
import { denyPermissions, lockNavigation } from '../../../src-main/shell/guards.ts'

/** What the shell registers with Electron, kept so that the tests can call it. */
/* eslint-disable @typescript-eslint/no-explicit-any -- stands in for Electron, of any shape */
const electron = vi.hoisted(() => ({
  handlers: new Map<string, (...args: any[]) => any>(),
  windows: [] as { isDestroyed(): boolean; webContents: { send(...args: unknown[]): void } }[],
}))

vi.mock('electron', () => ({
  protocol: {
    handle: (scheme: string, handler: () => unknown) => electron.handlers.set(scheme, handler),
  },
  ipcMain: {
    handle: (channel: string, handler: () => unknown) => electron.handlers.set(channel, handler),
  },
  BrowserWindow: { getAllWindows: () => electron.windows },
  net: {},
}))

const log = { info: () => {}, warn: () => {}, error: () => {} }

describe('app://tallystick', () => {
  let directory: string
  let ask: (address: string, init?: RequestInit) => Promise<Response>
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'tallystick-shell-'))
    mkdirSync(path.join(directory, 'renderer', 'assets'), { recursive: true })
    writeFileSync(path.join(directory, 'renderer', 'index.html'), '<title>Tallystick</title>')
    writeFileSync(path.join(directory, 'renderer', 'assets', 'a.js'), 'export {}')
    writeFileSync(path.join(directory, 'secret.txt'), 'secret')
    const sound = path.join(directory, 'sound.wav')
    writeFileSync(sound, '0123456789')
    serveAppScheme({
      host: {
        media: (id) =>
          id === 'sound' ? { path: sound, mediaType: 'audio/wav', bytes: 10 } : undefined,
      },
      rendererDirectory: path.join(directory, 'renderer'),
      developmentOrigin: null,
    })
    ask = (address, init) =>
      electron.handlers.get('app')!(new Request(address, init)) as Promise<Response>
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  it('serves the window, which may connect nowhere', async () => {
    for (const address of ['app://tallystick/', 'app://tallystick/usage']) {
      const answer = await ask(address)
      expect(answer.status).toBe(200)
      expect(await answer.text()).toContain('Tallystick')
      const policy = answer.headers.get('content-security-policy')!
      expect(policy).toContain("connect-src 'none'")
      expect(policy).toContain("script-src 'self';")
      expect(policy).not.toContain('unsafe')
    }
    const script = await ask('app://tallystick/assets/a.js')
    expect(script.headers.get('content-type')).toContain('text/javascript')
  })

  it('serves the part of a creation that a player asks for', async () => {
    const answer = await ask('app://tallystick/media/sound', { headers: { range: 'bytes=2-4' } })
    expect(answer.status).toBe(206)
    expect(answer.headers.get('content-range')).toBe('bytes 2-4/10')
    expect(await answer.text()).toBe('234')
    const behind = await ask('app://tallystick/media/sound', { headers: { range: 'bytes=10-' } })
    expect(behind.status).toBe(416)
  })

  it.each([
    'app://evil/',
    'app://tallystick/%2e%2e%2fsecret.txt',
    'app://tallystick/../secret.txt',
    'app://tallystick/media/..%2f..%2fsecret.txt',
    'app://tallystick/media/other',
    'app://tallystick/assets/missing.js',
  ])('has nothing at %s', async (address) => {
    const answer = await ask(address)
    expect(answer.status).toBe(404)
    expect(await answer.text()).not.toContain('secret')
  })

  it('only answers GET', async () => {
    expect((await ask('app://tallystick/', { method: 'POST' })).status).toBe(404)
  })
})

describe('calls of a window', () => {
  const listeners: ((event: HostEvent) => void)[] = []
  const dispatched: unknown[] = []
  connectWindows(
    {
      dispatch: async (...call) => {
        dispatched.push(call)
        return success('done')
      },
      onEvent: (listener) => {
        listeners.push(listener)
        return () => {}
      },
      media: () => undefined,
      close: async () => {},
    },
    log,
  )
  const call = (event: unknown) =>
    electron.handlers.get('tallystick:call')!(event, 'balance.read', {}) as Promise<unknown>

  it('are dispatched when our own page makes them', async () => {
    const frame = { url: 'app://tallystick/usage' }
    expect(await call({ senderFrame: frame, sender: { mainFrame: frame } })).toEqual(
      success('done'),
    )
    expect(dispatched.splice(0)).toEqual([['balance.read', {}]])
  })

  it('are refused from any other page, a frame inside ours, or a frame that is gone', async () => {
    const evil = { url: 'https://evil.example/' }
    const inner = { url: 'app://tallystick/' }
    const main = { url: 'app://tallystick/' }
    for (const event of [
      { senderFrame: evil, sender: { mainFrame: evil } },
      { senderFrame: inner, sender: { mainFrame: main } },
      { senderFrame: null, sender: { mainFrame: main } },
    ]) {
      expect(await call(event)).toMatchObject({ ok: false, error: { code: 'not_allowed' } })
    }
    expect(dispatched).toEqual([])
  })

  it('are followed by events to the windows that are still there', () => {
    const sent: unknown[] = []
    const window = (gone: boolean) => ({
      isDestroyed: () => gone,
      webContents: { send: (...args: unknown[]) => sent.push([gone, ...args]) },
    })
    electron.windows = [window(false), window(true)]
    listeners[0]!({ type: 'threads' })
    expect(sent).toEqual([[false, 'tallystick:event', { type: 'threads' }]])
  })
})

describe('guards', () => {
  it('deny every permission and device', () => {
    const set = new Map<string, (...args: any[]) => any>()
    const session = new Proxy(
      {},
      {
        get: (_target, name: string) => (handler: any, more?: any) =>
          set.set(name + (more ? `:${handler}` : ''), more ?? handler),
      },
    )
    denyPermissions(session as never)
    const answers: unknown[] = []
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'openExternal',
    ]) {
      set.get('setPermissionRequestHandler')!({}, permission, (granted: unknown) =>
        answers.push(granted),
      )
      answers.push(set.get('setPermissionCheckHandler')!({}, permission))
    }
    answers.push(set.get('setDevicePermissionHandler')!({}))
    expect(new Set(answers)).toEqual(new Set([false]))
    const event = { preventDefault: vi.fn() }
    set.get('on:select-usb-device')!(event)
    expect(event.preventDefault).toHaveBeenCalledOnce()
  })

  it('keep every page where it is', () => {
    const on = new Map<string, (...args: any[]) => any>()
    let openHandler: () => unknown = () => null
    const contents = {
      on: (name: string, handler: () => void) => on.set(name, handler),
      setWindowOpenHandler: (handler: () => unknown) => (openHandler = handler),
    }
    lockNavigation(
      { on: (_name: string, handler: (...args: any[]) => void) => handler({}, contents) } as never,
      log,
    )
    const led = (name: string, url: string) => {
      const event = { preventDefault: vi.fn(), url }
      on.get(name)!(event)
      return event.preventDefault.mock.calls.length === 0
    }
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      expect(led(name, 'app://tallystick/usage')).toBe(true)
      expect(led(name, 'https://evil.example/')).toBe(false)
      expect(led(name, 'file:///etc/passwd')).toBe(false)
      expect(led(name, 'app://tallystick@evil/')).toBe(false)
    }
    expect(led('will-attach-webview', 'app://tallystick/')).toBe(false)
    expect(openHandler()).toEqual({ action: 'deny' })
  })
})
