/** The pool as a fold of the authority's journal. */

import { withEntry } from '../account/state.ts'
import { addCredits, type Credits, millicredits, subtractCredits, ZERO } from '../credits/amount.ts'
import type { Draw } from '../credits/grant.ts'
import type { Bucket, EntryDraft, EntryFacts } from '../journal/journal.ts'
import type { DayUse } from '../journal/lease-facts.ts'
import { forgetAtCycleStart } from './forget.ts'
import { USE_DAYS } from './policy.ts'
import { assertLinesFollow } from './lines-agree.ts'
import { EMPTY_LINE, type Pool, type PoolDevice, type PoolLine } from './pool.ts'

type Facts<Kind extends EntryFacts['kind']> = Extract<EntryFacts, { kind: Kind }>

/**
 * The pool after one more entry. Throws on an entry that cannot follow: one that overdraws a grant
 * or a line, or after which the devices' lines do not match what is leased of a grant.
 */
export function applyToPool(pool: Pool, entry: EntryDraft): Pool {
  const after: Pool = { ...follow(pool, entry), ...withEntry(pool, entry) }
  assertLinesFollow(pool, after, entry)
  return forgetAtCycleStart(after, entry, pool.account.cycle)
}

/** The pool after more entries, in order. */
export function applyAllToPool(pool: Pool, entries: Iterable<EntryDraft>): Pool {
  let current = pool
  for (const entry of entries) current = applyToPool(current, entry)
  return current
}

function follow(pool: Pool, entry: EntryDraft): Pool {
  const { facts } = entry
  switch (facts.kind) {
    case 'device':
      return withDevice(pool, newDevice(facts.deviceId, facts.memberId))
    case 'adopt':
      return withDevice(backFrom(pool, facts), adoptedDevice(facts, entry))
    case 'lease':
      return withDevice(pool, leased(deviceOf(pool, facts.deviceId), facts))
    case 'report':
      return reported(pool, facts, entry)
    case 'reclaim': {
      const device = deviceOf(pool, facts.deviceId)
      const lines = new Map(device.lines)
      for (const [grantId, amount] of takenFrom('elsewhere', entry)) {
        const line = lineOf(lines, grantId)
        lines.set(grantId, { ...line, reclaimed: addCredits(line.reclaimed, amount) })
      }
      return withDevice(pool, { ...device, version: facts.version, lines })
    }
    case 'debt-paid': {
      const debt = subtractCredits(pool.debt, facts.amount)
      if (debt < 0) throw new Error(`Entry ${entry.id} pays more than the debt`)
      return { ...pool, debt, debtPaid: addCredits(pool.debtPaid, facts.amount) }
    }
    case 'device-closed': {
      const device = deviceOf(pool, facts.deviceId)
      return withDevice(pool, { ...device, closed: facts.reason })
    }
    default:
      return pool
  }
}

function newDevice(deviceId: string, memberId: string): PoolDevice {
  return {
    deviceId,
    memberId,
    closed: null,
    version: 0,
    expiresAt: 0,
    lines: new Map(),
    reported: { sequence: 0, hash: '' },
    use: [],
    brought: null,
  }
}

function adoptedDevice(facts: Facts<'adopt'>, entry: EntryDraft): PoolDevice {
  const { deviceId, memberId, records, account, brought: grantIds, expiresAt } = facts
  const lines = new Map<string, PoolLine>()
  for (const grantId of grantIds) {
    const part = (bucket: Bucket) => putInto(entry, bucket, grantId)
    const used = addCredits(part('spent'), part('expired'))
    lines.set(grantId, { ...EMPTY_LINE, granted: part('elsewhere'), used })
  }
  // Of what comes back, only the part that was spent at home moves.
  for (const { grantId, amount } of facts.back ?? []) {
    const granted = addCredits(amount, putInto(entry, 'elsewhere', grantId))
    lines.set(grantId, { ...EMPTY_LINE, granted })
  }
  for (const { grantId, amount: used } of facts.used ?? []) {
    lines.set(grantId, { ...(lines.get(grantId) ?? EMPTY_LINE), used })
  }
  return {
    ...newDevice(deviceId, memberId),
    version: 1,
    expiresAt,
    lines,
    reported: records,
    brought: { grantIds, account },
  }
}

