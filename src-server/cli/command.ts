import type { Clock } from '#shared/ports/time.ts'
import type { Result } from '#shared/result.ts'
import type { Webhooks } from '../alerts/webhooks.ts'
import type { Authority } from '../authority/authority.ts'
import type { ServerCatalogs } from '../authority/catalogs.ts'
import type { FindCharge } from '../payments/reports.ts'
import type { Database } from '../store/database.ts'
import type { Arguments, Parameters } from './arguments.ts'

/** What commands work on: the store, through the same services as the server. */
export interface Tools {
  readonly database: Database
  readonly authority: Authority
  readonly catalogs: ServerCatalogs
  readonly webhooks: Webhooks
  readonly findCharge: FindCharge
  readonly clock: Pick<Clock, 'now'>
}

export interface Outcome {
  /** For people, a line each. */
  readonly lines: readonly string[]
  /** The command ran and found a problem; its exit code says so. */
  readonly isBad?: boolean
}

export interface Command extends Parameters {
  readonly summary: string
  run(tools: Tools, args: Arguments): Promise<Result<Outcome>>
}

export function said(...lines: readonly string[]): Outcome {
  return { lines }
}
