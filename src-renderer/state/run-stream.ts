/** How a run in view follows the host's: pieces in sequence, a gap asks for the whole again. */

import type { HostEvent } from '#shared/host/events.ts'
import type { RunView } from '#shared/host/views.ts'

export type RunDelta = Extract<HostEvent, { type: 'run.delta' }>

export type DeltaOutcome =
  | { readonly kind: 'applied'; readonly run: RunView }
  /** Already contained, or of a run that has ended: nothing to do. */
  | { readonly kind: 'known' }
  /** A piece is missing: attach again. */
  | { readonly kind: 'gap' }

/** Appends one piece if it follows the last one. */
export function applyDelta(run: RunView | undefined, delta: RunDelta): DeltaOutcome {
  if (!run) return { kind: 'gap' }
  if (run.phase === 'ended' || delta.sequence <= run.sequence) return { kind: 'known' }
  if (delta.sequence !== run.sequence + 1) return { kind: 'gap' }
  return {
    kind: 'applied',
    run: {
      ...run,
      phase: 'streaming',
      sequence: delta.sequence,
      text: run.text + delta.text,
      chargedSoFar: delta.chargedSoFar,
    },
  }
}

/** Whether a whole view from the host is newer than the one we have. An ended run stays ended. */
export function supersedes(next: RunView, known: RunView | undefined): boolean {
  if (!known) return true
  if (known.phase === 'ended' && next.phase !== 'ended') return false
  return next.sequence >= known.sequence
}
