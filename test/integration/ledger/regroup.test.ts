import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { catalogEntry } from '#shared/journal/entries.ts'
import { openLedger, type OpenLedger } from '../../../src-main/ledger/open.ts'
import {
  endingOf,
  grantDraft,
  HOUR,
  ledgerPorts,
  operationOf,
  temporaryFolder,
  testCatalogSource,
  testClock,
  unwrap,
} from '../../support/ledger.ts'

const AUCKLAND = 'Pacific/Auckland'
const START = Date.UTC(2026, 9, 20, 3)
const RUNS = 80

describe('days of another time zone', () => {
  const folder = temporaryFolder()
  const clock = testClock(START)
  let ledger: OpenLedger

  const open = (timeZone: string) =>
    unwrap(openLedger(folder.path, { ...ledgerPorts(clock), timeZone }))
  const settle = (id: string) => unwrap(ledger.settle(id, endingOf(0.5)))
  const daysOf = async (of: OpenLedger) => unwrap(await of.history.days({}))

  beforeEach(() => {
    ledger = open('UTC')
    unwrap(ledger.append([catalogEntry(testCatalogSource, 0), grantDraft('plan', 10_000)]))
    for (let n = 0; n < RUNS; n++) {
      clock.advance(9 * HOUR)
      unwrap(ledger.authorize(operationOf(`op-${n}`, 2, { subject: ['', 'A'][n % 2] ?? '' })))
      if (n % 20 !== 19) settle(`op-${n}`)
    }
  })
  afterEach(async () => {
    await ledger.close()
    folder.remove()
  })

  it('hold at once, and are those that a start in that zone computes', async () => {
    const before = await daysOf(ledger)
    unwrap(await ledger.regroup(AUCKLAND))
    const after = await daysOf(ledger)
    expect(after).not.toEqual(before)
    expect(unwrap(await ledger.history.verify()).problems).toEqual([])

    await ledger.close()
    ledger = open('UTC')
    expect(await daysOf(ledger)).toEqual(before)
    await ledger.close()
    ledger = open(AUCKLAND)
    expect(await daysOf(ledger)).toEqual(after)
  })

  it('count what happens while they are computed, and afterwards', async () => {
    const regrouped = ledger.regroup(AUCKLAND)
    await Promise.resolve()
    settle('op-19')
    unwrap(ledger.authorize(operationOf('meanwhile', 2)))
    settle('meanwhile')
    unwrap(ledger.authorize(operationOf('still-running', 2)))
    expect(unwrap(ledger.label(['op-3', 'op-4'], { subject: 'Moved' }, 'device-1'))).toBe(2)
    unwrap(await regrouped)
    settle('op-39')
    settle('still-running')

    const groups = unwrap(await ledger.history.groups({ filter: {}, by: 'day' }))
    expect(groups.reduce((sum, { operations }) => sum + operations, 0)).toBe(RUNS + 2)
    expect(unwrap(await ledger.history.verify()).problems).toEqual([])
  })

  it('are those of the zone that was asked for last', async () => {
    const [, , last] = await Promise.all(
      [AUCKLAND, 'UTC', 'America/New_York'].map((zone) => ledger.regroup(zone)),
    )
    expect(last).toEqual({ ok: true, data: null })
    const days = await daysOf(ledger)
    await ledger.close()
    ledger = open('America/New_York')
    expect(await daysOf(ledger)).toEqual(days)
  })

  it('stay where the zone is unknown', async () => {
    const before = await daysOf(ledger)
    expect(() => ledger.regroup('Mars/Olympus')).toThrow(RangeError)
    expect(await daysOf(ledger)).toEqual(before)
  })
})
