/**
 * Receives a device's records: judged, reported to the authority and stored, in one transaction
 * (design: records). What a copy of the device wrote goes into a stream of its own, so both
 * histories stay.
 */

import type { RecordHead } from '#shared/journal/lease-facts.ts'
import { isContinued } from '#shared/records/batch.ts'
import type { Result } from '#shared/result.ts'
import { type Judgement, judgeRecords, type KnownRecords } from '#shared/sync/intake.ts'
import type { RecordsFrame } from '#shared/sync/messages.ts'
import type { TroubleCode } from '#shared/sync/trouble.ts'
import type { Query, Transaction } from '../store/database.ts'
import type { Identity } from '../teams/identity.ts'
import type { ReadBatch, SessionPorts } from './ports.ts'

export type Intake =
  /** The stream is stored up to `head`; `fresh` of its records were new. */
  | { readonly outcome: 'kept'; readonly head: RecordHead; readonly fresh: number }
  | { readonly outcome: 'wanted'; readonly after: RecordHead }
  /** Not the device's own stream but that of a copy, into which it goes from here on. */
  | { readonly outcome: 'copy'; readonly copy: Copy }
  | { readonly outcome: 'refused'; readonly code: TroubleCode }

/** A copy's stream: records from `at` on; earlier ones are in the stream it was copied from. */
export interface Copy {
  readonly stream: string
  readonly at: number
  /** Null: copied from the device's own stream. */
  readonly of: Copy | null
}

type IntakePorts = Pick<SessionPorts, 'authority' | 'earnings' | 'records' | 'database'>

/**
 * Takes in one batch, of the device's own stream or of a copy's. The same batch again changes
 * nothing and has the same outcome.
 */
export function takeRecords(
  ports: IntakePorts,
  identity: Identity,
  copy: Copy | null,
  frame: RecordsFrame,
  isApart = false,
): Promise<Intake> {
  return ports.database.transaction(async (transaction) => {
    const { accountId, deviceId } = identity
    const isThere = await transaction.lockAccount(accountId)
    if (!isThere) throw new Error(`There is no account ${accountId}`)
    const known = await knownRecords(ports, transaction.query, identity, copy, frame)
    if (frame.from > known.head.sequence + 1) return { outcome: 'wanted', after: known.head }
    const previous = frame.previous === '' ? known.hashAt(frame.from - 1) : frame.previous
    const { from, batch: bytes } = frame
    const place = { deviceId, from, previous, batch: bytes }
    const stream = copy?.stream ?? deviceId
    const read = await ports.records.read(transaction.query, accountId, stream, place)
    if (!read.ok && frame.previous === '' && isContinued(bytes)) {
      // Written in the light of another record than the server's: whole, it can be judged.
      return { outcome: 'wanted', after: { sequence: from - 1, hash: previous } }
    }
    if (!read.ok) return { outcome: 'refused', code: read.error.code as TroubleCode }
    const judged = judgeRecords(known, {
      from: frame.from,
      to: frame.to,
      previous: frame.previous === '' ? null : frame.previous,
      hashes: read.data.hashes,
      signed: await ports.records.isSigned(transaction.query, identity, frame.to, frame.signature),
    })
    const batch = { frame, read: read.data, copy, isApart }
    return follow(ports, transaction, identity, known.head, judged, batch)
  })
}

interface Batch {
  readonly frame: RecordsFrame
  readonly read: ReadBatch
  readonly copy: Copy | null
  readonly isApart: boolean
}

async function follow(
  ports: IntakePorts,
  transaction: Transaction,
  identity: Identity,
  head: RecordHead,
  judged: Judgement,
  batch: Batch,
): Promise<Intake> {
  switch (judged.verdict) {
    case 'known':
      return { outcome: 'kept', head, fresh: 0 }
    case 'wanted':
      return { outcome: 'wanted', after: judged.after }
    case 'refused':
      return { outcome: 'refused', code: judged.code }
    case 'fork':
      return { outcome: 'copy', copy: copyFrom(identity, judged.at, batch) }
    case 'new': {
      if (batch.isApart && !batch.copy) {
        return { outcome: 'copy', copy: copyFrom(identity, judged.from, batch) }
      }
      const reported = await keep(ports, transaction, identity, judged.from, batch)
      if (!reported.ok) return { outcome: 'refused', code: reported.error.code as TroubleCode }
      const { to } = batch.frame
      return { outcome: 'kept', head: to, fresh: to.sequence - judged.from + 1 }
    }
  }
}

/** What was written from a record on is stored in a stream named after that record. */
function copyFrom({ deviceId }: Identity, at: number, { frame, read, copy }: Batch): Copy {
  const first = read.hashes[at - frame.from] ?? ''
  return { stream: `${deviceId}~${first.slice(0, 32)}`, at, of: copy }
}

async function keep(
  { authority, earnings, records }: IntakePorts,
  transaction: Transaction,
  identity: Identity,
  from: number,
  { frame, read, copy }: Batch,
): Promise<Result<null>> {
  const { accountId, deviceId } = identity
  const fresh = read.records.filter(({ sequence }) => sequence >= from)
  const earned = await earnings.earned(transaction.query, identity, fresh, copy !== null)
  const reported = await authority.report(
    transaction,
    accountId,
    deviceId,
    read.reported.filter(({ sequence }) => sequence >= from),
    frame.to,
    { fork: copy !== null },
  )
  if (!reported.ok) return reported
  await earnings.note(transaction, accountId, earned)
  const { batch, to, signature } = frame
  const stream = copy?.stream ?? deviceId
  const place = { accountId, deviceId, stream, from, batchFrom: frame.from }
  await records.append(transaction, {
    ...place,
    to,
    batch,
    hashes: read.hashes,
    records: read.records,
    signature,
  })
  return reported
}

/** What a batch is judged by: the head, and the hashes before it, in it and half-way to it. */
async function knownRecords(
  { records }: IntakePorts,
  query: Query,
  { accountId, deviceId }: Identity,
  copy: Copy | null,
  { from, to }: RecordsFrame,
): Promise<KnownRecords> {
  const hashes = new Map<number, string>([[0, '']])
  /** Hashes of a history: what its stream lacks at its beginning is in the one it is a copy of. */
  const read = async (of: Copy | null, first: number, last: number): Promise<void> => {
    const own = Math.max(first, of?.at ?? 1)
    if (of) await read(of.of, first, Math.min(last, of.at - 1))
    if (last < own) return
    const found = await records.hashes(query, accountId, of?.stream ?? deviceId, own, last)
    found.forEach((hash, at) => hashes.set(own + at, hash))
  }
  const hashAt = (sequence: number): string => {
    const hash = hashes.get(sequence)
    if (hash === undefined) throw new Error(`The hash of record ${sequence} was not read`)
    return hash
  }
  let head = await records.head(query, accountId, copy?.stream ?? deviceId)
  if (copy && head.sequence === 0) {
    await read(copy.of, copy.at - 1, copy.at - 1)
    head = { sequence: copy.at - 1, hash: hashAt(copy.at - 1) }
  }
  const before = Math.min(from - 1, head.sequence)
  await read(copy, before, Math.min(to.sequence, head.sequence))
  await read(copy, Math.floor(before / 2), Math.floor(before / 2))
  return { head, hashAt }
}
