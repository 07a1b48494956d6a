/** A pool under the real rules with machines that come, go, spend apart from it and tell it later. */

import assert from 'node:assert/strict'
import { changePlan } from '#shared/account/plan-change.ts'
import { entriesDue } from '#shared/account/due.ts'
import { openEntry, overrideEntry } from '#shared/account/open.ts'
import { packAccount } from '#shared/account/snapshot.ts'
import { quotePurchase } from '#shared/account/purchase-quote.ts'
import { purchaseEntries } from '#shared/account/purchase.ts'
import { EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { withCatalog, withEntries } from '#shared/account/state.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import { addCredits, type Credits, millicredits, ZERO } from '#shared/credits/amount.ts'
import { type BalanceState, EMPTY_BALANCE, foldEntries } from '#shared/journal/balance.ts'
import { assertBalanced } from '#shared/journal/entries.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import type { Override } from '#shared/journal/account-change.ts'
import { closeDeviceEntries, homeAccount, leaveEntries } from '#shared/lease/close.ts'
import { adoptEntries, deviceEntries, openPoolEntries } from '#shared/lease/enrol.ts'
import { applyAllToPool } from '#shared/lease/follow.ts'
import { leaseEntries, statementOf } from '#shared/lease/grant-lease.ts'
import { EMPTY_POOL, outstanding, type Pool } from '#shared/lease/pool.ts'
import { poolDue } from '#shared/lease/pool-due.ts'
import { recallsFor } from '#shared/lease/recall.ts'
import { type ReportedRecord, reportEntries } from '#shared/lease/report.ts'
import { generalFree } from '#shared/lease/size.ts'
import { type Result, success } from '#shared/result.ts'
import { createLeaseDevice, type LeaseDevice } from './lease-device.ts'

export type LeaseWorld = ReturnType<typeof createLeaseWorld>

/** The head of a device's records, as a chain of hashes would be. */
const headOf = (device: LeaseDevice, sequence: number) => ({
  sequence,
  hash: sequence === 0 ? '' : `${device.id}-${sequence}`,
})

export function createLeaseWorld(catalog: Catalog, startsAt: number, timeZone = 'UTC') {
  const journal: EntryDraft[] = []
  const ids = new Set<string>()
  const devices: LeaseDevice[] = []
  let pool: Pool = {
    ...EMPTY_POOL,
    account: withCatalog(EMPTY_ACCOUNT, catalog, Number.MIN_SAFE_INTEGER),
  }
  /** Every grant ever, as the journal has it; the pool forgets those that are over. */
  let history: BalanceState = EMPTY_BALANCE
  let now = startsAt
  let made = 0
  /** Charges the authority was told of, by whatever stream. */
  let told = ZERO
  /** What devices had spent before they came. */
  let broughtSpent = ZERO

  /** What a machine that stands alone brings. */
  function bring(device: LeaseDevice): Result<readonly EntryDraft[]> {
    const records = headOf(device, device.records().length)
    const { account, balances } = device.books()
    const grants = [...balances.values()]
    const packed = packAccount({ ...account, catalogs: [] })
    const arrival = { deviceId: device.id, memberId: device.id, records, grants, account: packed }
    const adopted = command(adoptEntries(pool, arrival, now))
    if (!adopted.ok) return adopted
    const brought = adopted.data.at(-1)!.postings
    const spent = brought.filter(({ bucket }) => bucket === 'spent').map(({ amount }) => amount)
    broughtSpent = addCredits(broughtSpent, ...spent)
    arrive(device)
    return adopted
  }

  const nextId = (kind: string) => `${kind}-${++made}`

  function write(entries: readonly EntryDraft[]): void {
    for (const entry of entries) {
      assertBalanced(entry)
      assert.ok(!ids.has(entry.id), `The authority writes ${entry.id} twice`)
      ids.add(entry.id)
      journal.push(entry)
    }
    pool = applyAllToPool(pool, entries)
    history = foldEntries(entries, history)
  }

  const look = () => write(poolDue(pool, now))

  function command<T extends readonly EntryDraft[]>(result: Result<T>): Result<T> {
    if (result.ok) write(result.data)
    look()
    return result
  }

  const spentOf = (records: readonly ReportedRecord[]): Credits =>
    addCredits(...records.flatMap(({ spent }) => spent.map(({ amount }) => amount)))

  function arrive(device: LeaseDevice): void {
    devices.push(device)
    const lines = statementOf(pool, 'team', device.id, now, journal.length)?.lines ?? []
    device.join(lines, now)
    device.read(journal, now)
  }

  return {
    now: () => now,
    pool: () => pool,
    devices: () => devices,
    journal: (): readonly EntryDraft[] => journal,
    /** Every grant ever, as the journal has it. */
    history: () => history,
    look,
    wait(milliseconds: number): void {
      now += milliseconds
      look()
    },
    publish(next: Catalog, from: number): void {
      pool = { ...pool, account: withCatalog(pool.account, next, from) }
      look()
    },
    open(planId: string): void {
      write(openPoolEntries(pool, 'team', { startsAt: now, timeZone }, planId, 1, now))
      look()
    },
    /** A machine without credits of its own. */
    enrol(lag = 0): LeaseDevice {
      const device = createLeaseDevice(nextId('device'), lag)
      command(deviceEntries(pool, device.id, 'm'))
      arrive(device)
      return device
    },
    /** A machine that stood alone since `days` ago brings what it has. */
    adopt(days: number, spends: number, planId = 'plan-0'): LeaseDevice {
      const device = createLeaseDevice(nextId('device'))
      const began = now - days * 86_400_000
      const { catalogs } = pool.account
      const alone = { account: { ...EMPTY_ACCOUNT, catalogs }, balances: EMPTY_BALANCE }
      const anchor = { startsAt: began, timeZone }
      const opened = withEntries(alone, [openEntry(`home:${device.id}`, anchor, planId, 1)])
      const due = entriesDue(opened, now)
      device.write([openEntry(`home:${device.id}`, anchor, planId, 1), ...due])
      const run = device.hold(spends, now)
      if (run) device.settle(run, 60, now)
      const adopted = bring(device)
      assert.ok(adopted.ok)
      return device
    },
    /** A machine that left comes again, with what it has by now. */
    rejoin(device: LeaseDevice): Result<LeaseDevice> {
      const again = device.anew(nextId('device'))
      const adopted = bring(again)
      return adopted.ok ? success(again) : adopted
    },
    /** Tells what the authority does not know, or so many records of it, some of them again. */
    report(device: LeaseDevice, most = Infinity, again = 0): Result<readonly EntryDraft[]> {
      const { reported } = pool.devices.get(device.id)!
      const from = Math.max(0, reported.sequence - again)
      const records = device.records().slice(from, reported.sequence + most)
      const fresh = spentOf(records.slice(reported.sequence - from))
      const head = headOf(device, from + records.length)
      const result = command(reportEntries(pool, device.id, records, head, now))
      if (result.ok) told = addCredits(told, fresh)
      return result
    },
    /** What a copy of a machine tells as if it were the machine. */
    reportFork(copy: LeaseDevice, from: number): Result<readonly EntryDraft[]> {
      const records = copy.records().slice(from)
      const head = { sequence: copy.records().length, hash: nextId('copy') }
      const result = command(reportEntries(pool, copy.id, records, head, now, { fork: true }))
      if (result.ok) told = addCredits(told, spentOf(records))
      return result
    },
    /** Asks for credits; `arrives` says whether the statement reaches the machine. */
    lease(device: LeaseDevice, needed = 0, arrives = true): Result<readonly EntryDraft[]> {
      const request = { needed: millicredits(needed), operation: 'op' }
      const result = command(leaseEntries(pool, device.id, request, now))
      if (arrives) this.state(device)
      return result
    },
    /** The machine reads everything and takes up its lease as it stands. */
    state(device: LeaseDevice): void {
      device.read(journal, now)
      device.takeUp(statementOf(pool, 'team', device.id, now, journal.length), now)
    },
    /** All of it: what a machine does when it is online. */
    sync(device: LeaseDevice): void {
      this.state(device)
      this.report(device)
      this.lease(device)
      this.report(device)
    },
    recall(unmet: LeaseDevice | null, needed: number): void {
      const request = unmet && {
        deviceId: unmet.id,
        needed: millicredits(needed),
        operation: 'op',
      }
      for (const recall of recallsFor(pool, now, request)) {
        const device = devices.find(({ id }) => id === recall.deviceId)!
        device.recall(recall, now)
        this.report(device)
      }
    },
    close(device: LeaseDevice, reason: 'revoked' | 'lost' | 'copied'): void {
      command(closeDeviceEntries(pool, device.id, reason, now))
    },
    leave(device: LeaseDevice, dissolves: boolean): Result<readonly EntryDraft[]> {
      this.state(device)
      device.giveAllBack(now)
      this.report(device)
      const account = homeAccount(pool, device.id, dissolves, now)
      const left = command(leaveEntries(pool, device.id, dissolves, now))
      if (!left.ok) return left
      this.state(device)
      device.goHome(account)
      return left
    },
    buy(offerId: string, quantity: number): void {
      const request = { purchaseId: nextId('purchase'), offerId, quantity, promoCode: null }
      const quoted = quotePurchase(pool, request, 0, now)
      if (quoted.ok) write(purchaseEntries(pool, request.purchaseId, quoted.data, now))
      look()
    },
    changePlan(planId: string, seats: number): void {
      const changed = changePlan(pool, { changeId: nextId('change'), planId, seats }, now)
      if (changed.ok) write(changed.data.entries)
      look()
    },
    override(terms: Partial<Override>): void {
      const override = { id: nextId('override'), name: 'By agreement', from: now, until: null }
      write([overrideEntry(override.id, { ...override, ...terms })])
      look()
    },
    /** The money that was reported, all of it. */
    reported: (): Credits => addCredits(told, broughtSpent),
    /** What must be true whatever happened. */
    audit(): void {
      const sums = new Map<string, number>()
      for (const device of pool.devices.values()) {
        for (const [grantId, line] of device.lines) {
          assert.ok(Math.min(outstanding(line), line.ended, line.reclaimed) >= 0)
          sums.set(grantId, (sums.get(grantId) ?? 0) + outstanding(line))
        }
      }
      let spentInAll = 0
      for (const [grantId, balance] of pool.balances) {
        assert.deepEqual(balance, history.get(grantId))
      }
      for (const { grant, available, held, spent, expired, elsewhere } of history.values()) {
        assert.ok(Math.min(available, held, spent, expired, elsewhere) >= 0)
        assert.equal(available + held + spent + expired + elsewhere, grant.amount)
        assert.equal(sums.get(grant.id) ?? 0, elsewhere, `${grant.id} is not leased as stated`)
        spentInAll += spent
      }
      assert.equal(
        spentInAll + pool.debt,
        this.reported(),
        'what was reported is not accounted for',
      )
      assert.ok(pool.debt === 0 || generalFree(pool, now) === 0, 'debt waits though it can be paid')
      assert.deepEqual(poolDue(pool, now), [], 'something is still due')
      for (const device of devices) device.audit()
    },
  }
}
