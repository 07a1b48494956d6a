/** The grouped usage table: groups with their share, and the totals under them. */

import { type Credits, addCredits } from '#shared/credits/amount.ts'
import type { UsageGrouping } from '#shared/usage/filter.ts'
import type { UsageGroup } from '#shared/usage/views.ts'

export interface GroupRow extends UsageGroup {
  /** Part of all that was charged, 0 to 1. */
  readonly share: number
}

export interface GroupTable {
  readonly rows: readonly GroupRow[]
  readonly operations: number
  readonly charged: Credits
}

export const GROUPING_LABELS: Readonly<Record<UsageGrouping, string>> = {
  day: 'Day',
  operation: 'Operation',
  model: 'Model',
  subject: 'Subject',
  status: 'Status',
}

/** Days newest first, everything else by what it cost; a tie by the number of operations, then name. */
export function buildGroupTable(groups: readonly UsageGroup[], by: UsageGrouping): GroupTable {
  const charged = addCredits(...groups.map((group) => group.charged))
  const operations = groups.reduce((sum, group) => sum + group.operations, 0)
  const rows = groups
    .map((group) => ({ ...group, share: charged === 0 ? 0 : group.charged / charged }))
    .sort(by === 'day' ? newestFirst : costliestFirst)
  return { rows, operations, charged }
}

function newestFirst(left: GroupRow, right: GroupRow): number {
  return left.key < right.key ? 1 : left.key > right.key ? -1 : 0
}

function costliestFirst(left: GroupRow, right: GroupRow): number {
  return (
    right.charged - left.charged ||
    right.operations - left.operations ||
    left.label.localeCompare(right.label)
  )
}
