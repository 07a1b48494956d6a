/** What the server's sessions do for the machines of one account (src-server/sync/conversation.ts). */

import assert from 'node:assert/strict'
import { type Credits, millicredits, ZERO } from '#shared/credits/amount.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import type { Recall } from '#shared/lease/device-lease.ts'
import { leaseEntries } from '#shared/lease/grant-lease.ts'
import { RENEW_BELOW } from '#shared/lease/policy.ts'
import type { Pool } from '#shared/lease/pool.ts'
import { recallsFor } from '#shared/lease/recall.ts'
import { reportEntries } from '#shared/lease/report.ts'
import { recalling } from '../../support/lease-machine.ts'
import type { PlayedJournal } from './account-journal.ts'
import { act, catchUp, type Machine } from './machine.ts'
import type { Tally, Work } from './tally.ts'

/** A connected machine's lease is looked at this often where the account was written to meanwhile, */
const LOOK_EVERY = 10 * 60_000
/** and this often where it was not. */
const QUIET_LOOK_EVERY = 6 * 3_600_000
const ASK_OTHERS_EVERY = 5_000
/** A machine that was asked to give back is not topped up for so long. */
const WISH_MS = 60_000

/** As long as a real one, for what is stored. */
const HASH = '0'.repeat(64)

export interface Sessions {
  connect(machine: Machine, at: number): void
  report(machine: Machine, at: number): void
  /** Gives whether what was needed came. */
  lease(machine: Machine, needed: Credits, at: number): boolean
  /** All that comes by itself until then: what is due, and looks at the leases of the connected. */
  pass(until: number): void
}

export function createSessions(
  journal: PlayedJournal,
  machines: readonly Machine[],
  stored: Tally['stored'],
  count: (what: Work, at: number) => void,
): Sessions {
  /** A look that writes nothing writes nothing again while the account is as it was. */
  const lookedFor = new Map<Machine, Pool>()
  const byId = new Map(machines.map((machine) => [machine.id, machine]))

  function report(machine: Machine, at: number): void {
    const { untold, id } = machine
    const last = untold.at(-1)
    if (!last) return
    const head = { sequence: last.sequence, hash: HASH }
    journal.transact((books) => {
      const written = reportEntries(books, id, untold, head, at)
      if (!written.ok) assert.fail(written.error.message)
      return written.data
    }, at)
    stored.batches += 1
    stored.records += untold.length
    machine.untold = []
    count('report', at)
  }

  function isSettled(machine: Machine, at: number): boolean {
    const pool = journal.pool()
    if (lookedFor.get(machine) !== pool) return false
    const dueAt = journal.dueAt()
    const expiresAt = pool.devices.get(machine.id)?.expiresAt ?? 0
    return expiresAt - at >= RENEW_BELOW && (dueAt === null || dueAt > at)
  }

  function lease(machine: Machine, needed: Credits, at: number): boolean {
    if (needed === 0 && at < machine.waitsUntil) return true
    machine.lookedAt = at
    if (needed === 0 && isSettled(machine, at)) {
      machine.movedAt = null
      count('look', at)
      return true
    }
    const written = journal.transact((books) => {
      const request = { needed, operation: 'op' }
      const leased = leaseEntries(books, machine.id, request, at)
      if (leased.ok) return leased.data
      assert.equal(leased.error.code, 'lease_reclaimed')
      return []
    }, at)
    machine.movedAt = null
    count(written.length > 0 ? 'lease' : 'look', at)
    lookedFor.set(machine, journal.pool())
    catchUp(machine, journal, at)
    const lacks = millicredits(Math.max(0, needed - leasedBy(written)))
    const unmet = lacks > 0 ? { needed: lacks, operation: 'op', deviceId: machine.id } : null
    askOthers(machine, unmet, at)
    return lacks === 0
  }

  function askOthers(machine: Machine, unmet: Parameters<typeof recallsFor>[2], at: number): void {
    if (at - machine.askedOthersAt < ASK_OTHERS_EVERY) return
    const recalls = recallsFor(journal.pool(), at, unmet)
    if (recalls.length === 0) return
    machine.askedOthersAt = at
    count('recall', at)
    for (const recall of recalls) {
      const other = byId.get(recall.deviceId)
      if (other?.isOnline && other !== machine) giveBack(other, recall, at)
    }
  }

  function giveBack(machine: Machine, recall: Recall, at: number): void {
    const back = recalling(machine.books, recall, at)
    for (const one of back) act(machine, one, at)
    if (back.length === 0) return
    machine.waitsUntil = at + WISH_MS
    report(machine, at)
  }

  /** When the lease of a machine that is connected and has nothing to tell is looked at next. */
  function nextLook({ isOnline, lookedAt, movedAt, waitsUntil }: Machine): number {
    if (!isOnline) return Infinity
    const quiet = lookedAt + QUIET_LOOK_EVERY
    const moved = movedAt === null ? quiet : Math.max(movedAt, lookedAt + LOOK_EVERY)
    return Math.max(waitsUntil, Math.min(quiet, moved))
  }

  return {
    connect(machine, at) {
      machine.isOnline = true
      count('session', at)
      catchUp(machine, journal, at)
      report(machine, at)
      lease(machine, ZERO, at)
    },
    report,
    lease,
    pass(until) {
      for (;;) {
        let first: Machine | null = null
        let at = Infinity
        for (const machine of machines) {
          const next = nextLook(machine)
          if (next >= at) continue
          first = machine
          at = next
        }
        const dueAt = journal.dueAt() ?? Infinity
        if (Math.min(dueAt, at) > until) return
        if (dueAt <= at || !first) {
          if (journal.takeDue(dueAt)) count('caretaker', dueAt)
        } else lease(first, ZERO, at)
      }
    },
  }
}

/** What entries moved from the pool to a machine. */
function leasedBy(written: readonly EntryDraft[]): number {
  return written
    .flatMap(({ postings }) => postings)
    .filter(({ bucket, amount }) => bucket === 'elsewhere' && amount > 0)
    .reduce((sum, { amount }) => sum + amount, 0)
}
