/** A machine with a lease, in memory: its books, its runs, and the records it has to tell. */

import assert from 'node:assert/strict'
import { type Books, EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { withEntries } from '#shared/account/state.ts'
import { addCredits, type Credits, millicredits, ZERO } from '#shared/credits/amount.ts'
import { drawFrom } from '#shared/credits/burn-down.ts'
import { type Draw } from '#shared/credits/grant.ts'
import { EMPTY_BALANCE } from '#shared/journal/balance.ts'
import { assertBalanced, drawsInto, holdEntry, settleEntry } from '#shared/journal/entries.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import type { LeaseLine } from '#shared/journal/lease-facts.ts'
import {
  deviceDue,
  type DeviceLease,
  followLease,
  leavingEntries,
  type Recall,
  recalledEntries,
  returnedToDevice,
  spendableAt,
  takeUpLease,
} from '#shared/lease/device-lease.ts'
import type { ReportedRecord } from '#shared/lease/report.ts'
import type { LeaseStatement } from '#shared/lease/statement.ts'
import { anOperation } from './credits.ts'

export interface Run {
  readonly id: string
  readonly held: readonly Draw[]
}

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
  books: Books
  lease: DeviceLease | null
  runs: readonly Run[]
  records: readonly ReportedRecord[]
  readTo: number
  made: number
  ids: ReadonlySet<string>
  /** Given back by grant, ever. */
  returned: ReadonlyMap<string, number>
  /** Spent or ended before it joined. */
  before: ReadonlyMap<string, number>
  /** The authority's last word on the time: its own is never before it (design: leases). */
  saidAt: number
}

const NOTHING: Memory = {
  books: { account: EMPTY_ACCOUNT, balances: EMPTY_BALANCE },
  lease: null,
  runs: [],
  records: [],
  readTo: 0,
  made: 0,
  ids: new Set(),
  returned: new Map(),
  before: new Map(),
  saidAt: 0,
}

/** `lag` is how far its clock is behind. */
export function createLeaseDevice(id: string, lag = 0, memory: Memory = NOTHING): LeaseDevice {
  let my = memory

  const timeAt = (now: number) => Math.max(now - lag, my.saidAt)

  function append(entries: readonly EntryDraft[]): void {
    for (const entry of entries) {
      assertBalanced(entry)
      assert.ok(!my.ids.has(entry.id), `${id} writes ${entry.id} twice`)
      my = {
        ...my,
        books: withEntries(my.books, [entry]),
        lease: followLease(my.lease, entry),
        ids: new Set(my.ids).add(entry.id),
      }
    }
  }

  function tell(now: number, part: Partial<ReportedRecord>): void {
    const sequence = my.records.length + 1
    const none = { spent: [], returned: [], expired: [] }
    my = { ...my, records: [...my.records, { sequence, at: timeAt(now), ...none, ...part }] }
  }

  /** Writes what gives back, and tells it. */
  function giveBack(entries: readonly EntryDraft[], now: number): void {
    append(entries)
    for (const entry of entries) {
      const draws = drawsInto(entry, 'elsewhere')
      const returned = new Map(my.returned)
      for (const { grantId, amount } of draws) {
        returned.set(grantId, (returned.get(grantId) ?? 0) + amount)
      }
      my = { ...my, returned }
      tell(now, { returned: draws })
    }
  }

  function due(now: number): void {
    if (!my.lease) return
    giveBack(deviceDue(my.books.balances, my.lease, my.books.account, timeAt(now)), now)
  }

  return {
    id,
    books: () => my.books,
    lease: () => my.lease,
    runs: () => my.runs,
    records: () => my.records,
    readTo: () => my.readTo,
    charged: () =>
      my.records.reduce(
        (sum, { spent }) => addCredits(sum, ...spent.map(({ amount }) => amount)),
        ZERO,
      ),
    write: append,
    join(lines, now) {
      const issuer = { accountId: 'team', memberId: 'm', deviceId: id, publicKey: 'key' }
      const facts = { kind: 'authority', issuer, account: null, lines } as const
      const before = [...my.books.balances.values()].map(({ grant, spent, expired }) => {
        return [grant.id, spent + expired] as const
      })
      append([{ id: `authority:${id}`, facts, postings: [] }])
      my = { ...my, before: new Map(before) }
      due(now)
    },
    read(journal, now) {
      const more = journal.slice(my.readTo)
      append(more.flatMap((entry) => asReadBy(entry, my.books)))
      my = { ...my, readTo: journal.length }
      due(now)
    },
    takeUp(statement, now) {
      const { lease } = my
      if (!statement || !lease) return
      my = { ...my, saidAt: Math.max(my.saidAt, statement.issuedAt) }
      const taken = takeUpLease(my.books.balances, lease, statement)
      assert.ok(taken.ok, `${id}: ${JSON.stringify(taken)}`)
      if (taken.data) append([taken.data])
      due(now)
    },
    hold(amount, now) {
      due(now)
      const payers = spendableAt(my.books.balances, my.lease, my.books.account, timeAt(now))
      const drawn = drawFrom(payers, millicredits(amount), timeAt(now), 'op')
      if (!drawn.ok || amount === 0) return null
      const run = { id: `${id}:run-${my.made + 1}`, held: drawn.draws }
      append([holdEntry(anOperation(run.id, millicredits(amount)), drawn.draws)])
      my = { ...my, made: my.made + 1, runs: [...my.runs, run] }
      return run
    },
    settle(run, share, now) {
      const most = run.held.reduce((sum, { amount }) => sum + amount, 0)
      const amount = millicredits(Math.floor((most * share) / 100))
      const settlement = {
        operationId: run.id,
        outcome: 'completed' as const,
        units: {},
        usageSource: 'provider' as const,
        charge: { amount, lines: [], decidedBy: 'lines' as const },
      }
      const returned = returnedToDevice(my.books, my.lease, timeAt(now))
      const entry = settleEntry(settlement, run.held, returned)
      append([entry])
      my = { ...my, runs: my.runs.filter((one) => one !== run) }
      tell(now, { spent: drawsInto(entry, 'spent'), expired: drawsInto(entry, 'expired') })
      due(now)
    },
    recall(recall, now) {
      if (my.lease) giveBack(recalledEntries(my.books.balances, my.lease, recall, now), now)
    },
    giveAllBack(now) {
      if (my.lease) giveBack(leavingEntries(my.books.balances, my.lease), now)
    },
    goHome(account) {
      const facts = { kind: 'authority', issuer: null, account, lines: [] } as const
      append([{ id: `home:${id}`, facts, postings: [] }])
    },
    audit() {
      if (!my.lease) return
      for (const { grant, ...balance } of my.books.balances.values()) {
        const { available, held, spent, expired } = balance
        const since = spent + expired - (my.before.get(grant.id) ?? 0)
        const granted: number = my.lease.lines.get(grant.id)?.granted ?? 0
        const leased: number = granted - (my.returned.get(grant.id) ?? 0)
        assert.equal(available + held + since, leased, `${id}: ${grant.id} is not as leased`)
      }
    },
    copy: () => createLeaseDevice(id, lag, my),
    anew: (other) =>
      createLeaseDevice(other, lag, { ...NOTHING, books: my.books, saidAt: my.saidAt }),
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
