/**
 * The recipes of this data folder: own ones, signed as they are saved, and others' as they came.
 * Deleting one touches neither the ledger nor what was made with it.
 */

import { join } from 'node:path'
import {
  recipeFileText,
  RECIPE_EXTENSION,
  signedText,
  type SignedRecipe,
} from '#shared/recipes/file.ts'
import type { Recipe, RecipeDraft, RecipeView } from '#shared/recipes/recipe.ts'
import { failure, type HostError, type Result, success } from '#shared/result.ts'
import { systemErrorCode } from '../files/atomic-file.ts'
import { isDiskFull } from '../files/storage-trouble.ts'
import type { Clock } from '#shared/ports/time.ts'
import type { Ids } from '#shared/ports/ids.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import { openCreatorKey, type Signer } from './creator-key.ts'
import { checkRecipeFile, fitsFile, openRecipeFiles } from './recipe-files.ts'

const RECIPES_DIRECTORY = 'recipes'
export const MAX_RECIPES = 500

/** What importing a file did. */
export type ImportChange = 'added' | 'updated' | 'same' | 'older'

export interface Recipes {
  /** By name. */
  list(): readonly RecipeView[]
  find(recipeId: string): RecipeView | undefined
  /**
   * Keeps an own recipe, new or changed, signed and one revision further. Fails with
   * `recipe_not_found`, `recipe_not_yours`, `recipe_operation_unknown`, `recipe_too_large`,
   * `too_many_recipes`, `disk_full`, `recipes_not_writable` or as signing does.
   */
  save(draft: RecipeDraft): Result<RecipeView>
  /** Fails with `recipe_not_found`. */
  remove(recipeId: string): Result<null>
  /** The signed file; fails with `recipe_not_found`. */
  exportFile(recipeId: string): Result<{ readonly fileName: string; readonly text: string }>
  /**
   * Takes in a file. The same recipe again changes nothing; a higher revision by the same creator
   * replaces it; another creator's under its id is refused: `recipe_id_taken`.
   */
  importFile(text: string): Result<{ readonly recipe: RecipeView; readonly change: ImportChange }>
  /** The creator’s key; null until there is a first recipe to sign. Fails as signing does. */
  creator(): Result<Signer> | null
  /** Said once to the person: recipes were damaged and have been set aside. */
  readonly damage: string | null
}

export interface RecipesOptions {
  /** Holds the folder of recipes. */
  readonly directory: string
  readonly secrets: SecretStore
  /** Ids of the rate card in force. */
  operations(): readonly string[]
  readonly clock: Clock
  readonly ids: Ids
}

