/** A computer: a disk, and on it the app's real ledger, records and tie to its team, while it runs. */

import type { OperationFacts } from '#shared/journal/journal.ts'
import { millicredits } from '#shared/credits/amount.ts'
import { sumDraws } from '#shared/journal/entries.ts'
import type { Named } from '#shared/team/names.ts'
import type { OpenLedger } from '../../../src-main/ledger/open.ts'
import type { TeamLink } from '../../../src-main/sync/team-ports.ts'
import { anOperation } from '../../support/credits.ts'
import { Died } from '../authority.ts'
import type { Death } from '../steps.ts'
import { type Disk, losePower, tear } from './disks.ts'
import { createLedgerView, type LedgerView } from './ledger-view.ts'
import { type MachinePorts, must, openProcess, type Running } from './machine-process.ts'
import { createLink, type Link } from './network.ts'
import { newOwner } from './schedule.ts'

export type Dying = Exclude<Death, 'now'> | 'torn'

export interface Machine {
  readonly name: string
  readonly link: Link
  /** What is on its disk, read beside it; as it was when it died, while it is down. */
  view(): LedgerView
  isUp(): boolean
  isAsleep(): boolean
  /** Its process begins, and recovers what a crash left. Ends the one before. */
  start(): Promise<void>
  die(): Promise<void>
  /** It dies with its next write. */
  dieWith(dying: Dying): void
  sleep(): void
  wake(): void
  turnClock(ms: number): void
  /** Its clock is right. */
  setClock(): void
  ledger(): OpenLedger
  team(): TeamLink
  /** Writes what is due by now. */
  due(): void
  hold(operationId: string, amount: number): boolean
  /** Per cent of what is held; null for void. The charge; null where it did not end. */
  end(operationId: string, share: number | null): number | null
  label(operationId: string, text: string): void
  /** Gives a name to something of the team; whether that was done. */
  rename(which: number, name: string): Promise<boolean>
  /** A copy of its disk as it is now. */
  copyDisk(): Disk
  /** From now on its disk is that one. */
  insert(disk: Disk): Promise<void>
  close(): Promise<void>
}

const TEAM: Named = { kind: 'team' }

