/** What a session does with each message of its device, and with news of the account. */

import { mayWrite, withoutOwn } from '#shared/sync/documents.ts'
import type { Has, Hello, ToServer } from '#shared/sync/messages.ts'
import type { TroubleCode } from '#shared/sync/trouble.ts'
import type { Identity } from '../teams/identity.ts'
import { createLeaseTalk } from './lease-talk.ts'
import type { News } from './news.ts'
import type { Outgoing } from './outgoing.ts'
import { createPoolTalk } from './pool-talk.ts'
import type { Later, Refuse, SessionCounts, SessionPorts } from './ports.ts'
import { createRecordTalk } from './record-talk.ts'

type Message = Exclude<ToServer, { type: 'hello' }>

export interface Conversation {
  greet(hello: Hello): Promise<void>
  take(message: Message): Promise<void>
  hear(news: News | null): Promise<void>
  /** Sends what is pending; false while the device must first read what was sent. */
  flush(): Promise<boolean>
  stop(): void
}

export function createConversation(
  ports: SessionPorts,
  identity: Identity,
  outgoing: Outgoing,
  counts: Pick<SessionCounts, 'records' | 'recalled' | 'refusedRecords'>,
  refuse: Refuse,
  later: Later,
): Conversation {
  const { clock, documents, teams } = ports
  const { accountId, deviceId, standing } = identity
  const isActive = standing === 'active'
  const records = createRecordTalk(ports, identity, outgoing, counts, refuse)
  const leases = createLeaseTalk(ports, identity, outgoing, records, counts, { refuse, later })
  const pool = createPoolTalk(ports, identity, outgoing)
  let isPongDue = false

  /** What the device says it has; everything continues from there. */
  async function compare(has: Has): Promise<void> {
    outgoing.resume(has)
    records.tells(has.records.sequence)
    isPongDue = true
    if (standing === 'left' || isActive) {
      outgoing.want('entries')
      outgoing.want('lease')
    }
    if (isActive) await compareDocuments(has)
    await records.judge(has)
    await leases.inTouch(0)
  }

  async function compareDocuments(has: Has): Promise<void> {
    const positions = await positionsFor()
    if (ports.digest(positions) === has.documents) outgoing.inStep(positions)
    else outgoing.send({ type: 'have', documents: asPairs(positions), whole: true })
  }

  /** The positions of the documents the device is sent. */
  async function positionsFor(): Promise<readonly (readonly [string, number])[]> {
    return withoutOwn(deviceId, await documents.positions(accountId))
  }

  async function put(message: Extract<Message, { type: 'put' }>): Promise<void> {
    const { document, items, number } = message
    const done =
      isActive && mayWrite(deviceId, document)
        ? await documents.put(identity, document, items)
        : null
    if (!done) refuse('document_forbidden')
    else if (!done.ok) refuse(done.error.code as TroubleCode)
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

  /**
   * Whether the device's standing changed since its session was opened: it then has to reconnect.
   */
  async function isOutdated(): Promise<boolean> {
    if ((await teams.standing(identity)) === standing) return false
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
      await leases.poolChanged()
      pool.tellSoon()
    }
    if (news?.about === 'purchase') {
      // The new credits are shown before they are leased out.
      await pool.tell()
      outgoing.send({ type: 'purchase', purchaseId: news.purchaseId })
    }
    if (news?.about === 'report') outgoing.send({ type: 'report', reportId: news.reportId })
    if (news?.about === 'recall' && news.deviceId === deviceId && !records.isDoubtful()) {
      outgoing.send({ type: 'recall', keep: news.keep, others: news.others })
      leases.askedBack()
    }
  }

  /** Everything was sent: the device can compare. */
  async function answerPing(): Promise<void> {
    isPongDue = false
    const { entries, lease } = outgoing.sent()
    const digest = isActive ? ports.digest(await positionsFor()) : ''
    if (isActive) await pool.tell()
    const has = { entries, lease, documents: digest, pool: pool.told() }
    outgoing.send({ type: 'pong', time: clock.now(), ...has })
    const isOver = standing !== 'active' && standing !== 'copied'
    if (isOver && records.isHere()) refuse(`device_${standing}`)
  }

  async function greet(hello: Hello): Promise<void> {
    if (await isOutdated()) return
    const acknowledged = await records.begin()
    const { protocol, oldest } = ports.speaks
    outgoing.send({ type: 'welcome', protocol, oldest, time: clock.now(), acknowledged })
    await teams.seen(identity, hello.app)
    await records.compareStore(hello)
    await compare(hello)
  }

  async function take(message: Message): Promise<void> {
    switch (message.type) {
      case 'ping':
        if (await isOutdated()) break
        pool.heard(message.pool ?? Infinity)
        await compare(message)
        break
      case 'records': {
        const fresh = await records.take(message)
        if (fresh !== null) await leases.inTouch(fresh)
        break
      }
      case 'lease-request':
        await leases.wish(message.needed, message.operation, message.records)
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
  }

  /**
   * The lease counts what the device told: told by another connection, it is not for this one, whose
   * device has to say anew what it has.
   */
  async function isLeaseTheirs(): Promise<boolean> {
    if (!(await records.isOvertaken())) return true
    refuse('session_expired')
    return false
  }

  async function flush(): Promise<boolean> {
    if (records.isDoubtful()) {
      if (isPongDue) await answerPing()
      return true
    }
    if (!(await outgoing.flush(isLeaseTheirs))) return false
    if (isActive && outgoing.tookGrants() && records.isHere()) {
      await pool.tell()
      await leases.topUp()
      if (!(await outgoing.flush(isLeaseTheirs))) return false
    }
    if (isPongDue) await answerPing()
    return true
  }

  function stop(): void {
    pool.stop()
    leases.stop()
  }

  return { greet, take, hear, flush, stop }
}

function asPairs(positions: Iterable<readonly [string, number]>): [string, number][] {
  return [...positions].map(([document, position]) => [document, position])
}
