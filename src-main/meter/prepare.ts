/** From a request to a priced run: the model, the conversation, the quote, what the balance covers. */

import { coverQuote, leastNeeded } from '#shared/pricing/affordability.ts'
import type { UnitName } from '#shared/credits/units.ts'
import { type Quote, quoteOperation, type QuoteResult } from '#shared/pricing/rate-card.ts'
import type { ChatRequest, RunRequest } from '#shared/host/requests.ts'
import { failure, type Result, success } from '#shared/host/result.ts'
import type { Affordability, QuoteView } from '#shared/host/views.ts'
import type { ChatMessage } from '../providers/provider.ts'
import type { ResolvedModel } from '../providers/providers.ts'
import type { PrepareDeps } from './ports.ts'
import { estimateRun, fitContext } from './estimate.ts'

export interface PreparedRun {
  readonly request: RunRequest
  readonly resolved: ResolvedModel
  /** Chat: the conversation as it will be sent. */
  readonly messages: readonly ChatMessage[]
  /** What would be held: the full quote, or that of the shorter reply that fits. */
  readonly quote: Quote
  readonly view: QuoteView
}

/** Prices a request against the catalog and the balance in force. Changes nothing. */
export function prepareRun(deps: PrepareDeps, request: RunRequest): Result<PreparedRun> {
  const resolved = deps.providers.resolve(request.modelId)
  if (resolved?.model.studio !== request.studio) {
    return failure('model_not_found', 'This model is no longer there. Choose another one.')
  }
  if (request.studio === 'chat' && request.webSearch && !resolved.model.webSearch) {
    return failure('not_supported', `${resolved.model.name} cannot search the web.`)
  }
  const conversation = request.studio === 'chat' ? readConversation(deps, request) : success([])
  if (!conversation.ok) return conversation
  const messages = conversation.data
  const estimate = estimateRun(request, messages)
  const { operation } = resolved.model
  const priced = quoteOperation(deps.catalog(), operation, estimate.expected, estimate.maximum)
  if (!priced.ok) return quoteFailure(priced, resolved)
  const { quote, affordability } = cover(deps, priced.quote)
  const view: QuoteView = {
    quote: priced.quote,
    affordability,
    promisedMaximum: quote.maximum,
    reasons: estimate.reasons,
  }
  return success({ request, resolved, messages, quote, view })
}

function readConversation(deps: PrepareDeps, request: ChatRequest): Result<readonly ChatMessage[]> {
  const branch = deps.conversations.branchTo(request.threadId, request.parentId)
  if (!branch.ok) return branch
  const messages = branch.data.map(({ role, text }): ChatMessage => ({ role, content: text }))
  if (request.text !== null) messages.push({ role: 'user', content: request.text })
  return success(fitContext(messages.filter(({ content }) => content !== '')))
}

function cover(
  deps: PrepareDeps,
  full: Quote,
): { readonly quote: Quote; readonly affordability: Affordability } {
  const available = deps.available()
  const coverage = coverQuote(full, available)
  if (coverage.kind === 'full') return { quote: full, affordability: { kind: 'full' } }
  if (coverage.kind === 'shorter') {
    const { quote, maximumOutputTokens } = coverage
    return {
      quote,
      affordability: { kind: 'shorter', maximum: quote.maximum, maximumOutputTokens },
    }
  }
  const needed = leastNeeded(full)
  const resetsAt = deps.resetsAt()
  return { quote: full, affordability: { kind: 'insufficient', needed, available, resetsAt } }
}

const UNIT_WORDS: Partial<Record<UnitName, string>> = {
  characters: 'characters',
  images: 'images',
  inputTokens: 'tokens to read',
  outputTokens: 'tokens to write',
  seconds: 'seconds',
}

function quoteFailure(refusal: QuoteResult & { ok: false }, { model }: ResolvedModel) {
  if (refusal.code === 'unknown_operation') {
    return failure(
      'operation_not_priced',
      `${model.name} is mapped to "${refusal.operation}", which has no price. Map it again in Settings.`,
    )
  }
  const { limit } = refusal
  const unit = UNIT_WORDS[refusal.unit] ?? refusal.unit
  return failure('over_limit', `One run can have at most ${limit} ${unit}.`, {
    unit: refusal.unit,
    limit,
  })
}