export function createMachine(name: string, first: Disk, ports: MachinePorts): Machine {
  const { schedule, disks } = ports
  let disk = first
  let running: Running | null = null
  let lastView = createLedgerView()
  let offset = 0
  let dying: { readonly how: Dying; readonly before: Disk } | null = null
  /** What is left of processes that died, to be let go of. */
  let remains: Promise<unknown> = Promise.resolve()

  const link = createLink({
    ...{ schedule, ...ports.network, chance: ports.chance },
    owner: () => running?.owner ?? newOwner(),
  })

  /** Goes on with `left` as its disk; what was open on the one before is let go of. */
  function dead(left: Disk, how: string): void {
    if (!running) return
    const { owner, link: team, ledger } = running
    const old = disk
    owner.isDead = true
    lastView = running.view
    running = null
    dying = null
    link.cut()
    disk = left
    ports.died(how)
    remains = remains
      .then(() => team.close())
      .then(() => ledger.close())
      .catch(() => undefined)
      .then(() => disks.remove(old))
  }

  /** In its write, right after it is durable; what nobody can tell from just before is made here. */
  function dieOfWrite(): void {
    if (!dying || !running) return
    const { how, before } = dying
    const after = disks.copy(disk)
    if (how === 'before') {
      disks.remove(after)
      dead(before, 'machine dies before a write')
    } else {
      const isTorn = how === 'torn' && tear(before, after, ports.chance())
      if (ports.chance().is(50)) losePower(after, ports.chance())
      disks.remove(before)
      dead(after, isTorn ? 'torn write' : 'machine dies after a write')
    }
    throw new Died()
  }

  async function start(): Promise<void> {
    if (running) return
    await remains
    const owner = newOwner(offset)
    running = openProcess({
      ...{ name, disk, owner, link, ports },
      onWrite() {
        if (dying) dieOfWrite()
      },
    })
    // What a crash left open is settled from how far it had come.
    for (const { operation } of running.ledger.openHolds()) {
      end(operation.operationId, operation.operationId.length % 2 === 0 ? 30 : null)
    }
    here().bringUpToDate()
  }

  function here(): Running {
    if (!running) throw new Died()
    return running
  }

  function end(operationId: string, share: number | null): number | null {
    const { ledger } = here()
    const hold = ledger.openHolds().find(({ operation }) => operation.operationId === operationId)
    if (!hold) return null
    if (share === null) {
      must(ledger.void(operationId, { outcome: 'stopped', reason: null }))
      return 0
    }
    const amount = millicredits(Math.floor((sumDraws(hold.draws) * share) / 100))
    must(
      ledger.settle(operationId, {
        ...{ outcome: 'completed', units: {}, usageSource: 'provider' },
        charge: { amount, lines: [], decidedBy: 'lines' },
      }),
    )
    return amount
  }

  return {
    name,
    link,
    view: () => running?.view ?? lastView,
    isUp: () => running !== null,
    isAsleep: () => running?.owner.isAsleep ?? true,
    start,
    async die() {
      if (!running) return
      const left = disks.copy(disk)
      if (ports.chance().is(30)) losePower(left, ports.chance())
      if (dying) disks.remove(dying.before)
      dead(left, 'machine dies')
      await remains
    },
    dieWith(how) {
      if (!running) return
      if (dying) disks.remove(dying.before)
      dying = { how, before: disks.copy(disk) }
    },
    sleep() {
      if (!running) return
      running.owner.isAsleep = true
      link.cut()
    },
    wake() {
      if (running) running.owner.isAsleep = false
    },
    turnClock(ms) {
      offset += ms
      if (running) running.owner.offset = offset
    },
    setClock() {
      offset = 0
      if (running) running.owner.offset = 0
    },
    ledger: () => here().ledger,
    team: () => here().link,
    due: () => here().bringUpToDate(),
    hold(operationId, amount) {
      const { ledger, bringUpToDate } = here()
      bringUpToDate()
      const facts = operationOf(ledger, operationId, amount, ports.version().isNewer)
      const held = ledger.authorize(facts)
      if (!held.ok && !REFUSALS.has(held.error.code)) must(held)
      return held.ok
    },
    end,
    label(operationId, text) {
      const { ledger } = here()
      must(ledger.label([operationId], { note: text }, ledger.issuer()?.deviceId ?? 'alone'))
    },
    async rename(which, name) {
      const { link: team } = here()
      const told = team.file()?.told?.team
      if (!told) return false
      const { memberId, deviceId } = told.me
      const few: readonly Named[] = [
        { kind: 'member', id: memberId },
        { kind: 'device', id: deviceId },
        ...told.devices.map(({ id }) => ({ kind: 'device', id }) as const),
      ]
      // What many name is where they meet.
      const named = which % 2 === 0 ? TEAM : few[which % few.length]!
      return (await team.rename(named, name)).ok
    },
    copyDisk: () => disks.copy(disk),
    async insert(other) {
      await this.die()
      disks.remove(disk)
      disk = other
    },
    async close() {
      const last = running
      running = null
      await remains
      if (!last) return
      last.owner.isDead = true
      link.cut()
      await last.link.close().catch(() => undefined)
      await last.ledger.close()
    },
  }
}

const REFUSALS = new Set(['insufficient_credits', 'lease_over', 'lease_short'])

/** A newer version of the app says more of a run than this one knows. */
function operationOf(
  ledger: OpenLedger,
  operationId: string,
  amount: number,
  isNewer: boolean,
): OperationFacts {
  const { quote: priced, ...facts } = anOperation(operationId, millicredits(amount))
  const catalogVersion = ledger.catalogs().at(-1)?.version ?? ''
  const quote = { ...priced, operation: 'op', operationName: 'Operation', catalogVersion }
  const more = isNewer ? { mood: 'calm', weights: { left: 3, right: [1, 2] } } : {}
  return { ...facts, ...more, quote }
}
