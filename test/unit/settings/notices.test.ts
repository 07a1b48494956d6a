import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { NoticeView } from '#shared/host/views.ts'
import { createNotices } from '../../../src-main/settings/notices.ts'

let directory: string
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'tallystick-notices-'))
})
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }))

const notice = (id: string): NoticeView => ({
  id,
  kind: 'interrupted',
  at: 1,
  message: `Notice ${id}`,
  operationId: null,
})
const ids = (notices = createNotices(directory)) => notices.list().map(({ id }) => id)

test('a notice stays over restarts until it is dismissed', () => {
  const notices = createNotices(directory)
  expect(notices.add(notice('a')).ok).toBe(true)
  notices.add(notice('b'))
  expect(createNotices(directory).list()).toEqual([notice('a'), notice('b')])
  notices.dismiss('a')
  expect(notices.dismiss('never there').ok).toBe(true)
  expect(ids()).toEqual(['b'])
})

test('the same notice is there once while open, and may come again when dismissed', () => {
  const notices = createNotices(directory)
  notices.add(notice('a'))
  notices.add({ ...notice('a'), message: 'again' })
  expect(notices.list()).toEqual([notice('a')])
  notices.dismiss('a')
  notices.add(notice('a'))
  expect(ids(notices)).toEqual(['a'])
})

test('the oldest are let go when there are very many', () => {
  const notices = createNotices(directory)
  for (let number = 0; number < 105; number++) notices.add(notice(`n${number}`))
  expect(ids()).toHaveLength(100)
  expect(ids()[0]).toBe('n5')
})

test('a damaged file is set aside', () => {
  fs.writeFileSync(join(directory, 'notices.json'), '[{"id":1}]')
  const notices = createNotices(directory, { now: () => 5, monotonic: () => 5 })
  expect(notices.list()).toEqual([])
  expect(fs.readdirSync(join(directory, 'quarantine'))).toEqual(['5-notices.json'])
})

test('a notice that cannot be written is still shown', () => {
  const notices = createNotices(directory)
  fs.mkdirSync(join(directory, 'notices.json', 'in the way'), { recursive: true })
  expect(notices.add(notice('a'))).toMatchObject({ error: { code: 'notices_not_writable' } })
  expect(ids(notices)).toEqual(['a'])
})
