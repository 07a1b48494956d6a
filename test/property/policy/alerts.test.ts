import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AlertRule } from '#shared/catalog/policies.ts'
import { millicredits } from '#shared/credits/amount.ts'
import { type CreditLevel, nextAlerts, type Told } from '#shared/policy/alerts.ts'

const rule: fc.Arbitrary<AlertRule> = fc.oneof(
  fc.record({
    id: fc.constant(''),
    kind: fc.constant('used' as const),
    percent: fc.integer({ min: 1, max: 100 }),
  }),
  fc.record({
    id: fc.constant(''),
    kind: fc.constant('left' as const),
    credits: fc.integer({ min: 0, max: 120 }).map(millicredits),
  }),
)
const rules = fc
  .array(rule, { minLength: 1, maxLength: 5 })
  .map((list) => list.map((one, at): AlertRule => ({ ...one, id: `alert-${at}` })))
const amount = fc.integer({ min: 0, max: 120 }).map(millicredits)
const levels = fc.array(fc.record({ used: amount, left: amount }), { minLength: 1, maxLength: 40 })

interface Event {
  readonly id: string
  readonly kind: 'fired' | 'recovered'
  readonly at: number
}

/** What is told along a sequence of levels, by the rules as they stand. */
function tell(list: readonly AlertRule[], sequence: readonly CreditLevel[], told: Told, from = 0) {
  const events: Event[] = []
  for (const [index, level] of sequence.entries()) {
    const next = nextAlerts(list, level, told)
    const at = from + index
    events.push(...next.recovered.map((id): Event => ({ id, kind: 'recovered', at })))
    events.push(...next.fired.map(({ id }): Event => ({ id, kind: 'fired', at })))
    told = next.told
  }
  return { events, told }
}

/** Plainly: percent used of all there was, or what is left. */
function holds(one: AlertRule, { used, left }: CreditLevel): boolean {
  if (one.kind === 'left') return left <= one.credits
  return used + left > 0 && (used / (used + left)) * 100 >= one.percent - 1e-9
}

describe('alerts, for any sequence of balances', () => {
  test('fire when a threshold is crossed and recover when it is not any more, once each', () => {
    fc.assert(
      fc.property(rules, levels, (list, sequence) => {
        const { events } = tell(list, sequence, [])
        for (const one of list) {
          const expected: string[] = []
          let before = false
          for (const [at, level] of sequence.entries()) {
            const now = holds(one, level)
            if (now !== before) expected.push(`${now ? 'fired' : 'recovered'} at ${at}`)
            before = now
          }
          const told = events.filter(({ id }) => id === one.id)
          expect(told.map(({ kind, at }) => `${kind} at ${at}`)).toEqual(expected)
        }
      }),
    )
  })

  test('tell the same however the sequence is split and stored in between', () => {
    fc.assert(
      fc.property(rules, levels, fc.nat(), (list, sequence, cut) => {
        const at = cut % sequence.length
        const whole = tell(list, sequence, [])
        const first = tell(list, sequence.slice(0, at), [])
        const told = JSON.parse(JSON.stringify(first.told)) as Told
        const second = tell(list, sequence.slice(at), told, at)
        expect([...first.events, ...second.events]).toEqual(whole.events)
        // A repeat of the last level, as after a restart, tells nothing.
        expect(tell(list, sequence.slice(-1), whole.told).events).toEqual([])
      }),
    )
  })
})
