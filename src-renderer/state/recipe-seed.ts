/** What a new recipe begins with: the prompt and settings of a studio, an example, or a copy. */

import { create } from 'zustand'
import type { RecipeDraft } from '#shared/recipes/recipe.ts'

export type RecipeSeed = Partial<Omit<RecipeDraft, 'id'>>

const useSeed = create<{ readonly seed: RecipeSeed }>()(() => ({ seed: {} }))

export function setRecipeSeed(seed: RecipeSeed): void {
  useSeed.setState({ seed })
}

/** Read once by the editor as it opens. */
export const recipeSeed = (): RecipeSeed => useSeed.getState().seed
