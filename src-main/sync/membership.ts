/**
 * How this machine joins a team, continues in it under another identity, and leaves it. Each step
 * is saved before the next is taken, so that it can be resumed after a stop in between.
 */

import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import type { Issuer } from '#shared/journal/lease-facts.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Departure, Session } from '#shared/team/api.ts'
import { MAX_NAME, nameKey } from '#shared/team/names.ts'
import { closing } from './closing.ts'
import { renewDeviceKey } from '../ledger/device-key.ts'
import { leftEntryId } from '../ledger/leases.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Connection } from './connection.ts'
import { depart } from './departure.ts'
import { enrol, isUndecided } from './enrol.ts'
import { handoverOf, handoverOfCopy } from './handover.ts'
import type { ServerApi } from './server-api.ts'
import type { TeamFile } from './team-file.ts'
import { openTeamKey, teamKeyName } from './team-key.ts'
import { noTeam, type TeamPlace } from './team-place.ts'
import type { Joining, TeamLinkDeps, TeamRecords } from './team-ports.ts'

export interface Membership {
  /** Resumes where it was stopped. */
  resume(): void
  join(address: string, asked: Joining): Promise<Result<null>>
  /** Asks again now, if the outcome of asking is still unknown. */
  askAgain(): void
  /**
   * This machine goes on as one of its own (docs/sync.md: another history), when its runs have ended.
   * Fails with `copy_not_told` while the server does not have all it did: it is tried again soon.
   */
  enrolAnew(ticket: string): Promise<Result<null>>
  leave(): Promise<Result<null>>
  leaveBehind(): Result<null>
  /** The server says that this machine has left: the answer to its request was lost. */
  hasLeft(): void
  isLeaving(): boolean
  close(): void
}

export interface MembershipDeps extends Pick<
  TeamLinkDeps,
  'secrets' | 'timers' | 'ids' | 'machine' | 'log' | 'records'
> {
  readonly ledger: Ledger
  readonly place: TeamPlace
  serverApi(address: string): ServerApi
  /** The link to a team whose server has enrolled this machine. */
  live(): { readonly connection: Connection; readonly records: TeamRecords } | null
  start(session: Session | null): Promise<Result<null>>
  stop(): void
  askToLeave(): Promise<Result<Departure>>
  /** Hears of every change until `isDone`; false when that took too long. */
  until(isDone: () => boolean, withinMs: number): Promise<boolean>
  /** There is another team, or none. */
  changed(): void
}

const ENROL_AGAIN_MS = 30_000
const ARRIVES_WITHIN_MS = 30_000
const TOLD_WITHIN_MS = 20_000
const RUNS_LOOK_MS = 1_000

