/** The calls of the team page and of the sync badge. */

import type { MadeInvite, SyncView, TeamView } from '#shared/host/team.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { ServerCallInput } from '#shared/team/server-calls.ts'
import { inviteLink, readInvite } from '#shared/team/invite-code.ts'
import { readAddress } from '../sync/server-api.ts'
import { noTeam } from '../sync/team-place.ts'
import type { TeamAnswered } from '../sync/team-ports.ts'
import { opened } from './opened.ts'
import type { HostParts } from './parts.ts'
import { viewOf } from './team.ts'
import { readTeamUsage } from './team-usage.ts'
import type { WorkspaceKeeper } from './workspace-keeper.ts'
import type { Workspace } from './workspace.ts'

/** So old may be what a window is shown of a team. */
const FRESH_MS = 2_000

export function teamServices({ ids, events }: HostParts, keeper: WorkspaceKeeper) {
  function read({ team, ledger }: Workspace): Result<TeamView> {
    const view = viewOf(team, ledger)
    return view ? success(view) : noTeam()
  }

  function show(workspace: Workspace): Result<TeamView> {
    const view = read(workspace)
    if (view.ok) events.emit({ type: 'team', team: view.data })
    return view
  }

  /** Asks for the team, or for a change of it, and shows what came of it. */
  async function ask<Name extends TeamAnswered>(
    workspace: Workspace,
    name: Name,
    input: ServerCallInput<Name>,
  ): Promise<Result<TeamView>> {
    const answer = await workspace.team.ask(name, input)
    return answer.ok ? show(workspace) : answer
  }

  async function enter(
    workspace: Workspace,
    address: Result<string>,
    names: { readonly memberName: string; readonly deviceName: string },
    teamName: string,
    code: string | null,
  ): Promise<Result<TeamView>> {
    if (!address.ok) return address
    const { authority, team } = workspace
    const upToDate = authority.bringUpToDate()
    if (!upToDate.ok) return upToDate
    const enrolment = { enrolmentId: ids.next(), code, teamName, ...names }
    const joined = await team.join(address.data, enrolment)
    if (!joined.ok) return joined
    return ask(workspace, 'team.read', {})
  }

  let isLooking = false

  /** Nobody tells of machines that come and go: who looks has it asked, and is told a moment later. */
  function lookAgain(workspace: Workspace): void {
    const { team, ledger } = workspace
    const told = team.file()?.told
    const isConnected = team.sync().status.state === 'synced'
    if (isLooking || !told || !isConnected || ledger.now() - told.teamAt < FRESH_MS) return
    isLooking = true
    void ask(workspace, 'team.read', {}).then(() => {
      isLooking = false
    })
  }

  const syncOf = ({ team }: Workspace): Result<SyncView> => success(team.sync())

  return {
    'team.read': opened<'team.read'>(keeper, (_input, workspace) => {
      lookAgain(workspace)
      return success(viewOf(workspace.team, workspace.ledger))
    }),
    'team.usage': opened<'team.usage'>(keeper, (_input, { authority, ledger, team }) =>
      readTeamUsage(ledger, authority.cycle().startsAt, team),
    ),
    'team.create': opened<'team.create'>(keeper, ({ serverUrl, teamName, ...names }, workspace) =>
      enter(workspace, readAddress(serverUrl), names, teamName, null),
    ),
    'team.join': opened<'team.join'>(keeper, ({ invite, serverUrl, ...names }, workspace) => {
      const read = readInvite(invite)
      if (!read.ok) return read
      const address = read.data.address ?? serverUrl
      if (address === null) return serverMissing()
      return enter(workspace, readAddress(address), names, '', read.data.code)
    }),
    'team.rename': opened<'team.rename'>(keeper, async ({ named, name }, workspace) => {
      const renamed = await workspace.team.rename(named, name)
      return renamed.ok ? read(workspace) : renamed
    }),
    'team.invite': opened<'team.invite'>(keeper, async (input, { team }) => {
      const made = await team.call('invite.create', { inviteId: ids.next(), ...input })
      if (!made.ok) return made
      const link = inviteLink(team.file()?.address ?? '', made.data.code)
      return success<MadeInvite>({ ...made.data, link })
    }),
    'team.revokeInvite': opened<'team.revokeInvite'>(keeper, (input, workspace) =>
      ask(workspace, 'invite.revoke', input),
    ),
    'team.setRole': opened<'team.setRole'>(keeper, (input, workspace) =>
      ask(workspace, 'member.setRole', input),
    ),
    'team.removeMember': opened<'team.removeMember'>(keeper, (input, workspace) =>
      ask(workspace, 'member.remove', input),
    ),
    'team.revokeDevice': opened<'team.revokeDevice'>(keeper, (input, workspace) =>
      ask(workspace, 'device.revoke', input),
    ),
    'team.loseDevice': opened<'team.loseDevice'>(keeper, (input, workspace) =>
      ask(workspace, 'device.lost', input),
    ),
    'team.leave': opened<'team.leave'>(keeper, ({ withoutServer }, { team }) =>
      withoutServer ? team.leaveBehind() : team.leave(),
    ),

    'team.webhook': opened<'team.webhook'>(keeper, (_input, { team }) =>
      team.call('webhook.read', {}),
    ),
    'team.setWebhook': opened<'team.setWebhook'>(keeper, ({ url }, { team }) =>
      team.call('webhook.set', { changeId: ids.next(), url }),
    ),
    'team.removeWebhook': opened<'team.removeWebhook'>(keeper, (_input, { team }) =>
      team.call('webhook.remove', {}),
    ),
    'team.testWebhook': opened<'team.testWebhook'>(keeper, (_input, { team }) =>
      team.call('webhook.test', { testId: ids.next() }),
    ),

    'sync.read': opened<'sync.read'>(keeper, (_input, workspace) => syncOf(workspace)),
    'sync.retry': opened<'sync.retry'>(keeper, (_input, workspace) => {
      workspace.team.retry()
      return syncOf(workspace)
    }),
  }
}

function serverMissing() {
  return failure('server_missing', 'Paste the whole link, or also give the server’s address.')
}
