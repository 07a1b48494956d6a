/**
 * What gates a run besides the balance: the plan's entitlements and every cap in force (design:
 * caps, entitlements). Asked for a quote, and again in the very step that makes the hold.
 */

import type { Cap } from '#shared/catalog/policies.ts'
import { addCredits, type Credits, ZERO } from '#shared/credits/amount.ts'
import { formatCredits } from '#shared/credits/format.ts'
import type { CapView, PoliciesView } from '#shared/host/policies.ts'
import { type CreditLevel, creditsLeft } from '#shared/policy/alerts.ts'
import { type Standstill, standstillOf } from '#shared/policy/at-zero.ts'
import type { OperationFacts } from '#shared/journal/journal.ts'
import {
  type CapBooks,
  checkCaps,
  type CapReached,
  roomUnder,
  usesOf,
} from '#shared/policy/caps.ts'
import {
  checkEntitlement,
  type EntitlementCheck,
  type NotEntitled,
  trialStandings,
  type TrialStanding,
  type Wanted,
} from '#shared/policy/entitlements.ts'
import { type Policies, policiesInForce, type PolicySources } from '#shared/policy/in-force.ts'
import { joinSpending } from '#shared/policy/others.ts'
import {
  type CapShape,
  chargedSince,
  CYCLE_SPENDING,
  runScope,
  type RunScope,
  type Spending,
} from '#shared/policy/spending.ts'
import { type Calendar, calendarAt, type Span } from '#shared/policy/windows.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { SpendCounter } from './spend-counter.ts'

export interface Gate {
  /** Whether the plan includes what is wanted. */
  entitlement(wanted: Wanted): EntitlementCheck
  /** The most that a run may cost under the hard caps; null when none counts it. */
  room(scope: RunScope): Credits | null
  /** The hard cap that a run of this price would pass, or null; and the soft ones. */
  caps(scope: RunScope, maximum: Credits): CapsAnswer
  /**
   * The final check of a run, asked by the ledger at the time of its hold: `not_entitled` or
   * `cap_reached`, with what the window needs to explain it.
   */
  allows(operation: OperationFacts, at: number): Result<null>
  policies(): Policies
  /** What the plan does with a run its credits do not cover. */
  standstill(needed: Credits, available: Credits): Standstill
  view(): Omit<PoliciesView, 'alerts'>
  /**
   * What this cycle's runs were charged, and what is left; in a team, of everyone as far as heard.
   */
  level(): CreditLevel
}

export interface CapsAnswer {
  readonly refusal: CapReached | null
  readonly warnings: readonly CapReached[]
}

export interface GateDeps {
  readonly ledger: Pick<Ledger, 'now' | 'trials' | 'buckets' | 'issuer'>
  readonly counter: SpendCounter
  /** What other machines spent, as far as heard; null where nothing is. */
  others(shapes: readonly CapShape[]): Spending | null
  /** What the team has beyond this machine, as last heard; zero where there is no team. */
  elsewhere(): Credits
  /** The account's time zone; changes when a team is joined or left. */
  timeZone(): string
  /** Where the current policies come from. */
  sources(): PolicySources
  /** The account's cycle of now. */
  cycle(): Span
  /** When the next credits arrive by themselves; null if none do. */
  resetsAt(): number | null
}

