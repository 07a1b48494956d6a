/**
 * Looks after accounts nobody asks about: a cycle begins, a lease ends, a grant ends. Every process
 * does so; if another was quicker, nothing is due any more.
 */

import type { Log } from '#shared/ports/log.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import { startRounds } from '../ports/rounds.ts'
import type { Database } from '../store/database.ts'
import { withAccount } from './accounts.ts'
import type { Authority } from './authority.ts'

export interface Caretaker {
  /** Brings accounts up to date until none is due; returns how many it did. */
  sweep(): Promise<number>
  close(): Promise<void>
}

export interface CaretakerDeps {
  readonly database: Database
  readonly authority: Pick<Authority, 'bringUpToDate'>
  readonly clock: Pick<Clock, 'now'>
  readonly timers: Timers
  readonly log: Log
}

const EVERY_MS = 15_000
const BATCH = 100
/** An account whose rules fail must not keep the others waiting. */
const AFTER_FAILURE_MS = 60 * 60_000

export function createCaretaker(deps: CaretakerDeps): Caretaker {
  const { database, authority, clock, timers, log } = deps
  let closed = false
  const rounds = startRounds({
    timers,
    everyMs: EVERY_MS,
    firstMs: EVERY_MS,
    work: sweep,
    failed: (error) => log.error('Accounts cannot be looked after', { error: String(error) }),
  })

  async function sweep(): Promise<number> {
    let done = 0
    for (;;) {
      const due = await database.query<{ id: string }>(
        'SELECT id FROM account WHERE due_at <= ? ORDER BY due_at LIMIT ?',
        clock.now(),
        BATCH,
      )
      for (const { id } of due) {
        if (closed) return done
        await bring(id)
        done += 1
      }
      if (due.length < BATCH) return done
    }
  }

  async function bring(accountId: string): Promise<void> {
    try {
      await withAccount(database, accountId, (transaction) =>
        authority.bringUpToDate(transaction, accountId),
      )
    } catch (error) {
      log.error('An account cannot be brought up to date', { accountId, error: String(error) })
      const later = clock.now() + AFTER_FAILURE_MS
      await database.query('UPDATE account SET due_at = ? WHERE id = ?', later, accountId)
    }
  }

  return {
    sweep,
    async close() {
      closed = true
      await rounds.close()
    },
  }
}
