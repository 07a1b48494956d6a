/** Runs of an account under the real rules: what is refused, held and charged. */

import assert from 'node:assert/strict'
import { returnedAt } from '#shared/account/state.ts'
import { termsAt } from '#shared/account/terms.ts'
import type { OperationRate } from '#shared/catalog/rates.ts'
import { drawFrom } from '#shared/credits/burn-down.ts'
import type { Draw, GrantSource } from '#shared/credits/grant.ts'
import type { Units } from '#shared/credits/units.ts'
import { concludeRun } from '#shared/journal/conclusion.ts'
import { type RecipeRun, recipeRunOf } from '#shared/journal/earnings.ts'
import { drawsInto, holdEntry, settleEntry, voidEntry } from '#shared/journal/entries.ts'
import type { OperationFacts, RecipeFacts } from '#shared/journal/journal.ts'
import { standstillOf } from '#shared/policy/at-zero.ts'
import { checkCaps } from '#shared/policy/caps.ts'
import { checkEntitlement } from '#shared/policy/entitlements.ts'
import { runScope } from '#shared/policy/spending.ts'
import { countTrial, NO_TRIALS } from '#shared/policy/trials.ts'
import { calendarAt } from '#shared/policy/windows.ts'
import { quotedPrice, quoteOperation } from '#shared/pricing/rate-card.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { AccountBooks } from './account-books.ts'
import { toNumber } from './credits.ts'

export interface RunOptions {
  /** The most it may use; what it uses unless given. */
  readonly most?: Units
  readonly subject?: string
  readonly modelId?: string
  readonly memberId?: string
  readonly recipe?: RecipeFacts
}

/** A run that holds credits and has not ended. */
export interface OpenRun {
  readonly id: string
  readonly held: readonly Draw[]
  finish(units: Units): RunResult
  void(): void
}

export interface RunResult {
  readonly id: string
  readonly charge: number
  /** By the source of what paid, in paying order. */
  readonly paid: readonly (readonly [GrantSource, number])[]
  readonly recipeRun: RecipeRun | null
}

/** `creatorId` of recipes made by the account itself. */
export const ownRecipes = (accountId: string) => `creator:${accountId}`

/** Runs on the credits of these books. */
export function createAccountRuns(of: AccountBooks, accountId: string, timeZone: string) {
  let made = 0
  const nextId = () => `run-${++made}`

  /** Holds what a run may cost, if everything in force allows it. */
  function start(operation: string, units: Units, options: RunOptions = {}): Result<OpenRun> {
    const now = of.now()
    const { most = units, subject = '', modelId = 'model', memberId, recipe } = options
    const { catalog: inForce } = termsAt(of.books().account, now)
    const { entitlements, caps, atZero } = of.policies()
    const trials = of.journal().reduce(countTrial, NO_TRIALS)
    const entitled = checkEntitlement(entitlements, trials, { operation, modelId }, now, inForce)
    if (!entitled.ok) return failure(entitled.refusal.reason, 'The plan does not include it.')
    const isOwn = recipe?.creatorId === ownRecipes(accountId)
    const premium = recipe && !isOwn ? inForce.creators.premiumPercent : 0
    const quoted = quoteOperation(inForce, operation, units, most, premium)
    if (!quoted.ok) return failure(quoted.code, 'It is not quoted.')
    const facts: OperationFacts = {
      operationId: nextId(),
      studio: 'chat',
      providerId: 'practice',
      providerName: 'Practice',
      modelId,
      modelName: modelId,
      subject,
      deviceId: 'device-1',
      quote: quotedPrice(quoted.quote),
      ...(memberId === undefined ? {} : { memberId }),
      ...(recipe ? { recipe } : {}),
      ...(entitled.trial ? { trial: true } : {}),
    }
    const { maximum } = facts.quote
    const calendar = calendarAt(timeZone, now, of.cycle())
    const watched = { spending: of.spending(), calendar }
    const hard = caps.map(({ cap }) => cap)
    const capped = checkCaps(hard, watched, runScope(facts), maximum, now)
    if (!capped.ok) return failure('cap_reached', capped.refusal.name)
    const drawn = drawFrom(of.books().balances.values(), maximum, now, operation)
    if (!drawn.ok) {
      const { available: fits } = drawn
      const resetsAt = of.cycle().endsAt
      const shortfall = { needed: maximum, available: fits, held: of.held(), resetsAt }
      const standstill = standstillOf(atZero, shortfall)
      return failure(standstill.kind, 'The credits do not cover it.', { standstill })
    }
    of.write([holdEntry(facts, drawn.draws)])
    return success(openRun(facts, quoted.quote.rate, drawn.draws))
  }

  function openRun(facts: OperationFacts, rate: OperationRate, held: readonly Draw[]): OpenRun {
    const { operationId, quote } = facts
    return {
      id: operationId,
      held,
      finish(units) {
        of.look()
        const delivery = { units, usageSource: 'provider' } as const
        const conclusion = concludeRun(rate, quote, delivery, 'completed', null)
        assert.ok(conclusion.kind === 'settle')
        const { kind: _kind, ...settled } = conclusion
        const entry = settleEntry(
          { operationId, ...settled },
          held,
          returnedAt(of.books(), of.now()),
        )
        of.write([entry])
        assert.ok(entry.facts.kind === 'settle')
        return {
          id: operationId,
          charge: toNumber(settled.charge.amount),
          paid: drawsInto(entry, 'spent').map(({ grantId, amount }) => {
            return [of.books().balances.get(grantId)!.grant.source, toNumber(amount)] as const
          }),
          recipeRun: recipeRunOf(facts, entry.facts),
        }
      },
      void() {
        of.look()
        const cancelled = { operationId, outcome: 'failed', reason: 'provider_failed' } as const
        of.write([voidEntry(cancelled, held, returnedAt(of.books(), of.now()))])
      },
    }
  }

  function run(operation: string, units: Units, options: RunOptions = {}): Result<RunResult> {
    const started = start(operation, units, options)
    return started.ok ? success(started.data.finish(units)) : started
  }

  return { start, run }
}
