/**
 * Rollover: unspent credits of a cycle that last longer keep their grant, so they end when its rule
 * says. Where there is a maximum, the excess expires at the cycle's end, oldest first (conformance:
 * softr 6, schematic 5; decision 0009). What runs hold, or devices have leased, is counted when it
 * comes back.
 */

import { addCredits, type Credits, minCredits, subtractCredits, ZERO } from '../credits/amount.ts'
import type { Draw, Grant } from '../credits/grant.ts'
import { rolloverEntry } from '../journal/entries.ts'
import type { GrantBalance } from '../journal/balance.ts'
import type { EntryDraft } from '../journal/journal.ts'
import type { Cycle } from './cycle.ts'
import { rolloverMaximum } from './cycle-grants.ts'
import type { Books } from './account.ts'
import { opened } from './terms.ts'

/** What expires as `cycle` begins: one entry for each family that may not carry everything. */
export function rolloverEntries(books: Books, cycle: Cycle): readonly EntryDraft[] {
  const families = Map.groupBy(carriedInto(books, cycle), ({ grant }) => grant.family ?? '')
  return [...families].flatMap(([family, carried]) => {
    const maximum = rolloverMaximum(books.account, family, cycle.startsAt - 1)
    if (maximum === null) return []
    const { lost, room } = letGo(carried, maximum)
    return [rolloverEntry(opened(books.account).id, family, cycle.index, lost, room)]
  })
}

/** The grants of earlier cycles that last into this one, oldest first. */
function carriedInto({ balances }: Books, cycle: Cycle): readonly GrantBalance[] {
  return [...balances.values()]
    .filter(({ grant, available, held, elsewhere }) => {
      const lasts = grant.expiresAt === null || grant.expiresAt > cycle.startsAt
      return indexOf(grant) < cycle.index && lasts && available + held + elsewhere > 0
    })
    .sort((left, right) => {
      const byAge = indexOf(left.grant) - indexOf(right.grant)
      return byAge || (left.grant.id < right.grant.id ? -1 : 1)
    })
}

const indexOf = (grant: Grant) => grant.cycle?.index ?? Number.POSITIVE_INFINITY

function letGo(
  carried: readonly GrantBalance[],
  maximum: Credits,
): { readonly lost: readonly Draw[]; readonly room: Credits } {
  const total = addCredits(...carried.map(({ available }) => available))
  const kept = minCredits(total, maximum)
  let excess = subtractCredits(total, kept)
  const lost: Draw[] = []
  for (const { grant, available } of carried) {
    const part = minCredits(available, excess)
    if (part > ZERO) lost.push({ grantId: grant.id, amount: part })
    excess = subtractCredits(excess, part)
  }
  return { lost, room: subtractCredits(maximum, kept) }
}
