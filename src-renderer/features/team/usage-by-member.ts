/** Usage of a team's machines, as its page shows it. */

import { addCredits, ZERO } from '#shared/credits/amount.ts'
import type { MachineUsage, RunTotal, TeamView } from '#shared/host/team.ts'

export interface MachineLine {
  readonly deviceId: string
  readonly name: string
  readonly thisCycle: RunTotal
  readonly allTime: RunTotal
  /** What it told that only a newer version of the app knows. */
  readonly newer: number
}

export interface MemberUsage extends Omit<MachineLine, 'deviceId' | 'newer'> {
  /** Empty where nobody knows whose runs these are. */
  readonly memberId: string
  /** By what they used in all, most first. */
  readonly machines: readonly MachineLine[]
}

/**
 * Members with their machines, by what they used in all, most first. Runs from before their machine was
 * in the team, which name nobody of it, count for the machine's member.
 */
export function usageByMember(
  usage: readonly MachineUsage[],
  { members, devices }: Pick<TeamView, 'members' | 'devices'>,
): readonly MemberUsage[] {
  const known = new Set(members.map(({ id }) => id))
  const groups = new Map<string, Map<string, MachineLine>>()
  for (const { memberId, deviceId, thisCycle, allTime, newer } of usage) {
    const device = devices.find(({ id }) => id === deviceId)
    const owner = known.has(memberId) ? memberId : (device?.memberId ?? '')
    const machines = groups.get(owner) ?? new Map<string, MachineLine>()
    const before = machines.get(deviceId)
    machines.set(deviceId, {
      deviceId,
      name: device?.name ?? 'Unknown machine',
      thisCycle: sumOf(before ? [before.thisCycle, thisCycle] : [thisCycle]),
      allTime: sumOf(before ? [before.allTime, allTime] : [allTime]),
      newer: newer + (before?.newer ?? 0),
    })
    groups.set(owner, machines)
  }
  return [...groups]
    .map(([memberId, machines]) => ({
      memberId,
      name: members.find(({ id }) => id === memberId)?.name ?? 'Unknown',
      thisCycle: sumOf([...machines.values()].map((machine) => machine.thisCycle)),
      allTime: sumOf([...machines.values()].map((machine) => machine.allTime)),
      machines: [...machines.values()].sort(mostFirst),
    }))
    .sort(mostFirst)
}

type Shown = Pick<MachineLine, 'name' | 'allTime'>

const mostFirst = (left: Shown, right: Shown) =>
  right.allTime.credits - left.allTime.credits || left.name.localeCompare(right.name)

function sumOf(totals: readonly RunTotal[]): RunTotal {
  return {
    runs: totals.reduce((sum, { runs }) => sum + runs, 0),
    credits: addCredits(ZERO, ...totals.map(({ credits }) => credits)),
  }
}
