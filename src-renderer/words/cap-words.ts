/** How caps and alerts read. */

import type { AlertRule, Cap } from '#shared/catalog/policies.ts'
import type { TeamView } from '#shared/host/team.ts'
import type { CapUse } from '#shared/policy/caps.ts'
import type { CapSource } from '#shared/policy/in-force.ts'
import { creditsInWords, plural } from '../kit/format.ts'

/** What ids of operations, members and machines are called. */
export interface CapNames {
  readonly operations: ReadonlyMap<string, string>
  readonly people: ReadonlyMap<string, string>
}

/** Members and machines alike. */
export function capNames(operations: ReadonlyMap<string, string>, team: TeamView | null): CapNames {
  const all = team ? [...team.members, ...team.devices] : []
  return { operations, people: new Map(all.map(({ id, name }) => [id, name])) }
}

/** Who set a cap. */
export const CAP_SOURCES: Readonly<Record<'alone' | 'team', Readonly<Record<CapSource, string>>>> =
  {
    alone: {
      catalog: 'Set by the catalog',
      plan: 'Part of your plan',
      override: 'Agreed for you',
      own: 'Set by you',
    },
    team: {
      catalog: 'Set by the catalog',
      plan: 'Part of the team’s plan',
      override: 'Agreed for the team',
      own: 'Set by the team',
    },
  }

/** Whether a use is of somebody in the team: runs from before there was one are nobody's in it. */
export const isKnown =
  ({ scope }: Cap, { people }: CapNames) =>
  ({ of: [first] }: CapUse): boolean =>
    scope.member !== 'each' || people.size === 0 || first === undefined || people.has(first)

const WINDOWS: Readonly<Record<Exclude<Cap['window'], 'rolling'>, string>> = {
  hour: 'an hour',
  day: 'a day',
  week: 'a week',
  month: 'a calendar month',
  cycle: 'a month of the plan',
}

const SCOPES = { member: 'member', device: 'machine', operation: 'operation', subject: 'subject' }

/** `100 credits a day, each machine by itself`. */
export function capWords(cap: Cap, names: CapNames): string {
  const scope = scopeWords(cap.scope, names)
  return `${creditsInWords(cap.limit)} ${windowWords(cap)}${scope === '' ? '' : `, ${scope}`}`
}

function windowWords({ window, minutes = 0 }: Cap): string {
  return window === 'rolling' ? `in any ${plural(minutes, 'minute')}` : WINDOWS[window]
}

/** What it counts: `each machine by itself`, `only Chat · fast`; empty for everything together. */
function scopeWords(scope: Cap['scope'], { operations, people }: CapNames): string {
  const parts: string[] = []
  for (const [field, word] of Object.entries(SCOPES) as [keyof typeof SCOPES, string][]) {
    const value = scope[field]
    if (value === undefined) continue
    if (value === 'each') parts.push(`each ${word} by itself`)
    else parts.push(`only ${(field === 'operation' ? operations : people).get(value) ?? value}`)
  }
  return parts.join(', ')
}

/** `At 80% of the month’s credits used`, `At 100 credits left`. */
export function alertWords(rule: AlertRule): string {
  return rule.kind === 'used'
    ? `At ${rule.percent}% of the month’s credits used`
    : `At ${creditsInWords(rule.credits)} left`
}
