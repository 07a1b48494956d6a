/** Members as creators of recipes: their key, proved, and what it earned. */

import type { RecipeEarnings } from '#shared/journal/earnings.ts'
import { type Result, success } from '#shared/result.ts'
import { creatorCall, type TeamCallParsed } from '#shared/team/api.ts'
import { earningsOf, registerCreator } from '../earnings/creators.ts'
import type { Challenges } from './challenges.ts'
import type { Identity } from './identity.ts'
import type { TeamDeps } from './ports.ts'
import { writeAs } from './writing.ts'

export interface Creators {
  /** Fails as a proof does. */
  register(identity: Identity, input: TeamCallParsed<'creator.register'>): Promise<Result<null>>
  earnings(identity: Identity): Promise<readonly RecipeEarnings[]>
}

export function createCreators(
  { database, clock }: TeamDeps,
  challenges: Pick<Challenges, 'check'>,
): Creators {
  return {
    async register(identity, { proof }) {
      // Bound to the machine of the session, so that nobody else can register the key as their own.
      const proved = await challenges.check(creatorCall(identity.deviceId), proof)
      if (!proved.ok) return proved
      return writeAs(database, identity, async (transaction) => {
        await registerCreator(transaction, identity, proof.publicKey, clock.now())
        return success(null)
      })
    },
    earnings: (identity) => earningsOf(database.query, identity),
  }
}
