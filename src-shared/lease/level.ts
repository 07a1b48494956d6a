/**
 * What a pool's alerts are measured against (design: alerts): what its machines reported of this
 * cycle's spending, and what is left with them and with nobody.
 */

import { cycleOfIndex } from '../account/cycle.ts'
import { opened } from '../account/terms.ts'
import { addCredits, type Credits, millicredits, subtractCredits, ZERO } from '../credits/amount.ts'
import { isInForce } from '../credits/grant.ts'
import type { EntryDraft } from '../journal/journal.ts'
import type { CreditLevel } from '../policy/alerts.ts'
import { DAY_MS } from './policy.ts'
import { outstanding, type Pool } from './pool.ts'

/** What the runs of a cycle were charged, as far as machines have reported. Plain JSON. */
export interface CycleUse {
  /** Index of the cycle. */
  readonly cycle: number
  readonly used: Credits
}

/**
 * The cycle's use after one more entry of the authority, written in the cycle that `pool` is in. What
 * a machine spent before it came counts where the cycle's own credits paid for it; what it tells of
 * days before the cycle does not.
 */
export function followUse(
  use: CycleUse,
  { facts, postings }: EntryDraft,
  { account, balances }: Pool,
): CycleUse {
  const current = account.cycle === use.cycle ? use : { cycle: account.cycle, used: ZERO }
  if (facts.kind === 'adopt') {
    const isOfCycle = (grantId: string) =>
      balances.get(grantId)?.grant.cycle?.index === account.cycle
    return more(current, spentBy(postings.filter(({ grantId }) => isOfCycle(grantId))))
  }
  if (facts.kind !== 'report') return current
  const { anchor } = opened(account)
  const firstDay = Math.floor(cycleOfIndex(anchor, account.cycle).startsAt / DAY_MS)
  const earlier = facts.use.filter(({ day }) => day < firstDay).map(({ spent }) => spent)
  const all = addCredits(spentBy(postings), facts.debt)
  return more(current, subtractCredits(all, addCredits(...earlier)))
}

const more = ({ cycle, used }: CycleUse, amount: Credits): CycleUse => {
  return { cycle, used: addCredits(used, amount) }
}

function spentBy(postings: EntryDraft['postings']): Credits {
  return addCredits(
    ...postings
      .filter(({ bucket, amount }) => bucket === 'spent' && amount > 0)
      .map(({ amount }) => amount),
  )
}

/** The level of a pool at `now`: neither overage nor what somebody left with counts as left. */
export function levelOf(pool: Pool, { used }: CycleUse, now: number): CreditLevel {
  let left = ZERO
  for (const { grant, available, elsewhere } of pool.balances.values()) {
    if (grant.source === 'overage' || !isInForce(grant, now)) continue
    left = addCredits(left, available, elsewhere)
  }
  return { used, left: subtractCredits(left, goneWithLeavers(pool, now)) }
}

function goneWithLeavers({ balances, devices }: Pool, now: number): Credits {
  let gone = 0
  for (const { closed, lines } of devices.values()) {
    if (closed !== 'left') continue
    for (const [grantId, line] of lines) {
      const grant = balances.get(grantId)?.grant
      if (grant && grant.source !== 'overage' && isInForce(grant, now)) gone += outstanding(line)
    }
  }
  return millicredits(gone)
}
