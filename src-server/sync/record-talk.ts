/**
 * The part of a session about its device's records: whether they continue what is stored, and
 * receiving them.
 */

import type { RecordHead } from '#shared/journal/lease-facts.ts'
import { ACCOUNT_DOCUMENT } from '#shared/records/stretches.ts'
import type { Has, Hello, RecordsFrame } from '#shared/sync/messages.ts'
import type { Identity } from '../teams/identity.ts'
import { type Copy, type Intake, takeRecords } from './intake.ts'
import type { Outgoing } from './outgoing.ts'
import type { Refuse, SessionCounts, SessionPorts } from './ports.ts'

export interface RecordTalk {
  /** How far the server has them. */
  begin(): Promise<RecordHead>
  /** Checks whether the store was restored to a state before what it once told the device. */
  compareStore(hello: Hello): Promise<void>
  /** The device says how far its records go. */
  tells(sequence: number): void
  /** The device has at least this many. */
  tellsMore(sequence: number): void
  /** Whether the device's records continue what the server has, as far as its head tells. */
  judge(has: Has): Promise<void>
  /**
   * Receives a batch; returns how many of the device's own records were new, or null if they may
   * not be its own.
   */
  take(frame: RecordsFrame): Promise<number | null>
  /** Asks for what comes after those that are here. */
  want(): Promise<void>
  /** All records the device said it has are here. */
  isHere(): boolean
  hasUpTo(sequence: number): boolean
  /** Its records may be those of a copy: no credits are given out until that is clear. */
  isDoubtful(): boolean
  isCopy(): boolean
  /** Another connection of the device has told more than this one: one of the two is a copy. */
  isOvertaken(): Promise<boolean>
}

export function createRecordTalk(
  ports: SessionPorts,
  identity: Identity,
  outgoing: Outgoing,
  counts: Pick<SessionCounts, 'records' | 'refusedRecords'>,
  refuse: Refuse,
): RecordTalk {
  const { authority, database, documents, records, teams } = ports
  const { accountId, deviceId } = identity
  /** End of the device's own records, as it says. */
  let told = 0
  /** How far the server has them. */
  let kept = 0
  let copy: Copy | null = null
  let isDoubtful = false
  /**
   * It is ahead of a store that was set back to a backup: what it did since is taken in as of a copy,
   * which needs no lease that is known here.
   */
  let isApart = identity.standing === 'copied'

  async function hashAt(sequence: number): Promise<string> {
    if (sequence === 0) return ''
    const found = await records.hashes(database.query, accountId, deviceId, sequence, sequence)
    return found[0] ?? ''
  }

  /** Only a store that forgot can be behind what it once said. */
  async function isSetBack({ entries, journal, lease, names }: Hello): Promise<boolean> {
    if (entries > (await authority.position(accountId))) return true
    // The journal may be as long again, but a different one.
    if (journal && journal !== (await authority.hashAt(accountId, entries))) return true
    if (names && !(await documents.has(accountId, ACCOUNT_DOCUMENT, names))) return true
    const signed = await authority.statement(accountId, deviceId)
    return lease > (signed?.statement.version ?? 0)
  }

  /** A copy whose records are all stored: it is sent to enrol under an identity of its own. */
  async function sendAway(): Promise<void> {
    const ticket = await teams
      .ticketForCopy(identity, copy?.stream ?? null, isApart)
      .catch((error: unknown) => {
        ports.log.warn('A copy gets no ticket', { device: deviceId, error })
        return null
      })
    refuse('device_copied', ticket === null ? {} : { ticket })
  }

  async function judge(has: Has): Promise<void> {
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

  async function take(frame: RecordsFrame): Promise<number | null> {
    let intake: Intake = await takeRecords(ports, identity, copy, frame, isApart)
    while (intake.outcome === 'copy') {
      copy = intake.copy
      isDoubtful = true
      intake = await takeRecords(ports, identity, copy, frame)
    }
    if (intake.outcome === 'refused') {
      counts.refusedRecords(intake.code)
      refuse(intake.code)
      return null
    }
    if (intake.outcome === 'wanted') {
      outgoing.send({ type: 'records-wanted', after: intake.after })
      return null
    }
    const { fresh, head } = intake
    if (fresh > 0) ports.poolChanged(accountId)
    kept = head.sequence
    counts.records(fresh, copy !== null)
    told = Math.max(told, frame.to.sequence)
    outgoing.send({ type: 'acknowledged', head })
    if (copy) {
      if (kept >= told) await sendAway()
      return null
    }
    isDoubtful = false
    return fresh
  }

  const ownHead = () => records.head(database.query, accountId, deviceId)

  return {
    async begin() {
      const head = await ownHead()
      kept = head.sequence
      return head
    },
    async compareStore(hello) {
      isApart ||= identity.standing === 'active' && (await isSetBack(hello))
    },
    tells(sequence) {
      told = sequence
    },
    tellsMore(sequence) {
      told = Math.max(told, sequence)
    },
    judge,
    take,
    async want() {
      outgoing.send({ type: 'records-wanted', after: await ownHead() })
    },
    isHere: () => kept >= told,
    hasUpTo: (sequence) => kept >= sequence,
    isDoubtful: () => isDoubtful,
    isCopy: () => copy !== null,
    isOvertaken: async () => !copy && !isApart && (await ownHead()).sequence > kept,
  }
}
