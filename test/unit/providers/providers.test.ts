import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ProviderDraft } from '#shared/host/calls.ts'
import { id as idSchema } from '#shared/host/requests.ts'
import { failure, success } from '#shared/result.ts'
import type { ProviderView } from '#shared/host/views.ts'
import { systemTimers } from '../../../src-main/ports/time.ts'
import { createProviders, type ProvidersOptions } from '../../../src-main/providers/providers.ts'
import { createFileSecrets } from '../../../src-main/secrets/file-secrets.ts'
import type { SecretStore } from '../../../src-main/secrets/secret-store.ts'

const KEY = 'sk-canary-92ab'
const OPERATIONS = ['request.standard', 'request.advanced', 'image.standard', 'speech']
let directory: string
let secrets: SecretStore
let changes: (readonly ProviderView[])[]

beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'tallystick-providers-'))
  secrets = createFileSecrets(join(directory, 'keys'))
  changes = []
})
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }))

function open(options: Partial<ProvidersOptions> = {}) {
  return createProviders({
    directory,
    secrets,
    operations: () => OPERATIONS,
    clock: { now: () => 1_000, monotonic: () => 0 },
    timers: systemTimers,
    fetch: () => Promise.reject(new Error('no network in this test')),
    onChange: (providers) => changes.push(providers),
    ...options,
  })
}

const chatModel = {
  name: 'llama3.2:3b',
  studio: 'chat',
  operation: 'request.standard',
  webSearch: false,
} as const

const draft = (changed: Partial<ProviderDraft> = {}): ProviderDraft => ({
  id: null,
  name: 'My Ollama',
  baseUrl: 'http://localhost:11434/v1/',
  key: KEY,
  models: [chatModel],
  ...changed,
})

function saved(providers: ReturnType<typeof open>, changed: Partial<ProviderDraft> = {}) {
  const result = providers.save(draft(changed))
  if (!result.ok) throw new Error(result.error.message)
  return result.data
}

const providersFile = () => join(directory, 'providers.json')

test('practice is always there, first, and cannot be changed or removed', () => {
  const providers = open()
  expect(providers.list()).toMatchObject([{ id: 'practice', kind: 'practice', hasKey: false }])
  expect(providers.resolve('practice/brief')?.model.operation).toBe('request.standard')
  const refused = { ok: false, error: { code: 'practice_is_fixed' } }
  expect(providers.save(draft({ id: 'practice' }))).toMatchObject(refused)
  expect(providers.remove('practice')).toMatchObject(refused)
})

test('a saved provider is listed, resolved, announced, and there at the next start', () => {
  const providers = open()
  const view = saved(providers)
  expect(view).toMatchObject({
    id: 'my-ollama',
    baseUrl: 'http://localhost:11434/v1',
    hasKey: true,
    local: true,
    models: [{ id: 'my-ollama/llama3.2:3b', local: true, practice: false }],
  })
  expect(changes.at(-1)?.at(-1)).toEqual(view)
  expect(open().list().at(-1)).toEqual(view)
  expect(open().resolve('my-ollama/llama3.2:3b')?.model).toEqual(view.models[0])
  expect(open().resolve('my-ollama/other')).toBeUndefined()
})

test('the key is only in the secret store', () => {
  saved(open())
  expect(secrets.read('provider:my-ollama')).toEqual({ ok: true, data: KEY })
  expect(fs.readFileSync(providersFile(), 'utf8')).not.toContain(KEY)
  expect(JSON.stringify([open().list(), changes])).not.toContain(KEY)
})

test.runIf(process.platform !== 'win32')('the list is for its owner only', () => {
  saved(open())
  expect(fs.statSync(providersFile()).mode & 0o777).toBe(0o600)
})

test('an absent key keeps the stored one, an empty one removes it', () => {
  const providers = open()
  const { id } = saved(providers)
  const { key: _, ...without } = draft({ id, name: 'Renamed' })
  expect(providers.save(without)).toMatchObject({
    ok: true,
    data: { hasKey: true, name: 'Renamed' },
  })
  expect(secrets.read(`provider:${id}`)).toEqual({ ok: true, data: KEY })
  expect(providers.save(draft({ id, key: '' }))).toMatchObject({
    ok: true,
    data: { hasKey: false },
  })
  expect(secrets.read(`provider:${id}`)).toEqual({ ok: true, data: null })
})

