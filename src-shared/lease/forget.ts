/**
 * Drops what can no longer matter as a cycle begins, so that a pool does not grow with its history:
 * grants of which nothing is left anywhere, and their lines. The journal has them all.
 */

import type { GrantBalance } from '../journal/balance.ts'
import type { EntryDraft } from '../journal/journal.ts'
import type { Pool, PoolDevice } from './pool.ts'

/** The pool after an entry that may begin a cycle; `cycle` is the one before it. */
export function forgetAtCycleStart(pool: Pool, { facts }: EntryDraft, cycle: number): Pool {
  const begins =
    facts.kind === 'account' && facts.change.type === 'allowance' && facts.change.cycle > cycle
  return begins ? forget(pool) : pool
}

function forget(pool: Pool): Pool {
  const { account, balances, devices } = pool
  const awaited = new Set([...devices.values()].flatMap(awaitedOf))
  const isOver = ({ grant, available, held, elsewhere }: GrantBalance) =>
    available + held + elsewhere === 0 &&
    (grant.cycle === undefined || grant.cycle.index < account.cycle) &&
    !awaited.has(grant.id)
  const kept = new Map([...balances].filter(([, balance]) => !isOver(balance)))
  if (kept.size === balances.size) return pool
  return {
    ...pool,
    account: { ...account, closed: new Set([...account.closed].filter((id) => kept.has(id))) },
    balances: kept,
    devices: new Map(
      [...devices].map(([id, device]) => [
        id,
        { ...device, lines: new Map([...device.lines].filter(([grantId]) => kept.has(grantId))) },
      ]),
    ),
  }
}

/** Grants of which spending may still surface. */
function awaitedOf({ lines }: PoolDevice): readonly string[] {
  return [...lines].filter(([, { reclaimed }]) => reclaimed > 0).map(([grantId]) => grantId)
}
