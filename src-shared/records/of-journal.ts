/**
 * The records derived from a device's journal, in its order; the same whenever it is read again.
 */

import { drawsInto } from '../journal/entries.ts'
import type { Entry, OperationFacts } from '../journal/journal.ts'
import type { Label } from '../usage/labels.ts'
import type { RecordBody } from './record.ts'

/** A run that has not ended. */
export interface OpenRun {
  readonly operation: OperationFacts
  readonly startedAt: number
}

/** Runs that have not ended, by operation. */
export type OpenRuns = Map<string, OpenRun>

/** The record of an entry, or null where it makes none; `runs` follows the journal. */
export function recordBody(entry: Entry, runs: OpenRuns): RecordBody | null {
  const { facts, at } = entry
  switch (facts.kind) {
    case 'hold':
      runs.set(facts.operation.operationId, { operation: facts.operation, startedAt: at })
      return null
    case 'settle':
    case 'void': {
      const run = runs.get(facts.operationId)
      if (!run) throw new Error(`Entry ${entry.id} ends operation ${facts.operationId}, not begun`)
      runs.delete(facts.operationId)
      const draws = drawsInto(entry, 'spent')
      const expired = drawsInto(entry, 'expired')
      return { type: 'usage', ...run, ending: facts, draws, expired }
    }
    case 'return':
      return { type: 'return', draws: drawsInto(entry, 'elsewhere') }
    case 'expire':
      return { type: 'expire', draws: drawsInto(entry, 'expired') }
    default:
      return null
  }
}

/** Labels in one record. */
const LABELS = 50

/** The records of what a person wrote at once. */
export function labelBodies(labels: readonly Omit<Label, 'deviceId'>[]): readonly RecordBody[] {
  const bodies: RecordBody[] = []
  for (let at = 0; at < labels.length; at += LABELS) {
    bodies.push({ type: 'label', labels: labels.slice(at, at + LABELS) })
  }
  return bodies
}
