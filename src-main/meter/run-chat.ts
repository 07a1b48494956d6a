/** A chat run: one streamed reply, tried again only while nothing of it has arrived. */

import type { ChatRequest } from '#shared/host/requests.ts'
import type { ChatMessage, ChatPart, Provider } from '../providers/provider.ts'
import type { LiveRun } from './live-run.ts'
import { failed, type RunEnd, STOPPED, type TryAgain } from './run-end.ts'

export interface ChatRun {
  readonly request: ChatRequest
  readonly provider: Provider
  readonly model: string
  readonly messages: readonly ChatMessage[]
  readonly maximumOutputTokens: number
  readonly tryAgain: TryAgain
}

/** A provider that ignores the length it was given is cut here; local counts differ a little. */
const OVERRUN_PERCENT = 125
const OVERRUN_TOKENS = 50
const LONGEST_CHARACTERS_PER_TOKEN = 8

/** Streams the reply into `run` until it ends, fails or is stopped. Never rejects. */
export async function runChat(run: LiveRun, chat: ChatRun): Promise<RunEnd> {
  for (let tried = 1; ; tried++) {
    const end = await streamReply(run, chat)
    if (end.kind !== 'failed' || run.text() !== '') return end
    if (!(await chat.tryAgain(run, end.failure, tried))) return end
  }
}

async function streamReply(run: LiveRun, chat: ChatRun): Promise<RunEnd> {
  const abortion = new AbortController()
  const signal = AbortSignal.any([run.signal, abortion.signal])
  const longest = (chat.maximumOutputTokens * OVERRUN_PERCENT) / 100 + OVERRUN_TOKENS
  const stream = chat.provider.chat({
    model: chat.model,
    messages: chat.messages,
    maximumOutputTokens: chat.maximumOutputTokens,
    webSearch: chat.request.webSearch,
    signal,
  })
  for await (const part of untilAborted(stream, run.signal)) {
    if (part.type === 'failed') return failed(part.failure)
    if (part.type === 'end') return completed(run, part)
    run.appendText(part.text)
    if (isOver(run, longest)) {
      abortion.abort()
      return { kind: 'completed' }
    }
  }
  return run.stopReason() ? STOPPED : failed(CUT_OFF)
}

/** Reported tokens replace the local count; the host's own counts stay. */
function completed(run: LiveRun, part: ChatPart & { type: 'end' }): RunEnd {
  run.flush()
  const counted = run.delivery()
  if (!counted) return failed(EMPTY_REPLY)
  if (part.usage) {
    const { inputTokens: _input, outputTokens: _output, ...own } = counted.units
    run.deliver({ units: { ...own, ...part.usage }, usageSource: 'provider' })
  }
  return { kind: 'completed' }
}

/** By the last count, or by sheer length when a burst came faster than counting. */
function isOver(run: LiveRun, longest: number): boolean {
  const tokens = run.delivery()?.units.outputTokens ?? 0
  return tokens > longest || run.text().length > longest * LONGEST_CHARACTERS_PER_TOKEN
}

/** The parts of a stream until `signal` aborts, even when the provider never notices. */
async function* untilAborted<T>(
  stream: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  const iterator = stream[Symbol.asyncIterator]()
  const aborted = new Promise<{ done: true; value: undefined }>((resolve) => {
    const finish = () => resolve({ done: true, value: undefined })
    if (signal.aborted) finish()
    else signal.addEventListener('abort', finish, { once: true })
  })
  try {
    for (;;) {
      const arriving = iterator.next()
      // Nobody waits for it any more once the run is stopped.
      arriving.catch(() => undefined)
      const next = await Promise.race([arriving, aborted])
      if (next.done) return
      yield next.value
    }
  } finally {
    iterator.return?.().catch(() => undefined)
  }
}

const EMPTY_REPLY = {
  code: 'malformed_reply',
  message: 'The model ended without saying anything. Try again, or choose another model.',
  retryAfterMs: null,
} as const

const CUT_OFF = {
  code: 'malformed_reply',
  message: 'The reply broke off. Try again.',
  retryAfterMs: null,
} as const
