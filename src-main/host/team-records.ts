/** What this machine tells its team and hears of others, over its own ledger. */

import { failure, type Result } from '#shared/result.ts'
import type { OpenLedger } from '../ledger/open.ts'
import type { TeamRecords } from '../sync/team-link.ts'
import type { HostParts } from './parts.ts'

export function openTeamRecords(
  _parts: HostParts,
  _ledger: OpenLedger,
): Promise<Result<TeamRecords>> {
  const notYet = failure('team_unavailable', 'This version cannot join a team yet.')
  return Promise.resolve(notYet)
}
