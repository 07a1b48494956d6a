/** What somebody took home when they left a team, and brings back when they rejoin. */

import { addCredits, type Credits, subtractCredits } from '../credits/amount.ts'
import type { GrantBalance } from '../journal/balance.ts'
import type { EntryDraft } from '../journal/journal.ts'
import type { BroughtBack } from '../journal/lease-facts.ts'
import type { Moves } from './moves.ts'
import { outstanding, type Pool } from './pool.ts'

/**
 * The line, of a device that left, that a returning grant belongs to: the smallest that covers it,
 * so that each of several fits one. Null if none does: then the pool has the credits itself.
 */
export function lineBroughtBack(
  { devices }: Pool,
  { grant, available, held }: GrantBalance,
): BroughtBack | null {
  const comes = addCredits(available, held)
  let found: { readonly deviceId: string; readonly amount: Credits } | null = null
  for (const { deviceId, closed, lines } of devices.values()) {
    const line = closed === 'left' ? lines.get(grant.id) : undefined
    if (!line) continue
    const amount = outstanding(line)
    if (amount >= comes && (!found || amount < found.amount)) found = { deviceId, amount }
  }
  return found && { grantId: grant.id, ...found }
}

/** What was spent at home: elsewhere → spent. */
export function moveSpentAtHome(
  moves: Moves,
  { grantId, amount }: BroughtBack,
  { available, held }: GrantBalance,
): void {
  moves.add(grantId, 'elsewhere', 'spent', subtractCredits(amount, addCredits(available, held)))
}

/** At home its end may have been extended, as what is left of a cycle is carried over. */
export function putOffEntries(
  { balances }: Pool,
  deviceId: string,
  { grant }: GrantBalance,
): readonly EntryDraft[] {
  const present = balances.get(grant.id)?.grant.expiresAt ?? null
  const { expiresAt } = grant
  if (present === null || expiresAt === null || expiresAt <= present) return []
  const facts = { kind: 'extend', grantIds: [grant.id], expiresAt, because: deviceId } as const
  return [{ id: `extend:${grant.id}:${deviceId}`, facts, postings: [] }]
}
