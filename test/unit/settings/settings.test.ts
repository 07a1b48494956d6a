import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSettings } from '../../../src-main/settings/settings.ts'

let directory: string
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'tallystick-settings-'))
})
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }))

const clock = { now: () => 5, monotonic: () => 5 }
const open = () => createSettings({ directory, defaultTimeZone: 'Asia/Kolkata', clock })
const file = () => join(directory, 'settings.json')

const atFirst = {
  theme: 'system',
  timeZone: 'Asia/Kolkata',
  subjects: ['Design', 'Research', 'Marketing'],
  subject: '',
  resultCache: true,
}

describe('settings', () => {
  test('are the defaults at first, and what was saved afterwards', () => {
    expect(open().read()).toEqual(atFirst)
    const wanted = {
      theme: 'dark',
      timeZone: 'Europe/Berlin',
      subjects: ['Design', 'Thesis'],
      subject: 'Thesis',
      resultCache: false,
    } as const
    expect(open().save(wanted)).toEqual({ ok: true, data: wanted })
    expect(open().read()).toEqual(wanted)
    open().save({ theme: 'light' })
    expect(open().read()).toEqual({ ...wanted, theme: 'light' })
  })

  test('leave no subject in use when the one in use is removed', () => {
    const settings = open()
    settings.save({ subject: 'Design' })
    expect(settings.save({ subjects: ['Research'] })).toMatchObject({ data: { subject: '' } })
  })

  test.each([
    [{ timeZone: 'Mars/Olympus' }, 'time_zone_unknown'],
    [{ timeZone: '+01:00' }, 'time_zone_unknown'],
    [{ timeZone: '' }, 'time_zone_unknown'],
    [{ subjects: ['Thesis', ' thesis '] }, 'subject_repeated'],
    [{ subjects: ['  '] }, 'subject_repeated'],
    [{ subjects: Array.from({ length: 51 }, (_, at) => `Subject ${at}`) }, 'too_many_subjects'],
    [{ subject: 'Gardening' }, 'subject_unknown'],
    [{ subjects: ['Research'], subject: 'Design' }, 'subject_unknown'],
  ])('refuse %j whole', (patch, code) => {
    const settings = open()
    const saved = settings.save({ theme: 'dark', ...patch })
    expect(saved).toMatchObject({ ok: false, error: { code } })
    expect(settings.read()).toEqual(atFirst)
    expect(fs.existsSync(file())).toBe(false)
  })

  test('that are damaged are set aside, said once, and replaced by the defaults', () => {
    fs.writeFileSync(file(), '{"theme":"pink"}')
    const settings = open()
    expect(settings.damage).toContain('quarantine')
    expect(settings.read()).toEqual(atFirst)
    expect(fs.readdirSync(join(directory, 'quarantine'))).toEqual(['5-settings.json'])
    expect(open().damage).toBeNull()
  })

  test('keep the rest when this machine does not know their time zone', () => {
    open().save({ theme: 'dark' })
    const stored = fs.readFileSync(file(), 'utf8').replace('Asia/Kolkata', 'Moon/Tranquility')
    fs.writeFileSync(file(), stored)
    expect(open().read()).toEqual({ ...atFirst, theme: 'dark' })
  })

  test('keep what a newer app has set', () => {
    fs.writeFileSync(file(), JSON.stringify({ ...atFirst, density: 'compact' }))
    const settings = open()
    expect(settings.read()).toEqual(atFirst)
    settings.save({ theme: 'dark' })
    expect(JSON.parse(fs.readFileSync(file(), 'utf8'))).toMatchObject({ density: 'compact' })
  })

  test('that cannot be written stay what they were', () => {
    const settings = open()
    fs.mkdirSync(join(file(), 'in the way'), { recursive: true })
    expect(settings.save({ theme: 'dark' })).toMatchObject({
      error: { code: 'settings_not_writable' },
    })
    expect(settings.read()).toEqual(atFirst)
  })
})
