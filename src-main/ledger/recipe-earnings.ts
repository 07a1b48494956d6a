/** What runs of recipes earned their creators, from the derived table. */

import type { DatabaseSync } from 'node:sqlite'
import type { RecipeEarnings } from '#shared/journal/earnings.ts'

/** By recipe and creator, most credits first, each recipe under its latest name. */
export function recipeEarnings(db: DatabaseSync): readonly RecipeEarnings[] {
  // With max(sequence) beside it, the bare recipe_name is that of the latest run.
  const rows = db
    .prepare(
      `SELECT recipe_id AS recipeId, recipe_name AS recipeName, creator_id AS creatorId,
         count(*) AS runs, sum(premium) AS credits, max(sequence) AS latest
       FROM recipe_run GROUP BY recipe_id, creator_id ORDER BY credits DESC, runs DESC, recipe_id`,
    )
    .all() as unknown as readonly (RecipeEarnings & { readonly latest: number })[]
  return rows.map(({ latest: _latest, ...earnings }) => ({ ...earnings }))
}
