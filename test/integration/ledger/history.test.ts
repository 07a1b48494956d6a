import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { UsageFilter } from '#shared/usage/filter.ts'
import { openLedger, type OpenLedger } from '../../../src-main/ledger/open.ts'
import {
  codeOf,
  DAY,
  endingOf,
  grantDraft,
  HOUR,
  ledgerPorts,
  NOON,
  openTestLedger,
  operationOf,
  temporaryFolder,
  testClock,
  unwrap,
} from '../../support/ledger.ts'

/** 2026-11-02 noon, then six hours apart; every fifth voided, the last one still running. */
const SUBJECTS = ['Website', '', 'Thesis']
const COUNT = 24

describe('the history of a ledger', () => {
  let folder = temporaryFolder()
  let clock = testClock()
  let ledger: OpenLedger

  beforeAll(() => {
    folder = temporaryFolder()
    clock = testClock()
    ledger = openTestLedger(folder.path, clock)
    unwrap(ledger.append([grantDraft('plan', 100), grantDraft('pack', 50, { priority: 20 })]))
    for (let n = 0; n < COUNT; n++) {
      clock.advance(6 * HOUR)
      const image = n % 4 === 3
      const facts = operationOf(idOf(n), 2, {
        studio: image ? 'image' : 'chat',
        modelId: image ? 'practice/painter' : 'practice/fast',
        modelName: image ? 'Painter' : 'Fast',
        subject: SUBJECTS[n % 3] ?? '',
      })
      unwrap(ledger.authorize(facts))
      if (n === COUNT - 1) break
      clock.advance(1_000)
      if (n % 5 === 4) unwrap(ledger.void(idOf(n), { outcome: 'failed', reason: 'timeout' }))
      else unwrap(ledger.settle(idOf(n), endingOf(1)))
    }
  })
  afterAll(async () => {
    await ledger.close()
    folder.remove()
  })

  const idOf = (n: number) => `${(n * 7_919).toString(16).padStart(8, '0')}-0000-4000-8000-00000000`
  const startOf = (n: number) => NOON + (n + 1) * 6 * HOUR + n * 1_000
  const page = async (filter: UsageFilter, limit = 100, before?: number) =>
    unwrap(await ledger.history.page({ filter, limit, before }))

  it('pages newest first, without a gap or a repeat', async () => {
    const seen: string[] = []
    let before: number | undefined
    do {
      const { rows, nextBefore } = await page({}, 7, before)
      seen.push(...rows.map(({ operationId }) => operationId))
      before = nextBefore ?? undefined
    } while (before !== undefined)
    expect(seen).toEqual(Array.from({ length: COUNT }, (_, n) => idOf(COUNT - 1 - n)))
  })

  it('shows a run while it goes on, and how others ended', async () => {
    const { rows } = await page({})
    expect(rows[0]).toMatchObject({ status: 'running', charged: null, endedAt: null, held: 2_000 })
    expect(rows.find(({ operationId }) => operationId === idOf(4))).toMatchObject({
      status: 'voided',
      outcome: 'failed',
      charged: 0,
    })
    expect(rows.find(({ operationId }) => operationId === idOf(0))).toMatchObject({
      status: 'settled',
      charged: 1_000,
      at: startOf(0),
      endedAt: startOf(0) + 1_000,
      quoteMaximum: 2_000,
      quoteExpected: 1_000,
    })
  })

  const filters: readonly (readonly [string, UsageFilter])[] = [
    ['nothing', {}],
    ['a studio', { studios: ['image'] }],
    ['an operation nobody ran', { operations: ['video.standard'] }],
    ['a model', { models: ['practice/fast'] }],
    ['no subject', { subjects: [''] }],
    ['runs that go on', { statuses: ['running'] }],
    ['voided runs of one subject', { statuses: ['voided'], subjects: ['Website', 'Thesis'] }],
    ['a time within a day', { from: NOON + 7 * HOUR, to: NOON + 13 * HOUR }],
    ['whole days', { from: NOON + 12 * HOUR, to: NOON + 12 * HOUR + 3 * DAY }],
    ['a time that cuts days', { from: NOON + 20 * HOUR, to: NOON + 4 * DAY + 3 * HOUR }],
    ['a time before everything', { to: NOON }],
    ['a time after everything', { from: NOON + 100 * DAY }],
    ['words', { search: 'PAINT thesis' }],
    ['the beginning of an operation id', { search: idOf(5).slice(0, 8) }],
    ['an operation id in another studio', { search: idOf(5).slice(0, 8), studios: ['image'] }],
  ]

  it.each(filters)('narrows by %s, the same in pages, counts and totals', async (_name, filter) => {
    const all = await page({})
    const expected = all.rows.filter((row) => matches(filter, row))
    const { rows } = await page(filter)
    expect(rows).toEqual(expected)
    expect(unwrap(await ledger.history.count(filter))).toBe(expected.length)
    const charged = expected.reduce((sum, row) => sum + (row.charged ?? 0), 0)
    for (const by of ['day', 'operation', 'model', 'subject', 'status'] as const) {
      const groups = unwrap(await ledger.history.groups({ filter, by }))
      expect(groups.reduce((sum, group) => sum + group.operations, 0)).toBe(expected.length)
      expect(groups.reduce((sum, group) => sum + group.charged, 0)).toBe(charged)
    }
    const days = unwrap(await ledger.history.days(filter))
    const parts = days.flatMap((day) => day.parts)
    expect(parts.reduce((sum, part) => sum + part.charged, 0)).toBe(charged)
  })

  function matches(filter: UsageFilter, row: Awaited<ReturnType<typeof page>>['rows'][number]) {
    const text = Object.values(row).join(' ').toLowerCase()
    return (
      (filter.from === undefined || row.at >= filter.from) &&
      (filter.to === undefined || row.at < filter.to) &&
      (filter.studios?.includes(row.studio) ?? true) &&
      (filter.operations?.includes(row.operation) ?? true) &&
      (filter.models?.includes(row.modelId) ?? true) &&
      (filter.subjects?.includes(row.subject) ?? true) &&
      (filter.statuses?.includes(row.status) ?? true) &&
      (filter.search ?? '')
        .toLowerCase()
        .split(' ')
        .every((word) => text.includes(word))
    )
  }

  it('groups by local day, newest first', async () => {
    const groups = unwrap(await ledger.history.groups({ filter: {}, by: 'day' }))
    expect(groups[0]?.key).toBe('2026-11-08')
    expect(groups.at(-1)).toEqual({
      key: '2026-11-02',
      label: '2026-11-02',
      operations: 1,
      charged: 1_000,
    })
  })

  it('adds up what runs that started in a time were charged', async () => {
    const spent = unwrap(await ledger.history.spentBetween(startOf(0), startOf(3)))
    expect(spent).toBe(3_000)
  })

  it('explains a charge from its entries, and proves them', async () => {
    const explained = unwrap(await ledger.history.explain(idOf(0)))
    expect(explained.heldFrom).toEqual([{ grantId: 'plan', amount: 2_000 }])
    expect(explained.paidBy).toMatchObject([{ grant: { id: 'plan' }, amount: 1_000 }])
    expect(explained.charge?.amount).toBe(1_000)
    expect(explained.units).toEqual({ requests: 1 })
    expect(explained.entries.map(({ verified }) => verified)).toEqual([true, true])
    expect(explained.facts.quote.maximum).toBe(2_000)
  })

  it('explains a voided run and one that goes on', async () => {
    const voided = unwrap(await ledger.history.explain(idOf(4)))
    expect(voided).toMatchObject({ charge: null, reason: 'timeout', paidBy: [] })
    const running = unwrap(await ledger.history.explain(idOf(COUNT - 1)))
    expect(running).toMatchObject({ charge: null, reason: null, row: { status: 'running' } })
    expect(codeOf(await ledger.history.explain('nobody'))).toBe('operation_unknown')
  })

  it('knows the balance at any past time', async () => {
    const at = async (time: number) =>
      unwrap(await ledger.history.balanceAt(time)).map(({ grant, available, held, spent }) => [
        grant.id,
        available,
        held,
        spent,
      ])
    expect(await at(NOON - 1)).toEqual([])
    expect(await at(NOON)).toEqual([
      ['plan', 100_000, 0, 0],
      ['pack', 50_000, 0, 0],
    ])
    expect((await at(startOf(1)))[0]).toEqual(['plan', 97_000, 2_000, 1_000])
    expect((await at(startOf(1) + 1_000))[0]).toEqual(['plan', 98_000, 0, 2_000])
    const { grant, available, held, spent } = ledger.buckets()[0] ?? never()
    expect((await at(ledger.now()))[0]).toEqual([grant.id, available, held, spent])
  })

  it('finds itself sound', async () => {
    const { sequence } = ledger.head()
    expect(unwrap(await ledger.history.verify())).toEqual({ entries: sequence, problems: [] })
  })
})

