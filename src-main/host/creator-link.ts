/**
 * Tells the team's server which creator's key is this person's, so that what their recipes earn in
 * other teams comes to this one (design: creators).
 */

import type { RecipeEarnings } from '#shared/journal/earnings.ts'
import type { Log } from '#shared/ports/log.ts'
import type { Clock } from '#shared/ports/time.ts'
import { type Result, success } from '#shared/result.ts'
import { creatorCall } from '#shared/team/api.ts'
import type { Recipes } from '../recipes/recipes.ts'
import type { TeamLink } from '../sync/team-ports.ts'

export interface CreatorLink {
  /** Tells the server if that is still to be done; call it whenever the server may be reachable. */
  look(): void
  /** What one's own recipes earned on the server, as it says now; null if there is no team. */
  earned(): Promise<Result<readonly RecipeEarnings[] | null>>
}

export interface CreatorLinkDeps {
  readonly recipes: Pick<Recipes, 'creator'>
  readonly team: Pick<TeamLink, 'call' | 'file' | 'proveAs' | 'sync'>
  readonly clock: Pick<Clock, 'monotonic'>
  readonly log: Log
}

const AGAIN_AFTER_MS = 10 * 60_000

export function createCreatorLink({ recipes, team, clock, log }: CreatorLinkDeps): CreatorLink {
  /** Which server was told of which key. */
  let told = ''
  let isTelling = false
  let notBefore = -Infinity

  async function tell(deviceId: string): Promise<void> {
    const creator = recipes.creator()
    if (!creator?.ok) return
    const stand = `${deviceId} ${creator.data.publicKey}`
    if (stand === told) return
    const proof = await team.proveAs(creator.data, creatorCall(deviceId))
    const done = proof.ok ? await team.call('creator.register', { proof: proof.data }) : proof
    if (done.ok) told = stand
    else {
      notBefore = clock.monotonic() + AGAIN_AFTER_MS
      log.info('The server was not told of the creator’s key', { code: done.error.code })
    }
  }

  return {
    look() {
      const deviceId = team.file()?.issuer?.deviceId
      if (isTelling || deviceId === undefined || team.sync().status.state !== 'synced') return
      if (clock.monotonic() < notBefore) return
      isTelling = true
      void tell(deviceId).finally(() => {
        isTelling = false
      })
    },
    earned: async () => (team.file()?.issuer ? team.call('creator.earnings', {}) : success(null)),
  }
}
