/** How far the trials of operations outside the plan have come: a fold of the journal. */

import type { Entry } from '../journal/journal.ts'

export interface TrialCount {
  readonly operation: string
  /** Runs that ended with something delivered. */
  readonly runs: number
  /** When the first of them was held, epoch milliseconds. */
  readonly firstAt: number
}

interface OpenTrial {
  readonly operationId: string
  readonly operation: string
  readonly at: number
}

/** Plain JSON; as large as the operations ever tried. */
export interface Trials {
  readonly counts: readonly TrialCount[]
  readonly open: readonly OpenTrial[]
}

export const NO_TRIALS: Trials = { counts: [], open: [] }

/** The trials after one more entry. A void run does not count: nothing was delivered. */
export function countTrial(before: Trials, { facts, at }: Pick<Entry, 'facts' | 'at'>): Trials {
  switch (facts.kind) {
    case 'hold': {
      const { operationId, quote, trial } = facts.operation
      if (!trial) return before
      return { ...before, open: [...before.open, { operationId, operation: quote.operation, at }] }
    }
    case 'settle':
    case 'void': {
      if (before.open.length === 0) return before
      const run = before.open.find(({ operationId }) => operationId === facts.operationId)
      if (!run) return before
      const open = before.open.filter((one) => one !== run)
      return { counts: facts.kind === 'void' ? before.counts : withRun(before.counts, run), open }
    }
    default:
      return before
  }
}

function withRun(
  counts: readonly TrialCount[],
  { operation, at }: OpenTrial,
): readonly TrialCount[] {
  const place = counts.findIndex((one) => one.operation === operation)
  const known = counts[place]
  if (!known) return [...counts, { operation, runs: 1, firstAt: at }]
  const { runs, firstAt } = known
  return counts.with(place, { operation, runs: runs + 1, firstAt: Math.min(firstAt, at) })
}

/** Runs of an operation's trial, those under way included; null before the first. */
export function trialOf({ counts, open }: Trials, operation: string): TrialCount | null {
  const ended = counts.find((one) => one.operation === operation)
  const running = open.filter((one) => one.operation === operation)
  const runs = (ended?.runs ?? 0) + running.length
  if (runs === 0) return null
  const firstAt = Math.min(ended?.firstAt ?? Infinity, ...running.map(({ at }) => at))
  return { operation, runs, firstAt }
}
