import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PLAN_FAMILY } from '#shared/account/cycle-grants.ts'
import { termsAt } from '#shared/account/terms.ts'
import { addCredits, ZERO } from '#shared/credits/amount.ts'
import { applyAllToPool } from '#shared/lease/follow.ts'
import { statementOf } from '#shared/lease/grant-lease.ts'
import { poolDue } from '#shared/lease/pool-due.ts'
import { reportEntries } from '#shared/lease/report.ts'
import type { LeaseDevice } from '../../support/lease-device.ts'
import { hasExpired } from '#shared/credits/grant.ts'
import type { EntryKind } from '#shared/journal/journal.ts'
import { isGeneral, sharingOf } from '#shared/lease/size.ts'
import { EMPTY_LINE, outstanding, type Pool, type PoolLine } from '#shared/lease/pool.ts'
import { createPlayer, type Happening, type Player, stories } from './stories.ts'

const RUNS = 150

/** When everyone has told everything, both halves of every lease agree. */
function assertInStep({ world, present }: Player): void {
  const { devices, balances } = world.pool()
  for (const device of present()) {
    const known = devices.get(device.id)!
    assert.equal(known.reported.sequence, device.records().length)
    for (const [grantId, line] of known.lines) {
      const { available, held } = device.books().balances.get(grantId)!
      assert.equal(outstanding(line), available + held, `${device.id}: ${grantId}`)
      const { grant } = balances.get(grantId)!
      assert.ok(line.reclaimed === 0 || hasExpired(grant, world.now()), grantId)
    }
  }
  const isRestricted = [...balances.values()].some(({ grant }) => grant.operations)
  const [sole, ...others] = sharingOf(world.pool(), world.now()).active
  if (!sole || others.length > 0 || isRestricted) return
  for (const { grant, available } of balances.values()) {
    if (available === 0 || !isGeneral(grant, world.now())) continue
    // Of what it spent after that was taken back, others may have left some: its books hold no more.
    const line: PoolLine = sole.lines.get(grant.id) ?? EMPTY_LINE
    assert.equal(line.used + outstanding(line), grant.amount, 'a sole machine has everything')
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
  for (const balance of world.history().values()) {
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
      { numRuns: RUNS },
    )
    // Stories in which little happens would prove little.
    const kinds: readonly EntryKind[] = [
      ...(['adopt', 'device', 'lease', 'report', 'reclaim', 'debt-paid', 'device-closed'] as const),
      ...(['grant', 'rollover', 'revoke'] as const),
    ]
    for (const kind of [...kinds, 'surfaced', 'debt', 'advance', 'hold', 'fork', 'leave']) {
      expect([kind, (seen.get(kind) ?? 0) > 3]).toEqual([kind, true])
    }
  })

  test('reports split in any way, some of them again, come to the same', () => {
    let surfaced = 0
    fc.assert(
      fc.property(stories, fc.array(fc.integer({ min: 1, max: 6 })), (story, sizes) => {
        const { world, play, present } = createPlayer(story)
        // Everything that is told in the end, nothing on the way.
        const isQuiet = ({ kind }: Happening) => !['report', 'leave', 'fork'].includes(kind)
        for (const happening of story.happenings.filter(isQuiet)) play(happening)
        for (const device of present()) {
          for (const run of device.runs()) device.settle(run, 50, world.now())
        }
        const whole = tellAll(world.pool(), present(), world.now(), [])
        const split = tellAll(world.pool(), present(), world.now(), sizes)
        // Paid at once or as debt a moment later is the same in the end.
        assert.deepEqual({ ...split, debtPaid: ZERO }, { ...whole, debtPaid: ZERO })
        if (whole.debt > 0 || whole.debtPaid > 0) surfaced += 1
      }),
      { numRuns: RUNS },
    )
    expect(surfaced).toBeGreaterThan(3)
  })

  test('machines that read and take up late, or not each time, come to the same', () => {
    fc.assert(
      fc.property(stories, fc.array(fc.boolean()), (story, arrivals) => {
        const { world, play, present } = createPlayer(story)
        for (const happening of story.happenings) play(happening)
        for (const device of present()) {
          const copy = device.copy()
          const { journal, now, pool } = world
          const statement = statementOf(pool(), 'team', device.id, now(), journal().length)
          for (const arrives of arrivals) {
            if (arrives) copy.read(journal().slice(0, copy.readTo() + 3), now())
          }
          device.read(journal(), now())
          copy.read(journal(), now())
          device.takeUp(statement, now())
          copy.takeUp(statement, now())
          copy.takeUp(statement, now())
          assert.deepEqual(copy.books().balances, device.books().balances)
          assert.deepEqual(copy.lease()?.lines, device.lease()?.lines)
        }
      }),
      { numRuns: RUNS },
    )
  })

  test('a cycle brings its allowance, however much of it was leased in advance', () => {
    let advanced = 0
    fc.assert(
      fc.property(stories, (story) => {
        const steady = ({ kind }: Happening) =>
          !['plan', 'override', 'publish', 'adopt'].includes(kind)
        const catalogs = story.catalogs.slice(0, 1)
        const { world, play } = createPlayer({ ...story, catalogs, founds: false })
        for (const happening of story.happenings.filter(steady)) play(happening)
        const { account } = world.pool()
        const { allowance } = termsAt(account, world.now())
        const grants = [...world.history().values()].map(({ grant }) => grant)
        for (let cycle = 0; cycle <= account.cycle; cycle++) {
          const brought = grants.filter(
            ({ family, cycle: of }) => family === PLAN_FAMILY && of?.index === cycle,
          )
          assert.equal(addCredits(...brought.map(({ amount }) => amount)), allowance)
          if (brought.length > 1) advanced += 1
        }
      }),
      { numRuns: RUNS },
    )
    expect(advanced).toBeGreaterThan(20)
  })
})

/** Tells everything of every machine, in batches of these sizes, each with some that are known. */
function tellAll(
  pool: Pool,
  devices: readonly LeaseDevice[],
  now: number,
  sizes: readonly number[],
): Pool {
  let current = pool
  for (const device of devices) {
    const records = device.records()
    let from = pool.devices.get(device.id)!.reported.sequence
    for (const size of [...sizes, records.length]) {
      const to = Math.min(records.length, from + size)
      if (to === from) continue
      const batch = records.slice(Math.max(0, from - 2), to)
      const told = reportEntries(current, device.id, batch, { sequence: to, hash: `${to}` }, now)
      assert.ok(told.ok, JSON.stringify(told))
      current = applyAllToPool(current, told.data)
      current = applyAllToPool(current, poolDue(current, now))
      from = to
    }
  }
  return current
}
