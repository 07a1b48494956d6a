/** Recorded usage, as input to a simulation. */

import type { Credits } from '../credits/amount.ts'
import type { Units } from '../credits/units.ts'
import type { RunScope } from '../policy/spending.ts'

export interface UsageRecord {
  /** When the run started, epoch milliseconds. */
  readonly at: number
  readonly operation: string
  /** Null where only the charge is known: it then stands for the price under any catalog. */
  readonly units: Units | null
  /** The charge at the time it was recorded. */
  readonly charged: Credits
  /** The most it was promised to use, if that is less than it used (design: promise). */
  readonly maximumUnits?: Units
  /** Whose run it was and what for, as caps count it; nobody's if absent. */
  readonly scope?: Omit<RunScope, 'operation'>
  /** The premium for running somebody else's recipe. */
  readonly premiumPercent?: number
}
