/** Stories of a pool and its machines: cut off, late, revoked, copied, and all at once. */

import fc from 'fast-check'
import { millicredits } from '#shared/credits/amount.ts'
import { GRACE, LEASE_TERM } from '#shared/lease/policy.ts'
import { generalFree, generalLease } from '#shared/lease/size.ts'
import type { LeaseDevice } from '../../support/lease-device.ts'
import { createLeaseWorld, type LeaseWorld } from '../../support/lease-world.ts'
import { catalogs } from '../account/stories.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const which = fc.nat(30)
const amount = fc.oneof(fc.nat(2_000), fc.nat(40_000))
const kind = <Kind extends string>(name: Kind) => fc.constant(name)

const happening = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: kind('wait'),
      time: fc.oneof(fc.nat(2 * HOUR), fc.nat(6 * DAY), fc.nat(50 * DAY)),
    }),
  },
  { weight: 12, arbitrary: fc.record({ kind: kind('hold'), which, amount }) },
  { weight: 9, arbitrary: fc.record({ kind: kind('settle'), which, share: fc.nat(100) }) },
  { weight: 5, arbitrary: fc.record({ kind: kind('sync'), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ kind: kind('report'), which },
      ...{ most: fc.integer({ min: 1, max: 4 }), again: fc.nat(3) },
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: kind('lease'), which, amount, arrives: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('state'), which }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('recall'), which, amount, isUnmet: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('enrol'), lag: fc.nat(9 * DAY) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('adopt'), days: fc.nat(90), amount }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('close'),
      which,
      reason: fc.constantFrom('revoked' as const, 'lost' as const, 'copied' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('leave'), which }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('late'), which, share: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('fork'), which, amount }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('buy'),
      offer: fc.constantFrom('pack', 'pool', 'add-on'),
      quantity: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('plan'),
      plan: fc.nat(2),
      seats: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('override'),
      days: fc.integer({ min: -3, max: 60 }),
      allowance: fc.nat(200_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('publish'), days: fc.nat(40) }) },
)
export type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never

export const stories = fc.record({
  catalogs,
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Pacific/Auckland'),
  startsAt: fc.integer({ min: 0, max: 730 * DAY }).map((time) => Date.UTC(2027, 0, 1) + time),
  founds: fc.boolean(),
  happenings: fc.array(happening, { minLength: 10, maxLength: 60, size: 'max' }),
})
export type Story = typeof stories extends fc.Arbitrary<infer T> ? T : never

export interface Player {
  readonly world: LeaseWorld
  /** How often each thing happened that a story is told for. */
  readonly seen: Map<string, number>
  play(happening: Happening): void
  /** Everyone comes back, ends its runs and tells everything. */
  heal(): void
  /** Machines that did not leave. */
  present(): readonly LeaseDevice[]
  /** Whether somebody spent what had been taken back, or a copy did. */
  hasSurfaced(): boolean
}

export function createPlayer(story: Story): Player {
  const [first, ...later] = story.catalogs
  const world = createLeaseWorld(first!, story.startsAt, story.timeZone)
  const seen = new Map<string, number>()
  const gone = new Set<LeaseDevice>()
  if (story.founds) world.adopt(40, 20_000)
  else world.open('plan-0')
  world.sync(world.enrol())
  world.sync(world.enrol())

  const note = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)
  const present = () => world.devices().filter((device) => !gone.has(device))
  const pick = (at: number) => present()[at % Math.max(1, present().length)]

  function playWith(device: LeaseDevice, one: Happening): void {
    switch (one.kind) {
      case 'hold':
        if (device.hold(one.amount, world.now())) note('hold')
        return
      case 'settle': {
        const run = device.runs()[one.which % Math.max(1, device.runs().length)]
        if (run) device.settle(run, one.share, world.now())
        return
      }
      case 'sync': {
        world.sync(device)
        return
      }
      case 'report':
        world.report(device, one.most, one.again)
        return
      case 'lease':
        world.lease(device, one.amount, one.arrives)
        return
      case 'state': {
        world.state(device)
        return
      }
      case 'recall': {
        world.recall(one.isUnmet ? device : null, one.amount)
        return
      }
      case 'close': {
        world.close(device, one.reason)
        return
      }
      case 'leave':
        if (present().length > 1 && device.runs().length === 0 && world.leave(device, false).ok) {
          gone.add(device)
          note('leave')
        }
        return
      case 'late': {
        // Spends what it has and is away until its lease was taken back, and others spent it.
        const has = generalLease(world.pool(), world.pool().devices.get(device.id)!, world.now())
        const run = device.hold(has, world.now())
        if (run) device.settle(run, 100, world.now())
        world.wait(LEASE_TERM + GRACE)
        for (const other of present().filter((one) => one !== device)) {
          const left = generalFree(world.pool(), world.now())
          world.sync(other)
          world.lease(other, left)
          const took = other.hold(Math.floor((left * one.share) / 100), world.now())
          if (took) other.settle(took, 100, world.now())
        }
        return
      }
      case 'fork': {
        const copy = device.copy()
        const from = copy.records().length
        const run = copy.hold(one.amount, world.now())
        if (!run) return
        copy.settle(run, 80, world.now())
        world.reportFork(copy, from)
        note('fork')
        return
      }
      default:
        throw new Error(`Nobody does ${one.kind}`)
    }
  }

  function play(one: Happening): void {
    switch (one.kind) {
      case 'wait': {
        world.wait(one.time)
        return
      }
      case 'enrol':
        if (world.devices().length < 8) world.sync(world.enrol(one.lag))
        return
      case 'adopt':
        if (world.devices().length < 8) world.sync(world.adopt(one.days, one.amount))
        return
      case 'buy': {
        world.buy(one.offer, one.offer === 'pack' ? 1 : one.quantity)
        return
      }
      case 'plan': {
        world.changePlan(`plan-${one.plan}`, one.seats)
        return
      }
      case 'override': {
        const from = world.now() + one.days * DAY
        const until = from + 50 * DAY
        world.override({ allowance: millicredits(one.allowance), from, until })
        return
      }
      case 'publish': {
        const next = later.shift()
        if (next) world.publish(next, world.now() + one.days * DAY)
        return
      }
      default: {
        const device = pick(one.which)
        if (device) playWith(device, one)
      }
    }
  }

  return {
    world,
    seen,
    play,
    present,
    heal() {
      for (const device of present()) {
        for (const run of device.runs()) device.settle(run, 50, world.now())
        // Once to tell what it did, once more for what it could only then give back.
        world.sync(device)
        world.sync(device)
      }
    },
    hasSurfaced: () =>
      world.journal().some(({ facts }) => facts.kind === 'report' && facts.surfaced > 0),
  }
}
