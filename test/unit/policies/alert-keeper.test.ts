import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AlertRule } from '#shared/catalog/policies.ts'
import type { HostEvent } from '#shared/host/events.ts'
import { ALERTS_FILE, createAlertKeeper } from '../../../src-main/policies/alert-keeper.ts'
import { createNotices } from '../../../src-main/settings/notices.ts'
import { credits } from '../../support/credits.ts'
import { silentLog } from '../../support/silent-log.ts'

const RULES: readonly AlertRule[] = [
  { id: 'half', kind: 'used', percent: 50 },
  { id: 'most', kind: 'used', percent: 80 },
  { id: 'few', kind: 'left', credits: credits('5') },
]

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tallystick-alerts-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function world() {
  const events: HostEvent[] = []
  const told: string[] = []
  let level = { used: credits('0'), left: credits('100') }
  const notices = createNotices(directory)
  const keeper = createAlertKeeper({
    directory,
    notices,
    log: silentLog,
    notify: ({ body }) => told.push(body),
    now: () => 1,
    rules: () => RULES,
    level: () => level,
    emit: (event) => events.push(event),
  })
  return {
    told,
    events,
    keeper,
    open: () => notices.list().map(({ id }) => id),
    at(used: string, left: string) {
      level = { used: credits(used), left: credits(left) }
      keeper.look()
    },
  }
}

test('what is crossed at once is told once, by the gravest', () => {
  const { at, told, open } = world()
  at('85', '15')
  expect(told).toEqual(['80% of this month’s credits are used: 15 are left.'])
  expect(open()).toEqual(['alert:most'])
})

test('a graver one takes the place of what was told before', () => {
  const { at, told, open, events } = world()
  at('60', '40')
  at('60', '40')
  at('97', '3')
  expect(told).toHaveLength(2)
  expect(open()).toEqual(['alert:few'])
  expect(events).toContainEqual({ type: 'notice.gone', noticeId: 'alert:half' })
})

test('a refill takes the notice away and is told once, and it may be told again', () => {
  const { at, told, open, events } = world()
  at('100', '0')
  expect(told).toEqual(['All your credits are used.'])
  at('100', '500')
  at('100', '500')
  expect(open()).toEqual(['alerts-recovered'])
  expect(told).toEqual(['All your credits are used.', 'Your credits have recovered: 500 are left.'])
  expect(events).toContainEqual({ type: 'notice.gone', noticeId: 'alert:few' })
  at('597', '3')
  expect(told).toHaveLength(3)
  expect(open()).toEqual(['alert:few'])
})

test('a restart tells nothing again; after a damaged file at worst once more', () => {
  world().at('60', '40')
  const second = world()
  second.at('60', '40')
  expect(second.told).toEqual([])
  expect(second.keeper.alerts().map(({ active }) => active)).toEqual([true, false, false])
  writeFileSync(join(directory, ALERTS_FILE), 'x')
  const third = world()
  third.at('60', '40')
  expect(third.told).toHaveLength(1)
})
