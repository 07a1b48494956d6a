/** The calls about caps, entitlements and alerts. */

import type { PoliciesView } from '#shared/host/policies.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Answer } from '../authority/authority.ts'
import { opened } from './opened.ts'
import type { HostParts } from './parts.ts'
import type { WorkspaceKeeper } from './workspace-keeper.ts'
import type { Workspace } from './workspace.ts'

/** Nobody keeps track of more caps of their own than this. */
const MOST_OWN_CAPS = 50

export function policyServices({ ids }: HostParts, keeper: WorkspaceKeeper) {
  /** Each change is a fact of its own: the same cap may be set, removed and set again. */
  async function told(workspace: Workspace, change: Answer<null>): Promise<Result<PoliciesView>> {
    const changed = await change
    return changed.ok ? read(workspace) : changed
  }

  return {
    'policies.read': opened<'policies.read'>(keeper, (_input, workspace) => {
      const upToDate = workspace.authority.bringUpToDate()
      return upToDate.ok ? read(workspace) : upToDate
    }),
    'caps.save': opened<'caps.save'>(keeper, ({ cap }, workspace) => {
      const { caps } = workspace.authority.books().account
      if (!caps.has(cap.id) && caps.size >= MOST_OWN_CAPS) {
        return failure('too_many_caps', `There can be up to ${MOST_OWN_CAPS} caps of your own.`)
      }
      return told(workspace, workspace.authority.setCap(ids.next(), cap))
    }),
    'caps.remove': opened<'caps.remove'>(keeper, ({ capId }, workspace) => {
      if (!workspace.authority.books().account.caps.has(capId)) {
        return failure(
          'cap_unknown',
          'This is not a cap of your own, or it has already been removed.',
        )
      }
      return told(workspace, workspace.authority.removeCap(ids.next(), capId))
    }),
  }
}

const read = ({ gate, alerts }: Workspace): Result<PoliciesView> =>
  success({ ...gate.view(), alerts: alerts.alerts() })
