/** How this machine stands to its team, for the badge. */

import { ZERO } from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import type { ElsewhereView, SyncView } from '#shared/host/team.ts'
import { failure } from '#shared/result.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { SyncState } from './connection.ts'
import type { TeamFile } from './team-file.ts'

const ALONE: SyncView = {
  status: { state: 'alone' },
  pending: 0,
  lastContactAt: null,
  lease: null,
  elsewhere: null,
  debt: ZERO,
}

const LOST: SyncView = {
  ...ALONE,
  status: {
    state: 'trouble',
    error: failure(
      'team_file_lost',
      'What this machine knew of its team’s server is lost. Leave the team, and join it again.',
    ).error,
    remedy: 'join',
  },
}

/** `state` is the connection's; null while there is none. `elsewhere` is what the team has beyond. */
export function syncView(
  file: TeamFile | null,
  ledger: Pick<Ledger, 'issuer' | 'lease' | 'now' | 'spendable'>,
  state: SyncState | null,
  elsewhere: ElsewhereView | null,
): SyncView {
  if (!file) return ledger.issuer() ? LOST : ALONE
  const { told } = file
  const toldAt = told && Math.max(told.at, told.teamAt)
  return {
    status: state?.status ?? { state: 'offline', since: toldAt ?? ledger.now() },
    pending: state?.pending ?? 0,
    lastContactAt: state?.lastContactAt ?? toldAt,
    lease: {
      available: availableAt(ledger.spendable(), ledger.now()),
      expiresAt: ledger.lease()?.expiresAt ?? null,
    },
    elsewhere,
    debt: told?.pool?.debt ?? ZERO,
  }
}
