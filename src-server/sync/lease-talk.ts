/**
 * The part of a session about leases: topping up, requests, and asking other devices to give back.
 */

import type { Credits } from '#shared/credits/amount.ts'
import { ZERO } from '#shared/credits/amount.ts'
import type { Recall } from '#shared/lease/device-lease.ts'
import type { LeaseRequest } from '#shared/lease/grant-lease.ts'
import type { Identity } from '../teams/identity.ts'
import { tellRecall } from './news.ts'
import type { Outgoing } from './outgoing.ts'
import type { Later, Refuse, SessionCounts, SessionPorts } from './ports.ts'
import type { RecordTalk } from './record-talk.ts'

/** `until`: null before it was judged, since records come first. */
type Wish = LeaseRequest & { readonly until: number | null }

const NOTHING_NEEDED: LeaseRequest = { needed: ZERO, operation: null }

/** How long a request the pool could not meet is remembered, and others are asked to give back. */
const WISH_MS = 60_000
/** A lease is reviewed after records came in, at most this often; */
const TOP_UP_EVERY_MS = 1_000
/** without records, if the account's journal has advanced: others gave back, a cycle began; */
const LOOK_EVERY_MS = 600_000
/** and this often for what time alone brings: its term is weeks, and use counts by days. */
const QUIET_LOOK_EVERY_MS = 21_600_000
/**
 * So long between two times that others are asked to give back, for one device: while a wish is not
 * met they are asked again, as who heard nothing may have been away, each time later.
 */
const RECALL_EVERY_MS = 5_000
const RECALL_AT_LEAST_EVERY_MS = 20_000

export interface LeaseTalk {
  /** The device is in touch, or reported runs: its lease is reviewed if that is due. */
  inTouch(fresh: number): Promise<void>
  /** Requests what a run lacks; judged once the device's first `upTo` records are here. */
  wish(needed: Credits, operation: string | null, upTo: number): Promise<void>
  /** The pool changed: what was requested may be available now. */
  poolChanged(): Promise<void>
  /** There are new credits that the device has no share of yet. */
  topUp(): Promise<void>
  /** It is asked to give back: for as long as others wish for that, it is not topped up with it. */
  askedBack(): void
  stop(): void
}

export function createLeaseTalk(
  ports: SessionPorts,
  { accountId, deviceId, standing }: Identity,
  outgoing: Outgoing,
  records: RecordTalk,
  counts: Pick<SessionCounts, 'recalled'>,
  { refuse, later }: { readonly refuse: Refuse; readonly later: Later },
): LeaseTalk {
  const { authority, clock, database } = ports
  const isActive = standing === 'active'
  let isDue = isActive
  let wished: Wish | null = null
  let leasedAt = -Infinity
  /** How long the journal was then. */
  let leasedOf = -1
  let askedOthersAt = -RECALL_EVERY_MS
  let askAgainMs = RECALL_EVERY_MS
  let cancelAgain: (() => void) | null = null
  let waitsUntil = -Infinity

  const sinceLeased = () => clock.monotonic() - leasedAt

  const isClear = () => isActive && !records.isDoubtful() && records.isHere()

  /** The request that is still open. */
  function openWish(): Wish | null {
    const isOver = wished !== null && wished.until !== null && clock.now() >= wished.until
    if (isOver) wished = null
    return wished
  }

  async function lease({ needed, operation }: LeaseRequest): Promise<void> {
    const request = { needed, operation }
    leasedAt = clock.monotonic()
    const leased = await authority.lease(accountId, deviceId, request)
    outgoing.want('lease', needed > ZERO)
    if (!leased.ok) {
      // The statement tells the device what it must give back first.
      if (leased.error.code === 'lease_reclaimed') return
      wished = null
      refuse('lease_refused')
      return
    }
    if (!leased.data.unmet) wished = null
    else if (wished?.needed !== needed || wished.until === null) {
      wished = { ...request, until: clock.now() + WISH_MS }
      askAgainMs = RECALL_EVERY_MS
    }
    leasedOf = leased.data.position
    await askOthers(leased.data.recalls)
  }

  /** Whether a review of the lease may find something, though its machine reported nothing. */
  async function isLookDue(): Promise<boolean> {
    if (sinceLeased() < LOOK_EVERY_MS) return false
    if (sinceLeased() >= QUIET_LOOK_EVERY_MS) return true
    return (await authority.position(accountId)) !== leasedOf
  }

  /** They may be on any process; each is told what to give back. */
  async function askOthers(recalls: readonly Recall[]): Promise<void> {
    const now = clock.monotonic()
    if (recalls.length === 0) return
    const wait = askedOthersAt + RECALL_EVERY_MS - now
    if (wait > 0) {
      again(wait)
      return
    }
    askedOthersAt = now
    counts.recalled(recalls.length)
    await database.transaction(async (transaction) => {
      for (const recall of recalls) tellRecall(transaction, accountId, recall)
    })
    if (!wished) return
    again(askAgainMs)
    askAgainMs = Math.min(2 * askAgainMs, RECALL_AT_LEAST_EVERY_MS)
  }

  function again(ms: number): void {
    cancelAgain ??= later(ms, async () => {
      cancelAgain = null
      if (isClear()) await lease(openWish() ?? NOTHING_NEEDED)
    })
  }

  return {
    async inTouch(fresh) {
      isDue ||= isActive && (fresh > 0 || (await isLookDue()))
      if (!isClear()) return
      const open = openWish()
      if (open) await lease(open)
      else if (isDue && sinceLeased() >= TOP_UP_EVERY_MS && clock.monotonic() >= waitsUntil) {
        isDue = false
        await lease(NOTHING_NEEDED)
      }
    },
    async wish(needed, operation, upTo) {
      if (!isActive || records.isCopy()) {
        refuse('lease_refused')
        return
      }
      openWish()
      records.tellsMore(upTo)
      if (records.hasUpTo(upTo) && !records.isDoubtful()) await lease({ needed, operation })
      else {
        wished = { needed, operation, until: null }
        await records.want()
      }
    },
    async poolChanged() {
      const open = openWish()
      if (open && isClear()) await lease(open)
    },
    topUp: () => lease(NOTHING_NEEDED),
    askedBack() {
      waitsUntil = clock.monotonic() + WISH_MS
    },
    stop() {
      cancelAgain?.()
      cancelAgain = null
    },
  }
}
