import type { Log } from '#shared/ports/log.ts'
import type { Clock } from '#shared/ports/time.ts'
import type { Result } from '#shared/result.ts'
import type { Chance } from '../../ports/chance.ts'
import type { Database } from '../../store/database.ts'

/** What the sandbox stands on. */
export interface SandboxPorts {
  readonly database: Database
  readonly clock: Clock
  readonly chance: Chance
  readonly log: Log
  /** Where its pages are, without a slash at the end; may change from start to start. */
  address(): Promise<Result<string>>
  /** Where it sends its messages; what is thrown or lost there is found by asking. */
  deliver(body: string, signature: string): Promise<void>
}
