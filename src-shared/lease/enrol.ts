/** How accounts and devices enter a pool. */

import type { AccountSnapshot } from '../journal/account-snapshot.ts'
import type { CycleAnchor } from '../account/cycle.ts'
import { entriesDue } from '../account/due.ts'
import { openEntry } from '../account/open.ts'
import { withEntries } from '../account/state.ts'
import { addCredits, MAX_AMOUNT } from '../credits/amount.ts'
import type { Grant } from '../credits/grant.ts'
import type { GrantBalance } from '../journal/balance.ts'
import { grantEntry } from '../journal/entries.ts'
import type { EntryDraft } from '../journal/journal.ts'
import type { BroughtBack, RecordHead } from '../journal/lease-facts.ts'
import { failure, type Result, success } from '../result.ts'
import { lineBroughtBack, moveSpentAtHome, putOffEntries } from './bring-back.ts'
import { createMoves, movingEntry } from './moves.ts'
import { LEASE_TERM } from './policy.ts'
import type { Pool, PoolDevice } from './pool.ts'

/** Opens the account of a pool that has none, with everything due to it at `now`. */
export function openPoolEntries(
  pool: Pool,
  accountId: string,
  anchor: CycleAnchor,
  planId: string,
  seats: number,
  now: number,
): readonly EntryDraft[] {
  const open = openEntry(accountId, anchor, planId, seats)
  return [open, ...entriesDue(withEntries(pool, [open]), now)]
}

/** A device that stood alone, as it arrives. */
export interface Arrival {
  readonly deviceId: string
  readonly memberId: string
  /** Its records up to here are already reflected in `grants`. */
  readonly records: RecordHead
  readonly account: AccountSnapshot
  /** Where its credits are; what is elsewhere is with an earlier team. */
  readonly grants: readonly GrantBalance[]
}

/**
 * A device comes with its own credits. To a pool without an account it brings that too, and all its
 * grants; to another only those with something left, which from then on are the pool's like any
 * bought credits. What is left stays with the device, as its first lease. What somebody took home when
 * they left comes back, less what was spent there. Coming twice is no error.
 *
 * Fails with `device_known` when the device is another member's, `grants_known` when its credits are
 * in the pool already (as of a copied disk), or `grants_not_valid`.
 */
export function adoptEntries(
  pool: Pool,
  { deviceId, memberId, records, account, grants: all }: Arrival,
  now: number,
): Result<readonly EntryDraft[]> {
  const known = pool.devices.get(deviceId)
  if (known) return comingAgain(known, memberId)
  const founds = pool.account.account === null
  const grants = founds ? all : all.filter(({ available, held }) => available + held > 0)
  const ids = new Set<string>()
  const isNew = (id: string) => ids.size < ids.add(id).size
  const wrong = all.find((balance) => !isWhole(balance) || !isNew(balance.grant.id))
  if (wrong) {
    const message = 'The credits of this machine do not add up. Check its ledger in Settings.'
    return failure('grants_not_valid', message, { grantId: wrong.grant.id })
  }
  const brought = new Set([...pool.devices.values()].flatMap((one) => one.brought?.grantIds ?? []))
  const fresh: GrantBalance[] = []
  const back: BroughtBack[] = []
  const early: EntryDraft[] = []
  const moves = createMoves()
  for (const balance of grants) {
    const { grant } = balance
    if (!pool.balances.has(grant.id) && !brought.has(grant.id)) {
      fresh.push(balance)
      continue
    }
    const line = lineBroughtBack(pool, balance)
    if (!line) return grantsKnown(grant.id)
    back.push(line)
    moveSpentAtHome(moves, line, balance)
    early.push(...putOffEntries(pool, deviceId, balance))
  }
  for (const { grant, available, held, spent, expired, elsewhere } of fresh) {
    moves.add(grant.id, 'available', 'elsewhere', addCredits(available, held))
    moves.add(grant.id, 'available', 'spent', addCredits(spent, elsewhere))
    moves.add(grant.id, 'available', 'expired', expired)
  }
  const used = all
    .filter(({ grant }) => pool.balances.has(grant.id))
    .map(({ grant, spent, expired }) => ({ grantId: grant.id, amount: addCredits(spent, expired) }))
    .filter(({ amount }) => amount > 0)
  const facts = {
    kind: 'adopt' as const,
    deviceId,
    memberId,
    records,
    account,
    brought: grants.map(({ grant }) => grant.id),
    expiresAt: now + LEASE_TERM,
    ...(back.length > 0 && { back }),
    ...(used.length > 0 && { used }),
  }
  return success([
    ...fresh.map(({ grant }) => grantEntry(founds ? grant : withoutCycle(grant))),
    ...early,
    movingEntry(`adopt:${deviceId}`, facts, moves),
  ])
}

function grantsKnown(grantId: string) {
  const message =
    'The credits of this machine are in the team already: a copy of its data brought them, or it was set back to an older one.'
  return failure('grants_known', message, { grantId })
}

function isWhole({ grant, ...amounts }: GrantBalance): boolean {
  const { available, held, spent, expired, elsewhere } = amounts
  const parts = [available, held, spent, expired, elsewhere]
  const areAmounts = [...parts, grant.amount].every(
    (part) => Number.isSafeInteger(part) && part >= 0 && part <= MAX_AMOUNT,
  )
  return areAmounts && addCredits(...parts) === grant.amount
}

/**
 * Family and cycle refer to the account it came from: in another account it is like a bought grant.
 */
function withoutCycle(grant: Grant): Grant {
  const { family: _family, cycle: _cycle, ...rest } = grant
  return rest
}

/**
 * Adds a device without credits of its own. Adding it twice is not an error; fails with
 * `device_known`.
 */
export function deviceEntries(
  pool: Pool,
  deviceId: string,
  memberId: string,
): Result<readonly EntryDraft[]> {
  const known = pool.devices.get(deviceId)
  if (known) return comingAgain(known, memberId)
  const facts = { kind: 'device', deviceId, memberId } as const
  return success([{ id: `device:${deviceId}`, facts, postings: [] }])
}

function comingAgain(device: PoolDevice, memberId: string): Result<readonly EntryDraft[]> {
  if (device.memberId === memberId) return success([])
  const message = 'This machine belongs to another member of the team. Join with a new invite.'
  return failure('device_known', message, { deviceId: device.deviceId })
}
