/** What an account may use: operations and models by its plan, and trials of others. */

import type { Catalog } from '../catalog/catalog.ts'
import type { Plan } from '../catalog/plans.ts'
import type { Entitlements } from '../catalog/policies.ts'
import { type Trials, trialOf } from './trials.ts'

/** What a run would use. */
export interface Wanted {
  /** Of the rate card. */
  readonly operation: string
  /** `provider/name`. */
  readonly modelId: string
}

/** The state of a trial. */
export interface TrialStanding {
  readonly operation: string
  readonly runs: number
  readonly runsLeft: number
  /** The first moment after it; null if it has no end or has not begun. */
  readonly endsAt: number | null
  readonly over: boolean
}

export type EntitlementCheck =
  /** `trial`: as it stands before the run, where the plan has the operation on trial only. */
  | { readonly ok: true; readonly trial: TrialStanding | null }
  | { readonly ok: false; readonly refusal: NotEntitled }

/** Why a run is refused, and the plans on offer that would allow it. */
export interface NotEntitled {
  readonly reason: 'operation' | 'model' | 'trial-over'
  readonly trial: TrialStanding | null
  readonly plans: readonly { readonly id: string; readonly name: string }[]
}

const DAY = 24 * 60 * 60_000

/** Whether what is in force allows a run at `at`. */
export function checkEntitlement(
  entitlements: Entitlements,
  trials: Trials,
  wanted: Wanted,
  at: number,
  catalog: Catalog,
): EntitlementCheck {
  const refuse = (
    reason: NotEntitled['reason'],
    trial: TrialStanding | null,
  ): EntitlementCheck => ({
    ok: false,
    refusal: { reason, trial, plans: plansAllowing(catalog, wanted) },
  })
  if (!allowsModel(entitlements, wanted.modelId)) return refuse('model', null)
  if (allowsOperation(entitlements, wanted.operation)) return { ok: true, trial: null }
  const rule = entitlements.trials.find(({ operation }) => operation === wanted.operation)
  if (!rule) return refuse('operation', null)
  const trial = standingOf(rule, trials, at)
  return trial.over ? refuse('trial-over', trial) : { ok: true, trial }
}

/** How the trials that a plan has stand at `at`. */
export function trialStandings(
  entitlements: Entitlements,
  trials: Trials,
  at: number,
): readonly TrialStanding[] {
  return entitlements.trials.map((rule) => standingOf(rule, trials, at))
}

function standingOf(
  { operation, runs, days }: Entitlements['trials'][number],
  trials: Trials,
  at: number,
): TrialStanding {
  const count = trialOf(trials, operation)
  const runsLeft = Math.max(0, runs - (count?.runs ?? 0))
  const endsAt = count && days !== null ? count.firstAt + days * DAY : null
  const over = runsLeft === 0 || (endsAt !== null && at >= endsAt)
  return { operation, runs, runsLeft, endsAt, over }
}

/** The plans on offer whose own entitlements, trials apart, allow what is wanted. */
function plansAllowing(catalog: Catalog, wanted: Wanted): NotEntitled['plans'] {
  return catalog.plans
    .filter(({ offered }) => offered)
    .filter(({ entitlements }: Plan) => allows(entitlements, wanted))
    .map(({ id, name }) => ({ id, name }))
}

function allows(entitlements: Entitlements, { operation, modelId }: Wanted): boolean {
  return allowsOperation(entitlements, operation) && allowsModel(entitlements, modelId)
}

function allowsOperation({ operations }: Entitlements, operation: string): boolean {
  return operations === 'all' || operations.includes(operation)
}

function allowsModel({ models }: Entitlements, modelId: string): boolean {
  return models === 'all' || models.some((pattern) => matches(pattern, modelId))
}

/** Whether a text matches a pattern in which `*` stands for any characters, or none. */
export function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}
