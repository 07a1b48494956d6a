/**
 * This machine's tie to its team: kept in a file and in the ledger, made by enrolling, ended by
 * leaving, and carried by a connection while there is one. Everything here is told and asked; what may
 * be spent is the ledger's to say.
 */

import { isDeepStrictEqual } from 'node:util'
import {
  addCredits,
  type Credits,
  millicredits,
  subtractCredits,
  ZERO,
} from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import type { ElsewhereView, SyncView } from '#shared/host/team.ts'
import type { Entry, EntryKind } from '#shared/journal/journal.ts'
import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import type { Issuer, RecordHead } from '#shared/journal/lease-facts.ts'
import type { LeaseRequest } from '#shared/lease/grant-lease.ts'
import type { HeardRun } from '#shared/policy/others.ts'
import { isGeneral } from '#shared/lease/size.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import type { Ids } from '#shared/ports/ids.ts'
import type { Log } from '#shared/ports/log.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { BuyingNews } from '#shared/sync/messages.ts'
import type { PoolState, Session, TeamState } from '#shared/team/api.ts'
import type {
  MemberCallName,
  ServerCallInput,
  ServerCallOutput,
} from '#shared/team/server-calls.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import type { MachineTotal } from './records/replica.ts'
import type { Connection } from './connection.ts'
import { depart } from './departure.ts'
import { enrol, isUndecided, type Machine } from './enrol.ts'
import { broughtLines, handoverOf } from './handover.ts'
import { createLeaseTaker } from './lease-taker.ts'
import type { SyncPorts } from './ports.ts'
import { createServerApi, type ServerApi } from './server-api.ts'
import { createSignIn, type SignIn } from './sign-in.ts'
import { syncView } from './sync-view.ts'
import { readTeamFile, type TeamFile, writeTeamFile } from './team-file.ts'
import { openTeamKey, type TeamKey, teamKeyName } from './team-key.ts'

/** What a connection is made of that the link has; the rest is its maker's. */
export type LinkPorts = Pick<
  SyncPorts,
  'authority' | 'session' | 'enrolAnew' | 'teamChanged' | 'buyingChanged'
> & {
  readonly key: TeamKey
  readonly issuer: Issuer
  readonly address: string
}

/** What this machine tells and hears of others, opened when there is a team or is to be one. */
export interface TeamRecords {
  /** The end of what it has to tell; follows the ledger at once. */
  head(): RecordHead
  /** Ends the connection before, if there is one. */
  connect(ports: LinkPorts): Connection
  /** Charged in records that the server does not have yet. */
  untold(): Credits
  /** Runs of the others from a day on (UTC), as far as heard. */
  othersUsed(fromDay: number): Promise<readonly MachineTotal[]>
  /** Runs of the others that were held at `from` or later, as far as heard. */
  othersRuns(from: number): Promise<readonly HeardRun[]>
  /** Lets go of what others told. */
  forget(): void
}

/** The records of a workspace: opened when first asked for, closed with it. */
export interface TeamRecordsKeeper {
  open(): Promise<Result<TeamRecords>>
  /** The ledger must still be open. */
  close(): Promise<void>
}

export interface TeamLinkDeps {
  readonly directory: string
  readonly ledger: Ledger
  readonly secrets: SecretStore
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  readonly machine: Machine
  readonly log: Log
  readonly records: TeamRecordsKeeper
  /** What may be spent, or by whose leave, changed. */
  balanceChanged(): void
  syncChanged(): void
  teamChanged(): void
  buyingChanged(news: BuyingNews): void
}

