/**
 * The tables derived from the journal. The same code maintains and rebuilds them, so a rebuilt
 * ledger equals one that grew.
 */

import type { DatabaseSync } from 'node:sqlite'
import { isDeepStrictEqual } from 'node:util'
import type { GrantBalance } from '#shared/journal/balance.ts'
import { recipeRunOf } from '#shared/journal/earnings.ts'
import { sumDraws } from '#shared/journal/entries.ts'
import type { EntryFacts, OperationFacts } from '#shared/journal/journal.ts'
import type { Trials } from '#shared/policy/trials.ts'
import type { UsageStatus } from '#shared/usage/filter.ts'
import { packAccount } from '#shared/account/snapshot.ts'
import { type Credits, ZERO } from '#shared/credits/amount.ts'
import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import type { DayClock } from './local-day.ts'
import { createRollup, createSeries, namesOf } from './rollup.ts'
import {
  type CatalogPlace,
  type Change,
  type Hold,
  type LedgerState,
  openHold,
  forgetSpentGrants,
} from './state.ts'
import { type CatalogFrom, type PackedTeam, packTeam } from './team-state.ts'

/** Tables that `rebuild` empties and fills again. */
export const DERIVED_TABLES = [
  'entry_place',
  'usage_day',
  'usage_month',
  'operation',
  'recipe_run',
  'series',
  'grant_balance',
  'snapshot',
] as const

export interface Projections {
  /** Applies the changes of consecutive entries. Runs inside the caller's transaction. */
  apply(changes: readonly Change[]): void
  /** Forgets what was cached during a transaction that was rolled back. */
  rolledBack(): void
}

/** Prepares the statements that write every derived table. */
export function createProjections(db: DatabaseSync, days: DayClock): Projections {
  const grants = createGrantBalances(db)
  const operations = createOperations(db)
  const recipes = createRecipeRuns(db)
  const rollup = createRollup(db, days)
  const insertSnapshot = db.prepare(
    'INSERT INTO snapshot (sequence, at, hash, body) VALUES (?, ?, ?, ?)',
  )
  const place = db.prepare('INSERT INTO entry_place (id, sequence) VALUES (?, ?)')
  const unmark = db.prepare('DELETE FROM checkpoint WHERE operation_id = ?')
  const progress = db.prepare('UPDATE projected SET sequence = ?')

  function applyOne({ entry, ended, snapshot }: Change): void {
    const { facts } = entry
    place.run(entry.id, entry.sequence)
    if (facts.kind === 'hold') operations.start(openHold(entry))
    if (ended && (facts.kind === 'settle' || facts.kind === 'void')) {
      const series = operations.end(ended, entry.sequence, entry.at, facts)
      const { operation } = ended.operation.quote
      const charged = facts.kind === 'settle' ? facts.charge.amount : 0
      const { at, sequence } = ended
      rollup.add({ at, sequence, operation, series, status: statusOf(facts.kind), charged })
      if (facts.kind === 'settle') recipes.add(ended, facts)
      unmark.run(facts.operationId)
    }
    if (facts.kind === 'refund') recipes.refund(facts.operationId)
    if (snapshot) {
      insertSnapshot.run(entry.sequence, entry.at, snapshot.head.hash, writeSnapshot(snapshot))
    }
  }

  return {
    apply(changes) {
      const last = changes.at(-1)
      if (!last) return
      grants.apply(changes)
      for (const change of changes) applyOne(change)
      progress.run(last.entry.sequence)
    },
    rolledBack: operations.forgetSeries,
  }
}

type Ending = Extract<EntryFacts, { kind: 'settle' | 'void' }>

const statusOf = (kind: 'settle' | 'void'): UsageStatus =>
  kind === 'settle' ? 'settled' : 'voided'

/**
 * What a snapshot holds: balances that matter, the open holds' sequences, catalogs' places, trials.
 * For an app standing alone it is in the form it had before there were teams.
 */
export interface SnapshotBody {
  readonly account: AccountSnapshot
  readonly catalogs: readonly CatalogPlace[]
  /** Without `elsewhere` if that is zero. */
  readonly balances: readonly (Omit<GrantBalance, 'elsewhere'> & { readonly elsewhere?: Credits })[]
  readonly holds: readonly number[]
  readonly trials: Trials
  /** Absent if the catalogs' own dates apply. */
  readonly terms?: readonly CatalogFrom[]
  readonly team?: PackedTeam
}

