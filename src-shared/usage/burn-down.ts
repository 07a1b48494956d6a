/** What was left of each grant over a cycle, for drawing how credits are used up. */

import { Temporal } from 'temporal-polyfill'
import { addCredits, type Credits } from '../credits/amount.ts'
import { type Grant, hasExpired } from '../credits/grant.ts'
import type { BucketBalance } from './views.ts'

/** Where the credits of one grant stood at the moments of a burn-down. */
export interface BurnDownSeries {
  readonly grantId: string
  readonly label: string
  /** Left to spend, or held, at each moment; null while it was not in force. */
  readonly left: readonly (Credits | null)[]
}

/**
 * The moments to look at, in order and each once: the cycle's start, every local midnight after it,
 * the begin of each grant and the moment before it, and `now`.
 */
export function burnDownMoments(
  { startsAt, now, timeZone }: { startsAt: number; now: number; timeZone: string },
  grants: readonly Grant[],
): readonly number[] {
  const begins = grants
    .map(({ effectiveAt }) => effectiveAt)
    .filter((at) => at > startsAt && at < now)
    .flatMap((at) => [at - 1, at])
  const moments = [startsAt, ...midnights(startsAt, now, timeZone), ...begins, now]
  return [...new Set(moments)].sort((left, right) => left - right)
}

function midnights(from: number, to: number, timeZone: string): readonly number[] {
  const found: number[] = []
  let day = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone).toPlainDate()
  for (;;) {
    day = day.add({ days: 1 })
    const at = day.toZonedDateTime({ timeZone }).epochMilliseconds
    if (at >= to) return found
    found.push(at)
  }
}

/**
 * One series for each of `grants` that was in force at one of `moments`, from the balances at those
 * moments. A grant is written down some time after it begins, never before; until then nothing of it
 * is spent. One that a balance no longer names was used up.
 */
export function burnDownSeries(
  moments: readonly number[],
  balances: readonly (readonly BucketBalance[])[],
  grants: readonly Grant[],
): readonly BurnDownSeries[] {
  const byMoment = balances.map((buckets) => new Map(buckets.map((each) => [each.grant.id, each])))
  return grants
    .map((grant) => {
      const firstSeen = byMoment.findIndex((buckets) => buckets.has(grant.id))
      const left = moments.map((moment, index): Credits | null => {
        if (moment < grant.effectiveAt || hasExpired(grant, moment)) return null
        const balance = byMoment[index]?.get(grant.id)
        if (balance) return addCredits(balance.available, balance.held)
        return index < firstSeen || firstSeen === -1 ? grant.amount : addCredits()
      })
      return { grantId: grant.id, label: grant.label, left }
    })
    .filter(({ left }) => left.some((amount) => amount !== null))
}
