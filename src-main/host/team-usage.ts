/** What the runs of a team came to, by machine: this one's from its ledger, the others' as heard. */

import { millicredits, ZERO } from '#shared/credits/amount.ts'
import type { MachineUsage, RunTotal } from '#shared/host/team.ts'
import { type Result, success } from '#shared/result.ts'
import type { UsageFilter } from '#shared/usage/filter.ts'
import type { OpenLedger } from '../ledger/open.ts'
import type { MachineTotal } from '../sync/records/replica/totals.ts'
import type { TeamLink } from '../sync/team-ports.ts'

const DAY_MS = 86_400_000
const NOTHING: RunTotal = { runs: 0, credits: ZERO }

/** The machines that ran anything. What this one did in an earlier stay is told as another's. */
export async function readTeamUsage(
  ledger: Pick<OpenLedger, 'history' | 'issuer'>,
  cycleStart: number,
  { since, othersUsed }: Pick<TeamLink, 'since' | 'othersUsed'>,
): Promise<Result<readonly MachineUsage[]>> {
  const issuer = ledger.issuer()
  if (!issuer) return success([])
  const thisCycle = await ownTotal(ledger, { from: Math.max(cycleStart, since()) })
  if (!thisCycle.ok) return thisCycle
  const allTime = await ownTotal(ledger, { from: since() })
  if (!allTime.ok) return allTime
  const { deviceId, memberId } = issuer
  const own = { deviceId, memberId, thisCycle: thisCycle.data, allTime: allTime.data, newer: 0 }
  const heard = joined(await othersUsed(0), await othersUsed(Math.floor(cycleStart / DAY_MS)))
  const rows = [own, ...heard.filter((row) => row.deviceId !== deviceId)]
  return success(rows.filter(({ allTime: { runs }, newer }) => runs > 0 || newer > 0))
}

async function ownTotal(
  { history }: Pick<OpenLedger, 'history'>,
  time: Pick<UsageFilter, 'from'>,
): Promise<Result<RunTotal>> {
  const filter: UsageFilter = { ...time, statuses: ['settled', 'voided'] }
  const groups = await history.groups({ filter, by: 'status' })
  if (!groups.ok) return groups
  const runs = groups.data.reduce((sum, group) => sum + group.operations, 0)
  const credits = groups.data.reduce((sum, group) => sum + group.charged, 0)
  return success({ runs, credits: millicredits(credits) })
}

function joined(
  allTime: readonly MachineTotal[],
  thisCycle: readonly MachineTotal[],
): readonly MachineUsage[] {
  const keyOf = ({ deviceId, memberId }: MachineTotal) => JSON.stringify([deviceId, memberId])
  const recent = new Map(thisCycle.map((row) => [keyOf(row), row]))
  return allTime.map((row) => {
    const { deviceId, memberId, runs, newer, credits } = row
    const { runs: lately, credits: spent } = recent.get(keyOf(row)) ?? NOTHING
    return {
      deviceId,
      memberId,
      thisCycle: { runs: lately, credits: spent },
      allTime: { runs, credits },
      newer,
    }
  })
}
