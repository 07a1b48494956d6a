/** How each studio is set up, as it is checked: for requests and for recipes. */

import { z } from 'zod'
import { IMAGE_SHAPES, MAX_IMAGES, REPLY_LENGTHS } from './settings.ts'

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
