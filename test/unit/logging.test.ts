import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LOG_FILES, openLog, rotatingFile } from '../../src-main/logging.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tallystick-log-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

describe('the log', () => {
  it('writes one JSON line for each message, in a file only the user can read', () => {
    const log = openLog(directory)
    log.info('Started', { door: 'browser' })
    log.error('Backup failed', { error: new Error('disk') })
    const file = path.join(directory, 'logs', 'tallystick.log')
    const [first, second] = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(first).toMatchObject({ level: 'info', message: 'Started', door: 'browser' })
    expect(second).toMatchObject({ level: 'error', message: 'Backup failed' })
    expect(second).toMatchObject({ error: { stack: expect.stringContaining('disk') } })
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('keeps a bounded number of files of a bounded size, the newest lines first to stay', () => {
    const file = path.join(directory, 'small.log')
    const log = rotatingFile(file, 100)
    for (let index = 0; index < 200; index += 1) log.write(`line ${index} `.padEnd(39) + '\n')
    const files = readdirSync(directory)
    expect(files).toHaveLength(LOG_FILES)
    for (const name of files) expect(statSync(path.join(directory, name)).size).toBeLessThan(101)
    expect(readFileSync(file, 'utf8')).toContain('line 199')
    expect(readFileSync(`${file}.1`, 'utf8')).toContain('line 197')
  })

  it('never throws when it cannot be written', () => {
    const blocked = path.join(directory, 'file')
    writeFileSync(blocked, '')
    const log = openLog(blocked)
    expect(() => log.error('Lost', { error: new Error('x') })).not.toThrow()
  })
})