export function createMembership(deps: MembershipDeps): Membership {
  const { ledger, place, secrets, timers, ids } = deps
  let isLeaving = false
  /** The server may have let this machine go without its hearing so. */
  let mayHaveLeft = false
  let isClosed = false
  let cancelRetry: (() => void) | null = null

  /** Asks the server to enrol; asks again later while the outcome is unknown. */
  async function ask(isFirst: boolean): Promise<Result<null>> {
    cancelRetry?.()
    const file = place.file()
    if (!file || file.issuer) return success(null)
    const { address, enrolment } = file
    const key = openTeamKey(secrets, enrolment.enrolmentId)
    const enrolled = key.ok
      ? await enrol(deps.serverApi(address), key.data, enrolment, deps.machine)
      : key
    // A person may have given it up meanwhile.
    const isStill = place.file()?.enrolment === enrolment
    if (isClosed || !isStill) return closing()
    if (enrolled.ok) {
      const kept = place.keep({ ...file, issuer: enrolled.data.issuer })
      if (!kept.ok) return kept
      return deps.start(enrolled.data.session)
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

  /** There is no team any more, or joining came to nothing. */
  function drop(): void {
    deps.live()?.records.forget()
    deps.stop()
    const file = place.file()
    if (file) secrets.remove(teamKeyName(file.enrolment.enrolmentId))
    place.clear()
    deps.changed()
  }

  /** Goes on with the account from before the team; its part of the pool stays there. */
  function standApart(account: AccountSnapshot): Result<null> {
    const given = ledger.giveBackAll()
    return given.ok ? ledger.depart(account, null) : given
  }

  /** The account lives on in the team perhaps, and grants are named after it: here it is another. */
  function homeAccount(): AccountSnapshot | null {
    const home = ledger.home()
    return home && { ...home, account: home.account && { ...home.account, id: ids.next() } }
  }

  function hasDeparted({ accountId, deviceId }: Issuer): boolean {
    return ledger.find(leftEntryId(accountId, deviceId)) !== null
  }

  async function runsEnd(): Promise<void> {
    while (ledger.openHolds().length > 0 && !isClosed) {
      await new Promise<void>((resolve) => void timers.after(RUNS_LOOK_MS, resolve))
    }
  }

  /** By the server's word, which it gives as often as it is asked. */
  async function finishLeaving(): Promise<Result<null>> {
    const left = await deps.askToLeave()
    if (!left.ok) return left
    if (!ledger.issuer()) return success(null)
    const departed = ledger.depart(left.data.account, left.data.lease)
    if (departed.ok) drop()
    return departed
  }

  return {
    resume() {
      const file = place.file()
      if (!file || isClosed) return
      if (file.issuer) {
        if (ledger.issuer() === null && hasDeparted(file.issuer)) drop()
        else void startQuietly()
        return
      }
      // It was about to go on under another name.
      const { handover } = file.enrolment
      if (ledger.issuer() && handover) {
        const apart = standApart(handover.account)
        if (!apart.ok) deps.log.error('A copy cannot go on', { code: apart.error.code })
      }
      void ask(false)
    },

    async join(address, asked) {
      const records = await deps.records.open()
      if (!records.ok) return records
      if (place.file() || ledger.issuer()) {
        return failure('team_exists', 'This machine is in a team already.')
      }
      // In one step: from here on the app may not change the account.
      const enrolment = { ...asked, handover: handoverOf(ledger, records.data.head()) }
      const kept = place.keep({ format: 1, address, enrolment, issuer: null, told: null })
      if (!kept.ok) return kept
      deps.changed()
      const enrolled = await ask(true)
      if (!enrolled.ok) return enrolled
      const arrived = await deps.until(() => ledger.issuer() !== null, ARRIVES_WITHIN_MS)
      return arrived ? success(null) : joiningGoesOn()
    },

    askAgain: () => void ask(false),

    async enrolAnew(ticket) {
      const before = place.file()?.enrolment
      const live = deps.live()
      const account = homeAccount()
      if (!before || !live || !account) return noTeam()
      // What it has is another's to spend.
      const given = ledger.giveBackAll()
      if (!given.ok) return given
      await runsEnd()
      const file = place.file()
      if (isClosed || file?.enrolment !== before) return closing()
      if (!live.records.isAllTold()) return failure('copy_not_told', 'Something is not told yet.')
      const key = file.issuer && nameKey({ kind: 'device', id: file.issuer.deviceId })
      const deviceName = live.records.names().get(key ?? '') ?? before.deviceName
      const enrolment: TeamFile['enrolment'] = {
        ...before,
        enrolmentId: ids.next(),
        code: ticket,
        deviceName: nameOfCopy(deviceName),
        handover: handoverOfCopy(ledger, account),
      }
      const renewed = renewDeviceKey(secrets)
      if (!renewed.ok) return renewed
      const kept = place.keep({ ...file, enrolment, issuer: null, told: null })
      if (!kept.ok) return kept
      deps.stop()
      const apart = standApart(account)
      if (!apart.ok) return apart
      secrets.remove(teamKeyName(before.enrolmentId))
      deps.changed()
      return ask(false)
    },

    async leave() {
      const live = deps.live()
      if (!live || !ledger.issuer()) return noTeam()
      if (mayHaveLeft) {
        const finished = await finishLeaving()
        if (finished.ok || finished.error.code !== 'leave_returns_first') return finished
      }
      isLeaving = true
      const left = await depart({
        ledger,
        async askToLeave() {
          const answer = await deps.askToLeave()
          mayHaveLeft = !answer.ok && isUndecided(answer.error.code)
          return answer
        },
        everythingTold() {
          live.connection.changed()
          return deps.until(() => live.connection.state().pending === 0, TOLD_WITHIN_MS)
        },
      })
      isLeaving = false
      if (left.ok) drop()
      return left
    },

    leaveBehind() {
      const home = homeAccount()
      const apart = home ? standApart(home) : success(null)
      if (apart.ok) drop()
      return apart
    },

    hasLeft() {
      if (isLeaving || !ledger.issuer()) return
      void finishLeaving().then((left) => {
        if (!left.ok) deps.log.warn('Leaving is not over', { code: left.error.code })
      })
    },

    isLeaving: () => isLeaving,

    close() {
      isClosed = true
      cancelRetry?.()
    },
  }

  async function startQuietly(): Promise<void> {
    const started = await deps.start(null)
    if (!started.ok) deps.log.error('Sync does not start', { code: started.error.code })
  }
}

const COPY = ' (copy)'

/** Told apart from the machine it was a copy of. */
function nameOfCopy(name: string): string {
  return name.endsWith(COPY) ? name : `${name.slice(0, MAX_NAME - COPY.length)}${COPY}`
}

function joiningGoesOn() {
  return failure(
    'team_joining',
    'The server has not answered yet. Joining goes on by itself when it does.',
  )
}
