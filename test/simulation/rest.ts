/** In touch, nobody has anything more to say after a while. */

import type { EntryDraft } from '#shared/journal/journal.ts'
import { poolDue } from '#shared/lease/pool-due.ts'
import type { Pool } from '#shared/lease/pool.ts'
import { demand } from './oracles.ts'

export interface Restless {
  journal(): readonly EntryDraft[]
  pool(): Pool
  now(): number
  /** Everyone is in touch, and what is due is done. */
  turn(): Promise<void>
}

/**
 * Leases do not go to and fro, and nothing is due. A moment may come meanwhile at which something ends
 * or begins, and many machines take turns until each has its part of what a new cycle brings.
 */
export async function comeToRest({ journal, pool, now, turn }: Restless, most: number) {
  let said: readonly string[] = []
  for (let turns = 0; turns < most; turns++) {
    const before = journal().length
    await turn()
    said = journal()
      .slice(before)
      .map(({ id }) => id)
    if (said.length === 0 && poolDue(pool(), now()).length === 0) return
  }
  demand(false, () => `It does not come to rest: ${said.join(' ')}`)
}
