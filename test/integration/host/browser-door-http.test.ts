import { request } from 'node:http'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDoor, SECRET_FILE_TEXT } from './fake-host.ts'
import type { TestDoor } from './fake-host.ts'

let door: TestDoor
beforeAll(async () => {
  door = await openTestDoor()
})
afterAll(() => door.close())

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Sends the path exactly as written, which fetch would tidy up. */
function ask(path: string, headers: OutgoingHttpHeaders = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: door.door.port, path, method, headers, agent: false },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        response.on('end', () =>
          resolve({ status: response.statusCode!, headers: response.headers, text }),
        )
      },
    )
    sent.on('error', reject).end()
  })
}

const asUser = (path: string, headers: OutgoingHttpHeaders = {}, method = 'GET') =>
  ask(path, { cookie: door.cookie, ...headers }, method)

describe('who may come in', () => {
  it('trades the token for a cookie and takes it out of the address', async () => {
    const { status, headers } = await ask(`/?token=${door.token}`)
    expect(status).toBe(303)
    expect(headers.location).toBe('/')
    expect(headers['set-cookie']).toEqual([
      `tallystick_${door.door.port}=${door.token}; Path=/; HttpOnly; SameSite=Strict`,
    ])
    const [cookie] = headers['set-cookie']![0]!.split(';')
    expect((await ask('/', { cookie: cookie! })).status).toBe(200)
  })

  it('makes a token of 256 random bits', () => {
    expect(Buffer.from(door.token, 'base64url')).toHaveLength(32)
  })

  it.each(['', 'wrong', 'A'.repeat(43)])('lets nobody in with the token %j', async (token) => {
    const { status, headers, text } = await ask(`/?token=${token}`)
    expect(status).toBe(401)
    expect(headers['set-cookie']).toBeUndefined()
    expect(text).toContain('Open the whole address')
    expect(text).not.toContain('<script')
  })

  it('shows nothing without the cookie, of whatever path', async () => {
    for (const path of ['/', '/usage', '/assets/index-a1b2c3.js', '/media/sound', '/nothing.js']) {
      expect((await ask(path)).status).toBe(401)
      const cookie = `tallystick_1=${door.token}; tallystick_${door.door.port}=x; other=${door.token}`
      expect((await ask(path, { cookie })).status).toBe(401)
    }
  })

  it('finds its cookie among those of other local servers', async () => {
    const cookie = `session=abc; ${door.cookie}; theme=dark`
    expect((await ask('/', { cookie })).status).toBe(200)
  })

  it.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    '[::1]:PORT',
    '0.0.0.0:PORT',
  ])('does not answer to the name %s (DNS rebinding)', async (name) => {
    const host = name.replace('PORT', String(door.door.port))
    expect((await asUser('/', { host })).status).toBe(403)
    expect((await ask(`/?token=${door.token}`, { host })).status).toBe(403)
  })

  it('answers to localhost too', async () => {
    expect((await asUser('/', { host: `localhost:${door.door.port}` })).status).toBe(200)
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])(
    'refuses %s, from another page before anything else',
    async (method) => {
      expect((await asUser('/', { origin: door.origin }, method)).status).toBe(405)
      expect((await asUser('/', { origin: 'http://evil.example' }, method)).status).toBe(403)
      expect((await asUser('/', { origin: 'null' }, method)).status).toBe(403)
      expect((await asUser('/', {}, method)).status).toBe(403)
    },
  )

  it.each(['cross-site', 'same-site'])(
    'gives a %s page nothing to embed or fetch, but may be opened from it',
    async (site) => {
      const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' }
      expect((await asUser('/media/sound', headers)).status).toBe(403)
      const frame = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' }
      expect((await asUser('/', { ...frame, 'sec-fetch-dest': 'iframe' })).status).toBe(403)
      expect((await asUser('/', { ...frame, 'sec-fetch-dest': 'document' })).status).toBe(200)
    },
  )
})

