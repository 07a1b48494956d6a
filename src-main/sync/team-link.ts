/**
 * This machine's tie to its team: kept in a file and in the ledger, and carried by a connection while
 * there is one. Everything here is told and asked; what may be spent is the ledger's to say.
 */

import { subtractCredits } from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import { sumDraws } from '#shared/journal/entries.ts'
import type { Issuer } from '#shared/journal/lease-facts.ts'
import type { LeaseRequest } from '#shared/lease/grant-lease.ts'
import { type Result, success } from '#shared/result.ts'
import type { Session, TeamState } from '#shared/team/api.ts'
import type {
  MemberCallName,
  ServerCallInput,
  ServerCallOutput,
} from '#shared/team/server-calls.ts'
import { type Named, nameKey } from '#shared/team/names.ts'
import type { Connection } from './connection.ts'
import { broughtLines } from './handover.ts'
import { createLeaseTaker } from './lease-taker.ts'
import { createMembership } from './membership.ts'
import { createServerApi, type ServerApi } from './server-api.ts'
import { createSignIn, prove, type SignIn } from './sign-in.ts'
import { syncView } from './sync-view.ts'
import type { TeamFile } from './team-file.ts'
import { openTeamKey, type TeamKey } from './team-key.ts'
import { noTeam, openTeamPlace } from './team-place.ts'
import type { TeamAnswered, TeamLink, TeamLinkDeps, TeamRecords } from './team-ports.ts'
import { followTeamTold } from './team-told.ts'
import { mayNameIn } from './team-views.ts'

interface Live {
  readonly api: ServerApi
  readonly key: TeamKey
  readonly signIn: SignIn
  readonly connection: Connection
  readonly records: TeamRecords
}

/** A run's wish is over when nothing came of it for so long. */
const WISH_MS = 60_000

export function createTeamLink(deps: TeamLinkDeps): TeamLink {
  const { ledger, timers, clock } = deps
  const place = openTeamPlace(deps.directory, deps.log)
  let live: Live | null = null
  let wished: { readonly request: LeaseRequest; readonly at: number } | null = null
  let isClosed = false
  const waiting = new Set<() => void>()
  /** How often the team was asked for, and which of these was answered and taken in last. */
  let asked = 0
  let answered = 0

  const serverApi = (address: string) =>
    createServerApi(address, { fetch: deps.fetch, timers: deps.timers })
  const untold = () => live?.records.untold() ?? []
  const told = followTeamTold({ place, ledger, timers, untold })

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
    if (membership.isLeaving() || !wished) return null
    if (clock.monotonic() - wished.at > WISH_MS) wished = null
    return wished?.request ?? null
  }

  function taker(issuer: Issuer) {
    return createLeaseTaker({
      ledger,
      joining() {
        const file = place.file()
        return file && { issuer, lines: linesOf(file) }
      },
      arrived: deps.teamChanged,
      changed() {
        wished = null
        deps.balanceChanged()
        changed()
      },
      wish,
      serverTime: ledger.heard,
      pool(pool) {
        told.pool(pool)
        deps.balanceChanged()
        changed()
      },
    })
  }

  function enrolled(): (TeamFile & { readonly issuer: Issuer }) | null {
    const file = place.file()
    return file?.issuer ? { ...file, issuer: file.issuer } : null
  }

  async function start(session: Session | null): Promise<Result<null>> {
    if (!enrolled()) return success(null)
    const records = await deps.records.open()
    if (!records.ok) return records
    const here = enrolled()
    if (live || isClosed || !here) return success(null)
    const { address, enrolment, issuer } = here
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
      namesChanged: deps.namesChanged,
      buyingChanged: deps.buyingChanged,
      sessionRefused: signIn.forget,
      enrolAnew: membership.enrolAnew,
      authority: taker(issuer),
    })
    live = { api, key: key.data, signIn, connection, records: records.data }
    connection.onChanged(() => {
      changed()
      const { status } = connection.state()
      const isLeft = status.state === 'trouble' && status.error.code === 'device_left'
      if (isLeft && live?.connection === connection) membership.hasLeft()
    })
    connection.start()
    if (records.data.names().size > 0) deps.namesChanged()
    return success(null)
  }

  function stop(): void {
    live?.connection.stop()
    live = null
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

  async function ask<Name extends TeamAnswered>(
    name: Name,
    input: ServerCallInput<Name>,
  ): Promise<Result<TeamState>> {
    const number = (asked += 1)
    const answer = (await call(name, input)) as Result<TeamState>
    if (!answer.ok || number < answered) return answer
    answered = number
    told.team(answer.data)
    return answer
  }

  async function rename(named: Named, name: string): Promise<Result<null>> {
    const team = place.file()?.told?.team
    if (!team || !ledger.issuer()) return noTeam()
    const allowed = mayNameIn(team, named)
    if (!allowed.ok) return allowed
    const started = await start(null)
    if (!started.ok) return started
    return live ? live.records.rename(nameKey(named), name) : noTeam()
  }

  const membership = createMembership({
    ...deps,
    place,
    serverApi,
    live: () => live,
    start,
    stop,
    askToLeave: () => call('team.leave', {}),
    until,
    changed() {
      deps.balanceChanged()
      deps.teamChanged()
      changed()
    },
  })
  // Whoever hears of what comes of it has the link by then.
  queueMicrotask(membership.resume)

  return {
    file: place.file,
    isJoining: () => place.file() !== null && ledger.issuer() === null,
    join: membership.join,
    call,
    async proveAs({ publicKey, sign }, name) {
      if (!live) return noTeam()
      const key = {
        publicKey,
        sign: (text: string | Uint8Array) => Buffer.from(sign(String(text)), 'base64url'),
      }
      return prove(live.api, key, name)
    },
    key: () => live?.key ?? null,
    names: () => live?.records.names() ?? new Map<string, string>(),
    rename,
    ask,
    leave: membership.leave,
    leaveBehind: membership.leaveBehind,
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
    elsewhere: told.elsewhere,
    sync: () => syncView(place.file(), ledger, live?.connection.state() ?? null, told.elsewhere()),
    spentOffline: () => sumDraws(untold()),
    othersUsed: async (fromDay) => (await live?.records.othersUsed(fromDay)) ?? [],
    othersRuns: async (from) => (await live?.records.othersRuns(from)) ?? [],
    since: () => live?.records.since() ?? 0,
    retry() {
      if (live) live.connection.wake()
      else if (place.file()?.issuer) void start(null)
      else membership.askAgain()
    },
    close() {
      isClosed = true
      told.close()
      membership.close()
      stop()
      return deps.records.close()
    },
  }
}

const linesOf = ({ enrolment: { handover } }: TeamFile) => (handover ? broughtLines(handover) : [])
