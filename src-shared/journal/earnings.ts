/**
 * What creators earn from runs of their recipes (conformance: creator-platform 4). Computed from
 * holds, settlements and refunds alone, so it reveals counts and credits and nothing that was
 * written or made.
 */

import { addCredits, type Credits, ZERO } from '../credits/amount.ts'
import type { Grant } from '../credits/grant.ts'
import type { EntryDraft, EntryFacts, OperationFacts, RecipeFacts } from './journal.ts'

/** One charged run of a recipe. */
export interface RecipeRun {
  readonly operationId: string
  readonly recipe: RecipeFacts
  /** What its creator earns; zero for the creator's own runs. */
  readonly premium: Credits
}

/** What is known of one recipe: all that its creator sees. */
export interface RecipeEarnings {
  readonly recipeId: string
  readonly recipeName: string
  readonly creatorId: string
  /** Charged runs. */
  readonly runs: number
  readonly credits: Credits
}

/** What a settlement says of the recipe its operation ran; null for a run without one. */
export function recipeRunOf(
  { operationId, recipe }: Pick<OperationFacts, 'operationId' | 'recipe'>,
  settled: Extract<EntryFacts, { kind: 'settle' }>,
): RecipeRun | null {
  if (!recipe) return null
  return { operationId, recipe, premium: settled.charge.premium?.amount ?? ZERO }
}

/**
 * Earnings by recipe and creator, in the order of their first run, each recipe under its latest
 * name. A run that was refunded counts, but earns nothing.
 */
export function earningsByRecipe(entries: Iterable<EntryDraft>): readonly RecipeEarnings[] {
  const operations = new Map<string, OperationFacts>()
  const runs = new Map<string, RecipeRun>()
  for (const { facts } of entries) {
    if (facts.kind === 'hold') operations.set(facts.operation.operationId, facts.operation)
    if (facts.kind === 'settle') {
      const operation = operations.get(facts.operationId)
      const run = operation && recipeRunOf(operation, facts)
      if (run) runs.set(run.operationId, run)
    }
    if (facts.kind === 'void' || facts.kind === 'settle') operations.delete(facts.operationId)
    if (facts.kind === 'refund') {
      const run = runs.get(facts.operationId)
      if (run) runs.set(run.operationId, { ...run, premium: ZERO })
    }
  }
  return sumByRecipe(runs.values())
}

function sumByRecipe(runs: Iterable<RecipeRun>): readonly RecipeEarnings[] {
  const sums = new Map<string, RecipeEarnings>()
  for (const { recipe, premium } of runs) {
    const { id: recipeId, name: recipeName, creatorId } = recipe
    const key = `${recipeId} ${creatorId}`
    const { runs: count, credits } = sums.get(key) ?? { runs: 0, credits: ZERO }
    sums.set(key, {
      recipeId,
      recipeName,
      creatorId,
      runs: count + 1,
      credits: addCredits(credits, premium),
    })
  }
  return [...sums.values()]
}

export interface EarningTerms {
  /** When the creator's account gets it, epoch milliseconds. */
  readonly at: number
  readonly expiresAt: number | null
  /** The catalog's priority of earnings. */
  readonly priority: number
  readonly catalogVersion: string
}

/**
 * The grant of one run's premium to its creator's account; null if nothing was earned. Its id is
 * derived from the operation's, so however often the run is reported it is granted once.
 */
export function earningGrant(run: RecipeRun, terms: EarningTerms): Grant | null {
  if (run.premium === 0) return null
  return {
    id: `earnings:${run.operationId}`,
    source: 'earnings',
    amount: run.premium,
    effectiveAt: terms.at,
    expiresAt: terms.expiresAt,
    priority: terms.priority,
    label: `Earnings: ${run.recipe.name}`,
    catalogVersion: terms.catalogVersion,
    family: 'earnings',
  }
}
