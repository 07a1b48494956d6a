/** How a run ended, in words. A completed run needs none. */

import type { Outcome } from '#shared/journal/journal.ts'
import type { RunEnding } from '#shared/host/views.ts'

/** As a word beside a run. */
export const OUTCOME_NAMES: Readonly<Record<Outcome, string>> = {
  completed: 'Completed',
  stopped: 'Stopped',
  failed: 'Failed',
  'timed-out': 'Timed out',
  'rate-limited': 'Rate limited',
  interrupted: 'Interrupted',
  reused: 'From the library',
}

const WHAT_HAPPENED: Readonly<Record<Outcome, string>> = {
  completed: '',
  stopped: 'Stopped.',
  failed: 'The provider failed.',
  'timed-out': 'The provider took too long.',
  'rate-limited': 'The provider is taking no more requests for now.',
  interrupted: 'Interrupted before it was finished.',
  reused: 'From the library.',
}

export interface EndingWords {
  readonly text: string
  readonly tone: 'plain' | 'bad'
}

/** Null for a completed run. Says so when nothing was charged. */
export function endingWords(ending: RunEnding): EndingWords | null {
  const { outcome, error, charged } = ending
  if (outcome === 'completed') return null
  if (outcome === 'reused') return { text: WHAT_HAPPENED.reused, tone: 'plain' }
  const happened =
    outcome === 'stopped' ? WHAT_HAPPENED.stopped : (error?.message ?? WHAT_HAPPENED[outcome])
  const cost = charged === 0 ? 'You were not charged.' : 'You were charged for what was delivered.'
  const said = happened.includes(cost) ? happened : `${happened} ${cost}`
  return { text: said, tone: outcome === 'stopped' || outcome === 'interrupted' ? 'plain' : 'bad' }
}
