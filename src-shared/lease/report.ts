/** Accounts for what a device reports of its ledger (design: leases). */

import { returnedAt } from '../account/state.ts'
import { addCredits, type Credits, minCredits, subtractCredits, ZERO } from '../credits/amount.ts'
import type { Draw } from '../credits/grant.ts'
import type { EntryDraft } from '../journal/journal.ts'
import type { RecordHead } from '../journal/lease-facts.ts'
import { type HostError, failure, type Result, success } from '../result.ts'
import { createMoves, movingEntry } from './moves.ts'
import { DAY_MS } from './policy.ts'
import { EMPTY_LINE, outstanding, type Pool, type PoolDevice } from './pool.ts'
import { createSurfacing } from './surfacing.ts'

/** The part of a record that concerns credits; a label has none. */
export interface ReportedRecord {
  readonly sequence: number
  /** Ledger time of the device. */
  readonly at: number
  readonly spent: readonly Draw[]
  readonly returned: readonly Draw[]
  readonly expired: readonly Draw[]
}

/**
 * What records of a device write, up to `head`, the last of them. Those taken in before are passed
 * over; the chain is the caller's to check. With `fork` a copy of the device wrote them: all they
 * spent is paid by the pool, and its own stream stays where it was.
 *
 * Fails with `device_unknown`, `records_missing` (details: `expected`), `draws_not_valid`, or
 * `draws_exceed_lease`; then nothing of them counts.
 */
export function reportEntries(
  pool: Pool,
  deviceId: string,
  records: readonly ReportedRecord[],
  head: RecordHead,
  now: number,
  { fork = false }: { readonly fork?: boolean } = {},
): Result<readonly EntryDraft[]> {
  const device = pool.devices.get(deviceId)
  if (!device) {
    return failure('device_unknown', 'This machine does not belong to the team. Join it again.', {
      deviceId,
    })
  }
  const fresh = fork
    ? records
    : records.filter(({ sequence }) => sequence > device.reported.sequence)
  const [first] = fresh
  if (!first) return success([])
  const gap = gapIn(fresh, fork ? first.sequence : device.reported.sequence + 1, head)
  if (gap) return { ok: false, error: gap }
  const intake = createIntake(pool, device, fork, now)
  for (const record of fresh) {
    const refusal = intake.takeIn(record)
    if (refusal) return { ok: false, error: refusal }
  }
  return success([intake.entry(first.sequence, head)])
}

/** What is wrong with the numbering of records, if anything. */
function gapIn(
  records: readonly ReportedRecord[],
  expected: number,
  head: RecordHead,
): HostError | null {
  const place = records.findIndex(({ sequence }, at) => sequence !== expected + at)
  const isWhole = place < 0 && records.at(-1)?.sequence === head.sequence
  if (isWhole) return null
  const missing = place < 0 ? expected + records.length : expected + place
  const message = 'Usage of this machine is missing in between. It is sent again.'
  return { code: 'records_missing', message, details: { expected: missing } }
}

interface Intake {
  takeIn(record: ReportedRecord): HostError | null
  entry(from: number, to: RecordHead): EntryDraft
}