describe('a short history', () => {
  let folder = temporaryFolder()
  let ledger: OpenLedger

  beforeEach(() => {
    folder = temporaryFolder()
    ledger = openTestLedger(folder.path)
    unwrap(ledger.append([grantDraft('plan', 100)]))
    unwrap(ledger.authorize(operationOf('first', 2)))
    unwrap(ledger.settle('first', endingOf(1)))
  })
  afterEach(async () => {
    await ledger.close()
    folder.remove()
  })

  it('exports what the filter shows as CSV, with formulas made harmless', async () => {
    const facts = operationOf('ffffffff-0000-4000-8000-000000000000', 1, {
      subject: '=HYPERLINK("x"), "quoted"',
    })
    unwrap(ledger.authorize(facts))
    unwrap(ledger.settle(facts.operationId, { ...endingOf(0.5), outcome: 'stopped' }))
    let text = ''
    for await (const piece of ledger.history.exportCsv({ subjects: [facts.subject] })) {
      text += unwrap(piece)
    }
    const lines = text.split('\r\n')
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(/^Started,Ended,Studio,/)
    expect(lines[1]).toContain(`"'=HYPERLINK(""x""), ""quoted"""`)
    expect(lines[1]).toContain(',0.5,settled,stopped,provider,')
  })

  it('shows what was written a moment ago', async () => {
    for (let n = 0; n < 5; n++) {
      unwrap(ledger.authorize(operationOf(`op-${n}`, 1)))
      expect(unwrap(await ledger.history.count({}))).toBe(n + 2)
    }
  })

  it('fails what was asked when it is closed', async () => {
    const asked = ledger.history.verify()
    await ledger.close()
    expect(codeOf(await asked)).toBe('reader_failed')
    ledger = openTestLedger(folder.path)
  })

  it('fails, and asks anew, when its worker dies', async () => {
    const ports = {
      ...ledgerPorts(testClock()),
      readerUrl: new URL('data:text/javascript,throw 1'),
    }
    await ledger.close()
    const broken = unwrap(openLedger(folder.path, ports))
    expect(codeOf(await broken.history.count({}))).toBe('reader_failed')
    expect(codeOf(await broken.history.count({}))).toBe('reader_failed')
    await broken.close()
    ledger = openTestLedger(folder.path)
    expect(unwrap(await ledger.history.count({}))).toBe(1)
  })
})

function never(): never {
  throw new Error('There is no bucket')
}
