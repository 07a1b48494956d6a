/** What a session does about each message of its device, and about news of the account. */

import type { Credits } from '#shared/credits/amount.ts'
import { ZERO } from '#shared/credits/amount.ts'
import type { Recall } from '#shared/lease/device-lease.ts'
import type { LeaseRequest } from '#shared/lease/grant-lease.ts'
import { mayWrite, withoutOwn } from '#shared/sync/documents.ts'
import type { Has, PoolMessage, RecordsFrame, ToServer } from '#shared/sync/messages.ts'
import type { TroubleCode } from '#shared/sync/trouble.ts'
import type { Identity } from '../teams/identity.ts'
import { type Copy, type Intake, takeRecords } from './intake.ts'
import { type News, tellRecall } from './news.ts'
import type { Outgoing } from './outgoing.ts'
import type { Refusal, SessionCounts, SessionPorts } from './ports.ts'

type Message = Exclude<ToServer, { type: 'hello' }>
type Wish = LeaseRequest & { readonly until: number }

/** How long a wish that the pool could not meet is remembered, and others are asked to give back. */
const WISH_MS = 60_000
/** A lease is looked at after records came in, at most this often; */
const TOP_UP_EVERY_MS = 1_000
/** without any, where the account's journal went on meanwhile: others gave back, a cycle began; */
const LOOK_EVERY_MS = 600_000
/** and this often for what time alone brings: its term is weeks, and use counts by days. */
const QUIET_LOOK_EVERY_MS = 21_600_000
/** What the team has is told this often at most. */
const POOL_EVERY_MS = 5_000
/**
 * After a grant it is told sooner, but not at once: a device reckons by a clock that is behind by what
 * a message takes, and must find the grant in force.
 */
const POOL_AFTER_GRANT_MS = 250
/** So long between two times that others are asked to give back, for one device. */
const RECALL_EVERY_MS = 5_000

export interface Conversation {
  greet(has: Has, appVersion: string): Promise<void>
  take(message: Message): Promise<void>
  hear(news: News | null): Promise<void>
  /** Sends what is to be sent; false while the device has to take what was sent first. */
  flush(): Promise<boolean>
  stop(): void
}

