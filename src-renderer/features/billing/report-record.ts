/** What an admin reads off a report's signed record. */

import type { Credits } from '#shared/credits/amount.ts'
import type { UnitName, Units } from '#shared/credits/units.ts'
import type { Entry, Outcome } from '#shared/journal/journal.ts'

export interface RecordFacts {
  readonly operation: string
  readonly subject: string
  readonly quoted: { readonly expected: Credits; readonly maximum: Credits }
  readonly charged: Credits
  readonly outcome: Outcome
  readonly units: readonly (readonly [UnitName, number])[]
  /** Whether the provider reported the units; else they were counted on the machine. */
  readonly byProvider: boolean
}

/** Null where the record is not of a shape that this version knows: its text still is. */
export function readRecord(record: string): RecordFacts | null {
  try {
    const { entries } = JSON.parse(record) as { readonly entries: readonly Entry[] }
    const facts = entries.map((entry) => entry.facts)
    const hold = facts.find(({ kind }) => kind === 'hold')
    const end = facts.find(({ kind }) => kind === 'settle')
    if (hold?.kind !== 'hold' || end?.kind !== 'settle') return null
    const { quote, subject } = hold.operation
    return {
      operation: quote.operation,
      subject,
      quoted: { expected: quote.expected, maximum: quote.maximum },
      charged: end.charge.amount,
      outcome: end.outcome,
      units: unitsOf(end.units),
      byProvider: end.usageSource === 'provider',
    }
  } catch {
    return null
  }
}

const unitsOf = (units: Units) =>
  (Object.entries(units) as [UnitName, number][]).filter(([, count]) => count > 0)

/** The record as text to read; as it was sent where it is no JSON. */
export function prettyRecord(record: string): string {
  try {
    return JSON.stringify(JSON.parse(record), null, 2)
  } catch {
    return record
  }
}
