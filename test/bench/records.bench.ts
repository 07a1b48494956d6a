/**
 * Records of the team's machines: first sync, one record, a day, a merge and a start, against Yjs and
 * against a bare log of the same segments, each pair in the same run. What holds many records runs in
 * a process of its own, so that nothing of one figure weighs on the next.
 */

import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { encodeRecords } from '#shared/records/batch.ts'
import { encodeTailItem } from '#shared/records/sealed.ts'
import { STRETCH, stretchStart, tailDocument } from '#shared/records/stretches.ts'
import { writeFrame } from '#shared/sync/frames.ts'
import { loadAutomerge } from '../../src-main/sync/records/replica/account-document.ts'
import { openRecordLog } from '../../src-main/sync/records/record-log.ts'
import { createReplica } from '../../src-main/sync/records/replica/replica.ts'
import { grantDraft, openTestLedger, testClock, unwrap } from '../support/ledger.ts'
import { headOf, recordsOf } from '../support/records.ts'
import { type Bench, limit, median, type Measurement, ratio } from './bench.ts'
import { benchOperation, benchSettlement, ledgerOf } from './generate.ts'
import { runProgram } from './program.ts'
import type { Load } from './programs/records-load.ts'
import type { StartFigures } from './programs/start-with-team.ts'
import { asMachine, inFolder, takeAll } from './replica-load.ts'
import { isMade, type Shard, type ShardKey, shardOf } from './shard-of.ts'
import { isYjsMade, yjsBytes } from './yjs-records.ts'

const DEVICES = [
  '5a1c3e70-92b4-4d68-8f01-a2b3c4d5e6f7',
  '6b2d4f81-a3c5-4e79-9012-b3c4d5e6f708',
] as const
const one = (count: number): ShardKey => ({ deviceId: DEVICES[0], count, seed: 1 })
const another = (count: number): ShardKey => ({ deviceId: DEVICES[1], count, seed: 2 })
const SIZES = [
  { count: 100_000, yjs: 0.2, log: null },
  { count: 1_000_000, yjs: 0.03, log: 1.5 },
] as const
const DAY = 27_400
const MEBI = 1_048_576

export const records: Bench = {
  async *run() {
    const largest = Number(process.env['BENCH_RECORDS'] ?? 1_000_000)
    const half = Math.min(500_000, largest / 2)
    const sizes = SIZES.filter(({ count }) => count <= largest)
    await prepare([...sizes.map(({ count }) => one(count)), one(half), another(half)])
    yield* live()
    yield* await perRun()
    yield dayBehind()
    for (const size of sizes) yield* firstSync(size)
    yield* merge(half)
    yield* await start(Math.min(1_000_000, largest))
  },
}

/** Makes what is not there yet, two at a time: some minutes for a million. */
async function prepare(keys: readonly ShardKey[]): Promise<void> {
  const waiting = keys.filter((key) => !isMade(key) || !isYjsMade(key))
  const work = async () => {
    for (let key = waiting.pop(); key; key = waiting.pop()) {
      if (!isMade(key)) await load('make shard', key)
      if (!isYjsMade(key)) await load('make yjs', key)
    }
  }
  await Promise.all([work(), work()])
}

/** What a fresh process prints. */
function load(what: Load, ...keys: readonly ShardKey[]): Promise<number> {
  const program = join(import.meta.dirname, 'programs/records-load.ts')
  return runProgram(['--max-old-space-size=6144', program, what, JSON.stringify(keys)])
}

const sum = (parts: readonly Uint8Array[]) => parts.reduce((all, { length }) => all + length, 0)
const bytesOf = ({ index, tail, segments }: Shard) =>
  sum(index) + sum(tail) + sum(segments.map(({ bytes }) => bytes))

async function timed(work: () => unknown): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

/** Rounds of what takes a second or less; Yjs takes half a minute and varies little. */
const ROUNDS = 5

async function* firstSync({ count, yjs, log }: (typeof SIZES)[number]) {
  const key = one(count)
  const name = `first sync, ${count.toLocaleString('en')} records`
  const shard = shardOf(key)
  const bytes = bytesOf(shard) / MEBI
  const logBytes = sum(shard.segments.map((segment) => segment.bytes)) / MEBI
  yield limit(
    `stored per record of ${count.toLocaleString('en')}`,
    bytesOf(shard) / count,
    'bytes',
    20,
  )
  yield ratio(`${name}, bytes against Yjs`, bytes, yjsBytes(key) / MEBI, 'MiB', 0.12)
  yield ratio(`${name}, bytes against a bare log`, bytes, logBytes, 'MiB', 1.1)
  const [ours, bare]: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await load('sync', key))
    bare.push(await load('log', key))
  }
  if (log !== null) {
    yield ratio(`${name}, against a bare log`, median(ours), median(bare), 'ms', log)
  }
  yield ratio(`${name}, against Yjs`, median(ours), await load('yjs sync', key), 'ms', yjs)
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

function dayBehind(): Measurement {
  const shard = shardOf(one(100_000))
  const from = Math.floor((100_000 - DAY) / STRETCH)
  const segments = shard.segments.slice(from)
  const bare = sum(segments.map(({ bytes }) => bytes)) + sum(shard.tail)
  const sent = bare + sum(shard.index.slice(from))
  const first = stretchStart(from + 1)
  const name = `a day behind, ${(100_000 - first + 1).toLocaleString('en')} records, against its segments`
  return ratio(name, sent / 1024, bare / 1024, 'KiB', 1.2)
}

async function* merge(half: number) {
  const [left, right] = [one(half), another(half)]
  const ours: number[] = []
  for (let round = 0; round < ROUNDS; round++) ours.push(await load('merge', left, right))
  const theirs = await load('yjs merge', left, right)
  const name = `merging two replicas with ${half.toLocaleString('en')} records each, against Yjs`
  yield ratio(name, median(ours), theirs, 'ms', half >= 500_000 ? 0.03 : 0.2)
}

/** A host's start beside ten machines' records, and beside none. */
async function start(count: number): Promise<Measurement[]> {
  const shard = shardOf(one(count))
  return inFolder(async (folder) =>
    inFolder(async (empty) => {
      const replica = createReplica({
        directory: folder,
        automerge: loadAutomerge,
        ids: { next: randomUUID },
      })
      for (let machine = 0; machine < 10; machine++) {
        await takeAll(replica, asMachine(shard, machine + 1))
      }
      replica.close()
      const program = join(import.meta.dirname, 'programs/start-with-team.ts')
      const run = (directory: string) => runProgram<StartFigures>([program, ledgerOf(0), directory])
      const figures: (readonly [StartFigures, StartFigures])[] = []
      while (figures.length < 7) figures.push([await run(folder), await run(empty)])
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
