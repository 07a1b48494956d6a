import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addCredits, type Credits, millicredits, ZERO } from '#shared/credits/amount.ts'
import { type BalanceState, EMPTY_BALANCE, foldEntries } from '#shared/journal/balance.ts'
import { availableAt, burnOrder, drawFrom } from '#shared/credits/burn-down.ts'
import { GRANT_SOURCES } from '#shared/credits/grant.ts'
import {
  assertBalanced,
  drawsInto,
  grantEntry,
  holdEntry,
  settleEntry,
  sumDraws,
  voidEntry,
  type Returned,
} from '#shared/journal/entries.ts'
import { type Grant, hasExpired, isInForce } from '#shared/credits/grant.ts'
import type { EntryDraft, EntryKind } from '#shared/journal/journal.ts'
import { anOperation } from '../../support/credits.ts'
import { amount } from './arbitraries.ts'
import { expiriesDue, totalsAt } from '../../support/totals.ts'

const HORIZON = 1_000

const grant: fc.Arbitrary<Grant> = fc.record({
  id: fc.uuid(),
  source: fc.constantFrom(...GRANT_SOURCES),
  amount: amount(100_000),
  effectiveAt: fc.nat(HORIZON / 2),
  expiresAt: fc.option(fc.nat(2 * HORIZON)),
  priority: fc.nat(3),
  label: fc.constant('A grant'),
  catalogVersion: fc.constant('test-1'),
})

/** What happens to an account, in the order given. `run` picks among the open holds. */
type Event =
  | { readonly kind: 'grant'; readonly grant: Grant }
  | { readonly kind: 'wait'; readonly time: number }
  | { readonly kind: 'hold'; readonly amount: Credits }
  | { readonly kind: 'settle'; readonly run: number; readonly share: number }
  | { readonly kind: 'void'; readonly run: number }
  | { readonly kind: 'expire' }

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('grant' as const), grant }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), time: fc.nat(100) }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('hold' as const), amount: amount(40_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      run: fc.nat(),
      share: fc.nat(100),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('void' as const), run: fc.nat() }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'expire' as const }) },
)
const opening = fc.array(fc.record({ kind: fc.constant('grant' as const), grant }), {
  minLength: 3,
  maxLength: 6,
})
const events: fc.Arbitrary<readonly Event[]> = fc
  .tuple(opening, fc.array(event, { minLength: 10, maxLength: 60, size: 'max' }))
  .map(([first, rest]) => [...first, { kind: 'wait' as const, time: HORIZON / 4 }, ...rest])

interface Account {
  readonly drafts: EntryDraft[]
  readonly charged: Credits[]
  balance: BalanceState
  readonly open: EntryDraft[]
  now: number
}

/** Plays events through the rules as a ledger does, checking the invariants after each. */
function play(story: readonly Event[]): Account {
  const account: Account = { drafts: [], charged: [], balance: EMPTY_BALANCE, open: [], now: 0 }
  for (const one of story) {
    for (const draft of entriesFor(account, one)) {
      assertBalanced(draft)
      account.drafts.push(draft)
      account.balance = foldEntries([draft], account.balance)
    }
    checkInvariants(account)
  }
  return account
}

function entriesFor(account: Account, one: Event): readonly EntryDraft[] {
  switch (one.kind) {
    case 'grant':
      return [grantEntry(one.grant)]
    case 'wait':
      account.now += one.time
      return []
    case 'expire':
      return expiriesDue(account.balance, account.now)
    case 'hold': {
      const drawn = drawFrom(account.balance.values(), one.amount, account.now)
      if (!drawn.ok) {
        assert.ok(drawn.available < one.amount)
        return []
      }
      assert.equal(sumDraws(drawn.draws), one.amount)
      for (const { grantId } of drawn.draws) {
        assert.ok(isInForce(account.balance.get(grantId)!.grant, account.now))
      }
      const hold = holdEntry(anOperation(`op-${account.drafts.length}`, one.amount), drawn.draws)
      account.open.push(hold)
      return [hold]
    }
    case 'settle':
    case 'void':
      return endEntries(account, one)
  }
}

function endEntries(
  account: Account,
  one: Extract<Event, { kind: 'settle' | 'void' }>,
): readonly EntryDraft[] {
  const [hold] = account.open.splice(one.run % Math.max(account.open.length, 1), 1)
  if (!hold) return []
  const held = drawsInto(hold, 'held')
  const operationId = hold.id.replace(':hold', '')
  const ended: Returned = (id, amount) =>
    hasExpired(account.balance.get(id)!.grant, account.now) ? ZERO : amount
  if (one.kind === 'void') {
    return [voidEntry({ operationId, outcome: 'failed', reason: 'test' }, held, ended)]
  }
  const charge = millicredits(Math.floor((sumDraws(held) * one.share) / 100))
  account.charged.push(charge)
  const settled = {
    operationId,
    outcome: 'completed',
    units: {},
    usageSource: 'provider',
    charge: { amount: charge, lines: [], decidedBy: 'lines' },
  } as const
  return [settleEntry(settled, held, ended)]
}

