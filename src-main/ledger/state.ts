/**
 * What the ledger keeps in memory: the head of the chain, the grants that still matter and the open
 * holds. It is a value: a transaction makes the next one, which becomes current after the commit.
 */

import { type AccountState, EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { followEntry } from '#shared/account/state.ts'
import {
  applyEntry,
  type BalanceState,
  EMPTY_BALANCE,
  type GrantBalance,
} from '#shared/journal/balance.ts'
import { drawsInto } from '#shared/journal/entries.ts'
import { type Draw, hasExpired } from '#shared/credits/grant.ts'
import type { Entry, OperationFacts } from '#shared/journal/journal.ts'
import { countTrial, NO_TRIALS, type Trials } from '#shared/policy/trials.ts'
import type { Units } from '#shared/credits/units.ts'
import { GENESIS, type Head } from './entry-chain.ts'
import { type CatalogFrom, followTeam, followTerms, type TeamState } from './team-state.ts'

/** How far a run has come, as last recorded; a crash is settled by it. */
export interface Checkpoint {
  readonly units: Units
  readonly usageSource: 'provider' | 'local'
  /** Ledger time, epoch milliseconds. */
  readonly at: number
}

/** Credits reserved for a run that has not ended. */
export interface Hold {
  readonly operation: OperationFacts
  readonly draws: readonly Draw[]
  /** Place of its entry in the journal. */
  readonly sequence: number
  readonly at: number
  readonly checkpoint: Checkpoint | null
}

/** A catalog in the journal, and where; its content stays on disk. */
export interface CatalogPlace {
  readonly version: string
  readonly name: string
  /** When it comes into force, epoch milliseconds. */
  readonly from: number
  readonly sequence: number
  readonly at: number
}

export interface LedgerState {
  readonly head: Head
  /** Not every grant ever made: those in force, to come, or with credits available or held. */
  readonly balances: BalanceState
  /** By operation id, oldest first. */
  readonly holds: ReadonlyMap<string, Hold>
  /** By version, in the order in which they were written. */
  readonly catalogs: ReadonlyMap<string, CatalogPlace>
  /** Those that are or will be in force, in the order in which they were recorded. */
  readonly terms: readonly CatalogFrom[]
  /** What is in force for the account, without the catalogs. */
  readonly account: AccountState
  /** Null while the app is its own issuer. */
  readonly team: TeamState | null
  readonly trials: Trials
}

export const EMPTY_STATE: LedgerState = {
  head: GENESIS,
  balances: EMPTY_BALANCE,
  holds: new Map(),
  catalogs: new Map(),
  terms: [],
  account: EMPTY_ACCOUNT,
  team: null,
  trials: NO_TRIALS,
}

/** Entries between two snapshots: what opening reads at most, and what a past balance folds. */
export const SNAPSHOT_EVERY = 1_024

/** What one entry changes, for the derived tables. */
export interface Change {
  readonly entry: Entry
  /** The hold that this entry ends. */
  readonly ended: Hold | null
  /** Balances of the grants it touches, after it. */
  readonly balances: readonly GrantBalance[]
  /** The whole state after it, where a snapshot is due. */
  readonly snapshot: LedgerState | null
}

export interface Step {
  readonly after: LedgerState
  readonly change: Change
}

/** The state after one more entry, and what it changes; throws if it cannot follow. */
export function advance(before: LedgerState, entry: Entry, head: Head): Step {
  const { facts, postings, sequence } = entry
  const moves = postings.length > 0 || facts.kind === 'grant' || facts.kind === 'extend'
  const balances = moves ? applyEntry(before.balances, entry) : before.balances
  const holds = advanceHolds(before, entry)
  const after = {
    head,
    balances,
    holds,
    catalogs: advanceCatalogs(before.catalogs, entry),
    terms: followTerms(before, entry),
    account: followEntry(before.account, entry, before.balances),
    team: followTeam(before, entry),
    trials: countTrial(before.trials, entry),
  }
  const ends = facts.kind === 'settle' || facts.kind === 'void'
  const ended = ends ? (before.holds.get(facts.operationId) ?? null) : null
  const snapshot = sequence % SNAPSHOT_EVERY === 0 ? after : null
  return { after, change: { entry, ended, balances: touched(entry, balances), snapshot } }
}

function touched({ facts, postings }: Entry, balances: BalanceState): readonly GrantBalance[] {
  const found: GrantBalance[] = []
  const note = (grantId: string) => {
    const balance = balances.get(grantId)
    if (balance && !found.includes(balance)) found.push(balance)
  }
  for (const { grantId } of postings) note(grantId)
  if (facts.kind === 'extend') facts.grantIds.forEach(note)
  return found
}

function advanceCatalogs(
  catalogs: LedgerState['catalogs'],
  { id, facts, sequence, at }: Entry,
): LedgerState['catalogs'] {
  if (facts.kind !== 'catalog') return catalogs
  const { from, source } = facts
  const { version, name } = source
  if (catalogs.has(version)) throw new Error(`Entry ${id} repeats catalog ${version}`)
  return new Map(catalogs).set(version, { version, name, from, sequence, at })
}

function advanceHolds({ holds, catalogs }: LedgerState, entry: Entry): LedgerState['holds'] {
  const { facts } = entry
  if (facts.kind === 'hold') {
    const { operationId, quote } = facts.operation
    if (!catalogs.has(quote.catalogVersion)) {
      throw new Error(`Entry ${entry.id} is priced by unknown catalog ${quote.catalogVersion}`)
    }
    return new Map(holds).set(operationId, openHold(entry))
  }
  if (facts.kind !== 'settle' && facts.kind !== 'void') return holds
  const rest = new Map(holds)
  if (!rest.delete(facts.operationId)) {
    throw new Error(`Entry ${entry.id} ends operation ${facts.operationId}, which is not open`)
  }
  return rest
}

/** The hold that an entry of kind `hold` opens. */
export function openHold(entry: Entry): Hold {
  if (entry.facts.kind !== 'hold') throw new Error(`Entry ${entry.id} is not a hold`)
  const { operation } = entry.facts
  const { sequence, at } = entry
  return { operation, draws: drawsInto(entry, 'held'), sequence, at, checkpoint: null }
}

/**
 * How long after its end a grant of the issuer's is remembered: it may have been extended while
 * this machine was out of reach, as each purchase extends earlier ones by up to a year (pool
 * extension).
 */
const REMEMBERED_MS = 400 * 24 * 3_600_000

/** Whether a grant's balance can still change or be shown as current at `now`. */
export function stillMatters(
  { grant, available, held, elsewhere }: GrantBalance,
  now: number,
): boolean {
  if (available !== 0 || held !== 0) return true
  if (elsewhere !== 0 && !hasExpired(grant, now - REMEMBERED_MS)) return true
  // A cycle's grants are counted while it runs, including those that never end and are used up.
  if (grant.cycle && now < grant.cycle.endsAt) return true
  return grant.expiresAt !== null && !hasExpired(grant, now)
}

/**
 * Whether a refund may refill a grant that is used up: one that never ends, on a machine standing
 * alone (in a team refunds are grants of their own).
 */
function mayBeRefilled({ grant, spent }: GrantBalance, { team }: LedgerState): boolean {
  return team === null && grant.expiresAt === null && spent > 0
}

/**
 * The state without the grants that have ended by `written`, so that only purchases that never end
 * can make it grow. The clock may have been far ahead: what an issuer still counts as open it
 * leases, which brings the grant back.
 */
export function forgetSpentGrants(state: LedgerState, written: number): LedgerState {
  const now = state.team ? Math.min(written, state.team.lease.expiresAt) : written
  let balances: Map<string, GrantBalance> | null = null
  for (const [id, balance] of state.balances) {
    if (stillMatters(balance, now) || mayBeRefilled(balance, state)) continue
    balances ??= new Map(state.balances)
    balances.delete(id)
  }
  return balances ? { ...state, balances } : state
}
