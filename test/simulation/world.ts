/** What a simulated world is to whoever runs it, whatever it is made of. */

import { hash } from 'node:crypto'
import type { Step } from './steps.ts'

export interface World {
  /** Does one step. Throws where something is broken. */
  play(step: Step): Promise<void>
  /** The oracles of every step; `whole` also those that look at everything from the start. */
  check(whole: boolean): void
  /** Everyone comes back and tells everything. */
  heal(): Promise<void>
  /** The oracles of a world that has healed. */
  checkHealed(): Promise<void>
  /** How often what happened. */
  readonly seen: ReadonlyMap<string, number>
  /** Of all that was written: the same whenever the same steps are played. */
  digest(): string
  close(): Promise<void>
}

export const digestOf = (written: unknown) => hash('sha256', JSON.stringify(written), 'hex')
