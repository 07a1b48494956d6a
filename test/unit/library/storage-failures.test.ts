import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { success } from '#shared/result.ts'
import { attempt, isDamage } from '../../../src-main/library/storage-failures.ts'

const systemError = (code: string) => Object.assign(new Error(code), { code })
const sqliteError = (errcode: number) =>
  Object.assign(new Error('sqlite'), { code: 'ERR_SQLITE_ERROR', errcode })
const codeOf = (error: Error) => {
  const result = attempt((): ReturnType<typeof success<null>> => {
    throw error
  })
  return result.ok ? 'ok' : result.error.code
}

describe('an error of storage', () => {
  test.each([
    [systemError('ENOSPC'), 'disk_full'],
    [systemError('EDQUOT'), 'disk_full'],
    [systemError('EROFS'), 'library_not_writable'],
    [systemError('EIO'), 'library_io'],
    [sqliteError(13), 'disk_full'],
    [sqliteError(5), 'library_in_use'],
    [sqliteError(10 | (3 << 8)), 'library_io'],
    [sqliteError(11 | (1 << 8)), 'library_damaged'],
    [sqliteError(26), 'library_damaged'],
  ])('%o becomes a failure', (error, code) => {
    expect(codeOf(error)).toBe(code)
  })

  test('only damage counts as damage', () => {
    expect(isDamage(sqliteError(11 | (1 << 8)))).toBe(true)
    expect(isDamage(sqliteError(13))).toBe(false)
    expect(isDamage(systemError('EIO'))).toBe(false)
  })

  test('a mistake in the program stays one', () => {
    expect(() => codeOf(new TypeError('x is not a function'))).toThrow(TypeError)
    expect(() => codeOf(sqliteError(1))).toThrow('sqlite')
    const db = new DatabaseSync(':memory:')
    expect(() => attempt(() => success(db.prepare('SELECT nonsense')))).toThrow('nonsense')
    db.close()
  })
})
