/** How each studio is set up, apart from the model: for the window, which needs no schemas. */

export const MAX_PROMPT_CHARACTERS = 100_000
export const MAX_SPEECH_CHARACTERS = 8_000
export const MAX_IMAGES = 8

export const REPLY_LENGTHS = ['short', 'medium', 'long'] as const
export type ReplyLength = (typeof REPLY_LENGTHS)[number]

export const IMAGE_SHAPES = ['square', 'portrait', 'landscape'] as const
export type ImageShape = (typeof IMAGE_SHAPES)[number]
