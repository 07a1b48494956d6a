/** A machine with a lease, in memory: its books, its runs, and the records it has to tell. */

import assert from 'node:assert/strict'
import type { Books } from '#shared/account/account.ts'
import { addCredits, type Credits, millicredits, ZERO } from '#shared/credits/amount.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import type { LeaseLine } from '#shared/journal/lease-facts.ts'
import type { DeviceLease, Recall } from '#shared/lease/device-lease.ts'
import type { ReportedRecord } from '#shared/lease/report.ts'
import type { LeaseStatement } from '#shared/lease/statement.ts'
import {
  type Act,
  after,
  ending,
  givingAllBack,
  goingHome,
  holding,
  joining,
  lapsing,
  type MachineBooks,
  newMachineBooks,
  recalling,
  type Run,
  takingUp,
} from './lease-machine.ts'

export type { Run }

export interface LeaseDevice {
  readonly id: string
  books(): Books
  lease(): DeviceLease | null
  runs(): readonly Run[]
  /** All records so far; number n is at n − 1. */
  records(): readonly ReportedRecord[]
  /** How far it has read the authority's journal. */
  readTo(): number
  /** What it charged since it has records. */
  charged(): Credits
  /** Entries that are the device's own, as of standing alone. */
  write(entries: readonly EntryDraft[]): void
  /** From here on the server issues its credits. */
  join(lines: readonly LeaseLine[], now: number): void
  read(journal: readonly EntryDraft[], now: number): void
  takeUp(statement: LeaseStatement | null, now: number): void
  hold(amount: number, now: number): Run | null
  settle(run: Run, share: number, now: number): void
  recall(recall: Recall, now: number): void
  giveAllBack(now: number): void
  goHome(account: AccountSnapshot): void
  /** Holds it against what must be true of any device. */
  audit(): void
  /** A copy of its disk. */
  copy(): LeaseDevice
  /** The same ledger under another name, as it comes to a team once more. */
  anew(id: string): LeaseDevice
}

interface Memory {
  machine: MachineBooks
  records: readonly ReportedRecord[]
  readTo: number
  made: number
  ids: ReadonlySet<string>
  /** The authority's last word on the time: its own is never before it (design: leases). */
  saidAt: number
}

const nothing = (id: string): Memory => ({
  machine: newMachineBooks(id),
  records: [],
  readTo: 0,
  made: 0,
  ids: new Set(),
  saidAt: 0,
})

/** `lag` is how far its clock is behind. */
export function createLeaseDevice(id: string, lag = 0, memory = nothing(id)): LeaseDevice {
  let my = memory

  const timeAt = (now: number) => Math.max(now - lag, my.saidAt)

  /** Writes it, and notes what it has to tell. */
  function act(one: Act, now: number): void {
    const ids = new Set(my.ids)
    for (const entry of one.entries) {
      assert.ok(!ids.has(entry.id), `${id} writes ${entry.id} twice`)
      ids.add(entry.id)
    }
    const told = one.told && { sequence: my.records.length + 1, at: timeAt(now), ...one.told }
    const records = told ? [...my.records, told] : my.records
    my = { ...my, machine: after(my.machine, one), ids, records }
  }

  function due(now: number): void {
    for (const one of lapsing(my.machine, timeAt(now))) act(one, now)
  }

  return {
    id,
    books: () => my.machine.books,
    lease: () => my.machine.lease,
    runs: () => my.machine.runs,
    records: () => my.records,
    readTo: () => my.readTo,
    charged: () =>
      my.records.reduce(
        (sum, { spent }) => addCredits(sum, ...spent.map(({ amount }) => amount)),
        ZERO,
      ),
    write: (entries) => act({ entries, told: null }, 0),
    join(lines, now) {
      act(joining(my.machine, lines, null), now)
      due(now)
    },
    read(journal, now) {
      const more = journal.slice(my.readTo)
      const entries = more.flatMap((entry) => asReadBy(entry, my.machine.books))
      act({ entries, told: null }, now)
      my = { ...my, readTo: journal.length }
      due(now)
    },
    takeUp(statement, now) {
      if (!statement || !my.machine.lease) return
      my = { ...my, saidAt: Math.max(my.saidAt, statement.issuedAt) }
      const taken = takingUp(my.machine, statement)
      assert.ok(taken.ok, `${id}: ${JSON.stringify(taken)}`)
      if (taken.data) act(taken.data, now)
      due(now)
    },
    hold(amount, now) {
      due(now)
      const held =
        amount === 0 ? null : holding(my.machine, `${id}:run-${my.made + 1}`, amount, timeAt(now))
      if (!held) return null
      act(held, now)
      my = { ...my, made: my.made + 1 }
      return my.machine.runs.at(-1) ?? null
    },
    settle(run, share, now) {
      const ended = ending(my.machine, run, share, timeAt(now))
      // Before it came to a team it has records as well.
      act({ ...ended, told: ended.told ?? ended.record }, now)
      due(now)
    },
    recall(recall, now) {
      for (const one of recalling(my.machine, recall, now)) act(one, now)
    },
    giveAllBack(now) {
      for (const one of givingAllBack(my.machine)) act(one, now)
    },
    goHome: (account) => act(goingHome(my.machine, account), 0),
    audit() {
      const { books, lease, before, returned } = my.machine
      if (!lease) return
      for (const { grant, ...balance } of books.balances.values()) {
        const { available, held, spent, expired } = balance
        const since = spent + expired - (before.get(grant.id) ?? 0)
        const granted: number = lease.lines.get(grant.id)?.granted ?? 0
        const leased: number = granted - (returned.get(grant.id) ?? 0)
        assert.equal(available + held + since, leased, `${id}: ${grant.id} is not as leased`)
      }
    },
    copy: () => createLeaseDevice(id, lag, my),
    anew(other) {
      const machine = { ...newMachineBooks(other), books: my.machine.books }
      return createLeaseDevice(other, lag, { ...nothing(other), machine, saidAt: my.saidAt })
    },
  }
}

/** An entry of the authority as a device writes it down: facts, and grants that are elsewhere. */
function asReadBy(entry: EntryDraft, books: Books): readonly EntryDraft[] {
  const { id, facts } = entry
  switch (facts.kind) {
    case 'grant': {
      const { id: grantId, amount } = facts.grant
      if (books.balances.has(grantId)) return []
      const to = { grantId, bucket: 'elsewhere', amount } as const
      const from = { grantId, bucket: 'issued', amount: millicredits(-amount) } as const
      return [{ id, facts, postings: amount === 0 ? [] : [from, to] }]
    }
    case 'extend':
    case 'revoke':
    case 'rollover':
    case 'account':
      return [{ id, facts, postings: [] }]
    default:
      return []
  }
}
