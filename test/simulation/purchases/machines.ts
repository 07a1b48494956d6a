/**
 * The machines of the accounts, by the rules of the app's: they lease what was bought, spend it apart
 * from the server, and tell it later, in part and with the answer lost.
 */

import assert from 'node:assert/strict'
import { millicredits, ZERO } from '#shared/credits/amount.ts'
import { type BalanceState, EMPTY_BALANCE, foldEntries } from '#shared/journal/balance.ts'
import type { Entry } from '#shared/journal/journal.ts'
import type { OpenAuthority } from '../../../src-server/authority/open.ts'
import type { Database, Transaction } from '../../../src-server/store/database.ts'
import { createLeaseDevice, type LeaseDevice } from '../../support/lease-device.ts'
import { unwrap } from '../../support/ledger.ts'
import type { Chance } from '../chance.ts'

/** Of each account; the first one opened it. */
const EACH = 2
/** Runs hold and cost whole cents of what was bought. */
const CENT = 250
const MOST_HELD = 400_000

export interface Machines {
  /** What the account's journal says of every grant ever. */
  balances(accountId: string): Promise<BalanceState>
  /** What they charged in all. */
  charged(accountId: string): number
  /** A run begins, or one ends. */
  run(): void
  /** One is in touch with the server, by a process's way to the store; it may want more. */
  sync(database: Database, wants: boolean): Promise<void>
  /** One gives back what no run holds. */
  giveBack(): void
  /** All runs end, and everything is told and given back. */
  settle(database: Database): Promise<void>
  audit(): void
}

export async function createMachines(
  accounts: readonly string[],
  { authority, accounts: journals }: OpenAuthority,
  shared: Database,
  chance: Chance,
  now: () => number,
): Promise<Machines> {
  const read = new Map<string, { entries: Entry[]; balances: BalanceState }>()
  const machines: { readonly accountId: string; readonly device: LeaseDevice }[] = []
  const idOf = (accountId: string, number: number) => `${accountId}-${number}`

  /** The account's journal, as far as it goes. */
  async function look(accountId: string) {
    const known = read.get(accountId) ?? { entries: [], balances: EMPTY_BALANCE }
    const { length } = known.entries
    const more = await journals.entriesAfter(shared.query, accountId, length, 10_000)
    const entries = more.length === 0 ? known.entries : [...known.entries, ...more]
    const next = { entries, balances: foldEntries(more, known.balances) }
    read.set(accountId, next)
    return next
  }

  for (const accountId of accounts) {
    for (let number = 1; number <= EACH; number++) {
      const deviceId = idOf(accountId, number)
      const machine = { accountId, memberId: 'owner', deviceId }
      const enter = (transaction: Transaction) =>
        number === 1
          ? authority.open(transaction, machine, null)
          : authority.enrol(transaction, machine, null)
      unwrap(await shared.transaction(enter))
      const device = createLeaseDevice(deviceId)
      device.join([], now())
      machines.push({ accountId, device })
    }
  }

  const headOf = ({ id }: LeaseDevice, sequence: number) => ({
    sequence,
    hash: sequence === 0 ? '' : `${id}-${sequence}`,
  })

  /** Tells some or all of what the server has not heard. */
  async function tell(
    database: Database,
    { accountId, device }: (typeof machines)[number],
    all: boolean,
  ): Promise<boolean> {
    const reported = await authority.reported(database.query, accountId, device.id)
    const after = reported?.sequence ?? 0
    const untold = device.records().slice(after)
    const records = all ? untold : untold.slice(0, chance.between(0, untold.length))
    if (records.length > 0) {
      const head = headOf(device, after + records.length)
      await database.transaction(async (transaction) => {
        await transaction.lockAccount(accountId)
        unwrap(await authority.report(transaction, accountId, device.id, records, head))
      })
    }
    return records.length === untold.length
  }

  async function inTouch(
    database: Database,
    machine: (typeof machines)[number],
    needed: number,
    all: boolean,
  ): Promise<void> {
    const { accountId, device } = machine
    if ((await tell(database, machine, all)) && chance.is(80)) {
      const request = { needed: millicredits(needed), operation: null }
      const leased = await database.transaction(async (transaction) => {
        await transaction.lockAccount(accountId)
        return authority.lease(transaction, accountId, device.id, request)
      })
      if (leased.ok) {
        for (const recall of leased.data.recalls) {
          const other = machines.find(({ device: { id } }) => id === recall.deviceId)
          if (chance.is(70)) other?.device.recall(recall, now())
        }
      } else assert.equal(leased.error.code, 'lease_reclaimed')
    }
    await hear(machine)
  }

  /** What the server has for it. */
  async function hear({ accountId, device }: (typeof machines)[number]): Promise<void> {
    const { entries } = await look(accountId)
    device.read(entries, now())
    const signed = await authority.statement(shared.query, accountId, device.id)
    device.takeUp(signed?.statement ?? null, now())
  }

  return {
    balances: async (accountId) => (await look(accountId)).balances,
    charged: (accountId) =>
      machines
        .filter((one) => one.accountId === accountId)
        .reduce<number>((sum, { device }) => sum + device.charged(), ZERO),
    run() {
      const { device } = chance.pick(machines)
      const open = device.runs()
      if (open.length > 0 && chance.is(60)) {
        // Of what is held some, in whole cents.
        const run = chance.pick(open)
        const held = run.held.reduce((sum, { amount }) => sum + amount, 0)
        const isWhole = held % (100 * CENT) === 0
        device.settle(run, isWhole ? chance.between(0, 100) : 100, now())
      } else device.hold(CENT * 100 * chance.between(1, MOST_HELD / CENT / 100), now())
    },
    sync: (database, wants) =>
      inTouch(
        database,
        chance.pick(machines),
        wants ? chance.between(0, MOST_HELD) : 0,
        chance.is(70),
      ),
    giveBack: () => chance.pick(machines).device.giveAllBack(now()),
    async settle(database) {
      for (const machine of machines) {
        for (const run of machine.device.runs()) machine.device.settle(run, 100, now())
        await hear(machine)
        machine.device.giveAllBack(now())
        await tell(database, machine, true)
      }
    },
    audit() {
      for (const { device } of machines) device.audit()
    },
  }
}
