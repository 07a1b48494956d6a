/** A machine in memory under the real rules: a disk that survives it, and a process that may die. */

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import type { Books } from '#shared/account/account.ts'
import { withCatalog, withEntry } from '#shared/account/state.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import type { Credits } from '#shared/credits/amount.ts'
import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import type { Entry, EntryDraft } from '#shared/journal/journal.ts'
import type { LeaseLine, RecordHead } from '#shared/journal/lease-facts.ts'
import type { Recall } from '#shared/lease/device-lease.ts'
import type { LeaseStatement } from '#shared/lease/statement.ts'
import { draftsOf } from '../../src-main/ledger/issuer-entries.ts'
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
  type Told,
} from '../support/lease-machine.ts'
import { Died } from './authority.ts'
import type { ChainedRecord } from './messages.ts'
import type { Death } from './steps.ts'

export type { Run }

/** A copy of a disk is the same object. */
export interface Disk extends MachineBooks {
  readonly entries: readonly Entry[]
  readonly records: readonly ChainedRecord[]
  /** How far it has read the authority's journal. */
  readonly read: number
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
  return { ...newMachineBooks(deviceId, catalogs), entries: [], records: [], read: 0 }
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
  function write(act: Act, change: Partial<Disk> = {}, time = now()): void {
    if (act.entries.length === 0 && Object.keys(change).length === 0) return
    if (my.dying === 'before') die()
    const at = Math.max(time, written())
    const entries = [...my.disk.entries]
    for (const draft of act.entries) entries.push({ ...draft, sequence: entries.length + 1, at })
    const { operationId = null } = act
    const records = act.told ? withRecord(operationId, time, act.told) : my.disk.records
    my.disk = { ...my.disk, ...after(my.disk, act, followed), entries, records, ...change }
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

  function withRecord(
    operationId: string | null,
    at: number,
    part: Told,
  ): readonly ChainedRecord[] {
    const { records } = my.disk
    const told = { sequence: records.length + 1, at, operationId, ...part }
    const text = `${records.at(-1)?.hash ?? ''}\n${JSON.stringify(told)}`
    return [...records, { ...told, hash: hash('sha256', text, 'hex') }]
  }

  function due(): void {
    for (const act of lapsing(my.disk, now())) write(act)
  }

  function end(run: Run, share: number | null): Credits {
    const act = ending(my.disk, run, share, now())
    write(act)
    return act.charge
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
    write: (entries) => write({ entries, told: null }),
    join: (lines, account) => write(joining(my.disk, lines, account)),
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
      write({ entries: drafts, told: null }, { read: to }, Math.max(now(), time))
      due()
    },
    takeUp(statement) {
      const { lease, read } = my.disk
      if (!lease || statement.entries > read) return null
      const known = world.takesTwice ? { ...lease, lines: new Map() } : lease
      const taken = takingUp({ ...my.disk, lease: known }, statement)
      if (!taken.ok) return taken.error.code
      if (taken.data) write(taken.data, {}, Math.max(now(), statement.issuedAt))
      due()
      return null
    },
    hold(id, amount) {
      due()
      const act = holding(my.disk, id, amount, now())
      if (!act) return null
      write(act)
      return my.disk.runs.at(-1) ?? null
    },
    end(run, share) {
      const charge = end(run, share)
      due()
      return charge
    },
    recall(recall) {
      for (const act of recalling(my.disk, recall, now())) write(act)
    },
    giveAllBack() {
      for (const act of givingAllBack(my.disk)) write(act)
    },
    goHome: (account) => write(goingHome(my.disk, account)),
  }
  return my
}