test('removing forgets the key too', () => {
  const providers = open()
  const { id } = saved(providers)
  expect(providers.remove(id).ok).toBe(true)
  expect(providers.remove(id)).toMatchObject({ ok: false, error: { code: 'provider_not_found' } })
  expect(secrets.read(`provider:${id}`)).toEqual({ ok: true, data: null })
  expect(open().list()).toHaveLength(1)
})

test('names that look alike get ids of their own', () => {
  const providers = open()
  const names = ['Ollama', 'ollama!', 'practice', '世界', 'Ça & là']
  expect(names.map((name) => saved(providers, { name }).id)).toEqual([
    'ollama',
    'ollama-2',
    'practice-2',
    'provider',
    'ca-la',
  ])
})

test('any model name makes a valid id of its own', () => {
  const names = ['a b', 'a@20@b', 'a+b', 'größe', '🙂', 'hf.co/x:Q4_K_M']
  const models = names.map((name) => ({ ...chatModel, name }))
  const ids = saved(open(), { models }).models.map(({ id }) => id)
  expect(new Set(ids).size).toBe(names.length)
  for (const id of ids) expect(idSchema.safeParse(id).success).toBe(true)
  expect(ids.at(-1)).toBe('my-ollama/hf.co/x:Q4_K_M')
})

describe('a draft that is refused changes nothing', () => {
  test.each([
    ['unknown_operation', { models: [{ ...chatModel, operation: 'request.free' }] }],
    ['model_twice', { models: [chatModel, chatModel] }],
    ['name_too_long', { models: [{ ...chatModel, name: 'ü'.repeat(150) }] }],
    ['provider_not_found', { id: 'nobody' }],
    ['bad_address', { baseUrl: 'https://user:pass@example.com/v1' }],
    ['bad_address', { baseUrl: 'https://example.com/v1?key=1' }],
    ['bad_address', { baseUrl: 'ftp://example.com' }],
    ['insecure_address', { baseUrl: 'http://api.example.com/v1' }],
    ['bad_key', { key: `${KEY}\nX-Header: 1` }],
  ])('%s', (code, changed) => {
    const result = open().save(draft(changed))
    expect(result).toMatchObject({ ok: false, error: { code } })
    expect(JSON.stringify(result)).not.toContain(KEY)
    expect(fs.existsSync(providersFile())).toBe(false)
    expect(secrets.read('provider:my-ollama')).toEqual({ ok: true, data: null })
    expect(changes).toEqual([])
  })

  test('a stored key does not follow to another address', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>()
    const providers = open({ fetch })
    const { id } = saved(providers)
    const { key: _, ...elsewhere } = draft({ id, baseUrl: 'https://evil.example/v1' })
    const refused = { ok: false, error: { code: 'key_needed' } }
    expect(providers.save(elsewhere)).toMatchObject(refused)
    expect(await providers.test(elsewhere)).toMatchObject(refused)
    expect(fetch).not.toHaveBeenCalled()
  })

  test('when the key cannot be kept', () => {
    const broken = { ...secrets, write: () => failure('secrets_unavailable', 'No keychain.') }
    const result = open({ secrets: broken }).save(draft())
    expect(result).toMatchObject({ ok: false, error: { code: 'secrets_unavailable' } })
    expect(fs.existsSync(providersFile())).toBe(false)
  })

  test('when the list cannot be written: the old key is put back', () => {
    const providers = open()
    const { id } = saved(providers)
    fs.rmSync(providersFile())
    fs.mkdirSync(join(providersFile(), 'in-the-way'), { recursive: true })
    const result = providers.save(draft({ id, key: 'sk-new' }))
    expect(result).toMatchObject({ ok: false, error: { code: 'not_saved' } })
    expect(secrets.read(`provider:${id}`)).toEqual(success(KEY))
  })
})

test.each([
  '{"format":1',
  '{"format":1,"providers":[{"id":"../x"}]}',
  '{"format":9,"providers":[]}',
])('a damaged list is set aside, said, and practice goes on: %s', (text) => {
  fs.writeFileSync(providersFile(), text)
  const providers = open()
  expect(providers.list()).toHaveLength(1)
  expect(providers.damage).toContain('set aside')
  const kept = fs.readdirSync(join(directory, 'quarantine'))
  expect(kept.map((name) => fs.readFileSync(join(directory, 'quarantine', name), 'utf8'))).toEqual([
    text,
  ])
  expect(open().damage).toBeNull()
})

test('a model whose price is gone from the rate card stays listed', () => {
  saved(open())
  expect(open({ operations: () => ['other'] }).list()).toHaveLength(2)
})
