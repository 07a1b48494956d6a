import { expect, test } from 'vitest'
import { failure } from '#shared/result.ts'
import type { TeamDeviceView } from '#shared/host/team.ts'
import type { InviteView } from '#shared/team/members.ts'
import {
  deviceWords,
  inviteWords,
  isOpen,
  syncWord,
  troubleWords,
} from '../../../src-renderer/words/team-words.ts'

const NOON = Date.UTC(2026, 11, 3, 12)

const device: TeamDeviceView = {
  id: 'device-1',
  memberId: 'member-1',
  name: 'Studio',
  platform: 'linux',
  appVersion: '1.0.0',
  enrolledAt: NOON,
  lastSeenAt: NOON,
  standing: 'active',
  connected: true,
  own: false,
  lease: null,
  spentOffline: null,
}

const invite: InviteView = {
  id: 'invite-1',
  role: 'member',
  memberId: null,
  createdAt: NOON,
  expiresAt: NOON + 60_000,
  uses: 0,
  maximumUses: 2,
  revokedAt: null,
}

test('a machine is connected, away since it was last seen, or closed', () => {
  expect(deviceWords(device, 'UTC')).toBe('Connected')
  expect(deviceWords({ ...device, connected: false }, 'UTC')).toBe('Offline since 3 Dec, 12:00')
  expect(deviceWords({ ...device, standing: 'copied' }, 'UTC')).toBe('Copy of another machine')
})

test('an invite says how often and until when it is good, or why no more', () => {
  expect(inviteWords(invite, NOON, 'UTC')).toBe('2 uses until 3 Dec, 12:01')
  expect(inviteWords({ ...invite, uses: 2 }, NOON, 'UTC')).toBe('Used')
  expect(inviteWords({ ...invite, revokedAt: NOON }, NOON, 'UTC')).toBe('Revoked')
  expect(inviteWords(invite, NOON + 60_000, 'UTC')).toBe('Expired')
})

test('only an open invite can be revoked', () => {
  expect(isOpen(invite, NOON)).toBe(true)
  expect(isOpen({ ...invite, uses: 2 }, NOON)).toBe(false)
  expect(isOpen({ ...invite, revokedAt: NOON }, NOON)).toBe(false)
  expect(isOpen(invite, NOON + 60_000)).toBe(false)
})

test('trouble is told with what helps', () => {
  const { error } = failure('lease_not_valid', 'The lease does not fit.')
  expect(troubleWords(error, 'ask-admin')).toBe(
    'The lease does not fit. Ask an admin of your team.',
  )
})

test('alone there is no word about a team', () => {
  expect(syncWord({ state: 'alone' })).toBeNull()
  expect(syncWord({ state: 'synced', at: NOON })).toBe('In step')
})
