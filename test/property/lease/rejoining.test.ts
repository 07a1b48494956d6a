import assert from 'node:assert/strict'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addCredits, ZERO } from '#shared/credits/amount.ts'
import type { LeaseDevice } from '../../support/lease-device.ts'
import { createLeaseWorld, type LeaseWorld } from '../../support/lease-world.ts'
import { catalogs } from '../account/stories.ts'

const DAY = 86_400_000

const stays = fc.array(
  fc.record({
    inTeam: fc.array(fc.nat(9_000), { maxLength: 3 }),
    alone: fc.array(fc.nat(9_000), { maxLength: 3 }),
    other: fc.nat(9_000),
    days: fc.nat(12),
    daysAlone: fc.nat(12),
  }),
  { minLength: 1, maxLength: 6 },
)

function spend(world: LeaseWorld, device: LeaseDevice, amounts: readonly number[]): void {
  for (const amount of amounts) {
    const run = device.hold(amount, world.now())
    if (run) device.settle(run, 100, world.now())
  }
}

/** What is left at home, by grant. */
const carried = (device: LeaseDevice) =>
  [...device.books().balances.values()].filter(({ available }) => available > 0)

const sum = (balances: ReturnType<typeof carried>) =>
  addCredits(ZERO, ...balances.map(({ available }) => available))

/** Of a grant, what of it the team has or machines of the team have. */
function inTeam(world: LeaseWorld, grantIds: readonly string[]): number {
  const { balances, devices } = world.pool()
  const left = [...devices.values()].filter(({ closed }) => closed === 'left')
  return grantIds.reduce((total, grantId) => {
    const { available = 0, elsewhere = 0 } = balances.get(grantId) ?? {}
    const away = left.reduce((out, { lines }) => {
      const line = lines.get(grantId)
      return out + (line ? line.granted - line.ended - line.reclaimed : 0)
    }, 0)
    return total + available + elsewhere - away
  }, 0)
}

test('who leaves and comes again, however often, brings back just what is left', () => {
  let cameWithCredits = 0
  fc.assert(
    fc.property(catalogs, stays, fc.boolean(), (versions, story, founds) => {
      const world = createLeaseWorld(versions[0]!, Date.UTC(2027, 2, 3))
      let guest: LeaseDevice
      if (founds) guest = world.adopt(3, 500)
      else {
        world.open('plan-0')
        guest = world.adopt(3, 500)
      }
      const other = world.enrol()
      for (const stay of story) {
        for (const one of [guest, other, guest]) world.sync(one)
        spend(world, guest, stay.inTeam)
        spend(world, other, [stay.other])
        world.wait(stay.days * DAY)
        for (const one of [guest, other]) world.sync(one)
        assert.ok(world.leave(guest, false).ok)
        world.audit()
        spend(world, guest, stay.alone)
        world.wait(stay.daysAlone * DAY)
        const brings = carried(guest)
        const ids = brings.map(({ grant }) => grant.id)
        const before = inTeam(world, ids)
        const again = world.rejoin(guest)
        assert.ok(again.ok, JSON.stringify(again))
        world.audit()
        assert.equal(inTeam(world, ids) - before, sum(brings))
        if (brings.length > 0) cameWithCredits += 1
        // What it had before it left is nobody's any more.
        const twice = world.rejoin(guest)
        assert.equal(twice.ok, brings.length === 0)
        if (twice.ok) world.close(twice.data, 'revoked')
        guest = again.data
      }
      for (const one of [guest, other, guest]) world.sync(one)
      world.audit()
    }),
    { numRuns: 60 },
  )
  expect(cameWithCredits).toBeGreaterThan(30)
})

test('a copy goes on as a machine of its own, whatever it and the first one spent', () => {
  let surfaced = 0
  const spendings = fc.array(fc.nat(9_000), { maxLength: 4 })
  fc.assert(
    fc.property(catalogs, spendings, spendings, fc.boolean(), (versions, own, others, isShort) => {
      const world = createLeaseWorld(versions[0]!, Date.UTC(2027, 2, 3))
      world.open('plan-0')
      const first = world.adopt(3, 500)
      const second = world.enrol()
      for (const one of [first, second, first]) world.sync(one)
      const copy = first.copy()
      const from = copy.records().length
      spend(world, first, own)
      if (isShort) world.lease(second, 5_000)
      spend(world, copy, others)
      world.sync(first)
      assert.ok(world.reportFork(copy, from).ok)
      world.audit()
      copy.giveAllBack(world.now())
      const again = world.rejoin(copy)
      assert.ok(again.ok, JSON.stringify(again))
      if (copy.charged() > first.charged()) surfaced += 1
      for (let rounds = 0; rounds < 3; rounds++) {
        for (const one of [first, again.data, second]) {
          world.sync(one)
          world.lease(one, 20_000)
          spend(world, one, [10_000, 3_000])
          world.sync(one)
          world.audit()
        }
      }
    }),
    { numRuns: 60 },
  )
  expect(surfaced).toBeGreaterThan(10)
})
