import type { Ids } from '#shared/ports/ids.ts'
import type { Clock } from '#shared/ports/time.ts'
import type { Webhooks } from '../alerts/webhooks.ts'
import type { Authority } from '../authority/authority.ts'
import type { Database } from '../store/database.ts'

/** What teams need of the authority. */
export type TeamAuthority = Pick<
  Authority,
  | 'publicKey'
  | 'open'
  | 'enrol'
  | 'close'
  | 'leave'
  | 'read'
  | 'setCap'
  | 'removeCap'
  | 'changePlan'
  | 'redeem'
>

/** What the services of this folder depend on. */
export interface TeamDeps {
  readonly database: Database
  readonly authority: TeamAuthority
  readonly webhooks: Webhooks
  readonly clock: Pick<Clock, 'now'>
  readonly ids: Ids
  /** Known to every process on the store. */
  readonly secret: Uint8Array
}
