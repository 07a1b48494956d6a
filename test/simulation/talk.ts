/** What a server answers, over any authority; and the histories of devices that it keeps. */

import assert from 'node:assert/strict'
import { sumDraws } from '#shared/journal/entries.ts'
import type { RecordHead } from '#shared/journal/lease-facts.ts'
import { isForDevices } from '#shared/sync/for-devices.ts'
import { judgeRecords } from '#shared/sync/intake.ts'
import type { Process, SimAuthority } from './authority.ts'
import type { ChainedRecord, ToMachine, ToServer } from './messages.ts'

/** All histories of one device: its own, and those of copies of it. */
export interface Stream {
  /** Hashes of its own records; number n is at n. */
  readonly own: string[]
  /** Every record that was taken in, by its hash. */
  readonly known: Map<string, ChainedRecord>
}

export type Send = (deviceId: string, message: ToMachine) => void

export interface Talk {
  readonly streams: ReadonlyMap<string, Stream>
  /** All charges that were taken in, each once. */
  accounted(): number
  handle(process: Process, deviceId: string, message: ToServer, send: Send): Promise<void>
}

/** `isForgetful` is a mistake: what comes twice counts twice. */
export function createTalk(server: SimAuthority, isForgetful: boolean): Talk {
  const streams = new Map<string, Stream>()
  let accounted = 0

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

  async function state(
    process: Process,
    deviceId: string,
    after: number,
    send: Send,
  ): Promise<void> {
    const entries = server
      .journal()
      .slice(after)
      .filter(({ facts }) => isForDevices(facts.kind))
    const to = server.journal().length
    const time = server.timeOf(process)
    if (to > after) send(deviceId, { type: 'entries', after, to, entries, time })
    const statement = await server.statement(process, deviceId)
    if (statement) send(deviceId, { type: 'lease', statement })
  }

  async function greet(
    process: Process,
    deviceId: string,
    { entries, head, needed }: Extract<ToServer, { type: 'hello' }>,
    send: Send,
  ): Promise<void> {
    const stream = streamOf(deviceId)
    const end = headOf(stream)
    const device = server.pool().devices.get(deviceId)
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
      if (device.closed === 'left') await state(process, deviceId, entries, send)
      send(deviceId, { type: 'standing', standing: device.closed, head })
      return
    }
    const leased = await server.lease(process, deviceId, { needed, operation: 'op' })
    await state(process, deviceId, entries, send)
    if (!leased.ok) {
      assert.equal(leased.error.code, 'lease_reclaimed')
      return
    }
    for (const { deviceId: other, keep, others } of leased.data) {
      send(other, { type: 'recall', keep, others })
    }
  }

  async function take(
    process: Process,
    deviceId: string,
    { previous, records }: Extract<ToServer, { type: 'records' }>,
    send: Send,
  ): Promise<void> {
    const stream = streamOf(deviceId)
    const end = headOf(stream)
    const [first] = records
    if (!first) return
    if (!stream.own.includes(previous) && !stream.known.has(previous)) {
      send(deviceId, { type: 'wanted', after: { sequence: 0, hash: '' } })
      return
    }
    const place = isForgetful ? 0 : records.findIndex(({ hash }) => !stream.known.has(hash))
    assertJudged(stream, end, first.sequence, previous, records)
    const { sequence, hash } = records.at(-1) ?? first
    const head = { sequence, hash }
    if (place < 0) {
      if (stream.own[sequence] === hash) send(deviceId, { type: 'acknowledged', head: end })
      else send(deviceId, { type: 'standing', standing: 'copied', head })
      return
    }
    const fresh = records.slice(place)
    const before = place === 0 ? previous : records[place - 1]?.hash
    const fork = before !== end.hash
    const taken = await server.report(process, deviceId, fresh, head, fork, () => {
      for (const record of fresh) {
        stream.known.set(record.hash, record)
        accounted += sumDraws(record.spent)
        if (!fork) stream.own.push(record.hash)
      }
    })
    assert.ok(taken.ok, `Records of ${deviceId} were refused: ${JSON.stringify(taken)}`)
    if (fork) send(deviceId, { type: 'standing', standing: 'copied', head })
    else send(deviceId, { type: 'acknowledged', head })
  }

  return {
    streams,
    accounted: () => accounted,
    async handle(process, deviceId, message, send) {
      if (!process.isUp) return
      if (message.type === 'hello') await greet(process, deviceId, message, send)
      else await take(process, deviceId, message, send)
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
