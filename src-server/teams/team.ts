/** A team as one of its machines may see it. */

import type { TeamState } from '#shared/team/api.ts'
import { mayHandleInvite } from '#shared/team/rules.ts'
import type { Identity } from './identity.ts'
import type { TeamDeps } from './ports.ts'
import {
  allDevices,
  allMembers,
  deviceView,
  INVITE_COLUMNS,
  type InviteRow,
  inviteView,
  memberView,
} from './rows.ts'

export interface Team {
  read(identity: Identity): Promise<TeamState>
}

export function createTeam({ database, authority, clock }: TeamDeps): Team {
  const { query } = database

  async function account(id: string): Promise<TeamState['account']> {
    const [row] = await query<{ name: string; created_at: number }>(
      `SELECT team.name, account.created_at FROM team
       JOIN account ON account.id = team.account_id WHERE team.account_id = ?`,
      id,
    )
    if (!row) throw new Error('An account without a team')
    return { id, name: row.name, createdAt: row.created_at }
  }

  return {
    async read({ accountId, memberId, deviceId, role: before }) {
      const now = clock.now()
      const members = await allMembers(query, accountId)
      const devices = await allDevices(query, accountId)
      const invites = await query<InviteRow>(
        `SELECT ${INVITE_COLUMNS} FROM invite WHERE account_id = ? ORDER BY created_at, id`,
        accountId,
      )
      const role = members.find(({ id }) => id === memberId)?.role ?? before
      const { pool, leases } = await authority.read(query, accountId)
      return {
        account: await account(accountId),
        me: { memberId, deviceId, role },
        members: members.map(memberView),
        devices: devices.map((device) => ({
          ...deviceView(device, now),
          lease: leases.get(device.id) ?? null,
        })),
        invites: invites
          .map(inviteView)
          .filter((invite) => mayHandleInvite({ memberId, role }, invite).ok),
        pool,
      }
    },
  }
}
