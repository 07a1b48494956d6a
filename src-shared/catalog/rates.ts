/** The rate card's part of a catalog: what each operation costs (design: words). */

import { z } from 'zod'
import { UNIT_NAMES, unitsSchema } from '../credits/units.ts'
import { creditAmount, identifier, label, positiveCreditAmount, type Report } from './fields.ts'

/** Price of one unit kind: `price` credits for every `per` units. */
const rateComponent = z.strictObject({
  unit: z.enum(UNIT_NAMES),
  price: creditAmount,
  per: z.int().min(1).max(1_000_000_000),
})

export const operationRate = z.strictObject({
  id: identifier,
  name: label,
  kind: z.enum(['text', 'image', 'video', 'speech', 'extraction']),
  components: z.array(rateComponent).min(1).max(UNIT_NAMES.length),
  /** Priced like components but on top of them: neither `minimum` nor `maximum` touches these. */
  surcharges: z.array(rateComponent).max(UNIT_NAMES.length).default([]),
  /** Least that the components of one run cost once it delivered anything. */
  minimum: creditAmount,
  /** Most that the components of one run cost, where the catalog caps them. */
  maximum: creditAmount.optional(),
  /** Most units of a kind that one run may ask for; a larger run is not quoted. */
  limits: unitsSchema.optional(),
  /** What a run uses on average, to say roughly what it costs; no charge is computed from it. */
  typical: unitsSchema.optional(),
  /** Charges are rounded up to a multiple of this, once, after summing the components. */
  increment: positiveCreditAmount,
})

export type OperationRate = z.output<typeof operationRate>
export type RateComponent = OperationRate['components'][number]

/** The rules between the fields of one operation. */
export function checkOperation(operation: OperationRate, report: Report): void {
  const { components, surcharges, minimum, maximum, increment } = operation
  const priced = new Set<string>()
  for (const [list, entries] of Object.entries({ components, surcharges })) {
    entries.forEach(({ unit }, at) => {
      if (priced.has(unit)) report([list, at, 'unit'], `"${unit}" is priced twice`)
      priced.add(unit)
    })
  }
  if (maximum !== undefined && maximum < minimum) {
    report(['maximum'], 'The maximum is below the minimum')
  }
  // Rounding comes last, so it must not lift a charge over the maximum that the catalog states.
  for (const [name, bound] of Object.entries({ minimum, maximum })) {
    if (bound !== undefined && bound % increment !== 0) {
      report([name], 'Must be a multiple of the increment')
    }
  }
  for (const unit of UNIT_NAMES) {
    const limit = operation.limits?.[unit]
    if (limit !== undefined && (operation.typical?.[unit] ?? 0) > limit) {
      report(['typical', unit], 'More than one run may ask for')
    }
  }
  checkCachedPrice(operation, report)
}

/** A quote prices the whole prompt as uncached, so a cached token must never cost more. */
function checkCachedPrice({ components }: OperationRate, report: Report): void {
  const at = components.findIndex(({ unit }) => unit === 'cachedInputTokens')
  const cached = components[at]
  const input = components.find(({ unit }) => unit === 'inputTokens')
  if (!cached) return
  const inputPrice = input ? BigInt(input.price) * BigInt(cached.per) : 0n
  if (BigInt(cached.price) * BigInt(input?.per ?? 1) > inputPrice) {
    report(['components', at, 'price'], 'A cached input token costs more than an input token')
  }
}
