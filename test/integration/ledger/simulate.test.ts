import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import type { OpenLedger } from '../../../src-main/ledger/open.ts'
import type { SimulationQuestion } from '../../../src-main/ledger/reader-protocol.ts'
import {
  codeOf,
  DAY,
  grantDraft,
  openTestLedger,
  operationOf,
  unwrap,
} from '../../support/ledger.ts'
import { clock, folder, freshFolder, removeFolder } from '../../support/ledger-file.ts'
import { shippedCatalog } from '../../support/shipped-catalogs.ts'

beforeEach(freshFolder)
afterEach(removeFolder)

const catalog = shippedCatalog('default')
const question = (more: Partial<SimulationQuestion> = {}): SimulationQuestion => ({
  catalog,
  planIds: ['free', 'creator'],
  seats: 1,
  whenOut: 'as-the-plan-says',
  subscriptions: [],
  caps: [],
  anchor: { timeZone: 'UTC', startsAt: clock.now() - 10 * DAY },
  ...more,
})

/** Two settled runs of 1,000 input tokens a day apart, and a voided one. */
function used(): OpenLedger {
  const ledger = openTestLedger(folder.path, clock)
  unwrap(ledger.append([grantDraft('plan', 1_000)]))
  for (let n = 0; n < 3; n++) {
    clock.advance(DAY)
    unwrap(ledger.authorize(operationOf(`op-${n}`, 100)))
    if (n === 2) unwrap(ledger.void(`op-${n}`, { outcome: 'failed', reason: null }))
    else {
      unwrap(
        ledger.settle(`op-${n}`, {
          outcome: 'completed',
          units: { inputTokens: 10_000 },
          usageSource: 'provider',
          charge: { amount: millicredits(7_000), lines: [], decidedBy: 'lines' },
        }),
      )
    }
  }
  return ledger
}

describe('the history under other plans', () => {
  it('is priced by what was delivered, under each plan', async () => {
    const ledger = used()
    const { plans, usage } = unwrap(await ledger.history.simulate(question()))
    expect(usage).toMatchObject({ runs: 2, charged: 14_000 })
    expect(plans.map(({ planId, runs, used: spent }) => [planId, runs, spent])).toEqual([
      ['free', 2, 200_000],
      ['creator', 2, 200_000],
    ])
    const later = await ledger.history.simulate(question({ from: clock.now() - 1.5 * DAY }))
    expect(unwrap(later).usage.runs).toBe(1)
    await ledger.close()
  })

  it('meets caps by who ran what for what, also from an export', async () => {
    const ledger = used()
    let csv = ''
    for await (const piece of ledger.history.exportCsv({})) csv += unwrap(piece)
    const { deviceId, subject } = operationOf('op', 1)
    const cap = {
      id: 'c',
      name: 'C',
      limit: millicredits(250),
      kind: 'hard',
      window: 'cycle',
    } as const
    const capped = async (scope: Record<string, string>, more = {}) => {
      const asked = question({ planIds: ['free'], caps: [{ ...cap, scope }], ...more })
      return unwrap(await ledger.history.simulate(asked)).plans[0]?.cappedRuns
    }
    for (const more of [{}, { csv }]) {
      expect(await capped({ device: deviceId }, more)).toBe(2)
      expect(await capped({ device: 'another' }, more)).toBe(0)
      expect(await capped({ subject }, more)).toBe(2)
      expect(await capped({ member: 'each' }, more)).toBe(2)
    }
    await ledger.close()
  })

  it('is the same from its own export', async () => {
    const ledger = used()
    let csv = ''
    for await (const piece of ledger.history.exportCsv({})) csv += unwrap(piece)
    const own = unwrap(await ledger.history.simulate(question()))
    expect(unwrap(await ledger.history.simulate(question({ csv })))).toEqual(own)
    expect(codeOf(await ledger.history.simulate(question({ csv: 'x' })))).toBe('csv_unreadable')
    await ledger.close()
  })
})
