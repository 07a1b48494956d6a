/** How caps and alerts read. */

import type { AlertRule, Cap } from '#shared/catalog/policies.ts'
import { creditsInWords, plural } from '../../kit/format.ts'

const WINDOWS: Readonly<Record<Exclude<Cap['window'], 'rolling'>, string>> = {
  hour: 'an hour',
  day: 'a day',
  week: 'a week',
  month: 'a calendar month',
  cycle: 'a month of the plan',
}

const SCOPES = { member: 'member', device: 'machine', operation: 'operation', subject: 'subject' }

/** `100 credits a day, each machine by itself`. */
export function capWords(cap: Cap, operationNames: ReadonlyMap<string, string>): string {
  const scope = scopeWords(cap.scope, operationNames)
  return `${creditsInWords(cap.limit)} ${windowWords(cap)}${scope === '' ? '' : `, ${scope}`}`
}

function windowWords({ window, minutes = 0 }: Cap): string {
  return window === 'rolling' ? `in any ${plural(minutes, 'minute')}` : WINDOWS[window]
}

/** What it counts: `each machine by itself`, `only Chat · fast`; empty for everything together. */
export function scopeWords(
  scope: Cap['scope'],
  operationNames: ReadonlyMap<string, string>,
): string {
  const parts: string[] = []
  for (const [field, word] of Object.entries(SCOPES) as [keyof typeof SCOPES, string][]) {
    const value = scope[field]
    if (value === undefined) continue
    if (value === 'each') parts.push(`each ${word} by itself`)
    else parts.push(`only ${field === 'operation' ? (operationNames.get(value) ?? value) : value}`)
  }
  return parts.join(', ')
}

/** `At 80% of the month’s credits used`, `At 100 credits left`. */
export function alertWords(rule: AlertRule): string {
  return rule.kind === 'used'
    ? `At ${rule.percent}% of the month’s credits used`
    : `At ${creditsInWords(rule.credits)} left`
}
