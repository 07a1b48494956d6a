/**
 * A recipe: a saved prompt with named blanks, its studio's settings, and who made it. It is kept
 * and shared exactly as it was signed, so nothing here changes a value while reading it.
 */

import { z } from 'zod'
import { identifier } from '../catalog/fields.ts'
import type { Studio } from '../credits/studios.ts'
import { chatSettings, imageSettings, voiceSettings } from '../studios/schemas.ts'
import { blank, line, MAX_BLANKS } from './blanks.ts'
import { blanksIn } from './filling.ts'

/** The longest prompt of a recipe: that of the studios' fields with room for the blanks. */
export const MAX_RECIPE_PROMPT: Readonly<Record<Studio, number>> = {
  chat: 20_000,
  image: 4_000,
  voice: 8_000,
}

/** Drawn by the app; anything else is an emoji. */
export const RECIPE_ICONS = ['spark', 'pen', 'picture', 'voice', 'search', 'list'] as const
export type RecipeIcon = (typeof RECIPE_ICONS)[number]

let emoji: RegExp | null = null

/** The pattern is made when it is first needed: all emoji take 50 ms of every start. */
function isEmoji(text: string): boolean {
  emoji ??= new RegExp('^\\p{RGI_Emoji}$', 'v')
  return emoji.test(text)
}

const icon = z.union([z.enum(RECIPE_ICONS), z.string().max(32).refine(isEmoji, 'One emoji')])

const recipeSetup = z.discriminatedUnion('studio', [
  chatSettings.extend({ studio: z.literal('chat') }),
  imageSettings.extend({ studio: z.literal('image') }),
  voiceSettings.extend({ studio: z.literal('voice') }),
])
export type RecipeSetup = z.output<typeof recipeSetup>

/** An Ed25519 public key, 32 bytes as base64url: who made a recipe. */
export const creatorKey = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'Not a public key')

/** What its creator writes; the host adds id, revision and signature. */
const content = {
  name: line(60),
  description: z.string().max(500),
  icon,
  prompt: z.string().min(1).max(MAX_RECIPE_PROMPT.chat),
  blanks: z.array(blank).max(MAX_BLANKS),
  setup: recipeSetup,
  /** Of the rate card: what kind of model it is made for. */
  operation: identifier,
  /** The model it was made with, for whoever has the same. */
  modelName: z.string().max(200),
}

type Content = Pick<z.output<z.ZodObject<typeof content>>, 'prompt' | 'blanks' | 'setup'>

function checkContent(
  { prompt, blanks, setup }: Content,
  report: (path: (string | number)[], message: string) => void,
): void {
  const inPrompt = new Set(blanksIn(prompt))
  const seen = new Set<string>()
  blanks.forEach(({ name }, place) => {
    if (seen.has(name)) report(['blanks', place, 'name'], `“${name}” is there twice`)
    if (!inPrompt.has(name)) report(['blanks', place, 'name'], `The prompt has no {${name}}`)
    seen.add(name)
  })
  const most = MAX_RECIPE_PROMPT[setup.studio]
  if (prompt.length > most) report(['prompt'], `At most ${most} characters for this studio`)
  if (prompt.trim() === '') report(['prompt'], 'The prompt is empty')
}

export const recipeSchema = z
  .strictObject({
    id: z.uuid(),
    /** Grows with every change; a higher one replaces a lower. */
    revision: z.int().min(1).max(1_000_000),
    ...content,
    creator: z.strictObject({ name: line(60), key: creatorKey }),
  })
  .check((context) =>
    checkContent(context.value, (path, message) =>
      context.issues.push({ code: 'custom', input: context.value, path, message }),
    ),
  )
export type Recipe = z.output<typeof recipeSchema>

/** A recipe as its editor hands it to the host. */
export const recipeDraftSchema = z
  .strictObject({
    /** Null makes a new one. */
    id: z.uuid().nullable(),
    ...content,
    creatorName: line(60),
  })
  .check((context) =>
    checkContent(context.value, (path, message) =>
      context.issues.push({ code: 'custom', input: context.value, path, message }),
    ),
  )
export type RecipeDraft = z.output<typeof recipeDraftSchema>

/** A recipe as the app shows it. */
export interface RecipeView extends Recipe {
  /** Made with this machine's creator key: it can be changed here, and running it costs no premium. */
  readonly own: boolean
}
