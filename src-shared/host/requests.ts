/** What a studio asks the host to price and run. One shape for the quote and for the run. */

import { z } from 'zod'
import { chatSettings, imageSettings, voiceSettings } from '../studios/schemas.ts'
import {
  MAX_PROMPT_CHARACTERS,
  MAX_SPEECH_CHARACTERS,
  type ReplyLength,
} from '../studios/settings.ts'

export const id = z.string().regex(/^[A-Za-z0-9._:/@-]{1,200}$/, 'Not an identifier')
export const uuid = z.uuid()
/** Rows of one page. */
export const pageLimit = z.int().min(1).max(200)
export const subject = z.string().trim().max(60)
const promptText = z.string().max(MAX_PROMPT_CHARACTERS)

/** The most output tokens a reply of each length may have. */
export const REPLY_TOKENS: Readonly<Record<ReplyLength, number>> = {
  short: 300,
  medium: 1_000,
  long: 4_000,
}

/** What every request has. */
const common = {
  modelId: id,
  subject,
  /** The recipe it is made with; running somebody else's costs a premium. */
  recipeId: uuid.optional(),
}

const chatRequestSchema = z.strictObject({
  ...common,
  ...chatSettings.shape,
  studio: z.literal('chat'),
  threadId: uuid,
  /** The message this one answers; null starts the thread. Naming an earlier one branches. */
  parentId: uuid.nullable(),
  /** What the person wrote; null asks for another reply to `parentId` (regenerate). */
  text: promptText.nullable(),
})

const imageRequestSchema = z.strictObject({
  ...common,
  ...imageSettings.shape,
  studio: z.literal('image'),
  prompt: promptText,
})

const voiceRequestSchema = z.strictObject({
  ...common,
  ...voiceSettings.shape,
  studio: z.literal('voice'),
  text: z.string().max(MAX_SPEECH_CHARACTERS),
})

export const runRequestSchema = z.discriminatedUnion('studio', [
  chatRequestSchema,
  imageRequestSchema,
  voiceRequestSchema,
])

export type ChatRequest = z.output<typeof chatRequestSchema>
export type ImageRequest = z.output<typeof imageRequestSchema>
export type VoiceRequest = z.output<typeof voiceRequestSchema>
export type RunRequest = z.output<typeof runRequestSchema>
