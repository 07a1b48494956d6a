/**
 * Records of the team's machines: first sync, one record, a day, a merge and a start, against Yjs and
 * against a bare log of the same segments, each pair in the same run.
 */

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as Y from 'yjs'
import { encodeRecords } from '#shared/records/batch.ts'
import { encodeTailItem } from '#shared/records/sealed.ts'
import { indexDocument, STRETCH, stretchStart, tailDocument } from '#shared/records/stretches.ts'
import { writeFrame } from '#shared/sync/frames.ts'
import { loadAutomerge } from '../../src-main/sync/records/index-document.ts'
import { nameOf, openRecordLog } from '../../src-main/sync/records/record-log.ts'
import { createReplica, type Replica } from '../../src-main/sync/records/replica.ts'
import {
  grantDraft,
  openTestLedger,
  temporaryFolderIn,
  testClock,
  unwrap,
} from '../support/ledger.ts'
import { headOf, recordsOf } from '../support/records.ts'
import { type Bench, limit, median, type Measurement, ratio } from './bench.ts'
import { benchOperation, benchSettlement, CACHE, ledgerOf } from './generate.ts'
import type { StartFigures } from './programs/start-with-team.ts'
import { type Shard, shardOf } from './shard-of.ts'

const DEVICES = [
  '5a1c3e70-92b4-4d68-8f01-a2b3c4d5e6f7',
  '6b2d4f81-a3c5-4e79-9012-b3c4d5e6f708',
] as const
const SIZES = [
  { count: 100_000, yjs: 0.2, log: null },
  { count: 1_000_000, yjs: 0.03, log: 1.5 },
] as const
const DAY = 27_400
const MEBI = 1_048_576

export const records: Bench = {
  name: 'records',
  async run() {
    const largest = Number(process.env['BENCH_RECORDS'] ?? 1_000_000)
    const measurements: Measurement[] = [...live(), ...(await perRun())]
    for (const size of SIZES) {
      if (size.count <= largest) measurements.push(...(await firstSync(size)))
    }
    measurements.push(await dayBehind(), ...(await merge(Math.min(500_000, largest / 2))))
    measurements.push(...(await start(Math.min(1_000_000, largest))))
    return measurements
  },
}

const sum = (parts: readonly Uint8Array[]) => parts.reduce((all, { length }) => all + length, 0)
const bytesOf = ({ index, tail, segments }: Shard) =>
  sum(index) + sum(tail) + sum(segments.map(({ bytes }) => bytes))

async function inFolder<T>(work: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = temporaryFolderIn(CACHE)
  try {
    return await work(folder.path)
  } finally {
    folder.remove()
  }
}

async function timed(work: () => unknown): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

/** Everything of a shard into a replica, as a session brings it. */
async function takeAll(replica: Replica, shard: Shard): Promise<void> {
  const { deviceId, index, tail, segments } = shard
  unwrap(await replica.take(indexDocument(deviceId), 0, index))
  const stretch = segments.length + 1
  if (tail.length > 0) unwrap(await replica.take(tailDocument(deviceId, stretch), 0, tail))
  for (const { name, bytes } of segments) unwrap(await replica.takeSegment(name, bytes))
}

const syncInto = (shard: Shard) =>
  inFolder(async (directory) => {
    const automerge = await loadAutomerge()
    const replica = createReplica({ directory, automerge: () => Promise.resolve(automerge) })
    const time = await timed(() => takeAll(replica, shard))
    replica.close()
    return time
  })

/** The least there is: the same bytes, checked and kept. */
const bareLog = (shard: Shard) =>
  inFolder(async (directory) => {
    const db = new DatabaseSync(join(directory, 'log.sqlite'))
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    db.exec('CREATE TABLE segment (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT')
    const insert = db.prepare('INSERT INTO segment (name, bytes) VALUES (?, ?)')
    const time = await timed(() => {
      for (const { name, bytes } of shard.segments) {
        if (nameOf(bytes) !== name) throw new Error('Another segment')
        insert.run(name, bytes)
      }
    })
    db.close()
    return time
  })

function yjsUpdate(plain: readonly string[], prefix: string): Uint8Array {
  const document = new Y.Doc()
  const map = document.getMap('records')
  document.transact(() => {
    plain.forEach((record, at) => map.set(`${prefix}${at}`, JSON.parse(record)))
  })
  const update = Y.encodeStateAsUpdate(document)
  document.destroy()
  return update
}

async function rounds(count: number, one: () => Promise<number>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < count; round++) times.push(await one())
  return median(times)
}

async function firstSync({ count, yjs, log }: (typeof SIZES)[number]) {
  const shard = await shardOf(DEVICES[0], count, 1)
  const update = yjsUpdate(shard.plain, 'a')
  const many = count > 500_000 ? 3 : 5
  const ours = await rounds(many, () => syncInto(shard))
  const bare = await rounds(many, () => bareLog(shard))
  const theirs = await rounds(1, () => timed(() => Y.applyUpdate(new Y.Doc(), update)))
  const name = `first sync, ${count.toLocaleString('en')} records`
  const bytes = bytesOf(shard)
  const logBytes = sum(shard.segments.map((segment) => segment.bytes))
  const found = [
    ratio(`${name}, against Yjs`, ours, theirs, 'ms', yjs),
    ratio(`${name}, bytes against Yjs`, bytes / MEBI, update.length / MEBI, 'MiB', 0.12),
    limit(`stored per record of ${count.toLocaleString('en')}`, bytes / count, 'bytes', 20),
    ratio(`${name}, bytes against a bare log`, bytes / MEBI, logBytes / MEBI, 'MiB', 1.1),
  ]
  if (log !== null) found.push(ratio(`${name}, against a bare log`, ours, bare, 'ms', log))
  return found
}

