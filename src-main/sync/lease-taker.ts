/**
 * Takes the server's entries and leases into the ledger. While this machine is joining a team, the
 * first entries wait for the first lease, so that it changes issuer in one step and can always
 * spend its own credits.
 */

import type { Issuer, LeaseLine } from '#shared/journal/lease-facts.ts'
import type { LeaseRequest } from '#shared/lease/grant-lease.ts'
import type { Result } from '#shared/result.ts'
import { success } from '#shared/result.ts'
import type { IssuerNews } from '../ledger/issuer-entries.ts'
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
  /** What may be spent here, or what is shown of it, changed. */
  changed(): void
  /** What a run lacked recently; null for nothing. */
  wish(): LeaseRequest | null
  pool: LeaseTaker['pool']
  serverTime: LeaseTaker['serverTime']
}

export function createLeaseTaker(deps: LeaseTakerDeps): LeaseTaker {
  const { ledger } = deps
  /** Entries from the first on, until the lease that makes them count. */
  let waiting: Omit<IssuerNews, 'after'> | null = null

  const entries = () => (ledger.issuer() ? ledger.entriesRead() : (waiting?.to ?? 0))

  function told(taken: Result<null>): Result<null> {
    if (taken.ok) deps.changed()
    return taken
  }

  function keepWaiting({ after, to, entries: more, hash }: IssuerNews): Result<null> {
    const known = waiting ?? { to: 0, entries: [] }
    if (to <= known.to) return success(null)
    if (after > known.to) return { ok: false, error: GAP }
    const fresh = more.filter(({ sequence }) => sequence > known.to)
    waiting = { to, entries: [...known.entries, ...fresh], hash }
    return success(null)
  }

  return {
    entries,
    leaseVersion: () => ledger.lease()?.version ?? 0,
    journalHash: () => (ledger.issuer() ? ledger.readHash() : (waiting?.hash ?? '')),
    takeEntries(after, to, more, hash) {
      const news = { after, to, entries: more, hash }
      return ledger.issuer() ? told(ledger.takeEntries(news)) : keepWaiting(news)
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
  message: 'Some of the team’s news is missing. Sync again.',
} as const