/** Collects records into one entry, as if each were accounted for by itself. */
function createIntake(pool: Pool, device: PoolDevice, fork: boolean, now: number): Intake {
  const moves = createMoves()
  const surfacing = createSurfacing(pool, moves, now)
  const keptOf = returnedAt(pool, now)
  const used = createTally<string>()
  const returned = createTally<string>()
  const kept = createTally<string>()
  const use = createTally<number>()
  const lineOf = lineLookup(device)

  function spend(grantId: string, leased: Credits, reclaimed: Credits): void {
    moves.add(grantId, 'elsewhere', 'spent', leased)
    if (reclaimed > 0) surfacing.pay(grantId, reclaimed, true)
    used.add(grantId, addCredits(leased, reclaimed))
  }

  function expire(grantId: string, leased: Credits, reclaimed: Credits): void {
    moves.add(grantId, 'elsewhere', 'expired', leased)
    surfacing.note(grantId, 'expired', leased)
    used.add(grantId, addCredits(leased, reclaimed))
  }

  function giveBack(grantId: string, leased: Credits, reclaimed: Credits): void {
    const back = keptOf(grantId, leased)
    const over = subtractCredits(leased, back)
    moves.add(grantId, 'elsewhere', 'available', back)
    moves.add(grantId, 'elsewhere', 'expired', over)
    surfacing.note(grantId, 'available', back)
    surfacing.note(grantId, 'expired', over)
    returned.add(grantId, addCredits(leased, reclaimed))
    kept.add(grantId, back)
  }

  /** Takes a draw out of its line: from what is still leased, then from what was reclaimed. */
  function takeOut({ grantId, amount }: Draw, write: typeof spend): boolean {
    const line = lineOf(grantId)
    const leased = minCredits(amount, line.leased)
    const reclaimed = subtractCredits(amount, leased)
    if (reclaimed > line.reclaimed) return false
    line.leased = subtractCredits(line.leased, leased)
    line.reclaimed = subtractCredits(line.reclaimed, reclaimed)
    write(grantId, leased, reclaimed)
    return true
  }

  function takeIn(record: ReportedRecord): HostError | null {
    const { sequence, at, spent } = record
    const all = [...spent, ...record.returned, ...record.expired]
    if (!Number.isSafeInteger(at) || !all.every(isDraw)) return refusal('draws_not_valid', sequence)
    if (fork) {
      // What a copy returned or let expire was the device's: it counts in the device's own stream.
      for (const { grantId, amount } of spent) surfacing.pay(grantId, amount, false)
      return null
    }
    const fits =
      spent.every((draw) => takeOut(draw, spend)) &&
      record.expired.every((draw) => takeOut(draw, expire)) &&
      record.returned.every((draw) => takeOut(draw, giveBack))
    if (!fits) return refusal('draws_exceed_lease', sequence)
    // With a clock that is ahead, spending still counts for today.
    const day = Math.floor(Math.min(at, now) / DAY_MS)
    for (const { amount } of spent) use.add(day, amount)
    return null
  }

  return {
    takeIn,
    entry(from, to) {
      const { deviceId } = device
      const facts = {
        kind: 'report' as const,
        deviceId,
        from,
        to,
        used: drawsOf(used),
        returned: drawsOf(returned),
        kept: drawsOf(kept),
        use: use.list().map(([day, spent]) => ({ day, spent })),
        ...surfacing.totals(),
        ...(fork ? { fork: true as const } : {}),
      }
      const id = `report:${deviceId}:${fork ? `copy:${to.hash}:` : ''}${from}`
      return movingEntry(id, facts, moves)
    },
  }
}

/** What is left of each line of a device while its records are accounted for. */
function lineLookup({ lines }: PoolDevice) {
  const left = new Map<string, { leased: Credits; reclaimed: Credits }>()
  return (grantId: string) => {
    const known = left.get(grantId)
    if (known) return known
    const line = lines.get(grantId) ?? EMPTY_LINE
    const fresh = { leased: outstanding(line), reclaimed: line.reclaimed }
    left.set(grantId, fresh)
    return fresh
  }
}

function isDraw({ amount }: Draw): boolean {
  return Number.isSafeInteger(amount) && amount > 0
}

const REFUSALS = {
  draws_not_valid: 'A record of this machine has amounts that cannot be. It was not taken in.',
  draws_exceed_lease:
    'A record of this machine spends more than it was leased. It was not taken in.',
}

function refusal(code: keyof typeof REFUSALS, sequence: number): HostError {
  return { code, message: REFUSALS[code], details: { sequence } }
}

interface Tally<Key> {
  add(key: Key, amount: Credits): void
  list(): readonly (readonly [Key, Credits])[]
}

/** Sums by key, in the order in which the keys came. */
function createTally<Key>(): Tally<Key> {
  const sums = new Map<Key, Credits>()
  return {
    add(key, amount) {
      sums.set(key, addCredits(sums.get(key) ?? ZERO, amount))
    },
    list: () => [...sums].filter(([, amount]) => amount > 0),
  }
}

const drawsOf = (tally: Tally<string>): readonly Draw[] =>
  tally.list().map(([grantId, amount]) => ({ grantId, amount }))