export function createConversation(
  ports: SessionPorts,
  identity: Identity,
  outgoing: Outgoing,
  counts: Pick<SessionCounts, 'records' | 'recalled' | 'refusedRecords'>,
  refuse: (code: TroubleCode, more?: Refusal) => void,
): Conversation {
  const { authority, clock, database, documents, records, teams } = ports
  const { accountId, deviceId } = identity
  const isActive = identity.standing === 'active'
  /** End of the device's own records, as it says. */
  let told = 0
  /** How far the server has them. */
  let kept = 0
  let copy: Copy | null = null
  /** Its records may be those of a copy: no credits are given out until that is clear. */
  let isDoubtful = false
  /**
   * It is ahead of a store that was set back to a backup: what it did since is taken in as of a copy,
   * which needs no lease that is known here.
   */
  let isApart = identity.standing === 'copied'
  let isContactDue = isActive
  let isPongDue = false
  let wish: Wish | null = null
  let saidPool = ''
  let leasedAt = -Infinity
  /** How long the journal was then. */
  let leasedOf = -1
  let askedOthersAt = -RECALL_EVERY_MS
  let cancelPool: (() => void) | null = null

  /** What the device says it has: from there everything goes on. */
  async function compare(has: Has): Promise<void> {
    outgoing.resume(has)
    told = has.records.sequence
    isPongDue = true
    if (identity.standing === 'left' || isActive) {
      outgoing.want('entries')
      outgoing.want('lease')
    }
    if (!isActive) return
    const positions = await positionsFor()
    if (ports.digest(positions) === has.documents) outgoing.inStep(positions)
    else outgoing.send({ type: 'have', documents: asPairs(positions), whole: true })
  }

  /** How far the documents are that the device is sent. */
  async function positionsFor(): Promise<readonly (readonly [string, number])[]> {
    return withoutOwn(deviceId, await documents.positions(accountId))
  }

  /** Whether the device's records continue what the server has, as far as its head tells. */
  async function judgeHead(has: Has): Promise<void> {
    const { sequence, hash } = has.records
    if (copy) return
    if (sequence > kept) {
      isDoubtful = true
      return
    }
    const ours = await hashAt(sequence)
    isDoubtful = isApart || ours !== hash || sequence < kept
    if (!isDoubtful) return
    if (ours === hash) {
      if (sequence > 0) outgoing.send({ type: 'acknowledged', head: has.records })
      await sendAway()
    } else {
      const half = Math.floor(sequence / 2)
      const after = { sequence: half, hash: await hashAt(half) }
      outgoing.send({ type: 'records-wanted', after })
    }
  }

  /** Nothing but a store that forgot can be behind what it once said. */
  async function isSetBack(has: Has): Promise<boolean> {
    if (has.entries > (await authority.position(accountId))) return true
    const signed = await authority.statement(accountId, deviceId)
    return has.lease > (signed?.statement.version ?? 0)
  }

  async function hashAt(sequence: number): Promise<string> {
    if (sequence === 0) return ''
    const found = await records.hashes(database.query, accountId, deviceId, sequence, sequence)
    return found[0] ?? ''
  }

  /** A copy, of which all is kept: it goes on under a name of its own. */
  async function sendAway(): Promise<void> {
    const ticket = await teams
      .ticketForCopy(identity, copy?.stream ?? null, isApart)
      .catch((error: unknown) => {
        ports.log.warn('A copy gets no ticket', { device: deviceId, error })
        return null
      })
    refuse('device_copied', ticket === null ? {} : { ticket })
  }

  async function takeIn(frame: RecordsFrame): Promise<void> {
    let intake: Intake = await takeRecords(ports, identity, copy, frame, isApart)
    while (intake.outcome === 'copy') {
      copy = intake.copy
      isDoubtful = true
      intake = await takeRecords(ports, identity, copy, frame)
    }
    if (intake.outcome === 'refused') {
      counts.refusedRecords(intake.code)
      refuse(intake.code)
    } else if (intake.outcome === 'wanted')
      outgoing.send({ type: 'records-wanted', after: intake.after })
    else {
      if (intake.fresh > 0) ports.poolChanged(accountId)
      kept = intake.head.sequence
      counts.records(intake.fresh, copy !== null)
      told = Math.max(told, frame.to.sequence)
      outgoing.send({ type: 'acknowledged', head: intake.head })
      if (!copy) {
        isDoubtful = false
        isContactDue ||= isActive && intake.fresh > 0
        await leaseAfterRecords()
      } else if (kept >= told) await sendAway()
    }
  }

  /** What waited for the device's records. */
  async function leaseAfterRecords(): Promise<void> {
    if (!isActive || isDoubtful || kept < told) return
    if (wish) await lease(wish)
    else if (isContactDue && clock.monotonic() - leasedAt >= TOP_UP_EVERY_MS) await topUp()
  }

  /** What the lease is to have again, or for longer. */
  async function topUp(): Promise<void> {
    isContactDue = false
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
      wish = null
      refuse('lease_refused')
      return
    }
    if (!leased.data.unmet) wish = null
    else if (wish?.needed !== needed || clock.now() >= wish.until) {
      wish = { ...request, until: clock.now() + WISH_MS }
    }
    leasedOf = leased.data.position
    await askOthers(leased.data.recalls)
  }

  /** Whether a look at the lease may find something, though its machine has told nothing. */
  async function isLookDue(): Promise<boolean> {
    const since = clock.monotonic() - leasedAt
    if (since < LOOK_EVERY_MS) return false
    return since >= QUIET_LOOK_EVERY_MS || (await authority.position(accountId)) !== leasedOf
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

  async function wishFor(needed: Credits, operation: string | null, upTo: number): Promise<void> {
    if (!isActive || copy) {
      refuse('lease_refused')
      return
    }
    told = Math.max(told, upTo)
    if (upTo <= kept && !isDoubtful) await lease({ needed, operation })
    else {
      wish = { needed, operation, until: clock.now() }
      const head = await records.head(database.query, accountId, deviceId)
      outgoing.send({ type: 'records-wanted', after: head })
    }
  }

  async function put(message: Extract<Message, { type: 'put' }>): Promise<void> {
    const { document, items, number } = message
    const done =
      isActive && mayWrite(deviceId, document)
        ? await documents.put(identity, document, items)
        : null
    if (!done) refuse('document_forbidden')
    else if (!done.ok) refuse('document_invalid')
    else {
      const { after, to } = done.data
      outgoing.advance(document, after, to)
      outgoing.send({ type: 'kept', number, after, to })
    }
  }

  async function keepSegment(name: string, bytes: Uint8Array): Promise<void> {
    const done = isActive ? await documents.putSegment(identity, name, bytes) : null
    if (!done) refuse('document_forbidden')
    else if (!done.ok) refuse('segment_invalid')
    else outgoing.send({ type: 'segment-kept', name })
  }

  async function tellPool(): Promise<void> {
    const pool: PoolMessage = { type: 'pool', ...(await authority.pool(accountId)) }
    const text = JSON.stringify(pool)
    if (text !== saidPool) outgoing.send(pool)
    saidPool = text
  }

  function tellPoolSoon(withinMs: number): void {
    if (withinMs < POOL_EVERY_MS) {
      cancelPool?.()
      cancelPool = null
    }
    cancelPool ??= ports.timers.after(withinMs, () => {
      cancelPool = null
      void tellPool().catch((error: unknown) => {
        ports.log.warn('What the team has could not be told', { device: deviceId, error })
      })
    })
  }

  /** Whether it was closed since its session was opened: it comes back as what it is now. */
  async function isOutdated(): Promise<boolean> {
    if ((await teams.standing(identity)) === identity.standing) return false
    refuse('session_expired')
    return true
  }

  async function hear(news: News | null): Promise<void> {
    if (news === null || news.about === 'team') {
      if (await isOutdated()) return
      if (isActive) outgoing.send({ type: 'team' })
    }
    if (!isActive) return
    if (news === null || news.about === 'document') outgoing.want('documents')
    if (news === null || news.about === 'entries') {
      outgoing.want('entries')
      if (wish && clock.now() < wish.until && kept >= told) await lease(wish)
      tellPoolSoon(POOL_EVERY_MS)
    }
    if (news?.about === 'purchase') {
      outgoing.send({ type: 'purchase', purchaseId: news.purchaseId })
    }
    if (news?.about === 'report') outgoing.send({ type: 'report', reportId: news.reportId })
    if (news?.about === 'recall' && news.deviceId === deviceId && !isDoubtful) {
      outgoing.send({ type: 'recall', keep: news.keep, others: news.others })
    }
  }

  /** Everything was sent: the device can compare. */
  async function answerPing(): Promise<void> {
    isPongDue = false
    const { entries, lease } = outgoing.sent()
    const digest = isActive ? ports.digest(await positionsFor()) : ''
    if (isActive) await tellPool()
    outgoing.send({ type: 'pong', time: clock.now(), entries, lease, documents: digest })
    const { standing } = identity
    if (standing !== 'active' && standing !== 'copied' && kept >= told) refuse(`device_${standing}`)
  }

  return {
    async greet(has, appVersion) {
      if (await isOutdated()) return
      const head = await records.head(database.query, accountId, deviceId)
      kept = head.sequence
      const { protocol, oldest } = ports.speaks
      const time = clock.now()
      outgoing.send({ type: 'welcome', protocol, oldest, time, acknowledged: head })
      await teams.seen(identity, appVersion)
      isApart ||= isActive && (await isSetBack(has))
      await compare(has)
      await judgeHead(has)
      await leaseAfterRecords()
    },
    async take(message) {
      switch (message.type) {
        case 'ping':
          if (await isOutdated()) break
          await compare(message)
          await judgeHead(message)
          isContactDue ||= isActive && (await isLookDue())
          await leaseAfterRecords()
          break
        case 'records':
          await takeIn(message)
          break
        case 'lease-request':
          await wishFor(message.needed, message.operation, message.records)
          break
        case 'entries-wanted':
          outgoing.resumeEntries(message.after)
          outgoing.want('entries')
          break
        case 'have':
          if (!isActive) break
          outgoing.resumeDocuments(message.documents, message.whole)
          outgoing.want('documents')
          isPongDue = true
          break
        case 'put':
          await put(message)
          break
        case 'segment':
          await keepSegment(message.name, message.bytes)
          break
        case 'segments-wanted':
          if (isActive) outgoing.wantSegments(message.names)
          else refuse('document_forbidden')
          break
      }
    },
    hear,
    async flush() {
      if (isDoubtful) {
        if (isPongDue) await answerPing()
        return true
      }
      if (!(await outgoing.flush())) return false
      if (isActive && outgoing.tookGrants() && kept >= told) {
        await lease({ needed: ZERO, operation: null })
        if (!(await outgoing.flush())) return false
        tellPoolSoon(POOL_AFTER_GRANT_MS)
      }
      if (isPongDue) await answerPing()
      return true
    },
    stop() {
      cancelPool?.()
      cancelPool = null
    },
  }
}

function asPairs(positions: Iterable<readonly [string, number]>): [string, number][] {
  return [...positions].map(([document, position]) => [document, position])
}
