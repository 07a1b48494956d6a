/** The calls about caps, entitlements and alerts. */

import { accountEntry } from '#shared/journal/entries.ts'
import type { AccountChange } from '#shared/journal/account-change.ts'
import type { PoliciesView } from '#shared/host/policies.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { opened } from './opened.ts'
import type { HostParts } from './parts.ts'
import type { WorkspaceKeeper } from './workspace-keeper.ts'
import type { Workspace } from './workspace.ts'

/** More caps of one's own than this nobody keeps in mind. */
const MOST_OWN_CAPS = 50

export function policyServices({ ids }: HostParts, keeper: WorkspaceKeeper) {
  /** Each change is a fact of its own: the same cap may be set, removed and set again. */
  function change(workspace: Workspace, facts: AccountChange): Result<PoliciesView> {
    const written = workspace.authority.write([accountEntry(`${facts.type}:${ids.next()}`, facts)])
    return written.ok ? read(workspace) : written
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
      return change(workspace, { type: 'cap', cap })
    }),
    'caps.remove': opened<'caps.remove'>(keeper, ({ capId }, workspace) => {
      if (!workspace.authority.books().account.caps.has(capId)) {
        return failure('cap_unknown', 'This is not a cap of your own, or it is gone already.')
      }
      return change(workspace, { type: 'cap-removed', capId })
    }),
  }
}

const read = ({ gate, alerts }: Workspace): Result<PoliciesView> =>
  success({ ...gate.view(), alerts: alerts.alerts() })
