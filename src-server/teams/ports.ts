import type { Ids } from '#shared/ports/ids.ts'
import type { Clock } from '#shared/ports/time.ts'
import type { Database } from '../store/database.ts'
import type { TeamAuthority } from './team-authority.ts'

/** What the services of this room work with. */
export interface TeamDeps {
  readonly database: Database
  readonly authority: TeamAuthority
  readonly clock: Pick<Clock, 'now'>
  readonly ids: Ids
  /** Known to every process on the store. */
  readonly secret: Uint8Array
}
