/** The steps that tests of a pool are told in. Amounts are whole credits. */

import { generalFree, generalLease } from '#shared/lease/size.ts'
import { plainCatalog } from './books.ts'
import type { LeaseDevice } from './lease-device.ts'
import { createLeaseWorld, type LeaseWorld } from './lease-world.ts'

export const START = Date.parse('2027-03-01T00:00:00Z')
export const DAY = 86_400_000
export const CREDIT = 1_000

/** 100 credits a month; each plan as told. */
export function poolWith(plan = {}, changes = {}): LeaseWorld {
  const world = createLeaseWorld(plainCatalog(plan, changes), START)
  world.open('small')
  return world
}

/** What a machine has of the pool, in credits. */
export const leased = (world: LeaseWorld, device: LeaseDevice) =>
  generalLease(world.pool(), world.pool().devices.get(device.id)!, world.now()) / CREDIT
/** What no machine has. */
export const free = (world: LeaseWorld) => generalFree(world.pool(), world.now()) / CREDIT
/** What a machine may spend by its own books. */
export const available = (device: LeaseDevice) =>
  [...device.books().balances.values()].reduce((sum, one) => sum + one.available, 0) / CREDIT

/** Holds and settles so many credits on a machine. */
export function spend(world: LeaseWorld, device: LeaseDevice, credits: number): boolean {
  const run = device.hold(credits * CREDIT, world.now())
  if (run) device.settle(run, 100, world.now())
  return run !== null
}

/** A machine with its first lease. */
export function joined(world: LeaseWorld): LeaseDevice {
  const device = world.enrol()
  world.sync(device)
  return device
}
