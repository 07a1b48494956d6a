/** The recipe each studio is to run next, and what has been put into its blanks. */

import { create } from 'zustand'
import type { BlankValues } from '#shared/recipes/filling.ts'
import type { RecipeView } from '#shared/recipes/recipe.ts'
import type { Studio } from '#shared/credits/studios.ts'

export interface AppliedRecipe {
  readonly recipe: RecipeView
  readonly values: BlankValues
  /** True until the studio has set itself up as the recipe says. */
  readonly isNew: boolean
}

export const useAppliedRecipes = create<Readonly<Partial<Record<Studio, AppliedRecipe>>>>()(
  () => ({}),
)

export function applyRecipe(recipe: RecipeView): void {
  useAppliedRecipes.setState({ [recipe.setup.studio]: { recipe, values: {}, isNew: true } })
}

export function changeApplied(studio: Studio, change: Partial<AppliedRecipe>): void {
  useAppliedRecipes.setState((state) => {
    const applied = state[studio]
    return applied ? { [studio]: { ...applied, ...change } } : {}
  })
}

export function removeApplied(studio: Studio): void {
  useAppliedRecipes.setState({ [studio]: undefined })
}
