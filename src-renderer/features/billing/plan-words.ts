/** What a plan means and what changing to it does, in plain sentences with numbers. */

import { formatMoney } from '#shared/credits/format.ts'
import type { Plan } from '#shared/catalog/plans.ts'
import type { AtZero, Rollover } from '#shared/catalog/policies.ts'
import type { PlanPreview } from '#shared/host/billing.ts'
import type { Override } from '#shared/journal/account-change.ts'
import { creditsInWords, formatTime, plural } from '../../kit/format.ts'

/** `$25`, `$20 per seat`, `Free`, `By agreement`. */
export function planPrice({ price, perSeat }: Plan): string {
  if (price === null) return 'By agreement'
  if (price.amount === 0) return 'Free'
  return perSeat ? `${formatMoney(price)} per seat` : formatMoney(price)
}

/** The terms beyond allowance and price, each a few words. */
export function planTerms(plan: Plan): readonly string[] {
  const terms = [zeroWords(plan.atZero)]
  const kept = rolloverWords(plan.rollover)
  if (kept) terms.push(kept)
  const buys = [plan.packs ? 'packs' : '', plan.addOns ? 'add-ons' : ''].filter(Boolean)
  terms.push(buys.length > 0 ? `${capitalised(buys.join(' and '))} can be bought` : 'No packs')
  if (plan.annualPrice) terms.push(`${formatMoney(plan.annualPrice)} for a year`)
  return terms
}

/** `Launch month: 5,000 credits a month, until 1 Dec 2026`. */
export function overrideWords(override: Override, timeZone: string): string {
  const { name, from, until, allowance, atZero, caps, entitlements } = override
  const terms = [
    allowance === undefined ? null : `${creditsInWords(allowance)} a month`,
    atZero === undefined ? null : uncapitalised(zeroWords(atZero)),
    caps === undefined ? null : plural(caps.length, 'cap'),
    entitlements === undefined ? null : 'its own operations and models',
    `from ${formatTime(from, timeZone, 'day-year')}`,
    until === null ? null : `until ${formatTime(until, timeZone, 'day-year')}`,
  ]
  return `${name}: ${terms.filter((term) => term !== null).join(', ')}`
}

function zeroWords(atZero: AtZero): string {
  switch (atZero.kind) {
    case 'pause':
      return 'At zero AI pauses until credits come'
    case 'block':
      return 'At zero new runs are refused'
    case 'overage':
      return `At zero runs go on, up to ${creditsInWords(atZero.limit)} a month on the invoice${
        atZero.pricePerHundred === undefined
          ? ''
          : ` at ${formatMoney(atZero.pricePerHundred)} for 100`
      }`
  }
}

function rolloverWords({ cycles, maximum }: Rollover): string | null {
  if (cycles === 0) return null
  const what = maximum === null ? 'What is left' : `Up to ${creditsInWords(maximum)} left`
  return cycles === null
    ? `${what} rolls over for good`
    : `${what} rolls over for ${plural(cycles, 'month')}`
}

/** What changing does right now, in one line: `+4,500 credits at once`, `From 1 Dec; …`. */
export function previewLine(preview: PlanPreview, timeZone: string): string {
  const day = formatTime(preview.from, timeZone, 'day')
  if (!preview.atOnce) return `Changes on ${day}; until then all stays as it is`
  const difference = preview.availableAfter - preview.availableNow
  if (difference === 0) return 'Changes at once; your credits stay as they are'
  const amount = creditsInWords(Math.abs(difference) as PlanPreview['availableNow'])
  return difference > 0 ? `Changes at once, with ${amount} more` : `Changes at once: ${amount} end`
}

/** The same in full: what comes, what ends, what there is then, and what comes next. */
export function previewSentences(preview: PlanPreview, timeZone: string): readonly string[] {
  const day = (at: number) => formatTime(at, timeZone, 'day-year')
  const said: string[] = []
  for (const { label, amount, expiresAt } of preview.gets) {
    const until = expiresAt === null ? '' : `, good until ${day(expiresAt)}`
    said.push(`You get ${creditsInWords(amount)} at once (${label})${until}.`)
  }
  for (const { label, amount } of preview.ends) {
    said.push(`${creditsInWords(amount)} of “${label}” end at once.`)
  }
  if (preview.atOnce) {
    said.push(`You can then spend ${creditsInWords(preview.availableAfter)}.`)
  } else {
    said.push(`Until ${day(preview.from)} your plan and your credits stay as they are.`)
  }
  const { at, amount } = preview.refill
  said.push(`${creditsInWords(amount)} come on ${day(at)}, and each month after.`)
  return said
}

function uncapitalised(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
