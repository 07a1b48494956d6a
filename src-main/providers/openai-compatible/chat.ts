/** One streamed chat reply through the AI SDK. */

import { createOpenAI } from '@ai-sdk/openai'
import { APICallError } from 'ai'
import type { ChatCall, ChatMessage, ChatPart, ProviderFailure } from '../provider.ts'
import type { Connection } from './connection.ts'
import { CONNECTION_LOST, MALFORMED, REFUSED } from './failures.ts'
import { readChatUsage, type UsageReport } from './usage.ts'

const MAX_CHAT_BYTES = 32_000_000

type LimitName = 'max_tokens' | 'max_completion_tokens'

export async function* streamChat(
  connection: Connection,
  call: ChatCall,
): AsyncGenerator<ChatPart> {
  const key = connection.readKey()
  if (!key.ok) {
    yield { type: 'failed', failure: key.failure }
    return
  }
  const limitName = connection.limitNames.get(call.model) ?? 'max_tokens'
  let begun = false
  for await (const step of attempt(connection, call, key.key, limitName)) {
    if (step.type === 'wrong-limit-name' && !begun) {
      connection.limitNames.set(call.model, 'max_completion_tokens')
      yield* retryWithOtherName(connection, call, key.key)
      return
    }
    if (step.type === 'wrong-limit-name') continue
    begun = true
    yield step
  }
}

async function* retryWithOtherName(
  connection: Connection,
  call: ChatCall,
  key: string | null,
): AsyncGenerator<ChatPart> {
  for await (const step of attempt(connection, call, key, 'max_completion_tokens')) {
    if (step.type === 'wrong-limit-name') yield { type: 'failed', failure: step.failure }
    else yield step
  }
}

type AttemptStep =
  | ChatPart
  /** Nothing ran: the model wants the length limit under its newer name. */
  | { readonly type: 'wrong-limit-name'; readonly failure: typeof MALFORMED }

async function* attempt(
  connection: Connection,
  call: ChatCall,
  key: string | null,
  limitName: LimitName,
): AsyncGenerator<AttemptStep> {
  const done = new AbortController()
  const progress = createProgress()
  try {
    const onBreak = (error: unknown) => (progress.broken = connection.toFailure(error))
    const { signal } = done
    for await (const part of await startStream(connection, call, key, limitName, signal, onBreak)) {
      if (call.signal.aborted) return
      if (part.type === 'text-delta' && part.delta !== '') {
        progress.delivered = true
        yield { type: 'text', text: part.delta }
      } else if (part.type === 'raw') {
        progress.read(part.rawValue)
      } else if (part.type === 'error') {
        // Only the report at the very end was bad: the reply itself is whole.
        if (progress.finishReason !== null && isUnreadableChunk(part.error)) {
          progress.usage = { state: 'rejected' }
          continue
        }
        yield { type: 'failed', failure: progress.broken ?? connection.toFailure(part.error) }
        return
      }
    }
    if (!call.signal.aborted) yield progress.ending()
  } catch (error) {
    if (call.signal.aborted) return
    const failure = connection.toFailure(error)
    yield wantsOtherName(error, limitName)
      ? { type: 'wrong-limit-name', failure }
      : { type: 'failed', failure }
  } finally {
    done.abort()
  }
}

/**
 * Asks the SDK's model itself and not `streamText`, whose tools and steps are of no use here and
 * halve the throughput.
 */
async function startStream(
  connection: Connection,
  call: ChatCall,
  key: string | null,
  limitName: LimitName,
  done: AbortSignal,
  onBreak: (error: unknown) => void,
) {
  const provider = createOpenAI({
    baseURL: connection.baseUrl,
    apiKey: 'added-on-the-way-out',
    fetch: connection.guard(key, 'chat', MAX_CHAT_BYTES, {
      onBreak,
      ...(call.webSearch ? { extraBody: { web_search_options: {} } } : {}),
    }),
  })
  const limit = Math.max(1, Math.floor(call.maximumOutputTokens))
  const { stream } = await provider.chat(call.model).doStream({
    prompt: call.messages.map(toPrompt),
    abortSignal: AbortSignal.any([call.signal, done]),
    includeRawChunks: true,
    ...(limitName === 'max_tokens'
      ? { maxOutputTokens: limit }
      : { providerOptions: { openai: { maxCompletionTokens: limit } } }),
  })
  return stream
}

function toPrompt({ role, content }: ChatMessage) {
  if (role === 'system') return { role, content }
  return { role, content: [{ type: 'text' as const, text: content }] }
}

function createProgress() {
  return {
    delivered: false,
    /** Why the connection broke off, null while it holds. */
    broken: null as ProviderFailure | null,
    finishReason: null as string | null,
    usage: { state: 'none' } as UsageReport,

    /** Looks at a chunk as the provider sent it: the SDK turns a missing count into zero. */
    read(chunk: unknown): void {
      if (typeof chunk !== 'object' || chunk === null) return
      if ('choices' in chunk && Array.isArray(chunk.choices)) {
        const choice: unknown = chunk.choices[0]
        const reason =
          typeof choice === 'object' && choice !== null && 'finish_reason' in choice
            ? choice.finish_reason
            : null
        if (typeof reason === 'string') this.finishReason = reason
      }
      if ('usage' in chunk && chunk.usage != null) this.usage = readChatUsage(chunk.usage)
    },

    /** A stream that just stops, without a reason and without usage, was cut off. */
    ending(): ChatPart {
      const { broken, finishReason, usage } = this
      if (broken && finishReason === null) return { type: 'failed', failure: broken }
      if (finishReason === 'content_filter') return { type: 'failed', failure: REFUSED }
      if (finishReason === null && usage.state === 'none') {
        return { type: 'failed', failure: this.delivered ? CONNECTION_LOST : MALFORMED }
      }
      const cut = finishReason === 'length'
      if (usage.state === 'reported') return { type: 'end', usage: usage.units, cut }
      if (usage.state === 'rejected') return { type: 'end', usage: null, cut, usageRejected: true }
      return { type: 'end', usage: null, cut }
    },
  }
}

function isUnreadableChunk(error: unknown): boolean {
  return error instanceof Error && /JSONParse|TypeValidation/.test(error.name)
}

/** The provider's own words are read here, and only here, to find the name it asks for. */
function wantsOtherName(error: unknown, limitName: LimitName): boolean {
  return (
    limitName === 'max_tokens' &&
    APICallError.isInstance(error) &&
    error.statusCode === 400 &&
    (error.responseBody ?? '').includes('max_completion_tokens')
  )
}
