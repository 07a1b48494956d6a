/** Every migration, in the order in which they are applied; its place is its number. */

import { accounts } from './0001-accounts.ts'
import { teams } from './0002-teams.ts'
import { payments } from './0003-payments.ts'

export interface Migration {
  /**
   * One statement each, understood by both engines once INTEGER, TEXT and BLOB are put in the
   * engine's words. Every table has a primary key that begins with the account, where it has one, so
   * that a store can be partitioned by it.
   */
  readonly statements: readonly string[]
  /** Run before them, on one engine only. */
  readonly sqlite?: readonly string[]
  readonly postgres?: readonly string[]
}

export const MIGRATIONS: readonly Migration[] = [accounts, teams, payments]