/** Opens the recipes, making their folder on first use. Throws the system's errors. */
export function openRecipes(options: RecipesOptions): Recipes {
  const directory = join(options.directory, RECIPES_DIRECTORY)
  const files = openRecipeFiles(directory, options.clock.now())
  const key = openCreatorKey(directory, options.secrets)
  const kept = new Map(files.stored)

  const view = ({ recipe }: SignedRecipe): RecipeView => ({
    ...recipe,
    own: recipe.creator.key === key.publicKey(),
  })

  function keep(signed: SignedRecipe): Result<RecipeView> {
    const { id } = signed.recipe
    if (!kept.has(id) && kept.size >= MAX_RECIPES) {
      return failure('too_many_recipes', `There can be up to ${MAX_RECIPES} recipes. Delete some.`)
    }
    try {
      files.write(signed)
    } catch (error) {
      return notWritable(error)
    }
    kept.set(id, signed)
    return success(view(signed))
  }

  /** The recipe that a draft changes: null for a new one. */
  function changedBy({ id }: RecipeDraft, publicKey: string): Result<Recipe | null> {
    if (id === null) return success(null)
    const before = kept.get(id)?.recipe
    if (!before) return notFound()
    if (before.creator.key === publicKey) return success(before)
    return failure('recipe_not_yours', `Only ${before.creator.name} can change this recipe.`)
  }

  function knowsOperation({ operation }: Pick<Recipe, 'operation'>): Result<null> {
    if (options.operations().includes(operation)) return success(null)
    return failure(
      'recipe_operation_unknown',
      `This recipe is made for “${operation}”, which has no price here.`,
      { operation },
    )
  }

  function save(draft: RecipeDraft): Result<RecipeView> {
    const priced = knowsOperation(draft)
    if (!priced.ok) return priced
    const opened = openSigner(key.signer)
    if (!opened.ok) return opened
    const { publicKey, sign } = opened.data
    const before = changedBy(draft, publicKey)
    if (!before.ok) return before
    const { creatorName, ...content } = draft
    const recipe: Recipe = {
      ...content,
      id: before.data?.id ?? options.ids.next(),
      revision: (before.data?.revision ?? 0) + 1,
      creator: { name: creatorName, key: publicKey },
    }
    const signed = { recipe, signature: sign(signedText(recipe)) }
    if (!fitsFile(signed)) {
      return failure('recipe_too_large', 'This recipe is too large for a file. Make it shorter.')
    }
    return keep(signed)
  }

  function importFile(text: string): ReturnType<Recipes['importFile']> {
    const checked = checkRecipeFile(text)
    if (!checked.ok) return checked
    const { recipe } = checked.data
    const priced = knowsOperation(recipe)
    if (!priced.ok) return priced
    const present = kept.get(recipe.id)
    if (present && present.recipe.creator.key !== recipe.creator.key) {
      return failure(
        'recipe_id_taken',
        `This claims to be “${present.recipe.name}” by ${present.recipe.creator.name}, but somebody else signed it.`,
      )
    }
    const change = changeOf(present?.recipe, recipe)
    if (present && change !== 'updated') return success({ recipe: view(present), change })
    const stored = keep(checked.data)
    return stored.ok ? success({ recipe: stored.data, change }) : stored
  }

  return {
    list: () =>
      [...kept.values()]
        .map(view)
        .sort(
          (left, right) => left.name.localeCompare(right.name) || (left.id < right.id ? -1 : 1),
        ),
    find(recipeId) {
      const signed = kept.get(recipeId)
      return signed && view(signed)
    },
    creator: () => (key.publicKey() === null ? null : openSigner(key.signer)),
    save,
    remove(recipeId) {
      if (!kept.has(recipeId)) return notFound()
      try {
        files.remove(recipeId)
      } catch (error) {
        return notWritable(error)
      }
      kept.delete(recipeId)
      return success(null)
    },
    exportFile(recipeId) {
      const signed = kept.get(recipeId)
      if (!signed) return notFound()
      return success({ fileName: fileNameOf(signed.recipe), text: recipeFileText(signed) })
    },
    importFile,
    damage: damageOf(files.setAside),
  }
}

function changeOf(before: Recipe | undefined, after: Recipe): ImportChange {
  if (!before) return 'added'
  if (after.revision > before.revision) return 'updated'
  return signedText(after) === signedText(before) ? 'same' : 'older'
}

/** The signer, with a full disk as data. */
function openSigner<T>(open: () => Result<T>): Result<T> {
  try {
    return open()
  } catch (error) {
    return notWritable(error)
  }
}

/** A name that every file system takes, from the recipe's own. */
function fileNameOf({ name }: Recipe): string {
  const plain = name.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-+|-+$/g, '')
  return `${plain === '' ? 'recipe' : plain}${RECIPE_EXTENSION}`
}

function damageOf(setAside: readonly string[]): string | null {
  const [first] = setAside
  if (first === undefined) return null
  return setAside.length === 1
    ? `A recipe was damaged and has been moved to ${first}. Import it again if you have its file.`
    : `${setAside.length} recipes were damaged and have been moved beside ${first}. Import them again if you have their files.`
}

type Failure = { readonly ok: false; readonly error: HostError }

function notFound(): Failure {
  return failure('recipe_not_found', 'This recipe is no longer there.')
}

function notWritable(error: unknown): Failure {
  const cause = systemErrorCode(error)
  if (cause === undefined) throw error
  if (isDiskFull(cause)) {
    return failure('disk_full', 'The disk is full. Free some space, then save the recipe again.')
  }
  return failure(
    'recipes_not_writable',
    'The recipe could not be saved. Check the permissions of the data folder.',
    { cause },
  )
}
