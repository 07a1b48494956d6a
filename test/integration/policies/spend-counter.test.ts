import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Entry } from '#shared/journal/journal.ts'
import { chargedSince, CYCLE_SPENDING, startSpending } from '#shared/policy/spending.ts'
import type { OpenLedger } from '../../../src-main/ledger/open.ts'
import {
  createSpendCounter,
  SPENDING_FILE,
  type SpendCounter,
} from '../../../src-main/policies/spend-counter.ts'
import {
  endingOf,
  grantDraft,
  openTestLedger,
  operationOf,
  temporaryFolder,
  type TemporaryFolder,
  unwrap,
} from '../../support/ledger.ts'
import { silentLog } from '../../support/silent-log.ts'

let folder: TemporaryFolder
let ledger: OpenLedger
/** Entries that were read from the journal to count them. */
let read: Entry[]

beforeEach(() => {
  folder = temporaryFolder()
  ledger = openTestLedger(folder.path)
  unwrap(ledger.append([grantDraft('g', 1_000)]))
  read = []
})
afterEach(async () => {
  await ledger.close()
  folder.remove()
})

function* counted(entries: Iterable<Entry>): Iterable<Entry> {
  for (const entry of entries) {
    read.push(entry)
    yield entry
  }
}

const openCounter = (): SpendCounter =>
  createSpendCounter({
    ledger: {
      ...ledger,
      entriesSince: (since) => counted(ledger.entriesSince(since)),
      entriesAfter(head) {
        const entries = ledger.entriesAfter(head)
        return entries && counted(entries)
      },
    },
    directory: folder.path,
    timeZone: () => 'UTC',
    log: silentLog,
  })

function run(id: string, charge: number): void {
  unwrap(ledger.authorize(operationOf(id, 10)))
  unwrap(ledger.settle(id, endingOf(charge)))
}

const charged = (counter: SpendCounter) => chargedSince(counter.spending([CYCLE_SPENDING]), 0)

it('counts what was written before it was asked, and goes on by itself', () => {
  run('one', 4)
  const counter = openCounter()
  expect(charged(counter)).toBe(4_000)
  run('two', 3)
  unwrap(ledger.authorize(operationOf('open', 10)))
  expect(charged(counter)).toBe(7_000)
  counter.close()
})

it('goes on from where it was, reading only what came after', () => {
  run('one', 4)
  const first = openCounter()
  charged(first)
  first.close()
  run('two', 3)
  read = []
  const second = openCounter()
  expect(charged(second)).toBe(7_000)
  expect(read.map(({ id }) => id)).toEqual(['two:hold', 'two:end'])
  second.close()
})

it.each([
  ['is damaged', () => '{'],
  [
    'is of another ledger',
    (text: string) => text.replace(/"hash":"[0-9a-f]{8}/, '"hash":"00000000'),
  ],
  ['is of another time zone', (text: string) => text.replace('"UTC"', '"Europe/Berlin"')],
])('counts anew when what was kept %s', (_name, spoil) => {
  run('one', 4)
  const first = openCounter()
  charged(first)
  first.close()
  const file = join(folder.path, SPENDING_FILE)
  expect(existsSync(file)).toBe(true)
  writeFileSync(file, spoil(readFileSync(file, 'utf8')))
  const second = openCounter()
  expect(charged(second)).toBe(4_000)
  second.close()
})

it('counts alike for a cap that is watched later', () => {
  run('one', 4)
  const counter = openCounter()
  charged(counter)
  const shape = { window: 'day', scope: { device: 'each' } } as const
  const late = counter.spending([shape, CYCLE_SPENDING])
  expect(late.counters.map(({ key }) => key)).toEqual(
    startSpending('UTC', [shape, CYCLE_SPENDING]).counters.map(({ key }) => key),
  )
  expect(late.counters[0]?.shares).toMatchObject([{ of: ['device-1'], spent: [{ total: 4_000 }] }])
  counter.close()
})
