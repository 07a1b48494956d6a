/** Changes the time zone whose days group usage, while the ledger is in use. */

import type { DatabaseSync } from 'node:sqlite'
import { type Result, success } from '#shared/result.ts'
import type { Labels } from './labels.ts'
import { type ChangingDayClock, createDayClock } from './local-day.ts'
import type { Projector } from './projector.ts'
import type { ReaderConnection } from './reader.ts'
import { exchangeGroups, type Regrouped } from './regroup.ts'
import { storageFailure } from './storage-errors.ts'

export interface RegroupingDeps {
  readonly db: DatabaseSync
  readonly days: ChangingDayClock
  readonly reader: Pick<ReaderConnection, 'ask'>
  readonly labels: Pick<Labels, 'changes'>
  readonly projector: Pick<Projector, 'catchUp'>
}

/** One at a time; the zone requested last applies. */
export function createRegrouping({ db, days, reader, labels, projector }: RegroupingDeps) {
  let last: Promise<unknown> = Promise.resolve()

  async function regroup(timeZone: string): Promise<Result<null>> {
    if (days.timeZone() === timeZone) return success(null)
    for (;;) {
      const before = labels.changes()
      const counted = await reader.ask('regroup', timeZone)
      if (!counted.ok) return counted
      // Operations that moved to another subject meanwhile were counted under the old one.
      if (labels.changes() === before) return exchange(counted.data)
    }
  }

  function exchange(counted: Regrouped): Result<null> {
    const ready = projector.catchUp()
    if (!ready.ok) return ready
    try {
      exchangeGroups(db, counted)
    } catch (error) {
      const failed = storageFailure(error)
      if (!failed) throw error
      return failed
    }
    days.changeTo(counted.timeZone)
    return success(null)
  }

  return (timeZone: string): Promise<Result<null>> => {
    createDayClock(timeZone)
    const done = last.then(() => regroup(timeZone))
    last = done.catch(() => undefined)
    return done
  }
}
