/** Recipes in and out of the app as files. */

import { MAX_RECIPE_BYTES } from '#shared/recipes/file.ts'
import type { RecipeView } from '#shared/recipes/recipe.ts'
import { downloadText } from '../../components/download-text.ts'
import { notify } from '../../kit/notify.ts'
import { callHost, callOrTell } from '../../state/host.ts'

export async function exportRecipe({ id }: RecipeView): Promise<void> {
  const file = await callOrTell('recipes.export', { recipeId: id })
  if (file) downloadText(file.fileName, file.text, 'application/json')
}

/** Takes in files one after the other, and tells of each what became of it. */
export async function importFiles(files: Iterable<File>): Promise<void> {
  for (const file of files) await importFile(file)
}

async function importFile(file: File): Promise<void> {
  if (file.size > MAX_RECIPE_BYTES) {
    notify({ tone: 'bad', text: `${file.name}: this file is too large to be a recipe.` })
    return
  }
  const result = await callHost('recipes.import', { text: await file.text() })
  if (!result.ok) {
    notify({ tone: 'bad', text: `${file.name}: ${result.error.message}` })
    return
  }
  const { recipe, change } = result.data
  notify({ tone: 'good', text: `“${recipe.name}” by ${recipe.creator.name} ${WORDS[change]}` })
}

const WORDS = {
  added: 'is here.',
  updated: 'is up to date now.',
  same: 'was here already.',
  older: 'is here in another version, which stays.',
} as const
