/** Recipes on disk: each is its signed file, as it would be handed on. */

import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  MAX_RECIPE_BYTES,
  readRecipeFile,
  RECIPE_EXTENSION,
  recipeFileText,
  signedText,
  type SignedRecipe,
} from '#shared/recipes/file.ts'
import { failure, type Result } from '#shared/result.ts'
import {
  ensurePrivateDirectory,
  setAside,
  syncDirectory,
  TEMPORARY_SUFFIX,
  writeFileAtomic,
} from '../files/atomic-file.ts'
import { isSignedBy } from '../secrets/signing-key.ts'

export interface RecipeFiles {
  /** Every sound recipe by id, read at start. */
  readonly stored: ReadonlyMap<string, SignedRecipe>
  /** Files that were no sound recipe and have been set aside. */
  readonly setAside: readonly string[]
  /** Throws the system's error when the disk refuses; the old file then stays. */
  write(signed: SignedRecipe): void
  remove(recipeId: string): void
}

/**
 * The recipe in a file's text, by its creator. Fails as reading one does, or with `recipe_altered`
 * when the signature is not over what it says.
 */
export function checkRecipeFile(text: string): Result<SignedRecipe> {
  const read = readRecipeFile(text)
  if (!read.ok) return read
  const { recipe, signature } = read.data
  if (isSignedBy(recipe.creator.key, signedText(recipe), signature)) return read
  return failure(
    'recipe_altered',
    'This recipe was changed after it was signed, or somebody else signed it. Ask its creator for it again.',
  )
}

/** Opens the recipes in `directory`, making it on first use. Throws the system's errors. */
export function openRecipeFiles(directory: string, now: number): RecipeFiles {
  ensurePrivateDirectory(directory)
  const pathOf = (recipeId: string) => join(directory, `${recipeId}${RECIPE_EXTENSION}`)
  const stored = new Map<string, SignedRecipe>()
  const aside: string[] = []
  for (const name of readdirSync(directory)) {
    const path = join(directory, name)
    if (name.endsWith(TEMPORARY_SUFFIX)) rmSync(path, { force: true })
    if (!name.endsWith(RECIPE_EXTENSION)) continue
    const read = checkRecipeFile(readFileSync(path, 'utf8'))
    if (read.ok && name === `${read.data.recipe.id}${RECIPE_EXTENSION}`) {
      stored.set(read.data.recipe.id, read.data)
    } else if (read.ok || read.error.code !== 'recipe_newer') {
      aside.push(setAside(path, now))
    }
  }
  return {
    stored,
    setAside: aside,
    write: (signed) => writeFileAtomic(pathOf(signed.recipe.id), recipeFileText(signed)),
    remove(recipeId) {
      rmSync(pathOf(recipeId), { force: true })
      syncDirectory(directory)
    },
  }
}

/** Whether a recipe fits a file that others can import. */
export function fitsFile(signed: SignedRecipe): boolean {
  return Buffer.byteLength(recipeFileText(signed)) <= MAX_RECIPE_BYTES
}
