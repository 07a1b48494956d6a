/** What a prepared request does once its hold is on disk: by studio, and where its results go. */

import type { Delivery } from '#shared/journal/conclusion.ts'
import type { Units } from '#shared/credits/units.ts'
import type { ChatRequest, ImageRequest, VoiceRequest } from '#shared/host/requests.ts'
import type { ImageShape } from '#shared/studios/settings.ts'
import { type Result, success } from '#shared/result.ts'
import type { MakingView, RunEnding } from '#shared/host/views.ts'
import { estimateTokens } from '#shared/usage/tokens.ts'
import type { MediaFile, MediaResult } from '../providers/provider.ts'
import { sleep } from '../ports/sleep.ts'
import { countCharacters, countInput, tokensOfPrompt } from './estimate.ts'
import type { LiveRun } from './live-run.ts'
import type { MeterDeps } from './ports.ts'
import type { PreparedRun } from './prepare.ts'
import { waitBeforeRetry } from './retry.ts'
import { runChat } from './run-chat.ts'
import type { RunEnd, TryAgain } from './run-end.ts'
import { type MediaRun, runMedia } from './run-media.ts'

export interface RunBody {
  readonly threadId: string | null
  readonly messageId: string | null
  readonly making: MakingView | null
  run(live: LiveRun): Promise<RunEnd>
  /** What the reply so far counts as. */
  countText(text: string): Delivery
  saveText(text: string): void
  /** Copies the ending onto what the library keeps of the run. */
  finish(text: string, ending: RunEnding): void
}

type BodyDeps = Pick<MeterDeps, 'library' | 'ids' | 'timers' | 'random' | 'ledger' | 'log' | 'emit'>

/** Prepares the library for the run's results and returns the body of the run. */
export function startBody(
  deps: BodyDeps,
  prepared: PreparedRun,
  operationId: string,
): Result<RunBody> {
  const { request } = prepared
  switch (request.studio) {
    case 'chat':
      return startChat(deps, prepared, request, operationId)
    case 'image':
      return success(
        mediaBody(deps, imageRun(deps, prepared, request, operationId), operationId, {
          prompt: request.prompt,
          count: request.count,
          shape: request.shape,
        }),
      )
    case 'voice':
      return success(
        mediaBody(deps, voiceRun(deps, prepared, request, operationId), operationId, {
          prompt: request.text,
          count: 1,
          shape: null,
        }),
      )
  }
}

/** Puts a chat run into its thread: the question, if it is new, and the place of the reply. */
export function openReply(
  deps: Pick<BodyDeps, 'library' | 'ids' | 'emit'>,
  { resolved }: Pick<PreparedRun, 'resolved'>,
  request: ChatRequest,
  operationId: string,
  requestKey: string | null,
): Result<string> {
  const { library, ids } = deps
  const { threadId, subject } = request
  const questionId = request.text === null ? request.parentId : ids.next()
  if (questionId === null) throw new Error('A reply needs a message to answer')
  if (request.text !== null) {
    const { parentId, text } = request
    const added = library.addUserMessage({ id: questionId, threadId, parentId, text })
    if (!added.ok) return added
  }
  const messageId = ids.next()
  const modelName = resolved.model.name
  const place = { id: messageId, threadId, parentId: questionId, operationId }
  const started = library.startReply({ ...place, modelName, subject, requestKey })
  if (!started.ok) return started
  deps.emit({ type: 'thread', threadId })
  deps.emit({ type: 'threads' })
  return success(messageId)
}

function startChat(
  deps: BodyDeps,
  prepared: PreparedRun,
  request: ChatRequest,
  operationId: string,
): Result<RunBody> {
  const { library } = deps
  const { resolved, messages, quote, requestKey } = prepared
  const { threadId } = request
  const opened = openReply(deps, prepared, request, operationId, requestKey)
  if (!opened.ok) return opened
  const messageId = opened.data
  const input: Units = {
    requests: 1,
    inputTokens: countInput(messages),
    ...(request.webSearch ? { searches: 1 } : {}),
  }
  return success({
    threadId,
    messageId,
    making: null,
    run: (live) =>
      runChat(live, {
        request,
        provider: resolved.provider,
        model: resolved.model.name,
        messages,
        maximumOutputTokens: quote.maximumUnits.outputTokens ?? 0,
        tryAgain: tryAgainWith(deps),
      }),
    countText: (text) => ({
      units: { ...input, outputTokens: estimateTokens(text) },
      usageSource: 'local',
    }),
    saveText: (text) => report(deps, library.saveReplyText(messageId, text)),
    finish(text, ending) {
      report(deps, library.endReply(messageId, text, ending))
      deps.emit({ type: 'thread', threadId })
      deps.emit({ type: 'threads' })
    },
  })
}

