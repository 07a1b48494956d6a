import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readJsonFile, setAside, writeFileAtomic } from '../../../src-main/files/atomic-file.ts'

let directory: string
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'tallystick-files-'))
})
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }))

const posix = process.platform !== 'win32'

describe('writeFileAtomic', () => {
  test('writes text and bytes and leaves no temporary file', () => {
    writeFileAtomic(join(directory, 'a.json'), '{"a":1}')
    writeFileAtomic(join(directory, 'b.bin'), Uint8Array.of(1, 2, 3))
    expect(fs.readFileSync(join(directory, 'a.json'), 'utf8')).toBe('{"a":1}')
    expect([...fs.readFileSync(join(directory, 'b.bin'))]).toEqual([1, 2, 3])
    expect(fs.readdirSync(directory).sort()).toEqual(['a.json', 'b.bin'])
  })

  test.runIf(posix)('keeps the file to the user, also over one that was open to all', () => {
    const path = join(directory, 'a.json')
    fs.writeFileSync(path, 'old', { mode: 0o644 })
    writeFileAtomic(path, 'new')
    expect(fs.statSync(path).mode & 0o777).toBe(0o600)
  })

  test('leaves the old file as it was when it cannot replace it', () => {
    const path = join(directory, 'taken')
    fs.mkdirSync(path)
    fs.writeFileSync(join(path, 'inside'), 'kept')
    expect(() => writeFileAtomic(path, 'new')).toThrow()
    expect(fs.readFileSync(join(path, 'inside'), 'utf8')).toBe('kept')
    expect(fs.readdirSync(directory)).toEqual(['taken'])
  })

  test('writes over what an earlier process of the same id left half done', () => {
    const path = join(directory, 'a.json')
    fs.writeFileSync(`${path}.${process.pid}.tmp`, 'a much longer text that was cut o')
    writeFileAtomic(path, 'new')
    expect(fs.readFileSync(path, 'utf8')).toBe('new')
    expect(fs.readdirSync(directory)).toEqual(['a.json'])
  })
})

describe('readJsonFile', () => {
  const schema = z.strictObject({ list: z.array(z.int()) })

  test('tells apart a good file, no file, no JSON and a wrong shape', () => {
    const path = join(directory, 'a.json')
    expect(readJsonFile(path, schema)).toEqual({ state: 'missing' })
    writeFileAtomic(path, '{"list":[1]}')
    expect(readJsonFile(path, schema)).toEqual({ state: 'ok', data: { list: [1] } })
    writeFileAtomic(path, '{"list":[1')
    expect(readJsonFile(path, schema)).toMatchObject({ state: 'damaged' })
    writeFileAtomic(path, '{"list":["secret"]}')
    const wrong = readJsonFile(path, schema)
    expect(wrong).toMatchObject({ state: 'damaged', reason: expect.stringContaining('list.0') })
    expect(JSON.stringify(wrong)).not.toContain('secret')
  })
})

describe('setAside', () => {
  test('keeps every damaged file under its own name', () => {
    const path = join(directory, 'a.json')
    writeFileAtomic(path, 'first')
    const first = setAside(path, 5)
    writeFileAtomic(path, 'second')
    const second = setAside(path, 5)
    expect(fs.existsSync(path)).toBe(false)
    expect(fs.readFileSync(first, 'utf8')).toBe('first')
    expect(fs.readFileSync(second, 'utf8')).toBe('second')
  })
})