function writeSnapshot(state: LedgerState): string {
  const { account, catalogs, head, holds, team, terms, trials } = state
  const { balances } = forgetSpentGrants(state, head.at)
  const body: SnapshotBody = {
    account: packAccount(account),
    catalogs: [...catalogs.values()],
    balances: [...balances.values()].map(({ elsewhere, ...own }) =>
      elsewhere === ZERO ? own : { ...own, elsewhere },
    ),
    holds: [...holds.values()].map(({ sequence }) => sequence),
    trials,
    ...(isDeepStrictEqual(terms, ownTerms(catalogs.values())) ? {} : { terms }),
    ...(team && { team: packTeam(team) }),
  }
  return JSON.stringify(body)
}

/** The catalogs by their own dates, which apply unless an issuer says otherwise. */
export function ownTerms(catalogs: Iterable<CatalogPlace>): readonly CatalogFrom[] {
  return [...catalogs].map(({ version, from }) => ({ version, from }))
}

function createGrantBalances(db: DatabaseSync) {
  const insert = db.prepare(
    `INSERT INTO grant_balance (sequence, id, body, available, held, spent, expired, elsewhere)
     VALUES (?, ?, ?, 0, 0, 0, 0, 0)`,
  )
  const update = db.prepare(
    `UPDATE grant_balance SET available = ?, held = ?, spent = ?, expired = ?, elsewhere = ?
     WHERE id = ?`,
  )
  const change = db.prepare('UPDATE grant_balance SET body = ? WHERE id = ?')

  /** Every grant is written once per batch, in its final state. */
  function apply(changes: readonly Change[]): void {
    const latest = new Map<string, GrantBalance>()
    for (const { entry, balances } of changes) {
      if (entry.facts.kind === 'grant') {
        const { grant } = entry.facts
        insert.run(entry.sequence, grant.id, JSON.stringify(grant))
      }
      for (const balance of balances) {
        latest.set(balance.grant.id, balance)
        if (entry.facts.kind === 'extend')
          change.run(JSON.stringify(balance.grant), balance.grant.id)
      }
    }
    for (const [id, { available, held, spent, expired, elsewhere }] of latest) {
      update.run(available, held, spent, expired, elsewhere, id)
    }
  }
  return { apply }
}

function createOperations(db: DatabaseSync) {
  const labelled = db.prepare(
    `SELECT value FROM label WHERE operation_id = ? AND field = 'subject'`,
  )
  const insert = db.prepare(
    `INSERT INTO operation
       (sequence, operation_id, series, at, quote_expected, quote_maximum, held, status)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'running')`,
  )
  const finish = db.prepare(
    `UPDATE operation SET status = ?, end_sequence = ?, ended_at = ?, outcome = ?, charged = ?,
       usage_source = ? WHERE sequence = ? RETURNING series`,
  )
  const series = createSeries(db)

  /** A later label, or one from another machine, takes precedence over the subject of the run. */
  function subjectOf({ operationId, subject }: OperationFacts): string {
    const label = labelled.get(operationId) as { value: string } | undefined
    return label?.value ?? subject
  }

  return {
    forgetSeries: series.forget,
    start({ operation, draws, sequence, at }: Hold): void {
      const { operationId, quote } = operation
      const id = series.idOf(namesOf(operation, subjectOf(operation)))
      const held = sumDraws(draws)
      insert.run(sequence, operationId, id, at, quote.expected, quote.maximum, held)
    },
    /** Returns the series it counts in. */
    end(hold: Hold, sequence: number, at: number, facts: Ending): number {
      const isSettled = facts.kind === 'settle'
      const row = finish.get(
        statusOf(facts.kind),
        sequence,
        at,
        facts.outcome,
        isSettled ? facts.charge.amount : 0,
        isSettled ? facts.usageSource : null,
        hold.sequence,
      )
      return Number(row?.['series'])
    },
  }
}

/** The rows add up to what `earningsByRecipe` gives. */
function createRecipeRuns(db: DatabaseSync) {
  const insert = db.prepare(
    `INSERT INTO recipe_run (operation_id, sequence, recipe_id, recipe_name, creator_id, premium)
     VALUES (?, ?, ?, ?, ?, ?)`,
  )
  const refund = db.prepare('UPDATE recipe_run SET premium = 0 WHERE operation_id = ?')
  return {
    add({ operation, sequence }: Hold, settled: Extract<EntryFacts, { kind: 'settle' }>): void {
      const run = recipeRunOf(operation, settled)
      if (!run) return
      const { id, name, creatorId } = run.recipe
      insert.run(run.operationId, sequence, id, name, creatorId, run.premium)
    },
    refund(operationId: string): void {
      refund.run(operationId)
    },
  }
}
