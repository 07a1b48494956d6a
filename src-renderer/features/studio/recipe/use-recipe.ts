import { useEffect } from 'react'
import { blankProblem, type BlankValues, fillPrompt } from '#shared/recipes/filling.ts'
import type { RecipeView } from '#shared/recipes/recipe.ts'
import type { Studio } from '#shared/credits/studios.ts'
import type { ModelView } from '#shared/host/views.ts'
import { modelsOf, useProviders } from '../../../state/app-store.ts'
import { changeApplied, removeApplied, useAppliedRecipes } from '../../../state/applied-recipes.ts'
import { setOptions, type StudioOptions } from '../options.ts'

/** A recipe in a studio's composer, in place of its prompt. */
export interface RecipeInUse {
  readonly recipe: RecipeView
  readonly values: BlankValues
  /** The prompt as it would be sent; blanks that are empty keep their braces. */
  readonly text: string
  /** Whether every blank is filled as the recipe asks. */
  readonly complete: boolean
  readonly fill: (name: string, value: string) => void
  readonly remove: () => void
}

/** The recipe that the studio is to run; sets the studio up as it says, once. Null without one. */
export function useRecipe(studio: Studio): RecipeInUse | null {
  const applied = useAppliedRecipes((state) => state[studio])
  const providers = useProviders()
  useEffect(() => {
    if (!applied?.isNew || providers.length === 0) return
    setOptions(optionsOf(applied.recipe, modelsOf(providers, studio)))
    changeApplied(studio, { isNew: false })
  }, [applied, providers, studio])
  if (!applied) return null
  const { recipe, values } = applied
  return {
    recipe,
    values,
    text: fillPrompt(recipe, values),
    complete: recipe.blanks.every(
      (blank) => blankProblem(blank, values[blank.name] ?? '') === null,
    ),
    fill: (name, value) => changeApplied(studio, { values: { ...values, [name]: value } }),
    remove: () => removeApplied(studio),
  }
}

/** The options a recipe asks for, with the nearest model there is here. */
function optionsOf(
  { setup, operation, modelName }: RecipeView,
  models: readonly ModelView[],
): Partial<StudioOptions> {
  const fitting = models.filter((model) => model.operation === operation)
  const model = fitting.find(({ name }) => name === modelName) ?? fitting[0]
  const { studio, ...settings } = setup
  if (!model) return settings
  const option = { chat: 'chatModel', image: 'imageModel', voice: 'voiceModel' } as const
  return { ...settings, [option[studio]]: model.id }
}