describe('the window’s files', () => {
  it('serves the page for every path of the app, fresh each time', async () => {
    for (const path of [
      '/',
      '/usage',
      '/chat/7b0e4a9c-3f5d-4c2b-9a51-2f6f8f1f3f10',
      '/rates?a=b',
    ]) {
      const { status, headers, text } = await asUser(path)
      expect(status).toBe(200)
      expect(headers['content-type']).toBe('text/html; charset=utf-8')
      expect(headers['cache-control']).toBe('no-cache')
      expect(text).toContain('<title>Tallystick')
    }
  })

  it('serves hashed assets with their type, to be kept for ever', async () => {
    const { status, headers, text } = await asUser('/assets/index-a1b2c3.js')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(headers['cache-control']).toContain('immutable')
    expect(text).toBe('export {}')
  })

  it('says so when a file is not there', async () => {
    expect((await asUser('/assets/old-ffffff.js')).status).toBe(404)
  })

  it('answers HEAD without a body', async () => {
    const { status, headers, text } = await asUser('/', {}, 'HEAD')
    expect(status).toBe(200)
    expect(Number(headers['content-length'])).toBeGreaterThan(0)
    expect(text).toBe('')
  })

  it.each([
    '/../secret.txt',
    '/../../../../../../etc/passwd',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/assets/..%252f..%252fsecret.txt',
    '/assets/%c0%ae%c0%ae/secret.txt',
    '/....//secret.txt',
    '//etc/passwd',
    '///etc/passwd',
    '/file:///etc/passwd',
    '/.env',
    '/%2eenv',
    '/assets/.env',
    '/index.html%00.js',
    '/index.html/../../secret.txt',
    '/assets',
    '/assets/',
    '/./secret.txt',
    '/C:/secret.txt',
    'http://127.0.0.1/../secret.txt',
    '*',
    '/media/../secret.txt',
    '/media/%2e%2e%2fsecret.txt',
    '/media/..',
    '/media/',
    '/media/sound/more',
    `/${'a/'.repeat(5_000)}`,
  ])('never leads out of the window’s folder: %s', async (path) => {
    const { status, text } = await asUser(path)
    expect(text).not.toContain(SECRET_FILE_TEXT)
    expect(text).not.toContain('root:')
    // A folder of the window is also a path the app may show its page for.
    expect(status === 200 ? path : status).toSatisfy(
      (seen) => seen === '/assets' || seen === 400 || seen === 404 || seen === 431,
    )
  })
})

describe('creations', () => {
  it('sends the whole file, or the part a player asks for', async () => {
    const whole = await asUser('/media/sound')
    expect(whole).toMatchObject({ status: 200, text: '0123456789' })
    expect(whole.headers).toMatchObject({
      'content-type': 'audio/wav',
      'accept-ranges': 'bytes',
      'content-length': '10',
    })
    const part = await asUser('/media/sound', { range: 'bytes=2-4' })
    expect(part).toMatchObject({ status: 206, text: '234' })
    expect(part.headers).toMatchObject({
      'content-range': 'bytes 2-4/10',
      'content-length': '3',
    })
    expect(await asUser('/media/sound', { range: 'bytes=-3' })).toMatchObject({ text: '789' })
    expect(await asUser('/media/sound', { range: 'bytes=7-' })).toMatchObject({ text: '789' })
  })

  it('says what it has when asked for what is behind the end', async () => {
    const { status, headers, text } = await asUser('/media/sound', { range: 'bytes=10-' })
    expect({ status, range: headers['content-range'], text }).toEqual({
      status: 416,
      range: 'bytes */10',
      text: '',
    })
  })

  it('knows no other', async () => {
    expect((await asUser('/media/other')).status).toBe(404)
  })
})

describe('every answer', () => {
  it.each(['/', '/?token=wrong', '/media/sound', '/nothing.js', '//x'])(
    'of %s carries the policy',
    async (path) => {
      const { headers } = await asUser(path)
      const policy = String(headers['content-security-policy']).split('; ')
      expect(policy).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        `connect-src 'self' ws://127.0.0.1:${door.door.port}`,
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ])
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      })
      expect(headers['permissions-policy']).toContain('microphone=()')
      expect(headers['access-control-allow-origin']).toBeUndefined()
      expect(headers['x-powered-by']).toBeUndefined()
    },
  )
})

describe('where it listens', () => {
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address, scopeid }) => address !== '127.0.0.1' && !scopeid)
    .map(({ address }) => address)

  it.each([...others, '127.0.0.2'])('is not reached through %s', async (address) => {
    const reached = await new Promise<string>((resolve) => {
      const socket = connect({ host: address, port: door.door.port })
      socket.on('connect', () => resolve('connected'))
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code!))
      setTimeout(() => resolve('no answer'), 2_000).unref()
    })
    expect(reached).not.toBe('connected')
  })
})
