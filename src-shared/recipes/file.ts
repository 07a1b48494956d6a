/**
 * A recipe as one file, `*.tallyrecipe`: JSON with the signature of its creator over the canonical
 * form of what it says. Reading checks everything but the signature itself, which needs a key.
 */

import { z } from 'zod'
import { STUDIOS } from '../credits/studios.ts'
import { failure, type Result, success } from '../result.ts'
import { type Recipe, recipeSchema } from './recipe.ts'

const RECIPE_FORMAT = 1
export const RECIPE_EXTENSION = '.tallyrecipe'
/** UTF-8; the largest recipe there can be is well below. */
export const MAX_RECIPE_BYTES = 256 * 1024

const KIND = 'tallystick recipe'

export interface SignedRecipe {
  readonly recipe: Recipe
  /** Ed25519, base64url, over `signedText`. */
  readonly signature: string
}

/**
 * JSON with sorted keys and no spaces: one text for one value. Throws on what JSON cannot express.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`)
    return `{${fields.join(',')}}`
  }
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) throw new TypeError(`JSON cannot say ${typeof value}`)
  return text
}

/**
 * What a creator signs, prefixed with its purpose so that the signature can stand for nothing else.
 */
export function signedText(recipe: Recipe): string {
  return `${KIND} ${RECIPE_FORMAT}\n${canonicalJson(recipe)}\n`
}

/** The text of the file. */
export function recipeFileText({ recipe, signature }: SignedRecipe): string {
  return `${canonicalJson({ kind: KIND, format: RECIPE_FORMAT, recipe, signature })}\n`
}

/** What a file of another format must still state. */
const envelope = z.looseObject({ kind: z.literal(KIND), format: z.int().min(1) })

const file = z.strictObject({
  kind: z.literal(KIND),
  format: z.literal(RECIPE_FORMAT),
  recipe: recipeSchema,
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'Not a signature'),
})

/**
 * The recipe in a file's text, its signature yet to be checked. Fails with `recipe_too_large`,
 * `recipe_not_readable` (no recipe, or one that says something odd; `details.path` says where),
 * `recipe_newer`, `recipe_studio_unknown` or `recipe_unsigned`.
 */
export function readRecipeFile(text: string): Result<SignedRecipe> {
  if (isTooLarge(text)) {
    return failure('recipe_too_large', 'This file is too large to be a recipe.', {
      maximumBytes: MAX_RECIPE_BYTES,
    })
  }
  const json = parseJson(text)
  const outer = envelope.safeParse(json)
  if (!outer.success) {
    return failure('recipe_not_readable', 'This file is not a recipe of Tallystick.')
  }
  if (outer.data.format > RECIPE_FORMAT) {
    return failure(
      'recipe_newer',
      'This recipe was made by a newer Tallystick. Update the app, then import it again.',
      { format: outer.data.format },
    )
  }
  const unknown = unknownStudio(outer.data['recipe'])
  if (unknown !== null) {
    return failure('recipe_studio_unknown', `This Tallystick has no studio “${unknown}”.`)
  }
  const parsed = file.safeParse(json)
  if (parsed.success) {
    const { recipe, signature } = parsed.data
    return success({ recipe, signature })
  }
  return problemOf(parsed.error)
}

/** UTF-8 has at most three bytes for a character of a string, so most need no counting. */
function isTooLarge(text: string): boolean {
  if (text.length > MAX_RECIPE_BYTES) return true
  if (text.length * 3 <= MAX_RECIPE_BYTES) return false
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes > MAX_RECIPE_BYTES
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function unknownStudio(recipe: unknown): string | null {
  const shape = z.looseObject({ setup: z.looseObject({ studio: z.string() }) })
  const studio = shape.safeParse(recipe).data?.setup.studio
  return studio === undefined || (STUDIOS as readonly string[]).includes(studio)
    ? null
    : studio.slice(0, 40)
}

function problemOf(error: z.ZodError) {
  const [issue] = error.issues
  const path = issue?.path.map(String).join('.') ?? ''
  if (path === 'signature' || path === 'recipe.creator.key') {
    return failure(
      'recipe_unsigned',
      'This recipe is not signed by its creator, so it cannot be trusted. Ask for the file again.',
    )
  }
  return failure(
    'recipe_not_readable',
    `This recipe cannot be read: ${issue?.message ?? 'it says something odd'} (at “${path}”).`,
    { path },
  )
}
