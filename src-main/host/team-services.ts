/** The calls of the team page and of the sync badge. */

import { ZERO } from '#shared/credits/amount.ts'
import type { SyncView } from '#shared/host/team.ts'
import { failure, type Result, success } from '#shared/result.ts'

const ALONE: SyncView = {
  status: { state: 'alone' },
  pending: 0,
  lastContactAt: null,
  lease: null,
  elsewhere: null,
  debt: ZERO,
}

export function teamServices() {
  const noTeam = (): Result<never> => failure('no_team', 'This machine is in no team.')
  return {
    'team.read': () => success(null),
    'team.create': noTeam,
    'team.join': noTeam,
    'team.rename': noTeam,
    'team.invite': noTeam,
    'team.revokeInvite': noTeam,
    'team.updateMember': noTeam,
    'team.removeMember': noTeam,
    'team.renameDevice': noTeam,
    'team.revokeDevice': noTeam,
    'team.loseDevice': noTeam,
    'team.leave': noTeam,
    'sync.read': () => success(ALONE),
    'sync.retry': () => success(ALONE),
  }
}
