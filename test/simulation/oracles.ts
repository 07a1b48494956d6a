/**
 * What must be true of a simulated world, whatever has happened in it. Each throws with what is
 * wrong; none of them computes as the code under test does.
 */

import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { Draw } from '#shared/credits/grant.ts'
import { type BalanceState, foldEntries, type GrantBalance } from '#shared/journal/balance.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import type { DeviceLease } from '#shared/lease/device-lease.ts'
import type { Pool, PoolDevice } from '#shared/lease/pool.ts'

/** An oracle's word that something is wrong. */
export class Broken extends Error {}

export function demand(isSo: boolean, what: () => string): asserts isSo {
  if (!isSo) throw new Broken(what())
}

/** Of a record, what it moved out of the lease. */
export interface Moved {
  readonly spent: readonly Draw[]
  readonly returned: readonly Draw[]
  readonly expired: readonly Draw[]
}

/** A machine as its own books show it. */
export interface MachineView {
  readonly name: string
  readonly deviceId: string
  readonly balances: BalanceState
  readonly lease: DeviceLease | null
  /** What its open runs hold. */
  readonly held: readonly Draw[]
  /** Spent or ended before it joined, by grant. */
  readonly before: ReadonlyMap<string, number>
  /** Given back since, by grant. */
  readonly returned: ReadonlyMap<string, number>
  /** Records the authority does not have yet; null for a copy, whose history is not the device's. */
  readonly unreported: readonly Moved[] | null
}

/** Conservation of `all` grants ever, and both views of what is leased. */
export function checkPool(pool: Pool, all: BalanceState, accounted: number): void {
  const leased = new Map<string, number>()
  for (const device of pool.devices.values()) {
    for (const [grantId, line] of device.lines) {
      const out = line.granted - line.ended - line.reclaimed
      demand(out >= 0 && line.reclaimed >= 0 && line.ended >= 0, () => {
        return `The line of ${grantId} to ${device.deviceId} is overdrawn: ${JSON.stringify(line)}`
      })
      leased.set(grantId, (leased.get(grantId) ?? 0) + out)
    }
  }
  let spent = 0
  for (const balance of all.values()) {
    checkGrant('The authority', balance)
    const { id } = balance.grant
    const kept = pool.balances.get(id)
    demand(
      !kept || isDeepStrictEqual(kept, balance),
      () => `The pool has another ${id}: ${JSON.stringify(kept)} and ${JSON.stringify(balance)}`,
    )
    const out = leased.get(id) ?? 0
    demand(out === balance.elsewhere, () => {
      return `${balance.elsewhere} of ${id} are leased and lines say ${out}`
    })
    demand(balance.held === 0, () => `The authority holds ${balance.held} of ${id}`)
    spent += balance.spent
  }
  demand(spent + pool.debt === accounted, () => {
    return `${spent} are spent and ${pool.debt} owed, and charges come to ${accounted}`
  })
}

function checkGrant(whose: string, balance: GrantBalance): void {
  const { grant, available, held, spent, expired, elsewhere } = balance
  const parts = [available, held, spent, expired, elsewhere]
  const sum = parts.reduce<number>((total, part) => total + part, 0)
  demand(sum === grant.amount && parts.every((part) => part >= 0), () => {
    return `${whose}: ${grant.id} of ${grant.amount} is ${JSON.stringify(parts)}`
  })
}

/** Spent and held never exceed what was leased, grant by grant. */
export function checkMachine(view: MachineView): void {
  const { name, balances, lease, before, returned } = view
  const held = new Map<string, number>()
  for (const { grantId, amount } of view.held) held.set(grantId, (held.get(grantId) ?? 0) + amount)
  for (const balance of balances.values()) {
    checkGrant(name, balance)
    const { id } = balance.grant
    demand((held.get(id) ?? 0) === balance.held, () => {
      return `${name} holds ${balance.held} of ${id}, and its runs ${held.get(id) ?? 0}`
    })
    if (!lease) continue
    const used = balance.spent + balance.expired - (before.get(id) ?? 0)
    const leased: number = (lease.lines.get(id)?.granted ?? 0) - (returned.get(id) ?? 0)
    demand(balance.available + balance.held + used === leased, () => {
      return `${name} was leased ${leased} of ${id} and has ${balance.available} left, ${balance.held} held, ${used} used`
    })
  }
}

/**
 * Whatever a machine may still tell of is covered at the authority: leased to it, or taken back as
 * unreported. So nobody else's credits can be meant by it.
 */
export function checkClaims(pool: Pool, view: MachineView): void {
  const { name, balances, lease, unreported } = view
  const known = pool.devices.get(view.deviceId)
  if (!known || !lease || !unreported) return
  const claims = new Map<string, number>()
  const claim = (grantId: string, amount: number) =>
    claims.set(grantId, (claims.get(grantId) ?? 0) + amount)
  for (const { grant, available, held } of balances.values()) claim(grant.id, available + held)
  for (const { spent, returned, expired } of unreported) {
    for (const { grantId, amount } of [...spent, ...returned, ...expired]) claim(grantId, amount)
  }
  for (const [grantId, amount] of claims) {
    const covered = coverOf(known, grantId)
    demand(amount <= covered, () => {
      return `${name} may claim ${amount} of ${grantId}, and the authority has ${covered} for it`
    })
  }
}

function coverOf({ lines }: PoolDevice, grantId: string): number {
  const line = lines.get(grantId)
  return line ? line.granted - line.ended : 0
}

/** What is shown is what the journal says, folded anew. */
export function checkFold(name: string, entries: Iterable<EntryDraft>, shown: BalanceState): void {
  const folded = foldEntries(entries)
  for (const [grantId, balance] of shown) {
    demand(isDeepStrictEqual(folded.get(grantId), balance), () => {
      return `${name} shows another balance of ${grantId} than its journal`
    })
  }
}

/** When everything was told, both halves of a lease agree. */
export function checkInStep(pool: Pool, view: MachineView, now: number): void {
  const { name, deviceId, balances, lease, unreported } = view
  const known = pool.devices.get(deviceId)
  assert.ok(known && lease)
  demand(unreported?.length === 0, () => `${name} has told not everything`)
  for (const [grantId, line] of known.lines) {
    const out = line.granted - line.ended - line.reclaimed
    const { available = 0, held = 0 } = balances.get(grantId) ?? {}
    demand(out === available + held, () => {
      return `${name} has ${available + held} of ${grantId}, and the authority leased it ${out}`
    })
    const end = pool.balances.get(grantId)?.grant.expiresAt ?? Infinity
    demand(line.reclaimed === 0 || end <= now, () => {
      return `${line.reclaimed} of ${grantId} stay reclaimed from ${name}, which has told everything`
    })
  }
  demand(known.version === lease.version && known.expiresAt === lease.expiresAt, () => {
    return `${name} has lease ${lease.version}, and the authority gave it ${known.version}`
  })
  for (const { grant } of balances.values()) {
    const theirs = pool.balances.get(grant.id)?.grant
    if (!theirs) continue
    const isSame = theirs.amount === grant.amount && theirs.expiresAt === grant.expiresAt
    demand(isSame, () => {
      return `${name} knows ${JSON.stringify(grant)}, and the authority ${JSON.stringify(theirs)}`
    })
  }
}
