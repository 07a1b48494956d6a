import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { encodeRecords } from '#shared/records/batch.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import { encodeTailItem } from '#shared/records/sealed.ts'
import { indexDocument, STRETCH, tailDocument } from '#shared/records/stretches.ts'
import { createIndexWriter } from '../../../src-main/sync/records/index-document.ts'
import { loadAutomerge } from '../../../src-main/sync/records/replica/account-document.ts'
import { createReplica, type Replica } from '../../../src-main/sync/records/replica/replica.ts'
import { codeOf, temporaryFolder, unwrap } from '../../support/ledger.ts'
import { logOf, recordsOf } from '../../support/records.ts'

const DEVICE = 'device-a'
const TAIL = tailDocument(DEVICE, 1)
const all = recordsOf(DEVICE, STRETCH)

let folder: ReturnType<typeof temporaryFolder>
let replica: Replica
const open = () =>
  createReplica({ directory: folder.path, automerge: loadAutomerge, ids: { next: randomUUID } })
const pause = () => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => {
  folder = temporaryFolder()
  replica = open()
})

afterEach(() => {
  replica.close()
  folder.remove()
})

/** Records from one number on as they come, each batch after the one before. */
function items(records: readonly DeviceRecord[], size: number): Uint8Array[] {
  const made: Uint8Array[] = []
  for (let at = 0; at < records.length; at += size) {
    const some = records.slice(at, at + size)
    const batch = encodeRecords(some, records[at - 1] ?? null)
    made.push(encodeTailItem({ from: some[0]?.sequence ?? 0, batch }))
  }
  return made
}

const labelled = (value: string): DeviceRecord => ({
  ...(all[5] as DeviceRecord),
  body: {
    type: 'label',
    labels: [{ operationId: 'op', field: 'subject', value, editedAt: 9 }],
  },
})

it('reads what came of a tail before it was closed, in the next sitting', async () => {
  const some = all.slice(0, 20).with(5, labelled('before'))
  unwrap(await replica.take(TAIL, 0, items(some, 4)))
  replica.close()
  replica = open()
  expect(replica.position(TAIL)).toBe(5)
  const heard = new Promise<void>((resolve) => replica.onLabels(resolve))
  replica.labelsAfter(0, 10)
  await heard
  expect(replica.labelsAfter(0, 10).map(({ label }) => label.value)).toEqual(['before'])
  expect(replica.records(DEVICE, 1)).toEqual(some)
})

it('lets a tail go that cannot be read, and refuses it the next time', async () => {
  const [first, second] = items(all.slice(0, 8), 4) as [Uint8Array, Uint8Array]
  const broken = second.map((byte, at) => (at < 6 ? byte : byte ^ 0x55))
  unwrap(await replica.take(TAIL, 0, [first, broken]))
  expect(replica.records(DEVICE, 1)).toEqual([])
  expect(replica.position(TAIL)).toBe(0)
  expect(codeOf(await replica.take(TAIL, 0, [first, broken]))).toBe('document_invalid')
  expect(replica.position(TAIL)).toBe(0)
  unwrap(await replica.take(TAIL, 0, [first, second]))
  expect(replica.records(DEVICE, 1)).toEqual(all.slice(0, 8))
})

it('keeps what was labelled in a tail that is sealed before anybody read it', async () => {
  const records = all.with(5, labelled('sealed'))
  unwrap(await replica.take(TAIL, 0, items(records, 256)))
  const sealed = logOf(records).segment(1)
  if (!sealed) throw new Error('It is full')
  const change = createIndexWriter(DEVICE).add(sealed)
  unwrap(await replica.take(indexDocument(DEVICE), 0, [change]))
  expect(replica.labelsAfter(0, 10).map(({ label }) => label.value)).toEqual(['sealed'])
  expect([...replica.positions()]).toEqual([[indexDocument(DEVICE), 1]])
  expect(await replica.seekLabels()).toBe(false)
})

it('has a segment from when it came, and after it was closed at once', async () => {
  const sealed = logOf(all).segment(1)
  if (!sealed) throw new Error('It is full')
  const change = createIndexWriter(DEVICE).add(sealed)
  unwrap(await replica.take(indexDocument(DEVICE), 0, [change]))
  replica.want(DEVICE, 1)
  expect(replica.wanted()).toEqual([sealed.name])
  unwrap(await replica.takeSegment(sealed.name, sealed.bytes))
  expect(replica.records(DEVICE, 1)).toEqual(all)
  replica.want(DEVICE, 1)
  expect(replica.wanted()).toEqual([])
  replica.close()
  replica = open()
  expect(replica.records(DEVICE, 1)).toEqual(all)
  await pause()
})
