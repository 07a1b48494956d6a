import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { decodeRecords } from '#shared/records/batch.ts'
import { movesOf } from '#shared/records/moves.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import { STRETCH } from '#shared/records/stretches.ts'
import { sha256 } from '../../../src-main/ports/sha256.ts'
import { openRecordLog, RECORDS_FILE } from '../../../src-main/sync/records/record-log.ts'
import type { OpenLedger } from '../../../src-main/ledger/open.ts'
import { spendOnce } from '../../support/spending.ts'
import {
  grantDraft,
  openTestLedger,
  operationOf,
  temporaryFolder,
  unwrap,
} from '../../support/ledger.ts'
import { headOf } from '../../support/records.ts'

const folder = temporaryFolder()
const DEVICE = 'device-1'
const folders = [folder]
afterEach(() => folders.splice(1).forEach(({ remove }) => remove()))

function freshFolder(): string {
  const made = temporaryFolder()
  folders.push(made)
  return made.path
}

const open = (ledger: OpenLedger, directory: string) =>
  openRecordLog({ ledger, labelled: ledger.labelled, directory, deviceId: () => DEVICE })

async function allOf(log: Awaited<ReturnType<typeof open>>): Promise<readonly DeviceRecord[]> {
  const all: DeviceRecord[] = []
  while (all.length < log.head().sequence) all.push(...log.recordsAfter(all.length, 100))
  return all
}

const spend = (ledger: OpenLedger, from: number, to: number) => {
  for (let n = from; n < to; n++) spendOnce(ledger, `operation-${n}`, () => undefined)
}

describe('the log of records', () => {
  it('knows what a newer version told for that, also once it is on the disk', async () => {
    const directory = freshFolder()
    const ledger = openTestLedger(directory)
    unwrap(ledger.append([grantDraft('g', 10_000)]))
    const moves = { spent: [{ grantId: 'g', amount: millicredits(10) }] }
    const log = await openRecordLog({
      ...{ ledger, labelled: ledger.labelled, directory, deviceId: () => DEVICE },
      bodyOf: ({ facts }) =>
        facts.kind === 'settle' ? { type: 'newer', content: { type: 'performance', moves } } : null,
    })
    // More than wait in memory to be written together.
    spend(ledger, 0, 200)
    const records = await allOf(log)
    expect(records.length).toBeGreaterThan(100)
    expect(new Set(records.map(({ body }) => body.type))).toEqual(new Set(['newer']))
    expect(records.map(({ body }) => movesOf(body).spent)).toEqual(records.map(() => moves.spent))
    expect(log.head()).toEqual(headOf(records))
    log.close()
    await ledger.close()
  })

  it('holds runs, labels and expiries in order, chained, and nothing else', async () => {
    const directory = freshFolder()
    const ledger = openTestLedger(directory)
    unwrap(ledger.append([grantDraft('g', 10_000)]))
    const log = await open(ledger, directory)
    let told = 0
    log.onAdded(() => told++)
    spend(ledger, 0, 8)
    unwrap(ledger.label(['operation-2', 'operation-3'], { subject: 'Thesis' }, DEVICE))
    const records = await allOf(log)
    expect(records.map(({ body }) => body.type)).toEqual([...Array(8).fill('usage'), 'label'])
    expect(records.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(records[7]?.body).toMatchObject({ ending: { kind: 'void' }, draws: [] })
    expect(records[0]?.body).toMatchObject({
      draws: [{ grantId: 'g', amount: millicredits(10) }],
      operation: { operationId: 'operation-0' },
    })
    expect(told).toBe(9)
    expect(log.head()).toEqual(headOf(records))
    expect(records.map(({ sequence }) => log.hashAt(sequence))).toEqual(
      records.map((_, at) => headOf(records.slice(0, at + 1)).hash),
    )
    log.close()
    await ledger.close()
  })

  it('is the same, byte for byte, when it is made anew or goes on after a stop', async () => {
    const directory = freshFolder()
    const ledger = openTestLedger(directory)
    unwrap(ledger.append([grantDraft('g', 10_000)]))
    const live = await open(ledger, directory)
    spend(ledger, 0, 600)
    unwrap(ledger.label(['operation-5'], { note: 'before the stop' }, DEVICE))
    unwrap(ledger.authorize(operationOf('open-run', 1)))
    live.close()
    unwrap(ledger.label(['operation-6'], { note: 'while it was closed' }, DEVICE))
    unwrap(ledger.void('open-run', { outcome: 'failed', reason: null }))
    spend(ledger, 600, 1_300)
    const later = await open(ledger, directory)
    spend(ledger, 1_300, 1_310)
    const records = await allOf(later)
    const segment = later.segment(1)
    expect(later.segment(2)).toBeNull()
    expect(segment?.head).toEqual(headOf(records.slice(0, STRETCH)))
    expect(segment?.name).toBe(sha256(segment?.bytes as Uint8Array))
    // Sealed, its records are read from the segment.
    expect(await allOf(later)).toEqual(records)
    expect(later.hashAt(700)).toBe(headOf(records.slice(0, 700)).hash)
    later.close()

    for (const suffix of ['', '-wal', '-shm']) {
      rmSync(join(directory, RECORDS_FILE + suffix), { force: true })
    }
    const anew = await open(ledger, directory)
    expect(anew.head()).toEqual(headOf(records))
    expect(await allOf(anew)).toEqual(records)
    expect(anew.segment(1)).toEqual(segment)
    anew.close()
    await ledger.close()
  }, 60_000)

  it('gives batches that begin and end anywhere in a stretch', async () => {
    const directory = freshFolder()
    const ledger = openTestLedger(directory)
    unwrap(ledger.append([grantDraft('g', 10_000)]))
    const log = await open(ledger, directory)
    spend(ledger, 0, 1_040)
    const records = await allOf(log)
    for (const [from, bytes] of [
      [0, 5_000],
      [0, 1_000_000],
      [7, 1_000_000],
      [1_020, 1_000_000],
      [1_024, 1_000_000],
      [1_039, 10],
    ] as const) {
      for (const form of ['whole', 'continued'] as const) {
        const { to, batch } = log.after(from, bytes, form) as NonNullable<
          ReturnType<typeof log.after>
        >
        const before = records[from - 1] ?? null
        const read = unwrap(decodeRecords(batch, DEVICE, from + 1, before))
        expect(read).toEqual(records.slice(from, to.sequence))
        expect(to).toEqual(headOf(records.slice(0, to.sequence)))
        if (form === 'whole') expect(decodeRecords(batch, DEVICE, from + 1).ok).toBe(true)
      }
    }
    expect(log.after(1_040, 1_000)).toBeNull()
    expect(log.hashAt(1_041)).toBeNull()
    log.close()
    await ledger.close()
  }, 60_000)
})
