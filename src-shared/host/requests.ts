/** What a studio asks the host to price and run. One shape for the quote and for the run. */

import { z } from 'zod'

export const MAX_PROMPT_CHARACTERS = 100_000
export const MAX_SPEECH_CHARACTERS = 8_000
export const MAX_IMAGES = 8

export const id = z.string().regex(/^[A-Za-z0-9._:/@-]{1,200}$/, 'Not an identifier')
export const uuid = z.uuid()
const subject = z.string().trim().max(60)
const promptText = z.string().max(MAX_PROMPT_CHARACTERS)

export const REPLY_LENGTHS = ['short', 'medium', 'long'] as const
export type ReplyLength = (typeof REPLY_LENGTHS)[number]

/** The most output tokens a reply of each length may have. */
export const REPLY_TOKENS: Readonly<Record<ReplyLength, number>> = {
  short: 300,
  medium: 1_000,
  long: 4_000,
}

export const chatRequestSchema = z.strictObject({
  studio: z.literal('chat'),
  threadId: uuid,
  /** The message this one answers; null starts the thread. Naming an earlier one branches. */
  parentId: uuid.nullable(),
  /** What the person wrote; null asks for another reply to `parentId` (regenerate). */
  text: promptText.nullable(),
  modelId: id,
  length: z.enum(REPLY_LENGTHS),
  webSearch: z.boolean(),
  subject,
})

export const IMAGE_SHAPES = ['square', 'portrait', 'landscape'] as const
export type ImageShape = (typeof IMAGE_SHAPES)[number]

export const imageRequestSchema = z.strictObject({
  studio: z.literal('image'),
  prompt: promptText,
  modelId: id,
  count: z.int().min(1).max(MAX_IMAGES),
  shape: z.enum(IMAGE_SHAPES),
  subject,
})

export const voiceRequestSchema = z.strictObject({
  studio: z.literal('voice'),
  text: z.string().max(MAX_SPEECH_CHARACTERS),
  modelId: id,
  voice: z.string().max(60),
  /** Percent of normal speed. */
  speed: z.int().min(50).max(200),
  subject,
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
