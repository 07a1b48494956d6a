/**
 * What a team's server last said about auto-refill, kept for when it is offline. Only shown, never
 * used to decide.
 */

import { isDeepStrictEqual } from 'node:util'
import path from 'node:path'
import { z } from 'zod'
import type { Log } from '#shared/ports/log.ts'
import type { AutoRefillView } from '#shared/purchase/views.ts'
import { readJsonFile, writeFileAtomic } from '../files/atomic-file.ts'

const FILE = 'auto-refill.json'

const schema = z.object({
  format: z.literal(1),
  accountId: z.string(),
  at: z.int().min(0),
  autoRefill: z.custom<AutoRefillView>((value) => typeof value === 'object' && value !== null),
})

export interface RefillTold {
  keep(accountId: string, autoRefill: AutoRefillView | null, at: number): void
  /** As last heard; null if unknown. */
  read(accountId: string): AutoRefillView | null
}

export function createRefillTold(directory: string, log: Log): RefillTold {
  const file = path.join(directory, FILE)
  let kept: z.output<typeof schema> | null = null

  function known(): typeof kept {
    if (kept) return kept
    const read = readJsonFile(file, schema)
    return (kept = read.state === 'ok' ? read.data : null)
  }

  return {
    keep(accountId, autoRefill, at) {
      if (!autoRefill) return
      const before = known()
      kept = { format: 1, accountId, at, autoRefill }
      const isSame = before?.accountId === accountId && at - before.at < HOUR_MS
      if (isSame && isDeepStrictEqual(before.autoRefill, autoRefill)) return
      try {
        writeFileAtomic(file, `${JSON.stringify(kept)}\n`)
      } catch (error) {
        log.warn('What the server said of auto-refill was not kept', { error })
      }
    },
    read(accountId) {
      const last = known()
      return last?.accountId === accountId ? { ...last.autoRefill, asOf: last.at } : null
    },
  }
}

/** How often the time of an unchanged answer is saved again. */
const HOUR_MS = 3_600_000
