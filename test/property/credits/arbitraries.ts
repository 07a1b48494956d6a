/** Random catalog parts and units for the property tests of the credit rules. */

import fc from 'fast-check'
import { type Credits, millicredits } from '#shared/credits/amount.ts'
import type { OperationRate, RateComponent } from '#shared/catalog/rates.ts'
import { UNIT_NAMES, type UnitName, type Units } from '#shared/credits/units.ts'

export const amount = (most: number): fc.Arbitrary<Credits> =>
  fc.integer({ min: 0, max: most }).map(millicredits)

const component = (unit: UnitName): fc.Arbitrary<RateComponent> =>
  fc.record({
    unit: fc.constant(unit),
    price: amount(50_000),
    per: fc.oneof(fc.constantFrom(1, 10, 1_000, 1_000_000), fc.integer({ min: 1, max: 5_000 })),
  })

/** Any rate that a catalog may hold: bounds on the increment, each unit priced at most once. */
export const operationRate: fc.Arbitrary<OperationRate> = fc
  .record({
    units: fc.subarray([...UNIT_NAMES], { minLength: 1 }),
    surcharged: fc.subarray([...UNIT_NAMES]),
    increment: fc.constantFrom(1, 100, 1_000, 5_000, 7),
    least: fc.integer({ min: 0, max: 50 }),
    span: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined }),
  })
  .chain(({ units, surcharged, increment, least, span }) =>
    fc.record({
      id: fc.constant('op'),
      name: fc.constant('Operation'),
      kind: fc.constant('text' as const),
      components: fc.tuple(...units.map(component)),
      surcharges: fc.tuple(...surcharged.filter((unit) => !units.includes(unit)).map(component)),
      increment: fc.constant(millicredits(increment)),
      minimum: fc.constant(millicredits(least * increment)),
      maximum: fc.constant(
        span === undefined ? undefined : millicredits((least + span) * increment),
      ),
    }),
  )

/** Counts of any units, small and huge, some missing. */
export const units: fc.Arbitrary<Units> = fc.dictionary(
  fc.constantFrom(...UNIT_NAMES),
  fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 1_000_000_000 })),
)
