import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { WebSocket } from 'ws'
import type { HostEvent } from '#shared/host/events.ts'
import { success } from '#shared/result.ts'
import type { Result } from '#shared/result.ts'
import { openBrowserDoor } from '../../../src-main/host/browser-door/door.ts'
import type { Host } from '../../../src-main/host/host.ts'
import type { Log } from '#shared/ports/log.ts'

/** A host that answers with what it was asked, and whose events the test sends. */
export function createFakeHost(directory: string) {
  const listeners = new Set<(event: HostEvent) => void>()
  let answer: (name: unknown, input: unknown) => Promise<Result<unknown>> = async (name, input) =>
    success({ name, input })
  const mediaFile = path.join(directory, 'sound.wav')
  writeFileSync(mediaFile, '0123456789')
  const host: Host = {
    dispatch: (name, input) => answer(name, input),
    onEvent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    media: (id) =>
      id === 'sound' ? { path: mediaFile, mediaType: 'audio/wav', bytes: 10 } : undefined,
    close: async () => {},
  }
  return {
    host,
    listeners,
    tell: (event: HostEvent) => listeners.forEach((listener) => listener(event)),
    answerWith: (next: typeof answer) => {
      answer = next
    },
  }
}

const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} }

export const SECRET_FILE_TEXT = 'what no page may read'

/** A door over a fake host and a small window, in a directory of its own. */
export async function openTestDoor() {
  const directory = mkdtempSync(path.join(tmpdir(), 'tallystick-door-'))
  const window = path.join(directory, 'renderer')
  mkdirSync(path.join(window, 'assets'), { recursive: true })
  writeFileSync(path.join(window, 'index.html'), '<!doctype html><title>Tallystick</title>')
  writeFileSync(path.join(window, 'assets', 'index-a1b2c3.js'), 'export {}')
  writeFileSync(path.join(window, '.env'), SECRET_FILE_TEXT)
  writeFileSync(path.join(directory, 'secret.txt'), SECRET_FILE_TEXT)
  const fake = createFakeHost(directory)
  const door = await openBrowserDoor({
    host: fake.host,
    renderer: { directory: window },
    port: 0,
    log: silentLog,
  })
  const token = new URL(door.address).searchParams.get('token')!
  const cookie = `tallystick_${door.port}=${token}`
  const origin = `http://127.0.0.1:${door.port}`
  return {
    ...fake,
    door,
    token,
    cookie,
    origin,
    async close() {
      await door.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export type TestDoor = Awaited<ReturnType<typeof openTestDoor>>

/** Whatever came, loosely: the tests say what it must be. */
export interface HeardFrame {
  readonly id?: number
  readonly event?: HostEvent
  readonly result?: {
    readonly ok: boolean
    readonly data?: unknown
    readonly error?: { readonly code: string }
  }
}

/** A page: counts what it hears, answers nothing by itself. */
export async function connectPage(
  door: TestDoor,
  headers: Readonly<Record<string, string>> = {},
  path_ = '/host',
) {
  const socket = new WebSocket(`ws://127.0.0.1:${door.door.port}${path_}`, {
    headers: { cookie: door.cookie, origin: door.origin, ...headers },
  })
  const frames: HeardFrame[] = []
  let arrived = () => {}
  socket.on('message', (data) => {
    frames.push(JSON.parse((data as Buffer).toString()) as HeardFrame)
    arrived()
  })
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  const opened = await new Promise<number>((resolve) => {
    socket.once('open', () => resolve(101))
    socket.once('unexpected-response', (request, response) => {
      resolve(response.statusCode ?? 0)
      request.destroy()
    })
    socket.on('error', () => {})
  })
  return {
    socket,
    frames,
    closed,
    /** 101, or the status it was refused with. */
    status: opened,
    send: (frame: unknown) => socket.send(JSON.stringify(frame)),
    async heard(count: number) {
      while (frames.length < count) {
        await new Promise<void>((resolve) => {
          arrived = resolve
        })
      }
      return frames
    },
  }
}
