/** A session's talk of what its device may spend: topped up, wished for, and asked of others. */

import type { Credits } from '#shared/credits/amount.ts'
import { ZERO } from '#shared/credits/amount.ts'
import type { Recall } from '#shared/lease/device-lease.ts'
import type { LeaseRequest } from '#shared/lease/grant-lease.ts'
import type { Identity } from '../teams/identity.ts'
import { tellRecall } from './news.ts'
import type { Outgoing } from './outgoing.ts'
import type { Refuse, SessionCounts, SessionPorts } from './ports.ts'
import type { RecordTalk } from './record-talk.ts'

type Wish = LeaseRequest & { readonly until: number }

/** How long a wish that the pool could not meet is remembered, and others are asked to give back. */
const WISH_MS = 60_000
/** A lease is looked at after records came in, at most this often; */
const TOP_UP_EVERY_MS = 1_000
/** without any, where the account's journal went on meanwhile: others gave back, a cycle began; */
const LOOK_EVERY_MS = 600_000
/** and this often for what time alone brings: its term is weeks, and use counts by days. */
const QUIET_LOOK_EVERY_MS = 21_600_000
/** So long between two times that others are asked to give back, for one device. */
const RECALL_EVERY_MS = 5_000

export interface LeaseTalk {
  /** The device is in touch, or told of runs: its lease is looked at where that is due. */
  inTouch(fresh: number): Promise<void>
  /** What a run lacks, at the latest once the device's first `upTo` records are here. */
  wish(needed: Credits, operation: string | null, upTo: number): Promise<void>
  /** The pool changed: what was wished for may be there. */
  poolChanged(): Promise<void>
  /** There are credits that it had no part of yet. */
  topUp(): Promise<void>
}

export function createLeaseTalk(
  ports: SessionPorts,
  { accountId, deviceId, standing }: Identity,
  outgoing: Outgoing,
  records: RecordTalk,
  counts: Pick<SessionCounts, 'recalled'>,
  refuse: Refuse,
): LeaseTalk {
  const { authority, clock, database } = ports
  const isActive = standing === 'active'
  let isDue = isActive
  let wished: Wish | null = null
  let leasedAt = -Infinity
  /** How long the journal was then. */
  let leasedOf = -1
  let askedOthersAt = -RECALL_EVERY_MS

  const sinceLeased = () => clock.monotonic() - leasedAt

  async function topUp(): Promise<void> {
    await lease({ needed: ZERO, operation: null })
  }

  async function lease({ needed, operation }: LeaseRequest): Promise<void> {
    const request = { needed, operation }
    leasedAt = clock.monotonic()
    const leased = await authority.lease(accountId, deviceId, request)
    outgoing.want('lease', needed > ZERO)
    if (!leased.ok) {
      // The statement says what it must give back first.
      if (leased.error.code === 'lease_reclaimed') return
      wished = null
      refuse('lease_refused')
      return
    }
    if (!leased.data.unmet) wished = null
    else if (wished?.needed !== needed || clock.now() >= wished.until) {
      wished = { ...request, until: clock.now() + WISH_MS }
    }
    leasedOf = leased.data.position
    await askOthers(leased.data.recalls)
  }

  /** Whether a look at the lease may find something, though its machine has told nothing. */
  async function isLookDue(): Promise<boolean> {
    if (sinceLeased() < LOOK_EVERY_MS) return false
    if (sinceLeased() >= QUIET_LOOK_EVERY_MS) return true
    return (await authority.position(accountId)) !== leasedOf
  }

  /** They are on any process; each hears what it should give back. */
  async function askOthers(recalls: readonly Recall[]): Promise<void> {
    const now = clock.monotonic()
    if (recalls.length === 0 || now - askedOthersAt < RECALL_EVERY_MS) return
    askedOthersAt = now
    counts.recalled(recalls.length)
    await database.transaction(async (transaction) => {
      for (const recall of recalls) tellRecall(transaction, accountId, recall)
    })
  }

  return {
    async inTouch(fresh) {
      isDue ||= isActive && (fresh > 0 || (await isLookDue()))
      if (!isActive || records.isDoubtful() || !records.isHere()) return
      if (wished) await lease(wished)
      else if (isDue && sinceLeased() >= TOP_UP_EVERY_MS) {
        isDue = false
        await topUp()
      }
    },
    async wish(needed, operation, upTo) {
      if (!isActive || records.isCopy()) {
        refuse('lease_refused')
        return
      }
      records.tellsMore(upTo)
      if (records.hasUpTo(upTo) && !records.isDoubtful()) await lease({ needed, operation })
      else {
        wished = { needed, operation, until: clock.now() }
        await records.want()
      }
    },
    async poolChanged() {
      if (wished && clock.now() < wished.until && records.isHere()) await lease(wished)
    },
    topUp,
  }
}
