/**
 * The authority of a machine in a team (design: leases): credits come from the team's server, so
 * this only follows. All it does by itself is give credits back; what people choose is asked of the
 * server.
 */

import { type Cycle, cycleAt } from '#shared/account/cycle.ts'
import { changePlan } from '#shared/account/plan-change.ts'
import { findPromotion } from '#shared/account/promotion.ts'
import { expiryMoment } from '#shared/account/calendar.ts'
import { opened, termsAt } from '#shared/account/terms.ts'
import type { Cap } from '#shared/catalog/policies.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Timers } from '#shared/ports/time.ts'
import type { Ids } from '#shared/ports/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Authority, Redeemed } from './authority.ts'
import { refillAfter } from './next-refill.ts'

/** What a team's server does for its members, as their role allows; `server_unreachable` offline. */
export interface TeamServer {
  changePlan(choice: {
    readonly changeId: string
    readonly planId: string
    readonly seats: number
  }): Promise<Result<null>>
  redeem(request: { readonly requestId: string; readonly code: string }): Promise<Result<null>>
  setCap(change: { readonly changeId: string; readonly cap: Cap }): Promise<Result<null>>
  removeCap(change: { readonly changeId: string; readonly capId: string }): Promise<Result<null>>
}

export interface TeamAuthorityDeps {
  readonly ledger: Ledger
  readonly server: TeamServer
  readonly timers: Timers
  readonly ids: Ids
  /** Called after something was given back, or became due by the passing of time. */
  changed(): void
}

/** A timer cannot wait longer than this; it then looks again. */
const LONGEST_TIMER_MS = 6 * 60 * 60_000

export function createTeamAuthority(deps: TeamAuthorityDeps): Authority {
  const { ledger, server, ids } = deps
  let cancelTimer: (() => void) | null = null

  function bringUpToDate(): Result<null> {
    const lease = ledger.lease()
    if (!lease) return success(null)
    const before = ledger.head().sequence
    const given = ledger.giveBackLapsed()
    if (!given.ok) return given
    if (ledger.head().sequence !== before) deps.changed()
    watchFor(nextMoment(lease.expiresAt) - ledger.now())
    return success(null)
  }

  /**
   * The next moment at which something changes by itself: a cycle, the lease or one of its lines
   * ends.
   */
  function nextMoment(expiresAt: number): number {
    const now = ledger.now()
    const ends = ledger.spendable().map(({ grant }) => grant.expiresAt ?? Infinity)
    const untils = [...(ledger.lease()?.lines.values() ?? [])].map(({ until }) => until ?? Infinity)
    return Math.min(
      ...[expiresAt, cycle().endsAt, ...ends, ...untils].filter((moment) => moment > now),
    )
  }

  function watchFor(delayMs: number): void {
    cancelTimer?.()
    cancelTimer = deps.timers.after(Math.min(LONGEST_TIMER_MS, Math.max(1_000, delayMs)), () => {
      bringUpToDate()
      deps.changed()
    })
  }

  const account = () => ledger.books().account

  function cycle(): Cycle {
    const { anchor } = opened(account())
    return cycleAt(anchor, Math.max(ledger.now(), anchor.startsAt))
  }

  /** The code as the team's catalog has it; the server alone knows how often it was used. */
  function describe(code: string): Redeemed {
    const found = findPromotion(account(), code, 0, ledger.now())
    if (!found.ok) return { name: code, credits: null, expiresAt: null }
    const { gives, name } = found.data
    if (gives.kind !== 'credits') return { name, credits: null, expiresAt: null }
    const { timeZone } = opened(account()).anchor
    const expiresAt = expiryMoment(gives.expiry, ledger.now(), timeZone)
    return { name, credits: gives.credits, expiresAt }
  }

  return {
    bringUpToDate,
    books: ledger.books,
    terms: () => termsAt(account(), ledger.now()),
    cycle,
    nextRefill: () => refillAfter(account(), cycle()),
    previewPlan: (choice) => changePlan(ledger.books(), choice, ledger.now()),
    changePlan: (choice) => server.changePlan(choice),
    async redeem(code) {
      const described = describe(code)
      const redeemed = await server.redeem({ requestId: ids.next(), code })
      return redeemed.ok ? success(described) : redeemed
    },
    setCap: (changeId, cap) => server.setCap({ changeId, cap }),
    removeCap: (changeId, capId) => server.removeCap({ changeId, capId }),
    write: ofTheTeam,
    close() {
      cancelTimer?.()
    },
  }
}

function ofTheTeam() {
  return failure('of_the_team', 'The credits of a team are bought and billed at its server.')
}
