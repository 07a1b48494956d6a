/**
 * The server's word on credits, taken into the ledger. While this machine is on its way into a team
 * the first entries wait for the first lease, so that it changes issuer in one step and can always
 * spend what is its own.
 */

import type { Issuer, LeaseLine } from '#shared/journal/lease-facts.ts'
import type { LeaseRequest } from '#shared/lease/grant-lease.ts'
import type { Result } from '#shared/result.ts'
import { success } from '#shared/result.ts'
import type { IssuerEntry } from '../ledger/issuer-entries.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { LeaseTaker } from './ports.ts'

/** An enrolment that the server has made and the ledger does not know yet. */
export interface Joining {
  readonly issuer: Issuer
  readonly lines: readonly LeaseLine[]
}

export interface LeaseTakerDeps {
  readonly ledger: Ledger
  joining(): Joining | null
  /** The ledger has its issuer. */
  arrived(): void
  /** What may be spent here, or what is told of it, changed. */
  changed(): void
  /** What a run lacked lately; null for nothing. */
  wish(): LeaseRequest | null
  pool: LeaseTaker['pool']
  serverTime: LeaseTaker['serverTime']
}

export function createLeaseTaker(deps: LeaseTakerDeps): LeaseTaker {
  const { ledger } = deps
  /** Entries from the first on, until the lease that makes them count. */
  let waiting: { readonly to: number; readonly entries: readonly IssuerEntry[] } | null = null

  const entries = () => (ledger.issuer() ? ledger.entriesRead() : (waiting?.to ?? 0))

  function told(taken: Result<null>): Result<null> {
    if (taken.ok) deps.changed()
    return taken
  }

  function keepWaiting(after: number, to: number, more: readonly IssuerEntry[]): Result<null> {
    const known = waiting ?? { to: 0, entries: [] }
    if (to <= known.to) return success(null)
    if (after > known.to) return { ok: false, error: GAP }
    const fresh = more.filter(({ sequence }) => sequence > known.to)
    waiting = { to, entries: [...known.entries, ...fresh] }
    return success(null)
  }

  return {
    entries,
    leaseVersion: () => ledger.lease()?.version ?? 0,
    takeEntries(after, to, more) {
      if (ledger.issuer()) return told(ledger.takeEntries({ after, to, entries: more }))
      return keepWaiting(after, to, more)
    },
    takeLease(statement, signature) {
      const lease = { statement, signature }
      if (!ledger.issuer()) {
        const joining = deps.joining()
        const news = { after: 0, ...(waiting ?? { to: 0, entries: [] }) }
        if (!joining || statement.entries > news.to) return success(null)
        const arrived = ledger.arrive({ ...joining, news, lease })
        if (!arrived.ok) return arrived
        waiting = null
        deps.arrived()
        return told(arrived)
      }
      const taken = ledger.takeLease(lease)
      // An older one is what the server said before: nothing is wrong, and nothing is new.
      return !taken.ok && taken.error.code === 'lease_stale' ? success(null) : told(taken)
    },
    recall: (recall) => told(ledger.giveBackRecalled(recall)),
    serverTime: deps.serverTime,
    wish: deps.wish,
    pool: deps.pool,
  }
}

const GAP = {
  code: 'entries_gap',
  message: 'Some of the team’s news are missing. Sync again.',
} as const
