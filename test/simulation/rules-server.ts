/**
 * An authority in memory under the real rules: processes without a state of their own over one store,
 * whose commits happen whole or not at all, whenever a process dies.
 */

import assert from 'node:assert/strict'
import { EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { withCatalog } from '#shared/account/state.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import { millicredits, subtractCredits, ZERO } from '#shared/credits/amount.ts'
import { applyEntry, type BalanceState, EMPTY_BALANCE } from '#shared/journal/balance.ts'
import { assertBalanced, sumDraws } from '#shared/journal/entries.ts'
import type { CatalogSource, Entry, EntryDraft } from '#shared/journal/journal.ts'
import type { RecordHead } from '#shared/journal/lease-facts.ts'
import { applyToPool } from '#shared/lease/follow.ts'
import { leaseEntries, statementOf } from '#shared/lease/grant-lease.ts'
import { EMPTY_POOL, type Pool } from '#shared/lease/pool.ts'
import { poolDue } from '#shared/lease/pool-due.ts'
import { recallsFor } from '#shared/lease/recall.ts'
import { reportEntries } from '#shared/lease/report.ts'
import { type Result, success } from '#shared/result.ts'
import { isForDevices } from '#shared/sync/for-devices.ts'
import { judgeRecords } from '#shared/sync/intake.ts'
import { catalogEntries, type PublishedCatalog } from '../../src-server/authority/catalogs.ts'
import type { Command } from './commands.ts'
import type { ChainedRecord, ToMachine, ToServer } from './messages.ts'
import type { Death } from './steps.ts'

/** A process died in the middle of something. */
export class Died extends Error {}

/** All histories of one device: its own, and those of copies of it. */
export interface Stream {
  /** Hashes of its own records; number n is at n. */
  readonly own: string[]
  /** Every record that was taken in, by its hash. */
  readonly known: Map<string, ChainedRecord>
}

export interface Process {
  isUp: boolean
  /** How far its clock is off. */
  skew: number
  dying: Exclude<Death, 'now'> | null
}

export interface RulesServer {
  readonly processes: readonly Process[]
  readonly streams: ReadonlyMap<string, Stream>
  pool(): Pool
  /** Of every grant ever. */
  balances(): BalanceState
  journal(): readonly Entry[]
  /** All charges that were taken in, each once. */
  accounted(): number
  /** Time of the last thing written. */
  at(): number
  has(entryId: string): boolean
  publish(catalog: Catalog, from: number): void
  /** Throws `Died` when the process does, or is dead; whether it was done then nobody knows. */
  write(process: Process, rule: Command['rule']): Result<null>
  statement(process: Process, deviceId: string): ReturnType<typeof statementOf>
  handle(
    process: Process,
    deviceId: string,
    message: ToServer,
    send: (deviceId: string, message: ToMachine) => void,
  ): void
}

export const ACCOUNT = 'team'

export interface RulesServerOptions {
  readonly processes: number
  readonly first: Catalog
  now(): number
  /** Forgets what it has of a device's records: what comes twice counts twice. */
  readonly isForgetful?: boolean
}

export function createRulesServer({
  processes: count,
  first,
  now,
  isForgetful = false,
}: RulesServerOptions): RulesServer {
  const processes: Process[] = Array.from({ length: count }, () => {
    return { isUp: true, skew: 0, dying: null }
  })
  const published: PublishedCatalog[] = [publishedOf(first, Number.MIN_SAFE_INTEGER)]
  const journal: Entry[] = []
  const ids = new Set<string>()
  const streams = new Map<string, Stream>()
  let pool: Pool = {
    ...EMPTY_POOL,
    account: withCatalog(EMPTY_ACCOUNT, first, Number.MIN_SAFE_INTEGER),
  }
  /** Every grant ever, as the pool lets go of what is over. */
  let balances: BalanceState = EMPTY_BALANCE
  let at = 0
  let accounted = 0

  const timeOf = ({ skew }: Process) => Math.max(now() + skew, at)

  function follow(before: Pool, draft: EntryDraft): Pool {
    const after = applyToPool(before, draft)
    if (draft.facts.kind !== 'catalog') return after
    const { version } = draft.facts.source
    const catalog = published.find((one) => one.catalog.version === version)?.catalog
    assert.ok(catalog)
    return { ...after, account: withCatalog(after.account, catalog, draft.facts.from) }
  }

  function commit(drafts: readonly EntryDraft[], time: number): void {
    for (const draft of drafts) {
      assertBalanced(draft)
      assert.ok(!ids.has(draft.id), `The authority writes ${draft.id} twice`)
      ids.add(draft.id)
      pool = follow(pool, draft)
      balances = applyEntry(balances, draft)
      journal.push({ ...draft, sequence: journal.length + 1, at: time })
      at = time
    }
  }

  /** Everything that is due, then what the rule makes of that; written whole or not at all. */
  function transact<T>(
    process: Process,
    rule: (pool: Pool, now: number) => Result<{ entries: readonly EntryDraft[]; answer: T }>,
    alongside: () => void = () => undefined,
  ): Result<T> {
    if (!process.isUp) throw new Died()
    const time = timeOf(process)
    const news = catalogEntries(pool.account, published, at, time)
    const known = news.reduce(follow, pool)
    const due = poolDue(known, time)
    const effect = rule(due.reduce(applyToPool, known), time)
    const { dying } = process
    if (dying !== null) {
      process.dying = null
      process.isUp = false
    }
    if (dying === 'before') throw new Died()
    commit([...news, ...due, ...(effect.ok ? effect.data.entries : [])], time)
    if (effect.ok) alongside()
    if (dying === 'after') throw new Died()
    return effect.ok ? success(effect.data.answer) : effect
  }

  const write = (process: Process, rule: Command['rule'], alongside?: () => void) =>
    transact(
      process,
      (books, time) => {
        const entries = rule(books, time)
        return entries.ok ? success({ entries: entries.data, answer: null }) : entries
      },
      alongside,
    )

  function streamOf(deviceId: string): Stream {
    const found = streams.get(deviceId)
    if (found) return found
    const stream: Stream = { own: [''], known: new Map() }
    streams.set(deviceId, stream)
    return stream
  }

  const headOf = ({ own }: Stream): RecordHead => {
    return { sequence: own.length - 1, hash: own.at(-1) ?? '' }
  }

  type Send = (deviceId: string, message: ToMachine) => void

  function state(process: Process, deviceId: string, entries: number, send: Send): void {
    const news = journal.slice(entries).filter(({ facts }) => isForDevices(facts.kind))
    const to = journal.length
    if (to > entries) {
      send(deviceId, { type: 'entries', after: entries, to, entries: news, time: timeOf(process) })
    }
    const statement = statementOf(pool, ACCOUNT, deviceId, timeOf(process), to)
    if (statement) send(deviceId, { type: 'lease', statement })
  }

  function greet(
    process: Process,
    deviceId: string,
    { entries, head, needed }: Extract<ToServer, { type: 'hello' }>,
    send: Send,
  ): void {
    const stream = streamOf(deviceId)
    const end = headOf(stream)
    const device = pool.devices.get(deviceId)
    assert.ok(device, `The pool does not know ${deviceId}`)
    if (head.sequence > end.sequence) {
      send(deviceId, { type: 'wanted', after: end })
      return
    }
    if (stream.own[head.sequence] !== head.hash && !stream.known.has(head.hash)) {
      send(deviceId, { type: 'wanted', after: { sequence: 0, hash: '' } })
      return
    }
    if (head.hash !== end.hash) {
      send(deviceId, { type: 'standing', standing: 'copied', head })
      return
    }
    if (device.closed !== null) {
      if (device.closed === 'left') state(process, deviceId, entries, send)
      send(deviceId, { type: 'standing', standing: device.closed, head })
      return
    }
    const request = { needed, operation: 'op' }
    const leased = transact(process, (books, time) => {
      const drafts = leaseEntries(books, deviceId, request, time)
      return drafts.ok ? success({ entries: drafts.data, answer: drafts.data }) : drafts
    })
    state(process, deviceId, entries, send)
    if (!leased.ok) {
      assert.equal(leased.error.code, 'lease_reclaimed')
      return
    }
    const got = leased.data
      .flatMap(({ postings }) => postings)
      .filter(({ bucket, amount }) => bucket === 'elsewhere' && amount > 0)
      .reduce((sum, { amount }) => sum + amount, 0)
    const lacks = needed > got ? subtractCredits(needed, millicredits(got)) : ZERO
    const unmet = lacks > 0 ? { ...request, needed: lacks, deviceId } : null
    for (const { deviceId: other, keep, others } of recallsFor(pool, timeOf(process), unmet)) {
      send(other, { type: 'recall', keep, others })
    }
  }

  function take(
    process: Process,
    deviceId: string,
    { previous, records }: Extract<ToServer, { type: 'records' }>,
    send: Send,
  ): void {
    const stream = streamOf(deviceId)
    const end = headOf(stream)
    const [first] = records
    if (!first) return
    const isFollowing = stream.own.includes(previous) || stream.known.has(previous)
    if (!isFollowing) {
      send(deviceId, { type: 'wanted', after: { sequence: 0, hash: '' } })
      return
    }
    const place = isForgetful ? 0 : records.findIndex(({ hash }) => !stream.known.has(hash))
    assertJudged(stream, end, first.sequence, previous, records)
    if (place < 0) {
      const { sequence, hash } = records.at(-1) ?? first
      if (stream.own[sequence] === hash) send(deviceId, { type: 'acknowledged', head: end })
      else send(deviceId, { type: 'standing', standing: 'copied', head: { sequence, hash } })
      return
    }
    const fresh = records.slice(place)
    const last = fresh.at(-1)
    const before = place === 0 ? previous : (records[place - 1]?.hash ?? '')
    const fork = before !== end.hash && !isForgetful
    assert.ok(last)
    const head = { sequence: last.sequence, hash: last.hash }
    const taken = write(
      process,
      (books, time) => {
        const asked = isForgetful ? withReported(books, deviceId, fresh) : books
        return reportEntries(asked, deviceId, fresh, head, time, { fork })
      },
      () => {
        for (const record of fresh) {
          stream.known.set(record.hash, record)
          accounted += sumDraws(record.spent)
          if (!fork) stream.own.push(record.hash)
        }
      },
    )
    assert.ok(taken.ok, `Records of ${deviceId} were refused: ${JSON.stringify(taken)}`)
    if (fork) send(deviceId, { type: 'standing', standing: 'copied', head })
    else send(deviceId, { type: 'acknowledged', head })
  }

  return {
    processes,
    streams,
    pool: () => pool,
    balances: () => balances,
    journal: () => journal,
    at: () => at,
    accounted: () => accounted,
    has: (id) => ids.has(id),
    publish(catalog, from) {
      published.push(publishedOf(catalog, from))
    },
    write,
    statement: (process, deviceId) =>
      statementOf(pool, ACCOUNT, deviceId, timeOf(process), journal.length),
    handle(process, deviceId, message, send) {
      if (!process.isUp) return
      if (message.type === 'hello') greet(process, deviceId, message, send)
      else take(process, deviceId, message, send)
    },
  }
}

/** The judgement of the real server's rule is what the histories say. */
function assertJudged(
  { own, known }: Stream,
  head: RecordHead,
  from: number,
  previous: string,
  records: readonly ChainedRecord[],
): void {
  const last = records.at(-1)
  if (!last || own[from - 1] !== previous) return
  const incoming = {
    ...{ from, previous, signed: true },
    to: { sequence: last.sequence, hash: last.hash },
    hashes: records.map(({ hash }) => hash),
  }
  const hashAt = (sequence: number) => own[sequence] ?? ''
  const { verdict } = judgeRecords({ head, hashAt }, incoming)
  const isOwn = records.every(({ sequence, hash }) => (own[sequence] ?? hash) === hash)
  const isKnown = records.every(({ hash }) => known.has(hash))
  const expected = !isOwn ? 'fork' : isKnown ? 'known' : 'new'
  assert.equal(verdict, from > head.sequence + 1 ? 'wanted' : expected)
}

function publishedOf(catalog: Catalog, from: number): PublishedCatalog {
  const source = { version: catalog.version, name: catalog.name } as CatalogSource
  return { source, catalog, sha256: '', from }
}

/** The pool as if the device's records up to the first of these were all that it had told. */
function withReported(pool: Pool, deviceId: string, records: readonly ChainedRecord[]): Pool {
  const device = pool.devices.get(deviceId)
  if (!device) return pool
  const reported = { sequence: (records[0]?.sequence ?? 1) - 1, hash: '' }
  return { ...pool, devices: new Map(pool.devices).set(deviceId, { ...device, reported }) }
}
