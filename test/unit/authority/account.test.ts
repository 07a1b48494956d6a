import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openAccount } from '../../../src-main/authority/account.ts'
import { systemIds } from '../../../src-main/ports/ids.ts'

let directory: string
let time: number
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'tallystick-account-'))
  time = 1_000
})
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }))

const open = (timeZone = 'Europe/Berlin') =>
  openAccount(directory, {
    clock: { now: () => time, monotonic: () => time },
    ids: systemIds,
    timeZone,
    planId: 'free',
  })
const path = (name: string) => join(directory, name)

test('is made once and then stays, wherever the machine travels', () => {
  const made = open()
  expect(made).toMatchObject({
    ok: true,
    data: { createdAt: 1_000, timeZone: 'Europe/Berlin', planId: 'free' },
  })
  if (made.ok) expect(made.data.accountId).not.toBe(made.data.deviceId)
  time = 9_000
  expect(open('Asia/Tokyo')).toEqual(made)
})

test.each(['account.json', 'account.copy.json'])('mends %s from the other', (name) => {
  const made = open()
  time = 9_000
  fs.rmSync(path(name))
  expect(open()).toEqual(made)
  fs.writeFileSync(path(name), '{"accountId":')
  expect(open()).toEqual(made)
  fs.rmSync(path(name === 'account.json' ? 'account.copy.json' : 'account.json'))
  expect(open()).toEqual(made)
})

test('is never made anew over a damaged one: the cycles would start again', () => {
  open()
  fs.writeFileSync(path('account.json'), 'x')
  fs.rmSync(path('account.copy.json'))
  expect(open()).toMatchObject({ ok: false, error: { code: 'account_damaged' } })
  expect(fs.readFileSync(path('account.json'), 'utf8')).toBe('x')
  expect(fs.existsSync(path('account.copy.json'))).toBe(false)
})

test('says so when there is nowhere to keep it', () => {
  fs.mkdirSync(path('account.json'))
  expect(open()).toMatchObject({ ok: false, error: { code: 'account_not_writable' } })
})

test('opens from one good file even when the other cannot be written', () => {
  const made = open()
  fs.writeFileSync(path('account.json'), 'x')
  fs.mkdirSync(path(`account.json.${process.pid}.tmp`))
  expect(open()).toEqual(made)
})
