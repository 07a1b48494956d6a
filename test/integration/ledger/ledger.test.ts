import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expireEntry, refundEntry } from '#shared/journal/entries.ts'
import { millicredits } from '#shared/credits/amount.ts'
import type { OpenLedger } from '../../../src-main/ledger/open.ts'
import {
  codeOf,
  endingOf,
  grantDraft,
  HOUR,
  NOON,
  openTestLedger,
  operationOf,
  temporaryFolder,
  testClock,
  unwrap,
} from '../../support/ledger.ts'

describe('a ledger on disk', () => {
  let folder = temporaryFolder()
  let clock = testClock()
  let ledger: OpenLedger

  beforeEach(() => {
    folder = temporaryFolder()
    clock = testClock()
    ledger = openTestLedger(folder.path, clock)
  })
  afterEach(async () => {
    await ledger.close()
    folder.remove()
  })

  const reopen = async () => {
    await ledger.close()
    ledger = openTestLedger(folder.path, clock)
  }
  const figures = () =>
    ledger.buckets().map(({ grant, available, held, spent, expired }) => ({
      id: grant.id,
      figures: [available, held, spent, expired],
    }))

  it('holds, settles the charge and returns the rest', () => {
    unwrap(ledger.append([grantDraft('plan', 10)]))
    const hold = unwrap(ledger.authorize(operationOf('op-1', 4)))
    expect(hold.draws).toEqual([{ grantId: 'plan', amount: 4_000 }])
    expect(figures()).toEqual([{ id: 'plan', figures: [6_000, 4_000, 0, 0] }])
    unwrap(ledger.settle('op-1', endingOf(1.5)))
    expect(figures()).toEqual([{ id: 'plan', figures: [8_500, 0, 1_500, 0] }])
    expect(ledger.openHolds()).toEqual([])
  })

  it('returns everything when a run is voided', () => {
    unwrap(ledger.append([grantDraft('plan', 10)]))
    unwrap(ledger.authorize(operationOf('op-1', 4)))
    unwrap(ledger.void('op-1', { outcome: 'failed', reason: 'provider_down' }))
    expect(figures()).toEqual([{ id: 'plan', figures: [10_000, 0, 0, 0] }])
  })

  it('lets a refund refill a pack that never ends, long after it was used up', async () => {
    unwrap(ledger.append([grantDraft('pack', 4, { expiresAt: null })]))
    unwrap(ledger.authorize(operationOf('op-1', 4)))
    unwrap(ledger.settle('op-1', endingOf(4)))
    unwrap(ledger.append([grantDraft('later', 1)]))
    await reopen()
    expect(figures()).toEqual([{ id: 'later', figures: [1_000, 0, 0, 0] }])
    const amount = millicredits(4_000)
    const back = [{ grantId: 'pack', amount }]
    unwrap(ledger.append([refundEntry('r-1', 'op-1', amount, back, 'A mistake')]))
    expect(figures()).toContainEqual({ id: 'pack', figures: [4_000, 0, 0, 0] })
    expect(ledger.books().balances.get('pack')?.spent).toBe(0)
  })

  it('says the same after it was closed and opened again', async () => {
    unwrap(ledger.append([grantDraft('plan', 10), grantDraft('pack', 5, { priority: 20 })]))
    unwrap(ledger.authorize(operationOf('op-1', 12)))
    unwrap(ledger.authorize(operationOf('op-2', 1)))
    unwrap(ledger.settle('op-1', endingOf(11)))
    unwrap(ledger.checkpoint('op-2', { units: { outputTokens: 7 }, usageSource: 'local' }))
    const before = [figures(), ledger.openHolds(), ledger.head()]
    await reopen()
    expect([figures(), ledger.openHolds(), ledger.head()]).toEqual(before)
    expect(ledger.openHolds()[0]?.checkpoint).toEqual({
      units: { outputTokens: 7 },
      usageSource: 'local',
      at: NOON,
    })
  })

  it('refuses a run it cannot pay for and writes nothing', () => {
    unwrap(ledger.append([grantDraft('plan', 3)]))
    const head = ledger.head()
    const refused = ledger.authorize(operationOf('op-1', 4))
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'insufficient_credits', details: { available: 3_000, needed: 4_000 } },
    })
    expect(ledger.head()).toEqual(head)
  })

  it('lets racing runs together spend no more than there is', () => {
    unwrap(ledger.append([grantDraft('plan', 10)]))
    const codes = [1, 2, 3, 4].map((n) => codeOf(ledger.authorize(operationOf(`op-${n}`, 4))))
    expect(codes).toEqual(['ok', 'ok', 'insufficient_credits', 'insufficient_credits'])
  })

  it('starts an operation once, even after it ended', () => {
    unwrap(ledger.append([grantDraft('plan', 10)]))
    unwrap(ledger.authorize(operationOf('op-1', 1)))
    expect(codeOf(ledger.authorize(operationOf('op-1', 1)))).toBe('operation_exists')
    unwrap(ledger.settle('op-1', endingOf(1)))
    expect(codeOf(ledger.authorize(operationOf('op-1', 1)))).toBe('operation_exists')
  })

  it('ends a hold exactly once: the same again is the same entry, another is refused', () => {
    unwrap(ledger.append([grantDraft('plan', 10)]))
    unwrap(ledger.authorize(operationOf('op-1', 4)))
    const first = unwrap(ledger.settle('op-1', endingOf(2)))
    expect(unwrap(ledger.settle('op-1', endingOf(2)))).toEqual(first)
    expect(codeOf(ledger.settle('op-1', endingOf(3)))).toBe('operation_ended')
    expect(codeOf(ledger.void('op-1', { outcome: 'failed', reason: null }))).toBe('operation_ended')
    expect(codeOf(ledger.settle('op-9', endingOf(1)))).toBe('operation_unknown')
    expect(figures()).toEqual([{ id: 'plan', figures: [8_000, 0, 2_000, 0] }])
  })

  it('never charges more than was held', () => {
    unwrap(ledger.append([grantDraft('plan', 10)]))
    unwrap(ledger.authorize(operationOf('op-1', 4)))
    expect(() => ledger.settle('op-1', endingOf(4.001))).toThrow(/outside what it holds/)
    expect(figures()).toEqual([{ id: 'plan', figures: [6_000, 4_000, 0, 0] }])
  })

  it('takes a repeated grant once, and refuses another grant under its id', () => {
    const first = unwrap(ledger.append([grantDraft('plan', 10)]))
    expect(unwrap(ledger.append([grantDraft('plan', 10)]))).toEqual(first)
    expect(codeOf(ledger.append([grantDraft('new', 1), grantDraft('plan', 11)]))).toBe(
      'entry_conflict',
    )
    expect(figures()).toEqual([{ id: 'plan', figures: [10_000, 0, 0, 0] }])
  })

  it('settles a hold that outlived its grant, and lets the rest expire', async () => {
    unwrap(ledger.append([grantDraft('promo', 10, { expiresAt: NOON + HOUR })]))
    unwrap(ledger.authorize(operationOf('op-1', 4)))
    clock.advance(2 * HOUR)
    unwrap(ledger.append([expireEntry('promo', millicredits(6_000))]))
    unwrap(ledger.settle('op-1', endingOf(1)))
    await reopen()
    expect(ledger.buckets()).toEqual([])
    expect(codeOf(ledger.authorize(operationOf('op-2', 1)))).toBe('insufficient_credits')
  })

  it('keeps time from running backwards when the clock is turned back', async () => {
    unwrap(ledger.append([grantDraft('promo', 10, { expiresAt: NOON + HOUR })]))
    clock.set(NOON - HOUR)
    expect(ledger.now()).toBe(NOON)
    clock.advance(HOUR)
    expect(ledger.now()).toBe(NOON + HOUR)
    expect(codeOf(ledger.authorize(operationOf('op-1', 1)))).toBe('insufficient_credits')
    unwrap(ledger.append([grantDraft('later', 1)]))
    await reopen()
    expect(ledger.now()).toBe(NOON + HOUR)
  })

  it('refuses to append what only a run may write', () => {
    const hold = { kind: 'hold' as const, operation: operationOf('op-1', 1) }
    expect(() => ledger.append([{ id: 'x', facts: hold, postings: [] }])).toThrow(/authorized/)
  })

  it('refuses an unbalanced entry', () => {
    const draft = grantDraft('plan', 10)
    const unbalanced = { ...draft, postings: draft.postings.slice(1) }
    expect(() => ledger.append([unbalanced])).toThrow(/balance/)
    expect(ledger.head().sequence).toBe(1)
  })
})
