/**
 * The authority of an app that stands alone (design: standing alone): it grants the plan's credits
 * at each cycle's start and lets what has expired go. Everything is this one device's to spend.
 */

import type { Catalog } from '#shared/catalog/catalog.ts'
import { type Cycle, type CycleAnchor, cycleAt, nextCycle } from '#shared/account/cycle.ts'
import { expiriesDue } from '#shared/journal/balance.ts'
import { grantEntry } from '#shared/journal/entries.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import { planGrantFor } from '#shared/account/plan-grants.ts'
import { type Result, success } from '#shared/host/result.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Timers } from '../ports/time.ts'

export interface LocalAuthorityDeps {
  readonly ledger: Ledger
  readonly accountId: string
  readonly planId: string
  readonly anchor: CycleAnchor
  readonly timers: Timers
  catalog(): Catalog
  /** Called after grants or expiries were written. */
  changed(): void
}

export interface LocalAuthority {
  /** Writes what is due: the current cycle's grant, once, and expiries. Cheap when nothing is. */
  bringUpToDate(): Result<null>
  /** The cycle of now. */
  cycle(): Cycle
  /** What the next cycle brings. */
  nextRefill(): { readonly at: number; readonly amount: number }
  close(): void
}

/** A timer cannot wait longer than this; it then looks again. */
const LONGEST_TIMER_MS = 6 * 60 * 60_000

export function createLocalAuthority(deps: LocalAuthorityDeps): LocalAuthority {
  const { ledger, anchor, accountId, planId } = deps
  let current = cycleAt(anchor, Math.max(anchor.startsAt, ledger.now()))
  let cancelTimer: (() => void) | null = null

  function cycle(): Cycle {
    const now = ledger.now()
    if (now >= current.endsAt) current = cycleAt(anchor, now)
    return current
  }

  function bringUpToDate(): Result<null> {
    const { endsAt } = cycle()
    const now = ledger.now()
    const balances = new Map(ledger.buckets().map((balance) => [balance.grant.id, balance]))
    const due = [...expiriesDue(balances, now), ...grantsDue()]
    if (due.length > 0) {
      const written = ledger.append(due)
      if (!written.ok) return written
      deps.changed()
    }
    watchFor(endsAt - now)
    return success(null)
  }

  /** A grant once made stays as it was made, also under a later catalog. */
  function grantsDue(): readonly EntryDraft[] {
    const due = planGrantFor(deps.catalog(), planId, cycle(), accountId)
    const isMade = ledger.buckets().some(({ grant }) => grant.id === due.id)
    return isMade ? [] : [grantEntry(due)]
  }

  /** Looks again at the cycle's end, so that a window left open sees the refill arrive. */
  function watchFor(delayMs: number): void {
    cancelTimer?.()
    cancelTimer = deps.timers.after(Math.min(LONGEST_TIMER_MS, Math.max(1_000, delayMs)), () => {
      bringUpToDate()
    })
  }

  return {
    bringUpToDate,
    cycle,
    nextRefill() {
      const next = nextCycle(anchor, cycle())
      const grant = planGrantFor(deps.catalog(), planId, next, accountId)
      return { at: next.startsAt, amount: grant.amount }
    },
    close() {
      cancelTimer?.()
    },
  }
}
