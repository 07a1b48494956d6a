/** Guesses what a listed model is for and how it is priced; a person can change it. */

import type { Studio } from '#shared/credits/studios.ts'

export interface ModelGuess {
  readonly name: string
  readonly studio: Studio
  readonly operation: string
}

const IMAGE = /dall-?e|gpt-image|image|stable-?diffusion|sdxl|\bsd[123]|flux|imagen|midjourney/i
const VOICE = /(^|[-_/:. ])tts([-_/:. ]|$|\d)|speech|kokoro|piper|bark|orpheus|voice/i
/** Models that neither answer, draw nor speak. */
const OTHER = /embed|whisper|transcri|moderation|rerank|realtime|guard|bge-|nomic|clip\b/i
const SMALL =
  /mini|nano|small|fast|flash|lite|tiny|haiku|turbo|schnell|(^|[^\d.])[1-9](\.\d)?b\b|1[0-4]b\b/i

/** Null for models none of the studios can use (embeddings, transcription …). */
export function guessModel(name: string): ModelGuess | null {
  if (OTHER.test(name)) return null
  const tier = SMALL.test(name) ? 'standard' : 'advanced'
  if (VOICE.test(name)) return { name, studio: 'voice', operation: 'speech' }
  if (IMAGE.test(name)) return { name, studio: 'image', operation: `image.${tier}` }
  return { name, studio: 'chat', operation: `request.${tier}` }
}
