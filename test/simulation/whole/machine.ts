/** A computer: a disk, and on it the app's real ledger, records and tie to its team, while it runs. */

import type { Result } from '#shared/result.ts'
import type { OperationFacts } from '#shared/journal/journal.ts'
import { millicredits } from '#shared/credits/amount.ts'
import { catalogEntry, sumDraws } from '#shared/journal/entries.ts'
import type { CatalogSource } from '#shared/journal/journal.ts'
import { createLocalAuthority } from '../../../src-main/authority/local-authority.ts'
import { type OpenLedger, openLedger } from '../../../src-main/ledger/open.ts'
import { openTeamLink } from '../../../src-main/host/team.ts'
import type { TeamWire } from '../../../src-main/host/team-records.ts'
import type { Dial } from '../../../src-main/sync/ports.ts'
import type { TeamLink } from '../../../src-main/sync/team-ports.ts'
import { anOperation } from '../../support/credits.ts'
import { silentLog } from '../../support/silent-log.ts'
import { Died, toldOf } from '../authority.ts'
import type { Chance } from '../chance.ts'
import { demand } from '../oracles.ts'
import type { Death } from '../steps.ts'
import { type Disk, type Disks, losePower, tear } from './disks.ts'
import { createLedgerView, type LedgerView, viewOfDisk } from './ledger-view.ts'
import { createLink, type Link, type NetworkPorts } from './network.ts'
import { newOwner, type Owner, type Schedule } from './schedule.ts'
import { newerBody } from './newer.ts'
import { secretsIn, uuidOf } from './seeds.ts'

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
  /** A copy of its disk as it is now. */
  copyDisk(): Disk
  /** From now on its disk is that one. */
  insert(disk: Disk): Promise<void>
  close(): Promise<void>
}

export interface MachinePorts {
  readonly schedule: Schedule
  readonly disks: Disks
  readonly network: Pick<NetworkPorts, 'servers' | 'frame'>
  readonly timeZone: string
  /** Of an account that begins here. */
  readonly anchor: number
  readonly catalog: CatalogSource
  readonly number: number
  chance(): Chance
  version(): {
    readonly app: string
    readonly speaks: TeamWire['speaks']
    readonly isNewer: boolean
  }
  died(how: string): void
  mistake(text: string): void
}

/** What runs while the machine does. */
interface Running {
  readonly owner: Owner
  readonly ledger: OpenLedger
  readonly link: TeamLink
  readonly view: LedgerView
  bringUpToDate(): void
}

const READER = new URL('../../../src-main/ledger/reader-worker.ts', import.meta.url)

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
    const clock = schedule.clockOf(owner)
    const opened = openLedger(disk.directory, {
      ...{ clock, timers: clock, timeZone: ports.timeZone, readerUrl: READER, signer: null },
    })
    demand(opened.ok, () => `${name} cannot open its ledger: ${JSON.stringify(opened)}`)
    const ledger = opened.data
    const view = viewOfDisk(ledger)
    ledger.onWritten((entry) => {
      if (owner.isDead) return
      if (dying) dieOfWrite()
      view.follow(entry)
    })
    ledger.labelled.onEdited((edits) => {
      if (owner.isDead) return
      if (dying) dieOfWrite()
      view.followEdit(edits)
    })
    if (ledger.head().sequence === 0) must(ledger.append([catalogEntry(ports.catalog, 0)]))
    const { app, speaks } = ports.version()
    const account = { deviceId: uuidOf(0xd0000 + ports.number) } as never
    const log = {
      ...silentLog,
      error: (message: string, details?: object) => {
        const { error } = (details ?? {}) as { readonly error?: unknown }
        if (owner.isDead || error instanceof Died) return
        ports.mistake(`${name}: ${message}: ${toldOf(error)}`)
      },
    }
    const dial: Dial = (token, heard) =>
      owner.isDead ? { send: () => undefined, close: () => undefined } : link.dial(token, heard)
    const team = openTeamLink(
      {
        ...{ account, clock, timers: clock, log, version: app, fetch: link.fetch },
        events: { emit: () => undefined, listen: () => () => undefined },
        ids: { next: () => uuidOf(ports.chance().below(2 ** 47)) },
        ledgerDirectory: disk.directory,
        random: () => ports.chance().below(1_000) / 1_000,
        secrets: secretsIn(disk.secrets),
      },
      ledger,
      {
        balanceChanged: () => undefined,
        issuerChanged: () => undefined,
        syncChanged: () => undefined,
      },
      { dialAt: () => dial, speaks, bodyOf: newerBody },
    )
    const alone = createLocalAuthority({
      ledger,
      accountId: uuidOf(0xa0000 + ports.number),
      firstPlanId: 'plan-0',
      anchor: { startsAt: ports.anchor, timeZone: ports.timeZone },
      timers: { after: () => () => undefined },
      isLeaving: () => team.isJoining(),
      changed: () => undefined,
    })
    running = {
      ...{ owner, ledger, link: team, view },
      bringUpToDate() {
        must(ledger.issuer() ? ledger.giveBackLapsed() : alone.bringUpToDate())
      },
    }
    // What a crash left open is settled from how far it had come.
    for (const { operation } of ledger.openHolds()) {
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

export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.data
}
