/** The team's file, as it is now: in memory and on disk. */

import type { Log } from '#shared/ports/log.ts'
import { failure, type Result } from '#shared/result.ts'
import { readTeamFile, type TeamFile, writeTeamFile } from './team-file.ts'

export interface TeamPlace {
  file(): TeamFile | null
  /** Keeps it; what was is kept where that fails. */
  keep(next: TeamFile): Result<null>
  /** In memory alone: it says nothing new. */
  set(next: TeamFile): void
  /** There is none from now on. */
  clear(): void
}

export function openTeamPlace(directory: string, log: Log): TeamPlace {
  let file = readTeamFile(directory)
  return {
    file: () => file,
    keep(next) {
      const kept = writeTeamFile(directory, next)
      if (kept.ok) file = next
      return kept
    },
    set(next) {
      file = next
    },
    clear() {
      const kept = writeTeamFile(directory, null)
      if (!kept.ok) log.warn('The team’s file was not removed', { code: kept.error.code })
      file = null
    },
  }
}

export function noTeam() {
  return failure('no_team', 'This machine is not in a team.')
}
