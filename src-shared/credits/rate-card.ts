import type { Credits } from './amount.ts'
import type { UnitName, Units } from './units.ts'

/** One line of a price: `units` at `price` credits for every `per`. */
export interface PriceLine {
  readonly unit: UnitName
  readonly units: number
  readonly price: Credits
  readonly per: number
}

/** What a run costs, with how it was reckoned: lines, then rounding, then minimum and maximum. */
export interface Charge {
  readonly amount: Credits
  readonly lines: readonly PriceLine[]
  /** What decided the amount after the lines were summed and rounded up. */
  readonly decidedBy: 'lines' | 'minimum' | 'maximum' | 'hold' | 'nothing'
}

/** A price shown before a run. The charge never exceeds `maximum` (design: promise). */
export interface Quote {
  readonly operation: string
  readonly operationName: string
  readonly catalogVersion: string
  readonly expected: Credits
  readonly maximum: Credits
  readonly expectedUnits: Units
  readonly maximumUnits: Units
}
