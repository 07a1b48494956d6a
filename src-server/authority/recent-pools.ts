/** The pools this process used last, so that they need not be read and unpacked again. */

import type { Pool } from '#shared/lease/pool.ts'

/**
 * A pool, and the hash that ends its journal. The hash seals all entries before it, so it
 * identifies the pool, whoever wrote them and whether or not that was committed.
 */
interface RecentPool {
  readonly hash: string
  readonly pool: Pool
}

export interface RecentPools {
  get(accountId: string): RecentPool | undefined
  keep(accountId: string, pool: RecentPool): void
}

const MOST_KEPT = 500

export function createRecentPools(): RecentPools {
  const kept = new Map<string, RecentPool>()
  return {
    get: (accountId) => kept.get(accountId),
    keep(accountId, pool) {
      // The map keeps the order in which they were used.
      kept.delete(accountId)
      kept.set(accountId, pool)
      if (kept.size <= MOST_KEPT) return
      for (const oldest of kept.keys()) {
        kept.delete(oldest)
        return
      }
    },
  }
}
