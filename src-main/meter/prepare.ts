/** From a request to a priced run: the model, the conversation, the quote, what the balance covers. */

import { coverQuote, leastNeeded } from '#shared/pricing/affordability.ts'
import { minCredits } from '#shared/credits/amount.ts'
import type { TrialStanding, Wanted } from '#shared/policy/entitlements.ts'
import type { RunScope } from '#shared/policy/spending.ts'
import type { UnitName } from '#shared/credits/units.ts'
import { type Quote, quoteOperation, type QuoteResult } from '#shared/pricing/rate-card.ts'
import type { ChatRequest, RunRequest } from '#shared/host/requests.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Affordability, QuotedRecipe, QuoteView } from '#shared/host/views.ts'
import type { ChatMessage } from '../providers/provider.ts'
import type { ResolvedModel } from '../providers/providers.ts'
import { requestKeyOf } from './request-key.ts'
import type { PastResult, PrepareDeps } from './ports.ts'
import { estimateRun, fitContext } from './estimate.ts'

export interface PreparedRun {
  readonly request: RunRequest
  readonly resolved: ResolvedModel
  /** Chat: the conversation as it will be sent. */
  readonly messages: readonly ChatMessage[]
  /** What would be held: the full quote, or that of the shorter reply that fits. */
  readonly quote: Quote
  /** The key under which its results can be found again; null if they should not be. */
  readonly requestKey: string | null
  /** What it made before, which may be used instead. */
  readonly past: PastResult | null
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
  const recipe = findRecipe(deps, request)
  if (!recipe.ok) return recipe
  const estimate = estimateRun(request, messages)
  const { operation } = resolved.model
  const catalog = deps.catalog()
  const premium = recipe.data && !recipe.data.own ? catalog.creators.premiumPercent : 0
  const priced = quoteOperation(catalog, operation, estimate.expected, estimate.maximum, premium)
  if (!priced.ok) return quoteFailure(priced, resolved)
  const run = intentOf(deps, request, resolved)
  const { quote, affordability, trial } = cover(deps, priced.quote, run)
  const requestKey = requestKeyOf(request, operation, messages)
  const past = findPast(deps, request, requestKey)
  const view: QuoteView = {
    quote: priced.quote,
    affordability,
    promisedMaximum: quote.maximum,
    warnings: deps.gate.caps(run.scope, quote.maximum).warnings,
    trial,
    reasons: [...estimate.reasons, ...premiumReasons(priced.quote, recipe.data)],
    recipe: recipe.data,
    reuse: past && { operationId: past.operationId, madeAt: past.madeAt },
  }
  return success({ request, resolved, messages, quote, requestKey, past, view })
}

function findRecipe(deps: PrepareDeps, { recipeId }: RunRequest): Result<QuotedRecipe | null> {
  if (recipeId === undefined) return success(null)
  const recipe = deps.recipe(recipeId)
  if (recipe) return success(recipe)
  return failure(
    'recipe_not_found',
    'This recipe is no longer there. Remove it, or choose another.',
  )
}

function findPast(
  deps: PrepareDeps,
  request: RunRequest,
  requestKey: string | null,
): PastResult | null {
  const { studio } = request
  if (requestKey === null || !deps.reuses(studio)) return null
  const count = request.studio === 'image' ? request.count : 1
  return deps.library.resultOf({ studio, requestKey, count })
}

function premiumReasons({ premium }: Quote, recipe: QuotedRecipe | null): readonly string[] {
  if (!premium || !recipe) return []
  return [`${premium.percent} % on top for ${recipe.creatorName}, who made the recipe`]
}

function readConversation(deps: PrepareDeps, request: ChatRequest): Result<readonly ChatMessage[]> {
  const branch = deps.library.branchTo(request.threadId, request.parentId)
  if (!branch.ok) return branch
  const messages = branch.data.map(({ role, text }): ChatMessage => ({ role, content: text }))
  if (request.text !== null) messages.push({ role: 'user', content: request.text })
  return success(fitContext(messages.filter(({ content }) => content !== '')))
}

/** A run as the gates see it. */
interface Intent {
  readonly scope: RunScope
  readonly wanted: Wanted
}

function intentOf({ who }: PrepareDeps, { subject }: RunRequest, { model }: ResolvedModel): Intent {
  const { id: modelId, operation } = model
  const { deviceId, memberId } = who()
  return {
    scope: { member: memberId, device: deviceId, operation, subject },
    wanted: { operation, modelId },
  }
}

interface Cover {
  /** What would be held. */
  readonly quote: Quote
  readonly affordability: Affordability
  readonly trial: TrialStanding | null
}

/** Whether the plan, the balance and the caps let a run start, or a shorter one. */
function cover(deps: PrepareDeps, full: Quote, run: Intent): Cover {
  const entitled = deps.gate.entitlement(run.wanted)
  if (!entitled.ok) {
    const { refusal } = entitled
    return { quote: full, affordability: { kind: 'not-entitled', refusal }, trial: null }
  }
  return { ...coverCost(deps, full, run), trial: entitled.trial }
}

function coverCost(deps: PrepareDeps, full: Quote, { scope }: Intent): Omit<Cover, 'trial'> {
  const { gate } = deps
  const available = deps.available(full.operation)
  const room = gate.room(scope)
  const coverage = coverQuote(full, room === null ? available : minCredits(available, room))
  if (coverage.kind === 'full') return { quote: full, affordability: { kind: 'full' } }
  const capped = room !== null && room < available
  if (!capped) deps.short(full.maximum, full.operation)
  if (coverage.kind === 'shorter') {
    const { quote, maximumOutputTokens } = coverage
    const { maximum } = quote
    const cap = capped ? gate.caps(scope, full.maximum).refusal : null
    return { quote, affordability: { kind: 'shorter', maximum, maximumOutputTokens, cap } }
  }
  const needed = leastNeeded(full)
  const cap = available < needed ? null : gate.caps(scope, needed).refusal
  if (cap) return { quote: full, affordability: { kind: 'capped', needed, cap } }
  const withTeam = deps.withTeam(needed, full.operation)
  if (withTeam) {
    return { quote: full, affordability: { kind: 'with-team', needed, available, ...withTeam } }
  }
  const standstill = gate.standstill(needed, available)
  return { quote: full, affordability: { kind: 'insufficient', needed, available, standstill } }
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