/** With plain assertions: these run a hundred thousand times. */
function checkInvariants({ balance, charged, open, now }: Account): void {
  for (const { grant: issued, available, held, spent, expired } of balance.values()) {
    assert.ok(Math.min(available, held, spent, expired) >= 0)
    assert.equal(available + held + spent + expired, issued.amount)
  }
  const totals = totalsAt(balance, now)
  assert.equal(totals.spent, addCredits(...charged))
  assert.equal(totals.held, addCredits(...open.map((hold) => sumDraws(drawsInto(hold, 'held')))))
  assert.equal(totals.available, availableAt(balance.values(), now))
}

describe('any order of grants, holds, settles, voids and expiries', () => {
  test('keeps every bucket at or above zero and every credit accounted for', () => {
    const written = new Map<EntryKind, number>()
    fc.assert(
      fc.property(events, (story) => {
        for (const { facts } of play(story).drafts) {
          written.set(facts.kind, (written.get(facts.kind) ?? 0) + 1)
        }
      }),
      { numRuns: 300 },
    )
    // Stories in which little happens would prove little.
    for (const kind of ['grant', 'expire', 'hold', 'settle', 'void'] as const) {
      expect(written.get(kind)).toBeGreaterThan(100)
    }
  })

  test('writes every entry once', () => {
    fc.assert(
      fc.property(events, (story) => {
        const ids = play(story).drafts.map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
      }),
    )
  })

  test('gives one balance however the journal is split', () => {
    fc.assert(
      fc.property(events, fc.array(fc.nat(100)), (story, cuts) => {
        const { drafts, balance } = play(story)
        let state: BalanceState = EMPTY_BALANCE
        let from = 0
        for (const cut of [...cuts, drafts.length]) {
          state = foldEntries(drafts.slice(from, from + cut), state)
          from += cut
        }
        expect(state).toEqual(balance)
      }),
    )
  })

  test('leaves nothing available in an ended grant once its runs are over', () => {
    fc.assert(
      fc.property(events, (story) => {
        const account = play(story)
        account.now += 3 * HORIZON
        const rest = [
          ...entriesFor(account, { kind: 'expire' }),
          ...account.open
            .map(() => ({ kind: 'void' as const, run: 0 }))
            .flatMap((end) => endEntries(account, end)),
        ]
        const end = foldEntries(rest, account.balance)
        for (const { grant: ended, available, held } of end.values()) {
          expect(held).toBe(0)
          if (ended.expiresAt !== null) expect(available).toBe(0)
        }
      }),
    )
  })
})

describe('a stream of charges', () => {
  const grants = fc.uniqueArray(grant, { selector: ({ id }) => id, minLength: 2, maxLength: 8 })

  /** Draws amounts one after the other and tells what each grant is left with. */
  function leftAfter(payers: readonly Grant[], amounts: readonly Credits[]) {
    const left = new Map(payers.map((one) => [one.id, { grant: one, available: one.amount }]))
    for (const one of amounts) {
      const drawn = drawFrom(left.values(), one, HORIZON)
      if (!drawn.ok) throw new Error('More was drawn than there is')
      for (const { grantId, amount: part } of drawn.draws) {
        const payer = left.get(grantId)!
        left.set(grantId, { ...payer, available: millicredits(payer.available - part) })
      }
    }
    return left
  }

  test('leaves the same balance split any way', () => {
    fc.assert(
      fc.property(
        grants,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (payers, points) => {
          const all = payers.map((one) => ({ grant: one, available: one.amount }))
          const total = Math.floor(availableAt(all, HORIZON) * (points[0] ?? 1))
          const cuts = [0, ...points.map((point) => Math.floor(point * total)), total].sort(
            (a, b) => a - b,
          )
          const parts = cuts.slice(1).map((cut, index) => millicredits(cut - cuts[index]!))
          expect(leftAfter(payers, parts)).toEqual(leftAfter(payers, [millicredits(total)]))
        },
      ),
    )
  })

  test('is paid in one order, whatever order the grants are listed in', () => {
    fc.assert(
      fc.property(
        grants.chain((some) =>
          fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })),
        ),
        amount(100_000),
        ([listed, shuffled], charge) => {
          const draw = (some: readonly Grant[]) =>
            drawFrom(
              some.map((one) => ({ grant: one, available: one.amount })),
              charge,
              HORIZON,
            )
          expect(draw(shuffled)).toEqual(draw(listed))
        },
      ),
    )
  })

  test('burn-down is a strict total order', () => {
    fc.assert(
      fc.property(grant, grant, grant, (a, b, c) => {
        expect(Math.sign(burnOrder(a, b))).toBe(-Math.sign(burnOrder(b, a)) + 0)
        expect(burnOrder(a, b) === 0).toBe(a.id === b.id)
        if (burnOrder(a, b) < 0 && burnOrder(b, c) < 0) expect(burnOrder(a, c)).toBeLessThan(0)
      }),
    )
  })
})