export interface TeamLink {
  /** Null where there is no team, and none is being joined. */
  file(): TeamFile | null
  /** Asked for and not come about yet: the account is not the app's to change. */
  isJoining(): boolean
  /** Begins to join; succeeds when the ledger has its new issuer, or as `join` says. */
  join(address: string, asked: Omit<TeamFile['enrolment'], 'handover'>): Promise<Result<null>>
  /** Calls the server in this machine's name. */
  call<Name extends MemberCallName>(
    name: Name,
    input: ServerCallInput<Name>,
  ): Promise<Result<ServerCallOutput<Name>>>
  /** The key by which the server knows this machine; null while there is no team. */
  key(): TeamKey | null
  /** Keeps what the server said of the team. */
  told(team: TeamState): void
  /** Gives everything back and goes on alone by the server's leave. */
  leave(): Promise<Result<null>>
  /**
   * Goes on alone without asking, with the account it had before; its part of the pool stays with
   * the team. Ends joining too, where that has not come about.
   */
  leaveBehind(): Result<null>
  /** A run lacks credits: asks for more. */
  need(amount: Credits, operation: string): void
  elsewhere(): ElsewhereView | null
  sync(): SyncView
  /** Charged here and not told the server yet. */
  spentOffline(): Credits
  /** Runs of the others from a day on (UTC), as far as heard. */
  othersUsed(fromDay: number): Promise<readonly MachineTotal[]>
  /** Runs of the others that were held at `from` or later, as far as heard. */
  othersRuns(from: number): Promise<readonly HeardRun[]>
  /** Tries to reach the server now. */
  retry(): void
  close(): Promise<void>
}

