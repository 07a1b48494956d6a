/** A machine in memory under the real rules: a disk that survives it, and a process that may die. */

import assert from 'node:assert/strict'
import { type Books, EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { withCatalog, withEntry } from '#shared/account/state.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import { type Credits, millicredits } from '#shared/credits/amount.ts'
import { drawFrom } from '#shared/credits/burn-down.ts'
import type { Draw } from '#shared/credits/grant.ts'
import { EMPTY_BALANCE } from '#shared/journal/balance.ts'
import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import {
  assertBalanced,
  drawsInto,
  holdEntry,
  settleEntry,
  sumDraws,
  voidEntry,
} from '#shared/journal/entries.ts'
import type { Entry, EntryDraft } from '#shared/journal/journal.ts'
import type { LeaseLine, RecordHead } from '#shared/journal/lease-facts.ts'
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
import type { LeaseStatement } from '#shared/lease/statement.ts'
import { hash } from 'node:crypto'
import { draftsOf } from '../../src-main/ledger/issuer-entries.ts'
import { anOperation } from '../support/credits.ts'
import type { ChainedRecord } from './messages.ts'
import { Died } from './authority.ts'
import type { Death } from './steps.ts'

export interface Run {
  readonly id: string
  readonly held: readonly Draw[]
}

/** Values that are replaced, never changed: a copy of a disk is the same object. */
export interface Disk {
  readonly deviceId: string
  readonly books: Books
  readonly lease: DeviceLease | null
  readonly runs: readonly Run[]
  readonly entries: readonly Entry[]
  readonly records: readonly ChainedRecord[]
  /** How far it has read the authority's journal. */
  readonly read: number
  /** Spent or ended before it joined, by grant. */
  readonly before: ReadonlyMap<string, number>
  /** Given back by grant, ever. */
  readonly returned: ReadonlyMap<string, number>
}

export interface Machine {
  /** Of this computer; clones and restored backups of one device are several computers. */
  readonly name: string
  disk: Disk
  isUp: boolean
  /** How far its wall clock is off. */
  offset: number
  dying: Exclude<Death, 'now'> | null
  /** Its process has begun: recovers what a crash left. */
  start(): void
  now(): number
  /** Entries that are the device's own, as of standing alone. */
  write(entries: readonly EntryDraft[]): void
  /** `account`: as the pool took it over from its first machine; null where entries say it. */
  join(lines: readonly LeaseLine[], account: AccountSnapshot | null): void
  /** The authority says that it is `time`. */
  hear(time: number): void
  read(after: number, to: number, entries: readonly Entry[], time: number): void
  /** What is wrong with the statement, if anything is. */
  takeUp(statement: LeaseStatement): string | null
  hold(id: string, amount: number): Run | null
  /** Per cent of what is held; null for void. The charge. */
  end(run: Run, share: number | null): Credits
  recall(recall: Omit<Recall, 'deviceId'>): void
  giveAllBack(): void
  goHome(account: AccountSnapshot): void
}

export const headOfDisk = ({ records }: Disk): RecordHead => {
  const last = records.at(-1)
  return last ? { sequence: last.sequence, hash: last.hash } : { sequence: 0, hash: '' }
}

export function emptyDisk(deviceId: string, catalogs: Books['account']['catalogs']): Disk {
  return {
    deviceId,
    books: { account: { ...EMPTY_ACCOUNT, catalogs }, balances: EMPTY_BALANCE },
    lease: null,
    runs: [],
    entries: [],
    records: [],
    read: 0,
    before: new Map(),
    returned: new Map(),
  }
}

export interface MachineWorld {
  /** True time. */
  now(): number
  catalog(version: string): Catalog
  /** Machines take up a lease as if nothing of it was theirs yet. */
  readonly takesTwice?: boolean
}

export function createMachine(name: string, disk: Disk, world: MachineWorld): Machine {
  let floor = { at: disk.entries.at(-1)?.at ?? 0, since: world.now() }
  let heard: { readonly at: number; readonly since: number; readonly wall: number } | null = null

  const wall = () => world.now() + my.offset
  const written = () => floor.at + (world.now() - floor.since)

  /** As the ledger's clock: the issuer's time once that was heard, or never before what was written. */
  function now(): number {
    if (!heard || !my.disk.lease) return Math.max(wall(), written())
    const { at, since } = heard
    return at + Math.max(world.now() - since, wall() - heard.wall)
  }

  /** All or nothing; the process may die right before or right after. */
  function append(drafts: readonly EntryDraft[], change: Partial<Disk> = {}, time = now()): void {
    if (drafts.length === 0 && Object.keys(change).length === 0) return
    if (my.dying === 'before') die()
    const at = Math.max(time, written())
    let { books, lease } = my.disk
    const entries = [...my.disk.entries]
    for (const draft of drafts) {
      assertBalanced(draft)
      books = followed(books, draft)
      lease = followLease(lease, draft)
      entries.push({ ...draft, sequence: entries.length + 1, at })
    }
    my.disk = { ...my.disk, books, lease, entries, ...change }
    floor = { at, since: world.now() }
    if (my.dying === 'after') die()
  }

  function followed(books: Books, draft: EntryDraft): Books {
    const after = withEntry(books, draft)
    if (draft.facts.kind !== 'catalog') return after
    const { from, source } = draft.facts
    const catalog = world.catalog(source.version)
    return { ...after, account: withCatalog(after.account, catalog, from) }
  }

  /** What an entry of the authority writes here, by the real rule but for catalogs, which are given. */
  function draftsRead(entry: Entry, { balances }: Books): readonly EntryDraft[] {
    if (entry.facts.kind === 'catalog') return [entry]
    const find = (id: string) => my.disk.entries.find((one) => one.id === id) ?? null
    const { deviceId } = my.disk
    const known = { accountId: 'team', deviceId, balances: () => balances, find }
    const read = draftsOf(entry, known)
    assert.ok(read.ok, JSON.stringify(read))
    return read.data
  }

  function die(): never {
    my.dying = null
    my.isUp = false
    throw new Died()
  }

  function record(
    operationId: string | null,
    at: number,
    part: Partial<Pick<ChainedRecord, 'spent' | 'returned' | 'expired'>>,
  ): readonly ChainedRecord[] {
    const { records } = my.disk
    const sequence = records.length + 1
    const told = { sequence, at, operationId, spent: [], returned: [], expired: [], ...part }
    const previous = records.at(-1)?.hash ?? ''
    const text = `${previous}\n${JSON.stringify(told)}`
    return [...records, { ...told, hash: hash('sha256', text, 'hex') }]
  }

  function giveBack(drafts: readonly EntryDraft[]): void {
    for (const draft of drafts) {
      const draws = drawsInto(draft, 'elsewhere')
      const returned = new Map(my.disk.returned)
      for (const { grantId, amount } of draws) {
        returned.set(grantId, (returned.get(grantId) ?? 0) + amount)
      }
      const at = now()
      append([draft], { returned, records: record(null, at, { returned: draws }) }, at)
    }
  }

  function due(): void {
    const { lease, books } = my.disk
    if (lease) giveBack(deviceDue(books.balances, lease, books.account, now()))
  }

  function end(run: Run, share: number | null): Credits {
    const { books, lease, runs } = my.disk
    const at = now()
    const returned = returnedToDevice(books, lease, at)
    const amount = millicredits(Math.floor((sumDraws(run.held) * (share ?? 0)) / 100))
    const facts = { operationId: run.id, outcome: 'completed' as const }
    const charge = { amount, lines: [], decidedBy: 'lines' as const }
    const usage = { units: {}, usageSource: 'provider' as const, charge }
    const entry =
      share === null
        ? voidEntry({ ...facts, reason: null }, run.held, returned)
        : settleEntry({ ...facts, ...usage }, run.held, returned)
    const told = { spent: drawsInto(entry, 'spent'), expired: drawsInto(entry, 'expired') }
    const rest = runs.filter((one) => one !== run)
    append([entry], { runs: rest, records: lease ? record(run.id, at, told) : [] }, at)
    return amount
  }

  const my: Machine = {
    name,
    disk,
    isUp: true,
    offset: 0,
    dying: null,
    now,
    start() {
      my.isUp = true
      my.dying = null
      floor = { at: my.disk.entries.at(-1)?.at ?? 0, since: world.now() }
      heard = null
      // What a crash left open is settled from how far it had come.
      for (const run of my.disk.runs) end(run, run.id.length % 2 === 0 ? 30 : null)
      due()
    },
    write: (entries) => append(entries),
    join(lines, account) {
      const { deviceId, books } = my.disk
      const issuer = { accountId: 'team', memberId: 'm', deviceId, publicKey: 'key' }
      const facts = { kind: 'authority', issuer, account, lines } as const
      const before = [...books.balances.values()].map(({ grant, spent, expired }) => {
        return [grant.id, spent + expired] as const
      })
      append([{ id: `authority:${deviceId}`, facts, postings: [] }], { before: new Map(before) })
    },
    hear(at) {
      heard = { at, since: world.now(), wall: wall() }
    },
    read(after, to, entries, time) {
      if (after > my.disk.read || to <= my.disk.read || !my.disk.lease) return
      const fresh = entries.filter(({ sequence }) => sequence > my.disk.read)
      let { books } = my.disk
      const drafts: EntryDraft[] = []
      for (const entry of fresh) {
        for (const draft of draftsRead(entry, books)) {
          books = followed(books, draft)
          drafts.push(draft)
        }
      }
      append(drafts, { read: to }, Math.max(now(), time))
      due()
    },
    takeUp(statement) {
      const { lease, books, read } = my.disk
      if (!lease || statement.entries > read) return null
      const known = world.takesTwice ? { ...lease, lines: new Map() } : lease
      const taken = takeUpLease(books.balances, known, statement)
      if (!taken.ok) return taken.error.code
      if (taken.data) append([taken.data], {}, Math.max(now(), statement.issuedAt))
      due()
      return null
    },
    hold(id, amount) {
      due()
      const { lease, books, runs } = my.disk
      const payers = spendableAt(books.balances, lease, books.account, now())
      const drawn = drawFrom(payers, millicredits(amount), now(), 'op')
      if (!drawn.ok) return null
      const run = { id, held: drawn.draws }
      append([holdEntry(anOperation(id, millicredits(amount)), drawn.draws)], {
        runs: [...runs, run],
      })
      return run
    },
    end(run, share) {
      const charge = end(run, share)
      due()
      return charge
    },
    recall(recall) {
      const { lease, books } = my.disk
      if (lease) giveBack(recalledEntries(books.balances, lease, recall, now()))
    },
    giveAllBack() {
      const { lease, books } = my.disk
      if (lease) giveBack(leavingEntries(books.balances, lease))
    },
    goHome(account) {
      const facts = { kind: 'authority', issuer: null, account, lines: [] } as const
      append([{ id: `home:${my.disk.deviceId}`, facts, postings: [] }])
    },
  }
  return my
}
