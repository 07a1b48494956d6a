/**
 * What the server last said of the team, kept for the time without it, and what the team has beyond
 * this machine, which follows what this machine gets and gives back. Shown, never decided by.
 *
 * What the team has is taken from the connection alone, which says it in one order with the leases
 * that it counts. An answer over HTTP may be older than what the connection said before it came.
 */

import { isDeepStrictEqual } from 'node:util'
import {
  addCredits,
  type Credits,
  millicredits,
  subtractCredits,
  ZERO,
} from '#shared/credits/amount.ts'
import type { Draw } from '#shared/credits/grant.ts'
import type { ElsewhereView } from '#shared/host/team.ts'
import { sumDraws } from '#shared/journal/entries.ts'
import type { Entry, EntryKind } from '#shared/journal/journal.ts'
import { isGeneral } from '#shared/lease/size.ts'
import type { PoolState, TeamState } from '#shared/team/api.ts'
import type { Timers } from '#shared/ports/time.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { TeamFile } from './team-file.ts'
import type { TeamPlace } from './team-place.ts'

export interface TeamTold {
  /** As of now, with all that was told to this machine and by it. */
  pool(pool: PoolState): void
  /** Nothing of a team that is not this machine's any more. */
  team(team: TeamState): void
  /** Null while the team has not said what it has. */
  elsewhere(): ElsewhereView | null
  /** Stops following the ledger, and keeps what is not kept yet. */
  close(): void
}

export interface TeamToldDeps {
  readonly place: TeamPlace
  readonly ledger: Pick<Ledger, 'now' | 'buckets' | 'issuer' | 'onWritten'>
  readonly timers: Timers
  /** Charged here and not told, by grant. */
  untold(): readonly Draw[]
}

/** What moves credits between this machine and the team, by its own ledger. */
const MOVES: ReadonlySet<EntryKind> = new Set<EntryKind>(['lease', 'return', 'settle', 'void'])

/** What is shown does not wait for the disk, which has it so soon. */
const KEPT_WITHIN_MS = 1_000

type Told = NonNullable<TeamFile['told']>
const NOTHING_TOLD: Told = { pool: null, at: 0, elsewhere: ZERO, team: null, teamAt: 0 }

export function followTeamTold({ place, ledger, timers, untold }: TeamToldDeps): TeamTold {
  let cancelKeep: (() => void) | null = null

  /** What this machine has, of what the server counts as leased, and has spent of it unheard. */
  function ownCredits(): Credits {
    const now = ledger.now()
    const own = ledger.buckets().filter(({ grant }) => isGeneral(grant, now))
    const counted = new Set(own.map(({ grant }) => grant.id))
    // What was charged to credits that are over since is none of the team's any more.
    const charged = untold().filter(({ grantId }) => counted.has(grantId))
    return addCredits(sumDraws(charged), ...own.flatMap(({ available, held }) => [available, held]))
  }

  /** What this machine gets from the team or gives back is the team's as before. */
  function moved({ facts, postings }: Entry): void {
    const file = place.file()
    if (!file?.told?.pool || !MOVES.has(facts.kind)) return
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
    place.keep({ ...file, told: { ...file.told, elsewhere } })
  }

  function tell(news: Partial<Told>): void {
    const file = place.file()
    if (!file) return
    const before = file.told ?? NOTHING_TOLD
    const told = { ...before, ...news }
    place.set({ ...file, told })
    // What is only newer need not be kept.
    if (isDeepStrictEqual(before, { ...told, at: before.at, teamAt: before.teamAt })) return
    cancelKeep ??= timers.after(KEPT_WITHIN_MS, keep)
  }

  function keep(): void {
    cancelKeep = null
    const file = place.file()
    if (file) place.keep(file)
  }

  const stopListening = ledger.onWritten(moved)
  return {
    pool(pool) {
      const elsewhere = beyond(addCredits(pool.available, pool.leased), ownCredits())
      tell({ pool, elsewhere, at: ledger.now() })
    },
    team(team) {
      if (place.file()?.issuer?.accountId !== team.account.id) return
      tell({ team, teamAt: ledger.now() })
    },
    elsewhere() {
      const told = place.file()?.told
      if (!told?.pool || !ledger.issuer()) return null
      return { amount: told.elsewhere, asOf: told.at }
    },
    close() {
      stopListening()
      if (!cancelKeep) return
      cancelKeep()
      keep()
    },
  }
}

const beyond = (all: Credits, own: Credits): Credits =>
  all > own ? subtractCredits(all, own) : ZERO
