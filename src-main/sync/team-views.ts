/** The team as the window sees it: what the server last said, and what this machine knows better. */

import type { Credits } from '#shared/credits/amount.ts'
import type { TeamView } from '#shared/host/team.ts'
import type { TeamState } from '#shared/team/api.ts'

export interface Own {
  readonly address: string
  readonly asOf: number
  /** What this machine was charged and has not told. */
  readonly spentOffline: Credits
}

export function teamView(state: TeamState, { address, asOf, spentOffline }: Own): TeamView {
  const { account, me, members, devices, invites } = state
  const left = (one: { readonly leftAt: number | null }) => (one.leftAt === null ? 0 : 1)
  return {
    accountId: account.id,
    name: account.name,
    createdAt: account.createdAt,
    serverUrl: address,
    memberId: me.memberId,
    deviceId: me.deviceId,
    role: me.role,
    members: members
      .map((member) => ({ ...member, own: member.id === me.memberId }))
      .toSorted((one, other) => left(one) - left(other)),
    devices: devices.map((device) => {
      const own = device.id === me.deviceId
      return { ...device, own, spentOffline: own ? spentOffline : null }
    }),
    invites,
    asOf,
  }
}
