/** The process of a machine: the app's real ledger, records and link to its team, on a disk of its own. */

import { catalogEntry } from '#shared/journal/entries.ts'
import type { CatalogSource } from '#shared/journal/journal.ts'
import type { Result } from '#shared/result.ts'
import { createLocalAuthority } from '../../../src-main/authority/local-authority.ts'
import { openTeamLink } from '../../../src-main/host/team.ts'
import type { TeamWire } from '../../../src-main/host/team-records.ts'
import { type OpenLedger, openLedger } from '../../../src-main/ledger/open.ts'
import type { Dial } from '../../../src-main/sync/ports.ts'
import type { TeamLink } from '../../../src-main/sync/team-ports.ts'
import { silentLog } from '../../support/silent-log.ts'
import { Died, toldOf } from '../authority.ts'
import type { Chance } from '../chance.ts'
import { demand } from '../oracles.ts'
import type { Disk, Disks } from './disks.ts'
import { type LedgerView, viewOfDisk } from './ledger-view.ts'
import type { Link, NetworkPorts } from './network.ts'
import { newerBody } from './newer.ts'
import type { Owner, Schedule } from './schedule.ts'
import { secretsIn, uuidOf } from './seeds.ts'

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
export interface Running {
  readonly owner: Owner
  readonly ledger: OpenLedger
  readonly link: TeamLink
  readonly view: LedgerView
  bringUpToDate(): void
}

/** What a process is started with. */
interface Beginning {
  readonly name: string
  readonly disk: Disk
  readonly owner: Owner
  readonly link: Link
  readonly ports: MachinePorts
  /** Hears of each write right after it is durable; may throw `Died`. */
  onWrite(): void
}

const READER = new URL('../../../src-main/ledger/reader-worker.ts', import.meta.url)

export function openProcess(beginning: Beginning): Running {
  const { name, disk, owner, ports, onWrite } = beginning
  const clock = ports.schedule.clockOf(owner)
  const opened = openLedger(disk.directory, {
    ...{ clock, timers: clock, timeZone: ports.timeZone, readerUrl: READER, signer: null },
  })
  demand(opened.ok, () => `${name} cannot open its ledger: ${JSON.stringify(opened)}`)
  const ledger = opened.data
  const view = viewOfDisk(ledger)
  ledger.onWritten((entry) => {
    if (owner.isDead) return
    onWrite()
    view.follow(entry)
  })
  ledger.labelled.onEdited((edits) => {
    if (owner.isDead) return
    onWrite()
    view.followEdit(edits)
  })
  if (ledger.head().sequence === 0) must(ledger.append([catalogEntry(ports.catalog, 0)]))
  const team = openTeam(beginning, ledger)
  const alone = createLocalAuthority({
    ledger,
    accountId: uuidOf(0xa0000 + ports.number),
    firstPlanId: 'plan-0',
    anchor: { startsAt: ports.anchor, timeZone: ports.timeZone },
    timers: { after: () => () => undefined },
    isLeaving: () => team.isJoining(),
    changed: () => undefined,
  })
  return {
    ...{ owner, ledger, link: team, view },
    bringUpToDate() {
      must(ledger.issuer() ? ledger.giveBackLapsed() : alone.bringUpToDate())
    },
  }
}

function openTeam({ name, disk, owner, link, ports }: Beginning, ledger: OpenLedger): TeamLink {
  const clock = ports.schedule.clockOf(owner)
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
  return openTeamLink(
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
}

export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.data
}
