/** The units a request is likely to use, and the most it may use: what a quote is priced from. */

import type { Units } from '#shared/credits/units.ts'
import {
  REPLY_TOKENS,
  type ChatRequest,
  type ImageRequest,
  type RunRequest,
  type VoiceRequest,
} from '#shared/host/requests.ts'
import type { ReplyLength } from '#shared/studios/settings.ts'
import { estimateTokens } from '#shared/usage/tokens.ts'
import type { ChatMessage } from '../providers/provider.ts'

export interface Estimate {
  readonly expected: Units
  readonly maximum: Units
  /** Why, in words for the composer. */
  readonly reasons: readonly string[]
}

/** Tokens that a message costs beside its text: role and separators. */
const TOKENS_PER_MESSAGE = 4
/** Providers count differently; the quote's maximum allows for that much more input. */
const INPUT_MARGIN_PERCENT = 25
/** Most replies stop well before the length that was allowed. */
const EXPECTED_REPLY_PERCENT = 40

/** Conversation beyond this many tokens is left out, oldest first. */
const MAX_CONTEXT_TOKENS = 16_000

const LENGTH_REASONS: Readonly<Record<ReplyLength, string>> = {
  short: 'Short reply',
  medium: 'Medium reply',
  long: 'Long reply',
}

/** The newest messages that fit the context; the last one always stays. */
export function fitContext(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const kept: ChatMessage[] = []
  let tokens = 0
  for (const message of messages.toReversed()) {
    tokens += tokensOfMessage(message)
    if (kept.length > 0 && tokens > MAX_CONTEXT_TOKENS) break
    kept.unshift(message)
  }
  return kept
}

/** The estimated input tokens of a conversation. */
export function countInput(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, message) => sum + tokensOfMessage(message), 0)
}

function tokensOfMessage(message: ChatMessage): number {
  return estimateTokens(message.content) + TOKENS_PER_MESSAGE
}

/** The units of a request; for chat, `messages` is the conversation as it will be sent. */
export function estimateRun(request: RunRequest, messages: readonly ChatMessage[]): Estimate {
  switch (request.studio) {
    case 'chat':
      return estimateChat(request, countInput(messages))
    case 'image':
      return estimateImage(request)
    case 'voice':
      return estimateVoice(request)
  }
}

function estimateChat(request: ChatRequest, inputTokens: number): Estimate {
  const outputTokens = REPLY_TOKENS[request.length]
  const base: Units = { requests: 1, ...(request.webSearch ? { searches: 1 } : {}) }
  return {
    expected: {
      ...base,
      inputTokens,
      outputTokens: Math.ceil((outputTokens * EXPECTED_REPLY_PERCENT) / 100),
    },
    maximum: { ...base, inputTokens: withMargin(inputTokens), outputTokens },
    reasons: [
      `${LENGTH_REASONS[request.length]}, up to ${outputTokens} tokens`,
      `About ${inputTokens} tokens to read`,
      ...(request.webSearch ? ['Web search'] : []),
    ],
  }
}

function estimateImage(request: ImageRequest): Estimate {
  const perImage = tokensOfPrompt(request.prompt)
  const images = request.count
  return {
    expected: { requests: 1, images, inputTokens: perImage * images },
    maximum: { requests: 1, images, inputTokens: withMargin(perImage) * images },
    reasons: [images === 1 ? '1 image' : `${images} images`, `About ${perImage} tokens to read`],
  }
}

/** The input tokens of one image. */
export function tokensOfPrompt(prompt: string): number {
  return estimateTokens(prompt) + TOKENS_PER_MESSAGE
}

function estimateVoice(request: VoiceRequest): Estimate {
  // Before a word is typed, the price is that of the smallest request, as in the other studios.
  const characters = Math.max(1, countCharacters(request.text))
  const units: Units = { requests: 1, characters }
  return { expected: units, maximum: units, reasons: [`${characters} characters`] }
}

/** Characters as a reader counts them (code points), which is how speech is priced. */
export function countCharacters(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

function withMargin(tokens: number): number {
  return Math.ceil((tokens * (100 + INPUT_MARGIN_PERCENT)) / 100) + TOKENS_PER_MESSAGE
}
