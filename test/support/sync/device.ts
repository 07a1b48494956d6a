/** A device in memory: what of it lasts is `disk`, which can be copied like a backup. */

import { millicredits } from '#shared/credits/amount.ts'
import type { RecordHead } from '#shared/journal/lease-facts.ts'
import { failure, success } from '#shared/result.ts'
import type { WireEntry } from '#shared/sync/messages.ts'
import { withoutOwn } from '#shared/sync/documents.ts'
import type { DocumentStore, LeaseTaker, RecordLog, ToSend } from '../../../src-main/sync/ports.ts'
import { encodeBatch, hashesOf, sha256, signature, type SimpleRecord } from './chain.ts'

export interface Disk {
  deviceId: string
  key: string
  records: SimpleRecord[]
  acknowledged: number
  entries: WireEntry[]
  read: number
  journal: string
  leaseVersion: number
  granted: number
  /** Spent or given back. */
  ended: number
  logs: Map<string, Uint8Array[]>
  outbox: ToSend[]
  segments: Map<string, Uint8Array>
  wanted: Set<string>
  serverTime: number
}

export function emptyDisk(deviceId: string, key: string): Disk {
  return {
    deviceId,
    key,
    records: [],
    acknowledged: 0,
    entries: [],
    read: 0,
    journal: '',
    leaseVersion: 0,
    granted: 0,
    ended: 0,
    logs: new Map(),
    outbox: [],
    segments: new Map(),
    wanted: new Set(),
    serverTime: 0,
  }
}

export type FakeDevice = ReturnType<typeof createDevice>

/** `most`: records in one batch. */
export function createDevice(disk: Disk, most = 5) {
  let wish: number | null = null
  /** What recalls and words on the pool came to; a ledger on its way into a team refuses to give back. */
  let isArriving = false
  let pool: unknown = null
  let poolWords = 0
  let changed = () => {}
  const missing = new Set<string>()
  const hashes = () => hashesOf('', disk.records)
  const headAt = (sequence: number): RecordHead => ({
    sequence,
    hash: sequence === 0 ? '' : (hashes()[sequence - 1] ?? ''),
  })

  function write(record: SimpleRecord): void {
    disk.records.push(record)
    changed()
  }

  const records: RecordLog = {
    head: () => headAt(disk.records.length),
    hashAt: (sequence) => (sequence > disk.records.length ? null : headAt(sequence).hash),
    after(sequence) {
      const to = Math.min(sequence + most, disk.records.length)
      if (to <= sequence) return null
      return { to: headAt(to), batch: encodeBatch(disk.records.slice(sequence, to)) }
    },
    sign: (head) => signature(disk.key, head),
    acknowledge({ sequence }) {
      disk.acknowledged = sequence
    },
    acknowledged: () => disk.acknowledged,
  }

  const authority: LeaseTaker = {
    entries: () => disk.read,
    leaseVersion: () => disk.leaseVersion,
    journalHash: () => disk.journal,
    takeEntries(after, to, entries, hash) {
      if (after > disk.read) throw new Error('A gap in the entries')
      disk.entries.push(...entries.filter(({ sequence }) => sequence > disk.read))
      disk.read = to
      disk.journal = hash ?? ''
      return success(null)
    },
    takeLease(statement, given) {
      if (given !== sha256(JSON.stringify(statement))) return failure('lease_invalid', 'Not signed')
      if (statement.version <= disk.leaseVersion) return success(null)
      disk.leaseVersion = statement.version
      disk.granted = statement.lines[0]?.granted ?? 0
      if (wish !== null && available() >= wish) wish = null
      return success(null)
    },
    recall({ keep }) {
      if (isArriving) return failure('no_issuer', 'On its way')
      const back = available() - keep
      if (back > 0) giveBack(back)
      return success(null)
    },
    serverTime(time) {
      disk.serverTime = Math.max(disk.serverTime, time)
    },
    wish() {
      if (wish === null) return null
      return { needed: millicredits(Math.max(0, wish - available())), operation: null }
    },
    pool(told) {
      pool = told
      poolWords += 1
    },
  }

  const documents: DocumentStore = {
    positions: () =>
      withoutOwn(
        disk.deviceId,
        [...disk.logs].map(([name, items]) => [name, items.length] as const),
      ),
    position: (document) => disk.logs.get(document)?.length ?? 0,
    namesHash: () => '',
    async take(document, after, items) {
      await Promise.resolve()
      const log = disk.logs.get(document) ?? []
      if (after > log.length) throw new Error('A gap in a document')
      log.push(...items.slice(log.length - after))
      disk.logs.set(document, log)
      return success(null)
    },
    next: (underWay) => disk.outbox.find(({ key }) => !underWay.has(key)) ?? null,
    async sent(key, after, to) {
      const sent = disk.outbox.find((one) => one.key === key)
      disk.outbox = disk.outbox.filter((one) => one.key !== key)
      if (sent?.kind !== 'put') return
      const log = disk.logs.get(sent.document) ?? []
      if (after === log.length) log.push(...sent.items.slice(0, to - after))
      disk.logs.set(sent.document, log)
    },
    refused: () => Promise.resolve(),
    pending: () => disk.outbox.length,
    wanted: () => [...disk.wanted],
    takeSegment(name, bytes) {
      disk.wanted.delete(name)
      if (bytes === null) missing.add(name)
      else if (sha256(bytes) !== name) {
        return Promise.resolve(failure('segment_invalid', 'Another hash'))
      } else disk.segments.set(name, bytes)
      return Promise.resolve(success(null))
    },
  }

  const available = () => disk.granted - disk.ended

  function giveBack(amount: number): void {
    disk.ended += amount
    write({ spent: 0, returned: amount, note: '' })
  }

  return {
    disk,
    records,
    authority,
    documents,
    missing,
    available,
    onChanged(listener: () => void) {
      changed = listener
    },
    /** A run; false when there are no credits for it. */
    spend(amount: number, note = ''): boolean {
      if (amount > available()) return false
      disk.ended += amount
      write({ spent: amount, returned: 0, note })
      return true
    },
    /** Writes a record that the rules would not. */
    forge(record: SimpleRecord) {
      write(record)
    },
    /** What it was told last of the pool. */
    pool: () => pool,
    /** How often the pool was said to be so. */
    poolWords: () => poolWords,
    /** Its ledger has its issuer, or not yet. */
    arrives(isThere: boolean) {
      isArriving = !isThere
      changed()
    },
    wants(needed: number) {
      wish = needed
      changed()
    },
    edit(document: string, text: string) {
      const items = [new TextEncoder().encode(text)]
      disk.outbox.push({ key: `put:${sha256(text)}`, kind: 'put', document, items })
      changed()
    },
    addSegment(text: string): string {
      const bytes = new TextEncoder().encode(text)
      const name = sha256(bytes)
      disk.outbox.push({ key: `segment:${name}`, kind: 'segment', name, bytes })
      changed()
      return name
    },
    fetch(name: string) {
      disk.wanted.add(name)
      changed()
    },
    texts: (document: string) =>
      (disk.logs.get(document) ?? []).map((item) => new TextDecoder().decode(item)),
  }
}