/** One new record: from its machine to the server, the answer, and on to another machine. */
function live(): Measurement[] {
  const all = recordsOf(DEVICES[0], 500)
  const signature = new Uint8Array(64)
  const pushes = all.slice(1).map((record, at) => {
    const batch = encodeRecords([record], all[at])
    const { sequence } = record
    const to = { sequence, hash: createHash('sha256').update(String(sequence)).digest('hex') }
    const document = tailDocument(DEVICES[0], 1)
    const items = [encodeTailItem({ from: sequence, batch })]
    return [
      writeFrame({ type: 'records', from: sequence, to, previous: '', signature, batch }),
      writeFrame({ type: 'acknowledged', head: to }),
      writeFrame({ type: 'changes', document, after: at, items }),
    ].reduce((bytes, frame) => bytes + frame.length, 0)
  })
  const head = headOf(all.slice(0, 2))
  const has = { entries: 12_345, lease: 67, records: head, documents: head.hash }
  const ping = writeFrame({ type: 'ping', ...has }).length
  const { entries, lease, documents } = has
  const pong = writeFrame({ type: 'pong', time: Date.now(), entries, lease, documents }).length
  return [
    limit('one new record, in three messages', median(pushes), 'bytes', 450),
    limit('whether two replicas are in step', ping + pong, 'bytes', 500),
  ]
}

/** What following the ledger adds to a run. */
async function perRun(): Promise<Measurement[]> {
  const RUNS = 300
  return inFolder(async (directory) => {
    const ledger = openTestLedger(directory, testClock())
    unwrap(ledger.append([grantDraft('g', 1_000_000)]))
    let n = 0
    const run = () => {
      const operation = benchOperation(n++)
      unwrap(ledger.authorize(operation))
      unwrap(ledger.settle(operation.operationId, benchSettlement(operation)))
    }
    const [alone, followed]: [number[], number[]] = [[], []]
    for (let round = 0; round < 6; round++) {
      for (let at = 0; at < RUNS / 6; at++) alone.push(await timed(run))
      const log = await openRecordLog({
        ledger,
        labelled: ledger.labelled,
        directory,
        deviceId: () => DEVICES[0],
      })
      for (let at = 0; at < RUNS / 6; at++) followed.push(await timed(run))
      log.close()
    }
    await ledger.close()
    const name = 'authorize + settle with records, against without'
    return [ratio(name, median(followed), median(alone), 'ms', 1.2)]
  })
}

async function dayBehind(): Promise<Measurement> {
  const shard = await shardOf(DEVICES[0], 100_000, 1)
  const from = Math.floor((100_000 - DAY) / STRETCH)
  const segments = shard.segments.slice(from)
  const bare = sum(segments.map(({ bytes }) => bytes)) + sum(shard.tail)
  const sent = bare + sum(shard.index.slice(from))
  const first = stretchStart(from + 1)
  const name = `a day behind, ${(100_000 - first + 1).toLocaleString('en')} records, against its segments`
  return ratio(name, sent / 1024, bare / 1024, 'KiB', 1.2)
}

async function merge(half: number): Promise<Measurement[]> {
  const [left, right] = [await shardOf(DEVICES[0], half, 1), await shardOf(DEVICES[1], half, 2)]
  const ours = await inFolder(async (directory) => {
    const automerge = await loadAutomerge()
    const replica = createReplica({ directory, automerge: () => Promise.resolve(automerge) })
    await takeAll(replica, left)
    const time = await timed(() => takeAll(replica, right))
    replica.close()
    return time
  })
  const document = new Y.Doc()
  Y.applyUpdate(document, yjsUpdate(left.plain, 'a'))
  const update = yjsUpdate(right.plain, 'b')
  const theirs = await timed(() => Y.applyUpdate(document, update))
  const name = `merging two replicas with ${half.toLocaleString('en')} records each, against Yjs`
  return [ratio(name, ours, theirs, 'ms', half >= 500_000 ? 0.03 : 0.2)]
}

/** A host's start beside ten machines' records, and beside none. */
async function start(count: number): Promise<Measurement[]> {
  const shard = await shardOf(DEVICES[0], count, 1)
  return inFolder(async (folder) =>
    inFolder(async (empty) => {
      const automerge = await loadAutomerge()
      const replica = createReplica({
        directory: folder,
        automerge: () => Promise.resolve(automerge),
      })
      for (let machine = 0; machine < 10; machine++) {
        await takeAll(replica, { ...shard, deviceId: `machine-${machine}` })
      }
      replica.close()
      const program = join(import.meta.dirname, 'programs/start-with-team.ts')
      const run = (directory: string) => {
        const args = [program, ledgerOf(0), directory]
        return JSON.parse(
          execFileSync(process.execPath, args, { encoding: 'utf8' }),
        ) as StartFigures
      }
      const figures = Array.from({ length: 7 }, () => [run(folder), run(empty)] as const)
      const of = (which: 0 | 1, what: keyof StartFigures) =>
        median(figures.map((pair) => pair[which][what]))
      const name = `start beside 10 × ${count.toLocaleString('en')} records`
      return [
        ratio(`${name}, first balance`, of(0, 'firstBalance'), of(1, 'firstBalance'), 'ms', 1.5),
        ratio(`${name}, memory`, of(0, 'memory'), of(1, 'memory'), 'MiB', 1.5),
      ]
    }),
  )
}
