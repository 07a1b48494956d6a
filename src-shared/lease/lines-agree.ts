/**
 * The invariant of every pool: what the balance of a grant has elsewhere is what the devices' lines
 * have outstanding of it, and no line is below zero.
 */

import type { EntryDraft } from '../journal/journal.ts'
import { outstanding, type Pool, type PoolDevice, type PoolLine } from './pool.ts'

/**
 * Throws on an entry that breaks the invariant. It held before, so only what the entry changed is
 * compared, however many devices there are.
 */
export function assertLinesFollow(before: Pool, after: Pool, entry: EntryDraft): void {
  const { id, facts, postings } = entry
  const inLines = new Map(postings.map(({ grantId }) => [grantId, 0]))
  if (facts.kind === 'lease') for (const { grantId } of facts.lines) inLines.set(grantId, 0)
  for (const device of after.devices.values()) {
    const earlier = before.devices.get(device.deviceId)
    if (earlier === device) continue
    for (const [grantId, change] of inLines) {
      const left = leftOf(device, grantId, device.lines.get(grantId))
      inLines.set(grantId, change + left - outstandingOf(earlier?.lines.get(grantId)))
    }
  }
  for (const [grantId, change] of inLines) {
    const leased = elsewhere(after, grantId) - elsewhere(before, grantId)
    if (leased === change) continue
    throw new Error(`Entry ${id} leases ${leased} more of ${grantId}, and ${change} more in lines`)
  }
}

/** Throws if a pool breaks the invariant: for one that was loaded, not folded. */
export function assertLinesAgree(pool: Pool): void {
  const { balances, devices } = pool
  const inLines = new Map<string, number>()
  for (const device of devices.values()) {
    for (const [grantId, line] of device.lines) {
      inLines.set(grantId, (inLines.get(grantId) ?? 0) + leftOf(device, grantId, line))
    }
  }
  for (const grantId of new Set([...balances.keys(), ...inLines.keys()])) {
    const leased = elsewhere(pool, grantId)
    const sum = inLines.get(grantId) ?? 0
    if (leased !== sum) throw new Error(`${leased} of ${grantId} is leased, and ${sum} in lines`)
  }
}

function leftOf({ deviceId }: PoolDevice, grantId: string, line: PoolLine | undefined): number {
  const left = outstandingOf(line)
  if (left >= 0 && (line?.reclaimed ?? 0) >= 0) return left
  throw new Error(`The lease of ${grantId} to ${deviceId} is overdrawn`)
}

const outstandingOf = (line: PoolLine | undefined): number => (line ? outstanding(line) : 0)

const elsewhere = ({ balances }: Pool, grantId: string): number =>
  balances.get(grantId)?.elsewhere ?? 0