/** Pixels of each shape; sizes that image models in common use accept. */
const SIZES: Readonly<Record<ImageShape, { readonly width: number; readonly height: number }>> = {
  square: { width: 1_024, height: 1_024 },
  portrait: { width: 1_024, height: 1_536 },
  landscape: { width: 1_536, height: 1_024 },
}

function imageRun(
  deps: BodyDeps,
  { resolved, quote, requestKey }: PreparedRun,
  request: ImageRequest,
  operationId: string,
): MediaRun {
  const { prompt, subject, shape, count } = request
  const model = resolved.model.name
  const tokensPerImage = tokensOfPrompt(prompt)
  const settings = { shape, operation: quote.operation }
  return {
    count,
    tryAgain: tryAgainWith(deps),
    make: (index, signal) =>
      resolved.provider.image({ model, prompt, ...SIZES[shape], index, signal }),
    keep: keepIn(deps, {
      studio: 'image',
      operationId,
      prompt,
      modelName: resolved.model.name,
      subject,
      settings,
      requestKey,
    }),
    measure(files) {
      const reported = sumReported(files)
      const images = files.length
      if (reported) {
        return { units: { requests: 1, images, ...reported }, usageSource: 'provider' }
      }
      const inputTokens = tokensPerImage * images
      return { units: { requests: 1, images, inputTokens }, usageSource: 'local' }
    },
  }
}

function voiceRun(
  deps: BodyDeps,
  { resolved, quote, requestKey }: PreparedRun,
  request: VoiceRequest,
  operationId: string,
): MediaRun {
  const { text, voice, speed, subject } = request
  const model = resolved.model.name
  const settings = { voice, speed, operation: quote.operation }
  const make = (_index: number, signal: AbortSignal): Promise<MediaResult> =>
    resolved.provider.speech({ model, text, voice, speed, signal })
  return {
    count: 1,
    tryAgain: tryAgainWith(deps),
    make,
    keep: keepIn(deps, {
      studio: 'voice',
      operationId,
      prompt: text,
      modelName: resolved.model.name,
      subject,
      settings,
      requestKey,
    }),
    measure: () => ({
      units: { requests: 1, characters: countCharacters(text) },
      usageSource: 'local',
    }),
  }
}

function mediaBody(
  deps: BodyDeps,
  media: MediaRun,
  operationId: string,
  making: MakingView,
): RunBody {
  return {
    threadId: null,
    messageId: null,
    making,
    run: (live) => runMedia(live, media),
    countText: () => {
      throw new Error('A media run has no text')
    },
    saveText: () => undefined,
    finish(_text, ending) {
      report(deps, deps.library.endCreations(operationId, ending))
      deps.emit({ type: 'library' })
    },
  }
}

type CreationFacts = Omit<Parameters<MeterDeps['library']['addCreation']>[0], 'id' | 'file'>

function keepIn(deps: BodyDeps, facts: CreationFacts) {
  return (file: MediaFile): Result<string> => {
    const kept = deps.library.addCreation({ ...facts, id: deps.ids.next(), file })
    if (!kept.ok) return kept
    deps.emit({ type: 'library' })
    return success(kept.data.id)
  }
}

/** The tokens reported over all files; null unless every file came with a report. */
function sumReported(files: readonly MediaFile[]): Units | null {
  const sum = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 }
  for (const { usage } of files) {
    if (!usage) return null
    sum.inputTokens += usage.inputTokens ?? 0
    sum.cachedInputTokens += usage.cachedInputTokens ?? 0
    sum.outputTokens += usage.outputTokens ?? 0
  }
  return sum
}

function tryAgainWith(deps: BodyDeps): TryAgain {
  return async (live, failure, tried) => {
    if (live.stopReason()) return false
    const waitMs = waitBeforeRetry(failure, tried, deps.random())
    if (waitMs === null) return false
    live.waitForRetry(deps.ledger.now() + waitMs)
    const waited = await sleep(deps.timers, waitMs, live.signal)
    if (waited) live.setPhase('waiting')
    return waited
  }
}

/** The library does not decide money: a failure there is logged and costs nobody a credit. */
function report(deps: Pick<BodyDeps, 'log'>, result: Result<unknown>): void {
  if (!result.ok) deps.log.warn('The library did not take a change', { code: result.error.code })
}