/** Ends the lines with which the returning grants had left. */
function backFrom(pool: Pool, { back = [] }: Facts<'adopt'>): Pool {
  let current = pool
  for (const { deviceId, grantId, amount } of back) {
    const device = deviceOf(current, deviceId)
    const line = lineOf(device.lines, grantId)
    const ended = addCredits(line.ended, amount)
    const lines = new Map(device.lines).set(grantId, { ...line, ended })
    current = withDevice(current, { ...device, lines })
  }
  return current
}

function leased(device: PoolDevice, { version, expiresAt, lines }: Facts<'lease'>): PoolDevice {
  const after = new Map(device.lines)
  for (const { grantId, granted, until } of lines) {
    const line = after.get(grantId) ?? EMPTY_LINE
    if (granted < line.granted) throw new Error(`The lease of ${grantId} shrinks`)
    after.set(grantId, { ...line, granted, until })
  }
  return { ...device, version, expiresAt, lines: after }
}

function reported(pool: Pool, facts: Facts<'report'>, entry: EntryDraft): Pool {
  const debt = addCredits(pool.debt, facts.debt)
  // A copy's records are not the device's own: its lines and its stream are unchanged.
  if (facts.fork) return { ...pool, debt }
  const device = deviceOf(pool, facts.deviceId)
  const lines = new Map(device.lines)
  const leasedParts = takenFrom('elsewhere', entry)
  const used = totals(facts.used)
  const returned = totals(facts.returned)
  for (const grantId of new Set([...used.keys(), ...returned.keys()])) {
    const line = lineOf(lines, grantId)
    const spent = used.get(grantId) ?? ZERO
    const ended = addCredits(spent, returned.get(grantId) ?? ZERO)
    const surfaced = subtractCredits(ended, leasedParts.get(grantId) ?? ZERO)
    lines.set(grantId, {
      ...line,
      ended: addCredits(line.ended, ended),
      used: addCredits(line.used, spent),
      reclaimed: subtractCredits(line.reclaimed, surfaced),
    })
  }
  const use = withUse(device.use, facts.use)
  return { ...withDevice(pool, { ...device, lines, reported: facts.to, use }), debt }
}

function withUse(before: readonly DayUse[], more: readonly DayUse[]): readonly DayUse[] {
  if (more.length === 0) return before
  const byDay = new Map(before.map(({ day, spent }) => [day, spent]))
  for (const { day, spent } of more) byDay.set(day, addCredits(byDay.get(day) ?? ZERO, spent))
  const days = [...byDay].map(([day, spent]) => ({ day, spent })).sort((a, b) => a.day - b.day)
  const last = days.at(-1)?.day ?? 0
  return days.filter(({ day }) => day > last - USE_DAYS)
}

/** A device by its id. Throws when the pool has no such device. */
export function deviceOf({ devices }: Pool, deviceId: string): PoolDevice {
  const device = devices.get(deviceId)
  if (!device) throw new Error(`The pool has no device ${deviceId}`)
  return device
}

function lineOf(lines: ReadonlyMap<string, PoolLine>, grantId: string): PoolLine {
  const line = lines.get(grantId)
  if (!line) throw new Error(`The device has no line of ${grantId}`)
  return line
}

function withDevice(pool: Pool, device: PoolDevice): Pool {
  return { ...pool, devices: new Map(pool.devices).set(device.deviceId, device) }
}

/** What an entry took from a bucket, by grant. */
function takenFrom(bucket: Bucket, { postings }: EntryDraft): ReadonlyMap<string, Credits> {
  return new Map(
    postings
      .filter((posting) => posting.bucket === bucket && posting.amount < 0)
      .map(({ grantId, amount }) => [grantId, millicredits(-amount)]),
  )
}

function putInto({ postings }: EntryDraft, bucket: Bucket, of: string): Credits {
  return postings.find((one) => one.grantId === of && one.bucket === bucket)?.amount ?? ZERO
}

function totals(draws: readonly Draw[]): ReadonlyMap<string, Credits> {
  return new Map(draws.map(({ grantId, amount }) => [grantId, amount]))
}