/** What moves credits between this machine and the team, by its own ledger. */
const MOVES: ReadonlySet<EntryKind> = new Set<EntryKind>(['lease', 'return', 'settle', 'void'])
/** A run's wish is over when nothing came of it for so long. */
const WISH_MS = 60_000
const ENROL_AGAIN_MS = 30_000
const ARRIVES_WITHIN_MS = 30_000
const TOLD_WITHIN_MS = 20_000
export function createTeamLink(deps: TeamLinkDeps): TeamLink {
  const { ledger, directory, timers, clock, log } = deps
  let file = readTeamFile(directory)
  let live: {
    readonly api: ServerApi
    readonly key: TeamKey
    readonly signIn: SignIn
    readonly connection: Connection
    readonly records: TeamRecords
  } | null = null
  let wished: { readonly request: LeaseRequest; readonly at: number } | null = null
  let isLeaving = false
  let isClosed = false
  let cancelRetry: (() => void) | null = null
  const waiting = new Set<() => void>()

  const serverApi = (address: string) =>
    createServerApi(address, { fetch: deps.fetch, timers: deps.timers })

  function keep(next: TeamFile | null): Result<null> {
    const kept = writeTeamFile(directory, next)
    if (kept.ok) file = next
    return kept
  }

  /** Hears of every change until `isDone`, or gives up after a while. */
  function until(isDone: () => boolean, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isDone()) return
        waiting.delete(look)
        cancel()
        resolve(true)
      }
      const cancel = timers.after(withinMs, () => {
        waiting.delete(look)
        resolve(isDone())
      })
      waiting.add(look)
      look()
    })
  }

  function changed(): void {
    for (const look of [...waiting]) look()
    deps.syncChanged()
  }

  function wish(): LeaseRequest | null {
    if (isLeaving || !wished) return null
    if (clock.monotonic() - wished.at > WISH_MS) wished = null
    return wished?.request ?? null
  }

  /** What this machine has, of what the server counts as leased, and has spent of it unheard. */
  function ownCredits(): Credits {
    const now = ledger.now()
    const own = ledger.buckets().filter(({ grant }) => isGeneral(grant, now))
    const untold = live?.records.untold() ?? ZERO
    return addCredits(untold, ...own.flatMap(({ available, held }) => [available, held]))
  }

  /** What this machine gets from the team or gives back is the team's as before. */
  function moved({ facts, postings }: Entry): void {
    if (!file?.told || !MOVES.has(facts.kind)) return
    const general = new Set(
      ledger
        .buckets()
        .filter(({ grant }) => isGeneral(grant, ledger.now()))
        .map(({ grant }) => grant.id),
    )
    const movement = postings
      .filter(({ bucket, grantId }) => bucket === 'elsewhere' && general.has(grantId))
      .reduce((sum, { amount }) => sum + amount, 0)
    if (movement === 0) return
    const elsewhere = millicredits(Math.max(0, file.told.elsewhere + movement))
    keep({ ...file, told: { ...file.told, elsewhere } })
  }

  function taker(issuer: Issuer) {
    return createLeaseTaker({
      ledger,
      joining: () => file && { issuer, lines: linesOf(file) },
      arrived: deps.teamChanged,
      changed() {
        wished = null
        deps.balanceChanged()
        changed()
      },
      wish,
      serverTime: ledger.heard,
      pool: (pool) => {
        tell(pool, file?.told?.team ?? null)
        deps.balanceChanged()
        changed()
      },
    })
  }

  /** Keeps what the server said; it is shown while there is no connection. */
  function tell(pool: PoolState, team: TeamState | null): void {
    if (!file) return
    const elsewhere = beyond(addCredits(pool.available, pool.leased), ownCredits())
    const told = { at: ledger.now(), team, pool, elsewhere }
    const { at: _at, ...before } = file.told ?? { at: 0 }
    const { at: _now, ...after } = told
    file = { ...file, told }
    // What is only newer need not be kept.
    if (!isDeepStrictEqual(before, after)) keep(file)
  }

  function enrolled(): (TeamFile & { readonly issuer: Issuer }) | null {
    return file?.issuer ? { ...file, issuer: file.issuer } : null
  }

  async function start(session: Session | null): Promise<Result<null>> {
    if (!enrolled()) return success(null)
    const records = await deps.records.open()
    if (!records.ok) return records
    const place = enrolled()
    if (live || isClosed || !place) return success(null)
    const { address, enrolment, issuer } = place
    const key = openTeamKey(deps.secrets, enrolment.enrolmentId)
    if (!key.ok) return key
    const api = serverApi(address)
    const { appVersion } = deps.machine
    const signIn = createSignIn({ api, key: key.data, issuer, appVersion, clock, session })
    const connection = records.data.connect({
      key: key.data,
      issuer,
      address,
      session: signIn.token,
      teamChanged: () => {
        signIn.forget()
        deps.teamChanged()
      },
      buyingChanged: deps.buyingChanged,
      enrolAnew: () =>
        Promise.resolve(
          failure(
            'device_copied',
            'This machine is a copy of another. Leave the team here without its server, and join it again with a new invite.',
          ),
        ),
      authority: taker(issuer),
    })
    live = { api, key: key.data, signIn, connection, records: records.data }
    connection.onChanged(changed)
    connection.start()
    return success(null)
  }

  function stop(): void {
    live?.connection.stop()
    live = null
  }

  /** Whether this is what is being joined with: a person may have given it up meanwhile. */
  const isStill = (enrolment: TeamFile['enrolment']) => file?.enrolment === enrolment

  /** Asks the server for the place; again later while it is open what became of asking. */
  async function ask(isFirst: boolean): Promise<Result<null>> {
    cancelRetry?.()
    if (!file || file.issuer) return success(null)
    const { address, enrolment } = file
    const key = openTeamKey(deps.secrets, enrolment.enrolmentId)
    const enrolled = key.ok
      ? await enrol(serverApi(address), key.data, enrolment, deps.machine)
      : key
    if (isClosed || !isStill(enrolment)) return failure('closing', 'Tallystick is closing.')
    if (enrolled.ok) {
      const kept = keep({ ...file, issuer: enrolled.data.issuer })
      if (!kept.ok) return kept
      return start(enrolled.data.session)
    }
    const { code } = enrolled.error
    // Asked before, it may have been granted.
    if (isUndecided(code) || (code === 'server_not_asked' && !isFirst)) {
      cancelRetry = timers.after(ENROL_AGAIN_MS, () => void ask(false))
      return joiningGoesOn()
    }
    drop()
    return enrolled
  }

  /** There is no team any more, or none came of it. */
  function drop(): void {
    live?.records.forget()
    stop()
    if (file) deps.secrets.remove(teamKeyName(file.enrolment.enrolmentId))
    const kept = keep(null)
    if (!kept.ok) log.warn('The team’s file was not removed', { code: kept.error.code })
    file = null
    deps.balanceChanged()
    deps.teamChanged()
    changed()
  }

  async function join(
    address: string,
    asked: Omit<TeamFile['enrolment'], 'handover'>,
  ): Promise<Result<null>> {
    const records = await deps.records.open()
    if (!records.ok) return records
    if (file || ledger.issuer()) return failure('team_exists', 'This machine is in a team already.')
    // At one moment: from here on the account is not the app's to change.
    const enrolment = { ...asked, handover: handoverOf(ledger, records.data.head()) }
    const kept = keep({ format: 1, address, enrolment, issuer: null, told: null })
    if (!kept.ok) return kept
    changed()
    const enrolled = await ask(true)
    if (!enrolled.ok) return enrolled
    const arrived = await until(() => ledger.issuer() !== null, ARRIVES_WITHIN_MS)
    return arrived ? success(null) : joiningGoesOn()
  }

  async function call<Name extends MemberCallName>(
    name: Name,
    input: ServerCallInput<Name>,
  ): Promise<Result<ServerCallOutput<Name>>> {
    if (!live) return noTeam()
    const { api, signIn } = live
    for (let again = false; ; again = true) {
      const token = await signIn.token()
      if (!token.ok) return token
      const answer = await api.call(name, input, token.data)
      if (answer.ok || again || answer.error.code !== 'session_invalid') return answer
      signIn.forget()
    }
  }

  async function leave(): Promise<Result<null>> {
    if (!live || !ledger.issuer()) return noTeam()
    const { connection } = live
    isLeaving = true
    const left = await depart({
      ledger,
      askToLeave: () => call('team.leave', {}),
      async everythingTold() {
        connection.changed()
        return until(() => connection.state().pending === 0, TOLD_WITHIN_MS)
      },
    })
    isLeaving = false
    if (left.ok) drop()
    return left
  }

  const stopListening = ledger.onWritten(moved)
  if (file && !file.issuer) void ask(false)
  else {
    void start(null).then((started) => {
      if (!started.ok) log.error('Sync does not start', { code: started.error.code })
    })
  }

  return {
    file: () => file,
    isJoining: () => file !== null && ledger.issuer() === null,
    join,
    call,
    key: () => live?.key ?? null,
    told: (team) => tell(team.pool, team),
    leave,
    leaveBehind() {
      const home = ledger.home()
      if (home) {
        const given = ledger.giveBackAll()
        if (!given.ok) return given
        const departed = ledger.depart(asAnother(home, deps.ids.next()), null)
        if (!departed.ok) return departed
      }
      drop()
      return success(null)
    },
    need(amount, operation) {
      const lease = ledger.lease()
      if (!lease || !live) return
      const here = availableAt(ledger.spendable(), ledger.now(), operation)
      if (here >= amount) return
      wished = {
        request: { needed: subtractCredits(amount, here), operation },
        at: clock.monotonic(),
      }
      live.connection.changed()
    },
    elsewhere() {
      if (!file?.told || !ledger.issuer()) return null
      return { amount: file.told.elsewhere, asOf: file.told.at }
    },
    sync: () => syncView(file, ledger, live?.connection.state() ?? null),
    spentOffline: () => live?.records.untold() ?? ZERO,
    othersUsed: async (fromDay) => (await live?.records.othersUsed(fromDay)) ?? [],
    othersRuns: async (from) => (await live?.records.othersRuns(from)) ?? [],
    retry() {
      if (live) live.connection.wake()
      else void (file?.issuer ? start(null) : ask(false))
    },
    close() {
      isClosed = true
      stopListening()
      cancelRetry?.()
      stop()
      return deps.records.close()
    },
  }
}

/** The account lives on in the team perhaps, and grants are named after it: here it is another. */
function asAnother(snapshot: AccountSnapshot, id: string): AccountSnapshot {
  const { account } = snapshot
  return { ...snapshot, account: account && { ...account, id } }
}

const linesOf = ({ enrolment: { handover } }: TeamFile) => (handover ? broughtLines(handover) : [])

const beyond = (all: Credits, own: Credits): Credits =>
  all > own ? subtractCredits(all, own) : ZERO

function joiningGoesOn() {
  return failure(
    'team_joining',
    'The server has not answered yet. Joining goes on by itself when it does.',
  )
}

function noTeam() {
  return failure('no_team', 'This machine is in no team.')
}
