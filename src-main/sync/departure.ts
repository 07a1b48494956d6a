/** Leaves a team with the server's consent: everything is reported and given back first. */

import { failure, type Result } from '#shared/result.ts'
import type { Departure } from '#shared/team/api.ts'
import type { Ledger } from '../ledger/ledger.ts'

export interface DepartureDeps {
  readonly ledger: Ledger
  askToLeave(): Promise<Result<Departure>>
  /** Whether the server has, within a while, all that this machine did. */
  everythingTold(): Promise<boolean>
}

/** The server may top a lease up just before the machine leaves. */
const TRIES = 4

/** Fails with `runs_under_way`, `server_unreachable`, or as the server's `team.leave` does. */
export async function depart(deps: DepartureDeps): Promise<Result<null>> {
  const { ledger } = deps
  for (let tries = 1; ; tries++) {
    if (ledger.openHolds().length > 0) {
      return failure('runs_under_way', 'Runs are under way. Leave when they have ended.')
    }
    const given = ledger.giveBackAll()
    if (!given.ok) return given
    if (!(await deps.everythingTold())) return notTold()
    const left = await deps.askToLeave()
    if (left.ok) return ledger.depart(left.data.account, left.data.lease)
    if (left.error.code !== 'leave_returns_first' || tries >= TRIES) return left
  }
}

function notTold() {
  return failure(
    'server_unreachable',
    'The server has not taken everything that this machine did. Leave when it is connected.',
  )
}
