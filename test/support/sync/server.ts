/**
 * A store that several server processes share, kept in memory: an authority with one grant for each
 * account, records, documents. Small enough to be looked at whole.
 */

import { type Credits, millicredits } from '#shared/credits/amount.ts'
import type { RecordHead } from '#shared/journal/lease-facts.ts'
import { failure, success } from '#shared/result.ts'
import type { WireEntry } from '#shared/sync/messages.ts'
import type { DeviceStanding } from '#shared/team/members.ts'
import type {
  DocumentStore,
  RecordStore,
  SyncAuthority,
  SyncTeams,
} from '../../../src-server/sync/ports.ts'
import { decodeBatch, hashesOf, sha256, signature, type SimpleRecord } from './chain.ts'
import { createSharedDatabase } from './database.ts'

export const ACCOUNT = 'account-1'
/** What a device is to have; it gets more when it needs it. */
const TARGET = 100

export interface Line {
  granted: number
  ended: number
  version: number
}

export interface Stream {
  readonly records: SimpleRecord[]
  readonly hashes: string[]
  /** Sequence of the first. */
  first: number
}

export type SharedStore = ReturnType<typeof createSharedStore>

export function createSharedStore(later: (run: () => void) => void) {
  const { database, failing, publish } = createSharedDatabase(later)
  const streams = new Map<string, Stream>()
  const logs = new Map<string, Uint8Array[]>()
  const segments = new Map<string, Uint8Array>()
  const lines = new Map<string, Line>()
  const keys = new Map<string, string>()
  const standings = new Map<string, DeviceStanding>()
  const entries: WireEntry[] = []
  const seen = new Map<string, string>()
  const looks = new Map<string, number>()
  let available = 0
  let surfaced = 0
  let tickets = 0

  function lineOf(deviceId: string): Line {
    const line = lines.get(deviceId) ?? { granted: 0, ended: 0, version: 0 }
    lines.set(deviceId, line)
    return line
  }

  const authority: SyncAuthority = {
    position: () => Promise.resolve(entries.length),
    entriesAfter: (_account, after, maximumBytes) =>
      Promise.resolve({
        to: Math.min(entries.length, after + Math.max(1, Math.floor(maximumBytes / 10_000))),
        entries: entries.slice(after, after + Math.max(1, Math.floor(maximumBytes / 10_000))),
      }),
    hashAt: (_account, position) =>
      Promise.resolve(sha256(JSON.stringify(entries.slice(0, position)))),
    statement(accountId, deviceId) {
      const { granted, version } = lineOf(deviceId)
      if (version === 0) return Promise.resolve(null)
      const statement = {
        accountId,
        deviceId,
        version,
        issuedAt: 0,
        expiresAt: 1,
        entries: entries.length,
        lines: [{ grantId: 'grant', granted: millicredits(granted), until: null }],
      }
      return Promise.resolve({ statement, signature: sha256(JSON.stringify(statement)) })
    },
    lease(_account, deviceId, { needed }) {
      if (standings.get(deviceId) !== 'active') {
        return Promise.resolve(failure('device_closed', 'It is closed'))
      }
      looks.set(deviceId, (looks.get(deviceId) ?? 0) + 1)
      const line = lineOf(deviceId)
      const left = line.granted - line.ended
      const wanted = Math.max(left < TARGET / 2 ? TARGET - left : 0, needed)
      const got = Math.min(wanted, available)
      if (got > 0 || line.version === 0) {
        available -= got
        line.granted += got
        line.version += 1
      }
      const keep = millicredits(10)
      const recalls = [...lines]
        .filter(([name, { granted, ended }]) => name !== deviceId && granted - ended > keep)
        .map(([name]) => ({ deviceId: name, keep, others: [] }))
      const unmet = got < needed
      const position = entries.length
      return Promise.resolve(success({ unmet, recalls: unmet ? recalls : [], position }))
    },
    pool() {
      const leased = [...lines.values()].reduce((sum, one) => sum + one.granted - one.ended, 0)
      const amounts = { available, leased, debt: 0 }
      return Promise.resolve(amounts as Record<keyof typeof amounts, Credits>)
    },
    report(transaction, accountId, deviceId, records, _head, { fork }) {
      const line = lineOf(deviceId)
      const sum = (of: 'spent' | 'returned') =>
        records.reduce(
          (all, one) => all + one[of].reduce((part, { amount }) => part + amount, 0),
          0,
        )
      const spent = sum('spent')
      const returned = sum('returned')
      if (fork) {
        surfaced += spent
        available -= spent
        return Promise.resolve(success(null))
      }
      if (spent < 0 || returned < 0) {
        return Promise.resolve(failure('draws_not_valid', 'Negative'))
      }
      if (line.ended + spent + returned > line.granted) {
        return Promise.resolve(failure('draws_exceed_lease', 'More than leased'))
      }
      transaction.publish(`account:${accountId}`, String(entries.length))
      line.ended += spent + returned
      available += returned
      return Promise.resolve(success(null))
    },
  }

  function streamOf(stream: string): Stream {
    const known = streams.get(stream) ?? { records: [], hashes: [], first: 1 }
    streams.set(stream, known)
    return known
  }

  const records: RecordStore = {
    read(_query, _account, _stream, { from, previous, batch }) {
      const read = decodeBatch(batch)
      if (!read) return Promise.resolve(failure('record_invalid', 'No batch'))
      const draws = (amount: number) =>
        amount === 0 ? [] : [{ grantId: 'grant', amount: amount as Credits }]
      const reported = read.map(({ spent, returned }, at) => ({
        sequence: from + at,
        at: 0,
        spent: draws(spent),
        returned: draws(returned),
        expired: [],
      }))
      return Promise.resolve(success({ hashes: hashesOf(previous, read), reported, records: [] }))
    },
    isSigned(_query, { deviceId }, head, given) {
      const right = signature(keys.get(deviceId) ?? '', head)
      return Promise.resolve(Buffer.compare(right, given) === 0)
    },
    head(_query, _account, stream) {
      const { hashes, first } = streamOf(stream)
      const head: RecordHead =
        hashes.length === 0
          ? { sequence: 0, hash: '' }
          : { sequence: first + hashes.length - 1, hash: hashes.at(-1) ?? '' }
      return Promise.resolve(head)
    },
    hashes(_query, _account, stream, from, to) {
      const { hashes, first } = streamOf(stream)
      if (from < first || to >= first + hashes.length) throw new Error('No such records')
      return Promise.resolve(hashes.slice(from - first, to - first + 1))
    },
    append(transaction, { accountId, stream, from, batchFrom, batch, hashes }) {
      const kept = streamOf(stream)
      if (kept.hashes.length === 0) kept.first = from
      if (from !== kept.first + kept.hashes.length) throw new Error('A gap')
      kept.records.push(...(decodeBatch(batch) ?? []).slice(from - batchFrom))
      kept.hashes.push(...hashes.slice(from - batchFrom))
      const document = `tail:${stream}:1`
      logs.set(document, [...(logs.get(document) ?? []), batch])
      const payload = JSON.stringify({ about: 'document', document })
      transaction.publish(`account:${accountId}`, payload)
      return Promise.resolve()
    },
  }

  const documents: DocumentStore = {
    positions: () => Promise.resolve([...logs].map(([name, items]) => [name, items.length])),
    has: () => Promise.resolve(true),
    after: (_account, document, position) =>
      Promise.resolve((logs.get(document) ?? []).slice(position, position + 50)),
    put({ accountId }, document, items) {
      if (items.some((item) => item.length === 0)) {
        return Promise.resolve(failure('document_invalid', 'An empty change'))
      }
      const log = logs.get(document) ?? []
      const after = log.length
      const known = new Set(log.map((item) => sha256(item)))
      for (const item of items) if (!known.has(sha256(item))) log.push(item)
      logs.set(document, log)
      publish(`account:${accountId}`, JSON.stringify({ about: 'document', document }))
      return Promise.resolve(success({ after, to: log.length }))
    },
    segment: (_account, name) => Promise.resolve(segments.get(name) ?? null),
    putSegment(_identity, name, bytes) {
      if (sha256(bytes) !== name) return Promise.resolve(failure('segment_invalid', 'Another hash'))
      segments.set(name, bytes)
      return Promise.resolve(success(null))
    },
  }

  const teams: SyncTeams = {
    standing: ({ deviceId }) => Promise.resolve(standings.get(deviceId) ?? 'revoked'),
    seen({ deviceId }, version) {
      seen.set(deviceId, version)
      return Promise.resolve()
    },
    ticketForCopy() {
      tickets += 1
      return Promise.resolve(`ticket-${tickets}`)
    },
  }

  return {
    database,
    authority,
    /** Nobody's recipes are run here. */
    earnings: { earned: () => Promise.resolve([]), note: () => Promise.resolve() },
    records,
    documents,
    teams,
    entries,
    seen,
    failing,
    publish,
    log: (document: string) => logs.get(document) ?? [],
    stream: (name: string) => streamOf(name),
    streams: () => [...streams.keys()].filter((name) => streamOf(name).records.length > 0),
    line: (deviceId: string) => lineOf(deviceId),
    available: () => available,
    surfaced: () => surfaced,
    hasSegment: (name: string) => segments.has(name),
    enrol(deviceId: string, key: string) {
      keys.set(deviceId, key)
      standings.set(deviceId, 'active')
    },
    setStanding(deviceId: string, standing: DeviceStanding) {
      standings.set(deviceId, standing)
      publish('team-changed', ACCOUNT)
    },
    standing: (deviceId: string) => standings.get(deviceId) ?? 'revoked',
    /** How often a device's lease was looked at. */
    looks: (deviceId: string) => looks.get(deviceId) ?? 0,
    /** Adds credits: one entry, told to all. */
    grant(amount: number) {
      available += amount
      write({ kind: 'grant', grant: { id: `grant-${entries.length + 1}`, amount } })
    },
    write,
  }

  /** One entry, told to all. */
  function write(facts: WireEntry['facts']): void {
    const sequence = entries.length + 1
    entries.push({ sequence, id: `${facts.kind}:${sequence}`, at: 0, facts, postings: [] })
    publish(`account:${ACCOUNT}`, JSON.stringify({ about: 'entries' }))
  }
}
