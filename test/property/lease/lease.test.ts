import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EntryKind } from '#shared/journal/journal.ts'
import { generalFree, activeDevices } from '#shared/lease/size.ts'
import { outstanding } from '#shared/lease/pool.ts'
import { createPlayer, type Player, stories } from './stories.ts'

const RUNS = Number(process.env['LEASE_RUNS'] ?? 150)

/** When everyone has told everything, both halves of every lease agree. */
function assertInStep({ world, present }: Player): void {
  const { devices, balances } = world.pool()
  for (const device of present()) {
    const known = devices.get(device.id)!
    assert.equal(known.reported.sequence, device.records().length)
    for (const [grantId, line] of known.lines) {
      const { available, held } = device.books().balances.get(grantId)!
      assert.equal(outstanding(line), available + held, `${device.id}: ${grantId}`)
      assert.equal(line.reclaimed, 0)
    }
  }
  const active = activeDevices(world.pool(), world.now())
  if (active.length === 1 && ![...balances.values()].some(({ grant }) => grant.operations)) {
    assert.equal(generalFree(world.pool(), world.now()), 0, 'a sole machine has everything')
  }
}

/** What machines spent of a grant, whoever they are, is what the pool says, and never more than it. */
function assertNoOverspend({ world }: Player): void {
  assert.equal(world.pool().debt, 0)
  const spent = new Map<string, number>()
  for (const device of world.devices()) {
    for (const { grant, spent: part } of device.books().balances.values()) {
      spent.set(grant.id, (spent.get(grant.id) ?? 0) + part)
    }
  }
  for (const balance of world.pool().balances.values()) {
    assert.equal(spent.get(balance.grant.id) ?? 0, balance.spent, balance.grant.id)
  }
}

describe('whatever machines do, apart from each other or not', () => {
  test('every credit is somewhere, once, and what was spent is paid or owed', () => {
    const seen = new Map<string, number>()
    const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)
    fc.assert(
      fc.property(stories, (story) => {
        const player = createPlayer(story)
        const { world } = player
        for (const happening of story.happenings) {
          player.play(happening)
          world.audit()
        }
        player.heal()
        world.audit()
        assertInStep(player)
        if (!player.hasSurfaced()) {
          assertNoOverspend(player)
          count('none surfaced')
        }
        for (const { facts } of world.journal()) {
          count(facts.kind)
          if (facts.kind === 'report' && facts.surfaced > 0) count('surfaced')
          if (facts.kind === 'report' && facts.debt > 0) count('debt')
          if (facts.kind === 'grant' && facts.grant.id.includes(':advance:')) count('advance')
        }
        for (const [what, times] of player.seen) seen.set(what, (seen.get(what) ?? 0) + times)
      }),
      { numRuns: RUNS, endOnFailure: process.env['LEASE_RUNS'] !== undefined },
    )
    // Stories in which little happens would prove little.
    const kinds: readonly EntryKind[] = [
      ...(['adopt', 'device', 'lease', 'report', 'reclaim', 'debt-paid', 'device-closed'] as const),
      ...(['grant', 'rollover', 'revoke', 'extend'] as const),
    ]
    for (const kind of [...kinds, 'surfaced', 'debt', 'advance', 'hold', 'fork', 'leave']) {
      expect([kind, (seen.get(kind) ?? 0) > 10]).toEqual([kind, true])
    }
  })
})
