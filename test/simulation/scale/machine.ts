/** One machine of a played account: its books, and what it has not told yet. */

import assert from 'node:assert/strict'
import type { AccountState } from '#shared/account/account.ts'
import { millicredits } from '#shared/credits/amount.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import { statementOf } from '#shared/lease/grant-lease.ts'
import type { ReportedRecord } from '#shared/lease/report.ts'
import {
  type Act,
  after,
  lapsing,
  type MachineBooks,
  newMachineBooks,
  takingUp,
} from '../../support/lease-machine.ts'
import type { PlayedJournal } from './account-journal.ts'

export interface Machine {
  readonly id: string
  books: MachineBooks
  /** The end of its records, and those the server does not have. */
  sequence: number
  untold: ReportedRecord[]
  /** How many of the told entries it has read. */
  read: number
  isOnline: boolean
  /** When its lease was looked at last, and when the account was first written to after that. */
  lookedAt: number
  movedAt: number | null
  askedOthersAt: number
  /** Until when it is not topped up, as it gave back for others. */
  waitsUntil: number
}

export function newMachine(id: string, catalogs: AccountState['catalogs']): Machine {
  return {
    ...{ id, books: newMachineBooks(id, catalogs), sequence: 0, untold: [], read: 0 },
    ...{ isOnline: false, lookedAt: 0, movedAt: null, askedOthersAt: 0, waitsUntil: 0 },
  }
}

export function act(machine: Machine, { entries, told, runs }: Act, at: number): void {
  machine.books = after(machine.books, { entries, told, ...(runs ? { runs } : {}) })
  if (!told) return
  machine.sequence += 1
  machine.untold.push({ sequence: machine.sequence, at, ...told })
}

/** It gives back what it may no longer spend. */
export function lapse(machine: Machine, at: number): void {
  for (const one of lapsing(machine.books, at)) act(machine, one, at)
}

/** It reads what is new to it and takes up its lease as it stands. */
export function catchUp(machine: Machine, journal: PlayedJournal, at: number): void {
  for (; machine.read < journal.told.length; machine.read++) {
    const told = journal.told[machine.read]
    if (told) readEntry(machine, told.entry, at)
  }
  const statement = statementOf(journal.pool(), 'team', machine.id, at, journal.length())
  const taken = statement ? takingUp(machine.books, statement) : null
  if (taken?.ok === false) assert.fail(taken.error.message)
  if (taken?.data) act(machine, taken.data, at)
  lapse(machine, at)
}

function readEntry(machine: Machine, { id, facts }: EntryDraft, at: number): void {
  if (facts.kind === 'grant') {
    const { id: grantId, amount } = facts.grant
    if (machine.books.books.balances.has(grantId)) return
    const postings = [
      { grantId, bucket: 'issued', amount: millicredits(-amount) },
      { grantId, bucket: 'elsewhere', amount },
    ] as const
    const entry = { id, facts, postings: amount === 0 ? [] : postings }
    act(machine, { entries: [entry], told: null }, at)
  } else if (facts.kind !== 'catalog' && facts.kind !== 'adopt') {
    act(machine, { entries: [{ id, facts, postings: [] }], told: null }, at)
  }
}
