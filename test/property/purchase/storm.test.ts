/** Whatever processors do with their messages: money in is credits granted, once. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TimedEvent } from '#shared/purchase/events.ts'
import { ACCOUNT, message, openPaymentsWorld, paid } from '../../support/payments-world.ts'
import { unwrap } from '../../support/ledger.ts'

const CREDITS_PER_CENT = 250
const START = Date.parse('2026-11-02T09:00:00Z')

/** What became of one purchase at the processor. */
const fate = fc.constantFrom(
  'paid',
  'declined-then-paid',
  'declined',
  'expired',
  'refunded',
  'half-refunded',
  'dispute-lost',
  'dispute-won',
)
type Fate = typeof fate extends fc.Arbitrary<infer Value> ? Value : never

function eventsOf(id: string, what: Fate, total: number): readonly TimedEvent[] {
  const payment = `pay_${id}`
  const at = START
  const dispute = (status: 'open' | 'won' | 'lost'): TimedEvent => ({
    type: 'disputed',
    ...{ payment, disputeId: `dp_${id}`, amount: total, status, at: at + 3 },
  })
  const declined: TimedEvent = { type: 'declined', code: 'card_declined', at: at + 1 }
  const money = paid(id, total, at + 2)
  switch (what) {
    case 'paid':
      return [money]
    case 'declined-then-paid':
      return [declined, money]
    case 'declined':
      return [declined, { type: 'expired', at: at + 9 }]
    case 'expired':
      return [{ type: 'expired', at: at + 9 }]
    case 'refunded':
      return [
        money,
        { type: 'refunded', payment, total: total / 2, at: at + 3 },
        { type: 'refunded', payment, total, at: at + 4 },
      ]
    case 'half-refunded':
      return [money, { type: 'refunded', payment, total: total / 2, at: at + 3 }]
    case 'dispute-lost':
      return [money, dispute('open'), dispute('lost')]
    case 'dispute-won':
      return [money, dispute('open'), dispute('won')]
  }
}

const moneyKept = (what: Fate, total: number): number => {
  if (what === 'half-refunded') return total / 2
  return ['paid', 'declined-then-paid', 'dispute-won'].includes(what) ? total : 0
}

describe('a storm of webhooks', () => {
  it('each five times, shuffled, some lost, then asked for: credits are the money that stayed', async () => {
    const plan = fc.record({
      fates: fc.array(fate, { minLength: 1, maxLength: 6 }),
      seed: fc.integer(),
      lost: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    })
    await fc.assert(
      fc.asyncProperty(plan, async ({ fates, seed, lost }) => {
        const world = await openPaymentsWorld()
        const { payments, gateway, issuer } = world
        const sent: string[] = []
        let expected = 0
        for (const [at, what] of fates.entries()) {
          const id = `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`
          const total = await world.buy(id)
          const events = eventsOf(id, what, total)
          gateway.events.set(id, [...events])
          expected += moneyKept(what, total) * CREDITS_PER_CENT
          for (const [place, event] of events.entries()) {
            if (lost[(at + place) % lost.length]) continue
            // Disputes and refunds name their payment only.
            const byPayment = event.type === 'disputed' || event.type === 'refunded'
            const about = byPayment ? null : { accountId: ACCOUNT, purchaseId: id }
            const body = message(`evt_${at}_${place}`, about, [event], `pay_${id}`)
            sent.push(...Array<string>(5).fill(body))
          }
        }
        for (const body of shuffled(sent, seed)) unwrap(await payments.receive(body, 'good'))
        await payments.settled()
        await payments.reconcile({ deep: true })
        await payments.reconcile({ deep: true })
        const packs = [...issuer.books().balances.values()].filter(
          ({ grant }) => grant.source === 'pack',
        )
        const have = packs.reduce((sum, { available }) => sum + available, 0)
        expect(have).toBe(expected)
        const grants = issuer.journal.filter(({ id }) => id.startsWith('grant:purchase:'))
        expect(new Set(grants.map(({ id }) => id)).size).toBe(grants.length)
        await payments.close()
        await world.database.close()
      }),
      { numRuns: 40 },
    )
  })
})

function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  let state = seed >>> 0 || 1
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0)
  const list = [...items]
  for (let at = list.length - 1; at > 0; at--) {
    const other = next() % (at + 1)
    ;[list[at], list[other]] = [list[other]!, list[at]!]
  }
  return list
}
