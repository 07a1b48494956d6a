/** How each studio is set up, apart from the model: for requests and for recipes. */

import { z } from 'zod'

export const MAX_PROMPT_CHARACTERS = 100_000
export const MAX_SPEECH_CHARACTERS = 8_000
export const MAX_IMAGES = 8

export const REPLY_LENGTHS = ['short', 'medium', 'long'] as const
export type ReplyLength = (typeof REPLY_LENGTHS)[number]

export const IMAGE_SHAPES = ['square', 'portrait', 'landscape'] as const
export type ImageShape = (typeof IMAGE_SHAPES)[number]

export const chatSettings = z.strictObject({
  length: z.enum(REPLY_LENGTHS),
  webSearch: z.boolean(),
})

export const imageSettings = z.strictObject({
  count: z.int().min(1).max(MAX_IMAGES),
  shape: z.enum(IMAGE_SHAPES),
})

export const voiceSettings = z.strictObject({
  voice: z.string().max(60),
  /** Percent of normal speed. */
  speed: z.int().min(50).max(200),
})
