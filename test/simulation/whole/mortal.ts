/** One process's way to the store: it dies with it, also in the middle of a commit. */

import type { Database } from '../../../src-server/store/database.ts'
import { Died } from '../authority.ts'
import type { ServerProcess } from './server.ts'
import { committed } from './witness.ts'

export function mortalDatabase(
  shared: Database,
  process: Pick<ServerProcess, 'owner' | 'dying'>,
  die: () => void,
): Database {
  const alive = () => {
    if (process.owner.isDead) throw new Died()
  }
  return {
    ...shared,
    async query(sql, ...values) {
      alive()
      const rows = await shared.query(sql, ...values)
      alive()
      return rows as never
    },
    async transaction(work) {
      alive()
      const { done, kept, dies } = await shared.transaction(async (transaction) => {
        alive()
        const result = await work(transaction)
        const dying = process.dying
        if (dying === 'before') {
          die()
          throw new Died()
        }
        return { done: result, kept: committed(transaction), dies: dying === 'after' }
      })
      kept()
      if (dies) die()
      alive()
      return done
    },
    subscribe: (channel, listener) =>
      shared.subscribe(channel, (payload) => {
        if (!process.owner.isDead) listener(payload)
      }),
  }
}
