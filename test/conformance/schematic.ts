import { type AccountWorld, createAccountWorld } from '../support/account-world.ts'
import { shippedCatalog } from '../support/shipped-catalogs.ts'

/** An account under the catalog of Schematic, from its sign-up on. */
export function customerOn(planId: string, since = '2027-10-31T08:00', seats = 1): AccountWorld {
  const world = createAccountWorld(shippedCatalog('schematic'), 'Europe/London')
  world.at(since)
  world.open(planId, seats)
  return world
}
