/** What tests of a server's authority begin with, on each engine. */

import { afterEach, beforeEach, expect } from 'vitest'
import type { SignedLease } from '#shared/lease/statement.ts'
import {
  type AuthorityProcess,
  must,
  publishDefault,
  START,
  startProcess,
} from './authority-world.ts'
import type { StorePlace } from './stores.ts'

/** A process on a fresh store for each test of the suite; its hooks are added to the suite's. */
export function authoritySuite(place: StorePlace) {
  let server: AuthorityProcess
  let now = START

  beforeEach(async () => {
    now = START
    await place.fresh()
    server = await startProcess(place.url, () => now)
    await publishDefault(server)
  })
  afterEach(() => server.close())

  return {
    get server() {
      return server
    },
    /** Another process on the same store, at the same time. */
    another: () => startProcess(place.url, () => now),
    now: () => now,
    pass(duration: number): void {
      now += duration
    },
    get query() {
      return server.database.query
    },
    position: async (accountId: string) =>
      (await server.authority.read(server.database.query, accountId)).position,
    async sound(accountId: string): Promise<void> {
      const { problems } = await server.authority.verify(server.database.query, accountId)
      expect(problems).toEqual([])
    },
    async leaseOf(accountId: string, deviceId: string, needed = 0): Promise<SignedLease> {
      const { lease } = must(await server.lease(accountId, deviceId, needed))
      if (!lease) throw new Error('There is no lease')
      return lease
    },
  }
}
