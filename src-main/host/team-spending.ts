/**
 * What the team's other machines spent, kept for the caps of this one. Read again when something was
 * heard, not at every record: what comes in between counts a moment later.
 */

import type { HeardRun } from '#shared/policy/others.ts'
import { spendingOf } from '#shared/policy/others.ts'
import { type CapShape, memoryOf, type Spending, watches } from '#shared/policy/spending.ts'
import type { Log } from '#shared/ports/log.ts'
import type { Timers } from '#shared/ports/time.ts'

const WAIT_MS = 1_000
/** As far back as a cap can look. */
const LONGEST_MS = memoryOf({ window: 'month', scope: {} })

export interface TeamSpending {
  /** Something of the others may have come. */
  heard(): void
  /** Counted for at least these; null while nothing of others is known. */
  spending(shapes: readonly CapShape[]): Spending | null
  close(): void
}

export interface TeamSpendingDeps {
  runsSince(at: number): Promise<readonly HeardRun[]>
  now(): number
  timeZone(): string
  readonly timers: Timers
  readonly log: Log
  /** Others spent more than was known. */
  changed(): void
}

export function createTeamSpending(deps: TeamSpendingDeps): TeamSpending {
  let runs: readonly HeardRun[] = []
  let counted: Spending | null = null
  let cancel: (() => void) | null = null
  let isClosed = false

  async function read(): Promise<void> {
    const next = await deps.runsSince(deps.now() - LONGEST_MS)
    if (isClosed || isSame(runs, next)) return
    runs = next
    counted = null
    deps.changed()
  }

  return {
    heard() {
      cancel ??= deps.timers.after(WAIT_MS, () => {
        cancel = null
        void read().catch((error: unknown) => {
          deps.log.warn('What the others spent could not be read', { error })
        })
      })
    },
    spending(shapes) {
      if (runs.length === 0) return null
      if (!counted || !watches(counted, shapes) || counted.timeZone !== deps.timeZone()) {
        counted = spendingOf(deps.timeZone(), shapes, runs)
      }
      return counted
    },
    close() {
      isClosed = true
      cancel?.()
    },
  }
}

/** Runs are only added, or sealed: then there are fewer of them, of the same sum. */
function isSame(before: readonly HeardRun[], after: readonly HeardRun[]): boolean {
  const sum = (all: readonly HeardRun[]) => all.reduce((total, { charge }) => total + charge, 0)
  return before.length === after.length && sum(before) === sum(after)
}
