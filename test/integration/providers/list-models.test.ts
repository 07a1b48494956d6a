import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock, systemTimers } from '../../../src-main/ports/time.ts'
import { listModels } from '../../../src-main/providers/openai-compatible/list-models.ts'
import { createProviders } from '../../../src-main/providers/providers.ts'
import { createFileSecrets } from '../../../src-main/secrets/file-secrets.ts'
import {
  sendJson,
  startRawServer,
  type RawHandler,
  type RawServer,
} from '../../support/raw-server.ts'

const KEY = 'sk-canary-41d0'
const OPERATIONS = ['request.standard', 'request.advanced', 'image.advanced', 'speech']
let directory: string
const servers: RawServer[] = []

beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'tallystick-models-'))
})
afterEach(async () => {
  fs.rmSync(directory, { recursive: true, force: true })
  for (const server of servers.splice(0)) await server.close()
})

async function serve(handler: RawHandler): Promise<RawServer> {
  const server = await startRawServer(handler)
  servers.push(server)
  return server
}

const open = () =>
  createProviders({
    directory,
    secrets: createFileSecrets(join(directory, 'keys')),
    operations: () => OPERATIONS,
    clock: systemClock,
    timers: systemTimers,
    fetch: globalThis.fetch,
    onChange: () => undefined,
  })

const models = (...ids: string[]) => ({ object: 'list', data: ids.map((id) => ({ id })) })

test('lists the models with a guess for each, sorted, once, and stores nothing', async () => {
  const server = await serve((response) =>
    sendJson(
      response,
      200,
      models('tts-1', 'gpt-4o', 'gpt-4o', 'whisper-1', 'dall-e-3', 'gpt-image-1-mini'),
    ),
  )
  const result = await open().test({ id: null, baseUrl: `${server.url}/v1/`, key: KEY })
  expect(result).toMatchObject({
    ok: true,
    data: {
      local: true,
      models: [
        { name: 'dall-e-3', studio: 'image', operation: 'image.advanced' },
        { name: 'gpt-4o', studio: 'chat', operation: 'request.advanced' },
        // The rate card of this test has no image.standard: a guess is always one of its own.
        { name: 'gpt-image-1-mini', studio: 'image', operation: 'request.standard' },
        { name: 'tts-1', studio: 'voice', operation: 'speech' },
      ],
    },
  })
  expect(server.seen).toMatchObject([{ method: 'GET', path: '/v1/models' }])
  expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${KEY}`)
  expect(fs.readdirSync(directory)).toEqual([])
})

test('uses the stored key of a provider whose key field was left alone', async () => {
  const server = await serve((response) => sendJson(response, 200, models('a')))
  const providers = open()
  const saved = providers.save({ id: null, name: 'x', baseUrl: server.url, key: KEY, models: [] })
  if (!saved.ok) throw new Error(saved.error.message)
  await providers.test({ id: saved.data.id, baseUrl: `${server.url}/v1` })
  await providers.test({ id: saved.data.id, baseUrl: server.url, key: '' })
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
    `Bearer ${KEY}`,
    undefined,
  ])
})

test.each([
  ['a wrong key', 401, {}, 'unauthorized'],
  ['a wrong path', 404, {}, 'model_not_found'],
  ['a busy server', 429, { 'retry-after': '2' }, 'rate_limited'],
  ['a broken server', 500, {}, 'provider_error'],
])('%s is told apart, without what the server wrote', async (_, status, headers, code) => {
  const server = await serve((response) =>
    sendJson(response, status, { error: { message: KEY } }, headers),
  )
  const result = await open().test({ id: null, baseUrl: server.url, key: KEY })
  expect(result).toMatchObject({ ok: false, error: { code } })
  expect(JSON.stringify(result)).not.toContain(KEY)
  if (status === 429) expect(result).toMatchObject({ error: { details: { retryAfterMs: 2_000 } } })
})

test.each([
  ['a web page', 'text/html', '<html></html>'],
  ['broken JSON', 'application/json', '{"data":'],
  ['other JSON', 'application/json', '{"models": []}'],
  ['a huge list', 'application/json', `{"data":[{"id":"${'x'.repeat(9_000_000)}"}]}`],
])('%s is malformed', async (_, type, body) => {
  const server = await serve((response) => {
    response.writeHead(200, { 'content-type': type }).end(body)
  })
  const result = await open().test({ id: null, baseUrl: server.url, key: '' })
  expect(result).toMatchObject({ ok: false, error: { code: 'malformed_reply' } })
})

test('a redirect, a silent server and nobody at all', async () => {
  const moved = await serve((response) => {
    response.writeHead(301, { location: 'https://example.com/' }).end()
  })
  const shared = {
    key: null,
    operations: OPERATIONS,
    fetch,
    timers: systemTimers,
    clock: systemClock,
  }
  const ask = (baseUrl: string) => listModels({ ...shared, baseUrl, timeoutMs: 80 })
  expect(await ask(moved.url)).toMatchObject({ ok: false, error: { code: 'unreachable' } })
  const silent = await serve(() => undefined)
  expect(await ask(silent.url)).toMatchObject({ ok: false, error: { code: 'timed_out' } })
  const gone = await startRawServer(() => undefined)
  await gone.close()
  expect(await ask(gone.url)).toMatchObject({ ok: false, error: { code: 'unreachable' } })
})
