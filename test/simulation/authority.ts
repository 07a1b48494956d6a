/** An authority as the simulated world sees it, whether of rules in memory or on a real store. */

import type { Catalog } from '#shared/catalog/catalog.ts'
import type { BalanceState } from '#shared/journal/balance.ts'
import type { Entry } from '#shared/journal/journal.ts'
import type { RecordHead } from '#shared/journal/lease-facts.ts'
import type { Recall } from '#shared/lease/device-lease.ts'
import type { LeaseRequest } from '#shared/lease/grant-lease.ts'
import type { Pool } from '#shared/lease/pool.ts'
import type { LeaseStatement } from '#shared/lease/statement.ts'
import type { Result } from '#shared/result.ts'
import type { Command } from './commands.ts'
import type { ChainedRecord } from './messages.ts'
import type { Death } from './steps.ts'

/** A process or a machine died in the middle of something. */
export class Died extends Error {}

/** What went wrong, and where. */
export const toldOf = (error: unknown) =>
  error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error)

export const ACCOUNT = 'team'

/** A server process: no state of its own but its clock. */
export interface Process {
  isUp: boolean
  /** How far its clock is off. */
  skew: number
  dying: Exclude<Death, 'now'> | null
}

export const newProcesses = (count: number): readonly Process[] =>
  Array.from({ length: count }, () => ({ isUp: true, skew: 0, dying: null }))

/** Throws `Died` where the process does, or is dead; whether it was done then nobody knows. */
export interface SimAuthority {
  readonly processes: readonly Process[]
  pool(): Pool
  /** Of every grant ever, as the pool lets go of what is over. */
  balances(): BalanceState
  journal(): readonly Entry[]
  /** Time of the last thing written. */
  at(): number
  has(entryId: string): boolean
  publish(catalog: Catalog, from: number): Promise<void>
  write(process: Process, rule: Command['rule']): Promise<Result<null>>
  /** A lease's request: how much of it came, and what to ask of others. */
  lease(
    process: Process,
    deviceId: string,
    request: LeaseRequest,
  ): Promise<Result<readonly Recall[]>>
  /** `alongside` is kept in the same transaction. */
  report(
    process: Process,
    deviceId: string,
    records: readonly ChainedRecord[],
    head: RecordHead,
    fork: boolean,
    alongside: () => void,
  ): Promise<Result<null>>
  statement(process: Process, deviceId: string): Promise<LeaseStatement | null>
  timeOf(process: Process): number
  /** What its own check of everything finds wrong. */
  problems(): Promise<readonly string[]>
  close(): Promise<void>
}
