import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { addressesOpened, putOpener } from '../../support/opener.ts'

const entry = path.join(import.meta.dirname, '../../../src-main/headless.ts')

let dataDirectory: string
let running: ChildProcess[] = []
beforeEach(() => {
  dataDirectory = mkdtempSync(path.join(tmpdir(), 'tallystick-headless-'))
})
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running = []
  rmSync(dataDirectory, { recursive: true, force: true })
})

function start(args: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [entry, '--data-dir', dataDirectory, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  running.push(child)
  let output = ''
  let errors = ''
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()))
  const ready = new Promise<string>((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString()
      if (output.includes('\n')) resolve(output)
    })
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, ready, ended, output: () => output, errors: () => errors }
}

/** Makes one call as a page that was let in would. */
async function callHost(address: string, call: string): Promise<unknown> {
  const url = new URL(address)
  const socket = new WebSocket(`ws://${url.host}/host`, {
    headers: {
      origin: url.origin,
      cookie: `tallystick_${url.port}=${url.searchParams.get('token')}`,
    },
  })
  const answer = await new Promise<unknown>((resolve, reject) => {
    socket.on('open', () => socket.send(JSON.stringify({ id: 1, call, input: {} })))
    socket.on('message', (data) => {
      const frame = JSON.parse((data as Buffer).toString()) as { id?: number; result?: unknown }
      if (frame.id === 1) resolve(frame.result)
    })
    socket.on('error', reject)
  })
  socket.terminate()
  return answer
}

const cannotUse = (directory: string) =>
  `The data folder ${directory} cannot be used (EEXIST). Check that it is a folder and that you may read and write everything in it, then start Tallystick again.`

describe('the headless host', () => {
  it('prints one line, answers behind it, and closes on a signal', async () => {
    const host = start(['--port', '0'])
    const line = await host.ready
    expect(line).toMatch(/^Tallystick is at http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}\n$/)
    const address = line.trim().replace('Tallystick is at ', '')
    expect(await callHost(address, 'app.open')).toMatchObject({
      ok: true,
      data: { door: 'browser', ledger: { state: 'ok' } },
    })
    host.child.kill('SIGTERM')
    expect(await host.ended).toBe(0)
    expect(host.output()).toBe(line)
    expect(host.errors()).toBe('')
  })

  it('takes the token it is given in the environment', async () => {
    const token = 'a-token-of-our-own-0123456789abcdef'
    const host = start(['--port', '0'], { TALLYSTICK_TOKEN: token })
    expect(await host.ready).toContain(`?token=${token}\n`)
  })

  it('serves a second instance too, which says that the ledger is in use', async () => {
    const first = start(['--port', '0'])
    await first.ready
    const second = start(['--port', '0'])
    const address = (await second.ready).trim().replace('Tallystick is at ', '')
    expect(await callHost(address, 'app.open')).toMatchObject({
      ok: true,
      data: { ledger: { state: 'unavailable' }, balance: null },
    })
  })

  it.each([[['--port', 'many']], [['--nonsense']], [['file']]])(
    'refuses the arguments %j with exit code 2',
    async (args) => {
      const host = start(args)
      expect(await host.ended).toBe(2)
      expect(host.output()).toBe('')
      expect(host.errors()).toContain('--data-dir <folder>')
      expect(host.errors()).not.toContain('    at ')
    },
  )

  it('says so when the port it was told to take is taken', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const host = start(['--port', String(port)])
    expect(await host.ended).toBe(1)
    expect(host.errors()).toBe(
      `Tallystick cannot start: port ${port} cannot be used: another program has it. Choose another with --port.\n`,
    )
    other.close()
  })

  it('says so when the data folder cannot be used', async () => {
    const file = path.join(dataDirectory, 'file')
    writeFileSync(file, '')
    const host = start(['--port', '0', '--data-dir', file])
    expect(await host.ended).toBe(1)
    expect(host.errors()).toBe(`Tallystick cannot start: ${cannotUse(file)}\n`)
  })

  it('says it in the tab as well that it opens, and only then ends', async () => {
    const file = path.join(dataDirectory, 'file')
    writeFileSync(file, '')
    const browser = path.join(dataDirectory, 'browser')
    const PATH = putOpener(browser)
    const host = start(['--port', '0', '--open', '--data-dir', file], { PATH })
    const opened = await vi.waitUntil(() => addressesOpened(browser)[0], 10_000)
    expect(await callHost(opened, 'app.open')).toEqual({
      ok: false,
      error: { code: 'cannot_start', message: cannotUse(file) },
    })
    expect(await host.ended).toBe(1)
    expect(host.errors()).toBe(`Tallystick cannot start: ${cannotUse(file)}\n`)
  })
})
