/** The transactions and notices of a store in memory, which may be told to fail. */

import type { Database } from '../../../src-server/store/database.ts'

/** `later` runs what a notice sets off, as a network would. */
export function createSharedDatabase(later: (run: () => void) => void) {
  const listeners = new Map<string, Set<(payload: string | null) => void>>()
  /** The next so many transactions fail before they commit, or after. */
  const failing = { before: 0, after: 0 }
  let turn: Promise<unknown> = Promise.resolve()

  const publish = (channel: string, payload: string) => {
    for (const listener of listeners.get(channel) ?? []) later(() => listener(payload))
  }

  const database: Database = {
    engine: 'sqlite',
    query: () => Promise.resolve([]),
    transaction(work) {
      const done = turn.then(async () => {
        if (failing.before > 0) {
          failing.before -= 1
          throw new Error('The store is away')
        }
        const told: [string, string][] = []
        const afterwards: (() => void)[] = []
        const result = await work({
          query: () => Promise.resolve([]),
          lockAccount: () => Promise.resolve(true),
          publish: (channel, payload) => told.push([channel, payload]),
          afterwards: (run) => afterwards.push(run),
        })
        for (const [channel, payload] of told) publish(channel, payload)
        for (const run of afterwards) run()
        if (failing.after > 0) {
          failing.after -= 1
          throw new Error('The connection to the store was lost')
        }
        return result
      })
      turn = done.catch(() => {})
      return done
    },
    subscribe(channel, listener) {
      const set = listeners.get(channel) ?? new Set()
      listeners.set(channel, set.add(listener))
      return () => set.delete(listener)
    },
    backup: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }

  return { database, failing, publish }
}
