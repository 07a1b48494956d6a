/** Handlers that need an open ledger; while it is closed they fail with its own error. */

import type { CallName, CallOutput, CallParsed } from '#shared/host/calls.ts'
import type { Result } from '#shared/result.ts'
import type { WorkspaceKeeper } from './workspace-keeper.ts'
import type { Workspace } from './workspace.ts'

export type Answer<Name extends CallName> =
  Result<CallOutput<Name>> | Promise<Result<CallOutput<Name>>>

/** Runs `handler` with the current workspace. */
export function opened<Name extends CallName>(
  keeper: WorkspaceKeeper,
  handler: (input: CallParsed<Name>, workspace: Workspace) => Answer<Name>,
): (input: CallParsed<Name>) => Answer<Name> {
  return (input) => {
    const workspace = keeper.current()
    return workspace.ok ? handler(input, workspace.data) : workspace
  }
}
