import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createFileSecrets } from '../../../src-main/secrets/file-secrets.ts'
import {
  createSafeStorageSecrets,
  type SafeStorage,
} from '../../../src-main/secrets/safe-storage-secrets.ts'

const CANARY = 'sk-canary-5f1d'
let root: string
let directory: string

beforeEach(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'tallystick-secrets-'))
  directory = join(root, 'keys')
})
afterEach(() => fs.rmSync(root, { recursive: true, force: true }))

const mode = (path: string) => fs.statSync(path).mode & 0o777
const posix = process.platform !== 'win32'

/** Turns every byte over: enough to see whether plain text reached the disk. */
function keychain(backend = 'gnome_libsecret', available = true): SafeStorage {
  const flip = (bytes: Uint8Array) => Buffer.from(bytes.map((byte) => byte ^ 0xff))
  return {
    isEncryptionAvailable: () => available,
    encryptString: (text) => flip(Buffer.from(text)),
    decryptString: (bytes) => {
      if (bytes[0] === 0) throw new Error(`bad ciphertext ${CANARY}`)
      return flip(bytes).toString()
    },
    getSelectedStorageBackend: () => backend,
  }
}

describe.each([
  ['file', () => createFileSecrets(directory)],
  ['keychain', () => createSafeStorageSecrets(keychain(), directory)],
])('the %s store', (_, open) => {
  test('keeps, replaces and removes values across openings', () => {
    expect(open().read('provider:a')).toEqual({ ok: true, data: null })
    expect(open().write('provider:a', CANARY).ok).toBe(true)
    expect(open().write('device', 'two').ok).toBe(true)
    expect(open().read('provider:a')).toEqual({ ok: true, data: CANARY })
    expect(open().write('provider:a', 'new').ok).toBe(true)
    expect(open().read('provider:a')).toEqual({ ok: true, data: 'new' })
    expect(open().remove('provider:a').ok).toBe(true)
    expect(open().remove('provider:a').ok).toBe(true)
    expect(open().read('provider:a')).toEqual({ ok: true, data: null })
    expect(open().read('device')).toEqual({ ok: true, data: 'two' })
  })

  test('does not take an inherited property for a value', () => {
    open().write('a', 'b')
    expect(open().read('constructor')).toEqual({ ok: true, data: null })
  })

  test.runIf(posix)('is for its owner only', () => {
    open().write('a', CANARY)
    expect(mode(directory)).toBe(0o700)
    for (const name of fs.readdirSync(directory)) expect(mode(join(directory, name))).toBe(0o600)
  })

  test.runIf(posix)('takes rights away that others were given', () => {
    open().write('a', CANARY)
    const [name = ''] = fs.readdirSync(directory)
    fs.chmodSync(join(directory, name), 0o644)
    fs.chmodSync(directory, 0o755)
    expect(open().read('a')).toEqual({ ok: true, data: CANARY })
    expect(mode(join(directory, name))).toBe(0o600)
    expect(mode(directory)).toBe(0o700)
  })

  test.each(['{"format":1,"values":', '{"format":2,"values":{}}', '[]', ''])(
    'never overwrites a damaged file: %j',
    (text) => {
      open().write('a', CANARY)
      const [name = ''] = fs.readdirSync(directory)
      fs.writeFileSync(join(directory, name), text, { mode: 0o600 })
      for (const result of [open().read('a'), open().write('a', 'x'), open().remove('a')]) {
        expect(result).toMatchObject({ ok: false, error: { code: 'secrets_damaged' } })
      }
      expect(fs.readFileSync(join(directory, name), 'utf8')).toBe(text)
    },
  )

  test('answers with a failure when the folder cannot be made', () => {
    fs.writeFileSync(directory, 'in the way')
    const result = open().write('a', CANARY)
    expect(result).toMatchObject({ ok: false, error: { code: 'secrets_unavailable' } })
    expect(JSON.stringify(result)).not.toContain(CANARY)
  })

  test.runIf(posix)('refuses a file behind a link', () => {
    open().write('a', CANARY)
    const [name = ''] = fs.readdirSync(directory)
    fs.renameSync(join(directory, name), join(root, 'elsewhere'))
    fs.symlinkSync(join(root, 'elsewhere'), join(directory, name))
    expect(open().read('a')).toMatchObject({ ok: false, error: { code: 'secrets_unavailable' } })
  })
})

describe('the keychain store', () => {
  test('writes nothing readable to the disk', () => {
    createSafeStorageSecrets(keychain(), directory).write('a', CANARY)
    const [name = ''] = fs.readdirSync(directory)
    const text = fs.readFileSync(join(directory, name), 'utf8')
    expect(text).not.toContain(CANARY)
    expect(text).not.toContain(Buffer.from(CANARY).toString('base64'))
  })

  test.each([
    ['the plain-text backend', keychain('basic_text')],
    ['an unknown backend', keychain('unknown')],
    ['no encryption', keychain('gnome_libsecret', false)],
  ])('refuses %s, to write and to read', (_, storage) => {
    createSafeStorageSecrets(keychain(), directory).write('kept', CANARY)
    const store = createSafeStorageSecrets(storage, directory)
    for (const result of [store.write('a', CANARY), store.read('kept')]) {
      expect(result).toMatchObject({ ok: false, error: { code: 'secrets_unavailable' } })
      expect(JSON.stringify(result)).not.toContain(CANARY)
    }
  })

  test('says so when a value cannot be unlocked, without what the keychain said', () => {
    const store = createSafeStorageSecrets(keychain(), directory)
    store.write('a', '\u00ff')
    const [name = ''] = fs.readdirSync(directory)
    const sealed = JSON.stringify({ format: 1, values: { a: Buffer.from([0]).toString('base64') } })
    fs.writeFileSync(join(directory, name), sealed, { mode: 0o600 })
    const result = store.read('a')
    expect(result).toMatchObject({ ok: false, error: { code: 'secrets_damaged' } })
    expect(JSON.stringify(result)).not.toContain(CANARY)
  })
})
