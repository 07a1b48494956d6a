/** The team as the window sees it: what the server last said, and what this machine knows better. */

import type { Credits } from '#shared/credits/amount.ts'
import type { TeamView } from '#shared/host/team.ts'
import { failure, type Result } from '#shared/result.ts'
import type { TeamState } from '#shared/team/api.ts'
import { mayName, type Named, nameKey } from '#shared/team/names.ts'

export interface Own {
  readonly address: string
  readonly asOf: number
  /** What this machine was charged and has not told. */
  readonly spentOffline: Credits
  /** The names that were given, by `nameKey`; what was given none is called as when it came. */
  readonly names: ReadonlyMap<string, string>
}

export function teamView(state: TeamState, { address, asOf, spentOffline, names }: Own): TeamView {
  const { account, me, members, devices, invites } = state
  const nameOf = (named: Named, otherwise: string) => names.get(nameKey(named)) ?? otherwise
  const left = (one: { readonly leftAt: number | null }) => (one.leftAt === null ? 0 : 1)
  return {
    accountId: account.id,
    name: nameOf({ kind: 'team' }, account.name),
    createdAt: account.createdAt,
    serverUrl: address,
    memberId: me.memberId,
    deviceId: me.deviceId,
    role: me.role,
    members: members
      .map(({ id, ...member }) => {
        const name = nameOf({ kind: 'member', id }, member.name)
        return { ...member, id, name, own: id === me.memberId }
      })
      .toSorted((one, other) => left(one) - left(other)),
    devices: devices.map((device) => {
      const own = device.id === me.deviceId
      const name = nameOf({ kind: 'device', id: device.id }, device.name)
      return { ...device, name, own, spentOffline: own ? spentOffline : null }
    }),
    invites,
    asOf,
  }
}

/** Whether this machine may give a name, as far as it knows; the server decides by what there is then. */
export function mayNameIn({ me, members, devices }: TeamState, named: Named): Result<null> {
  if (named.kind === 'team') return mayName(me, named, me)
  const memberId =
    named.kind === 'member' ? named.id : devices.find(({ id }) => id === named.id)?.memberId
  const holder = members.find(({ id }) => id === memberId)
  if (!holder) return failure('name_unknown', 'There is nobody and nothing like that in the team.')
  return mayName(me, named, { memberId: holder.id, role: holder.role })
}