export function createGate(deps: GateDeps): Gate {
  const { ledger, counter } = deps
  let calendar: Calendar | null = null
  let calendarFor: object | null = null
  let join: { readonly own: Spending; readonly others: Spending; readonly both: Spending } | null =
    null

  const policies = () => policiesInForce(deps.sources())

  function calendarOf(at: number): Calendar {
    const { hour, cycle } = calendar ?? {}
    const holds = hour && at >= hour.startsAt && at < hour.endsAt
    const isSame = calendarFor === ledger.issuer()
    if (!calendar || !isSame || !holds || !cycle || at >= cycle.endsAt) {
      calendar = calendarAt(deps.timeZone(), at, deps.cycle())
      calendarFor = ledger.issuer()
    }
    return calendar
  }

  function booksFor(caps: readonly Cap[], at: number): CapBooks {
    const shapes = [...caps, CYCLE_SPENDING]
    const own = counter.spending(shapes)
    const others = caps.length === 0 ? null : deps.others(shapes)
    return { spending: others ? joined(own, others) : own, calendar: calendarOf(at) }
  }

  /** One's own and others' together; cached, since it is read several times between two changes. */
  function joined(own: Spending, others: Spending): Spending {
    if (join?.own !== own || join.others !== others) {
      join = { own, others, both: joinSpending(own, others) }
    }
    return join.both
  }

  const capsInForce = () => policies().caps.map(({ cap }) => cap)

  function entitlementAt(wanted: Wanted, at: number): EntitlementCheck {
    const { catalog } = deps.sources()
    return checkEntitlement(policies().entitlements, ledger.trials(), wanted, at, catalog)
  }

  function level(): CreditLevel {
    const shapes = [...capsInForce(), CYCLE_SPENDING]
    const { startsAt } = deps.cycle()
    const others = deps.others(shapes)
    const theirs = others ? chargedSince(others, startsAt) : ZERO
    const here = creditsLeft(ledger.buckets(), ledger.now())
    return {
      used: addCredits(chargedSince(counter.spending(shapes), startsAt), theirs),
      left: addCredits(here, deps.elsewhere()),
    }
  }

  return {
    policies,
    entitlement: (wanted) => entitlementAt(wanted, ledger.now()),
    room(scope) {
      const caps = capsInForce()
      const at = ledger.now()
      return roomUnder(caps, booksFor(caps, at), scope, at)
    },
    caps(scope, maximum) {
      const caps = capsInForce()
      const at = ledger.now()
      const check = checkCaps(caps, booksFor(caps, at), scope, maximum, at)
      return { refusal: check.ok ? null : check.refusal, warnings: check.warnings }
    },
    allows(operation, at) {
      const { modelId, quote, trial } = operation
      const entitled = entitlementAt({ operation: quote.operation, modelId }, at)
      if (!entitled.ok) return notEntitled(entitled.refusal)
      if ((entitled.trial !== null) !== (trial === true)) {
        return failure('quote_changed', 'What the plan includes has changed. Look again, then run.')
      }
      const caps = capsInForce()
      const check = checkCaps(caps, booksFor(caps, at), runScope(operation), quote.maximum, at)
      return check.ok ? success(null) : capReached(check.refusal)
    },
    standstill(needed, available) {
      const held = addCredits(...ledger.buckets().map((bucket) => bucket.held))
      return standstillOf(policies().atZero, { needed, available, held, resetsAt: deps.resetsAt() })
    },
    view() {
      const { caps, entitlements, atZero } = policies()
      const at = ledger.now()
      const books = booksFor(
        caps.map(({ cap }) => cap),
        at,
      )
      const views = caps.map(({ cap, source }): CapView => ({
        cap,
        source,
        uses: usesOf(cap, books, at),
      }))
      const trials: readonly TrialStanding[] = trialStandings(entitlements, ledger.trials(), at)
      return { caps: views, entitlements, trials, atZero, level: level() }
    },
    level,
  }
}

/** The error of a run that the plan does not include. */
function notEntitled({ reason, trial, plans }: NotEntitled) {
  const names = plans.map(({ name }) => name)
  const which = names.length === 0 ? '' : ` ${listOf(names)} would allow it.`
  const words: Readonly<Record<NotEntitled['reason'], string>> = {
    operation: `Your plan does not include this.${which}`,
    model: `Your plan does not include this model.${which}`,
    'trial-over': `The trial of this is over.${which}`,
  }
  return failure('not_entitled', words[reason], { reason, trial, plans })
}

/** The error of a run that a cap refuses. */
function capReached(reached: CapReached) {
  const { name, used, limit } = reached
  return failure(
    'cap_reached',
    `“${name}” allows ${formatCredits(limit)} credits, and ${formatCredits(used)} are used.`,
    { ...reached },
  )
}

const listOf = (names: readonly string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
